"""What must hold for any hours, closures and bookings, the two clock weeks included."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from booking.slots import Slot, free_slots, open_periods_on

NEW_YORK = ZoneInfo("America/New_York")
QUARTERS = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
HOURS = st.lists(st.tuples(QUARTERS, QUARTERS), max_size=3)
DAYS = st.sampled_from([date(2026, 10, 31), date(2027, 3, 13), date(2026, 12, 7)])
LENGTHS = st.integers(1, 12).map(lambda n: timedelta(minutes=15 * n))
BUFFERS = st.integers(0, 4).map(lambda n: timedelta(minutes=15 * n))
QUARTER = timedelta(minutes=15)
OFFSETS = st.integers(0, 4 * 72)


def instants(day, offset):
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=15 * offset)


@st.composite
def diaries(draw):
    day = draw(DAYS)
    span = st.tuples(OFFSETS, st.integers(0, 16)).map(
        lambda pair: (instants(day, pair[0]), instants(day, pair[0] + pair[1]))
    )
    open_periods = [
        period
        for offset in range(3)
        for period in open_periods_on(day + timedelta(days=offset), draw(HOURS), NEW_YORK)
    ]
    rules = {
        "duration": draw(LENGTHS),
        "step": draw(LENGTHS),
        "not_before": instants(day, draw(OFFSETS)),
        "buffer_before": draw(BUFFERS),
        "buffer_after": draw(BUFFERS),
    }
    return (
        open_periods,
        draw(st.lists(span, max_size=4)),
        draw(st.lists(span, max_size=3)),
        rules,
    )


def overlap(one, other):
    return max(one[0], other[0]) < min(one[1], other[1])


def may_be_booked(starts_at, open_periods, busy, closed, rules):
    """The rule in plain words, one candidate at a time, written without the code under test."""
    ends_at = starts_at + rules["duration"]
    buffered = (starts_at - rules["buffer_before"], ends_at + rules["buffer_after"])
    # All that is drawn here begins and ends on a quarter of an hour.
    quarters = [starts_at + n * QUARTER for n in range(rules["duration"] // QUARTER)]
    return (
        starts_at >= rules["not_before"]
        and all(any(lower <= q < upper for lower, upper in open_periods) for q in quarters)
        and not any(overlap((starts_at, ends_at), period) for period in closed)
        and not any(overlap(buffered, period) for period in busy if period[0] < period[1])
    )


def grid(open_periods, step):
    points = set()
    for lower, upper in open_periods:
        while lower < upper:
            points.add(lower)
            lower += step
    return points


@given(diaries())
def test_free_slots_are_exactly_the_grid_points_that_may_be_booked(diary):
    open_periods, busy, closed, rules = diary

    slots = free_slots(open_periods, busy, closed=closed, **rules)

    assert slots == sorted(
        Slot(point, point + rules["duration"])
        for point in grid(open_periods, rules["step"])
        if may_be_booked(point, open_periods, busy, closed, rules)
    )


@given(diaries())
def test_booking_a_free_slot_removes_only_what_it_blocks(diary):
    open_periods, busy, closed, rules = diary
    slots = free_slots(open_periods, busy, closed=closed, **rules)

    for chosen in slots[:3]:
        taken = (
            chosen.starts_at - rules["buffer_before"],
            chosen.ends_at + rules["buffer_after"],
        )
        left = free_slots(open_periods, [*busy, taken], closed=closed, **rules)

        assert chosen not in left
        assert set(slots) - set(left) == {
            slot
            for slot in slots
            if overlap(
                (
                    slot.starts_at - rules["buffer_before"],
                    slot.ends_at + rules["buffer_after"],
                ),
                taken,
            )
        }


@given(DAYS, HOURS)
def test_open_periods_are_as_long_as_the_clocks_run(day, hours):
    for lower, upper in open_periods_on(day, hours, NEW_YORK):
        assert lower < upper
        assert upper - lower <= timedelta(hours=25)
        assert lower.astimezone(NEW_YORK).date() == day
