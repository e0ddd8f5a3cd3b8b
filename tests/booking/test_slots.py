from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from booking.slots import (
    Slot,
    free_slots,
    instants_of,
    merged,
    open_periods_on,
    ranges_clear_of,
    starts_within,
    to_utc,
)

NEW_YORK = ZoneInfo("America/New_York")
SPRING = date(2027, 3, 14)  # clocks go from 2:00 to 3:00
AUTUMN = date(2026, 11, 1)  # clocks go from 2:00 back to 1:00
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
HOUR = timedelta(hours=1)


def at(hour, minute=0, *, day=7):
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


def starts(slots, tz=UTC):
    return [slot.starts_at.astimezone(tz).strftime("%H:%M%z") for slot in slots]


def find(open_periods, busy=(), **kwargs):
    kwargs = {"duration": HOUR, "step": HALF_HOUR, "not_before": LONG_AGO} | kwargs
    return free_slots(open_periods, busy, **kwargs)


def test_to_utc_takes_the_zone_of_the_day():
    assert to_utc(date(2026, 12, 7), time(9), NEW_YORK) == at(14)
    assert to_utc(date(2026, 7, 7), time(9), NEW_YORK) == datetime(2026, 7, 7, 13, tzinfo=UTC)


@pytest.mark.parametrize("wall", [time(2), time(2, 30), time(2, 59), time(3)], ids=str)
@pytest.mark.parametrize("is_end", [False, True], ids=["start", "end"])
def test_to_utc_moves_a_skipped_time_to_the_change(wall, is_end):
    assert to_utc(SPRING, wall, NEW_YORK, is_end=is_end) == datetime(2027, 3, 14, 7, tzinfo=UTC)


def test_to_utc_takes_in_both_repeated_hours():
    assert to_utc(AUTUMN, time(1, 30), NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    end = to_utc(AUTUMN, time(1, 30), NEW_YORK, is_end=True)
    assert end == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "wall", "zone", "end"),
    [
        (AUTUMN, time(1), "America/New_York", datetime(2026, 11, 1, 5, tzinfo=UTC)),
        (AUTUMN, time(2), "America/New_York", datetime(2026, 11, 1, 7, tzinfo=UTC)),
        (
            date(2027, 4, 4),
            time(1, 30),
            "Australia/Lord_Howe",
            datetime(2027, 4, 3, 14, 30, tzinfo=UTC),
        ),
    ],
)
def test_to_utc_ends_when_clocks_first_show_what_they_are_set_back_to(day, wall, zone, end):
    assert to_utc(day, wall, ZoneInfo(zone), is_end=True) == end


def test_to_utc_knows_a_half_hour_change():
    lord_howe = ZoneInfo("Australia/Lord_Howe")

    changed = to_utc(date(2026, 10, 4), time(2, 15), lord_howe)

    assert changed == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)


def test_open_periods_on_sorts_several_periods():
    hours = [(time(14), time(17)), (time(9), time(12))]

    periods = open_periods_on(date(2026, 12, 7), hours, UTC)

    assert periods == [(at(9), at(12)), (at(14), at(17))]


def test_open_periods_on_runs_over_midnight():
    assert open_periods_on(date(2026, 12, 7), [(time(22), time(2))], UTC) == [
        (at(22), at(2, day=8))
    ]


def test_open_periods_on_equal_times_mean_a_whole_day():
    assert open_periods_on(date(2026, 12, 7), [(time(0), time(0))], UTC) == [(at(0), at(0, day=8))]


def test_open_periods_on_leaves_out_what_the_spring_change_swallows():
    assert open_periods_on(SPRING, [(time(2), time(3))], NEW_YORK) == []


def test_merged_joins_touching_and_overlapping_periods():
    periods = [
        (at(12), at(14)),
        (at(9), at(10)),
        (at(10), at(11)),
        (at(13), at(13, 30)),
    ]

    assert merged(periods) == [(at(9), at(11)), (at(12), at(14))]


def test_merged_drops_empty_periods():
    assert merged([(at(9), at(9)), (at(11), at(10))]) == []


def test_free_slots_of_an_empty_day():
    assert find([(at(9), at(11))]) == [
        Slot(at(9), at(10)),
        Slot(at(9, 30), at(10, 30)),
        Slot(at(10), at(11)),
    ]


def test_free_slots_fits_back_to_back():
    busy = [(at(9), at(10)), (at(11), at(12))]

    assert starts(find([(at(9), at(13))], busy)) == ["10:00+0000", "12:00+0000"]


def test_free_slots_offers_nothing_in_a_zero_length_gap():
    busy = [(at(9), at(10)), (at(10), at(11))]

    assert find([(at(9), at(11))], busy) == []


def test_free_slots_ignores_an_empty_busy_period():
    assert len(find([(at(9), at(11))], [(at(10), at(10))], buffer_before=HOUR)) == 3


def test_free_slots_merges_unsorted_overlapping_busy_periods():
    busy = [(at(10), at(11)), (at(8), at(9, 30)), (at(9), at(10, 15))]

    assert starts(find([(at(8), at(12))], busy)) == ["11:00+0000"]


def test_free_slots_keeps_both_buffers_clear_of_neighbours():
    busy = [(at(10), at(11))]
    buffers = {"buffer_before": timedelta(minutes=15), "buffer_after": HALF_HOUR}

    slots = find([(at(8), at(13))], busy, step=timedelta(minutes=15), **buffers)

    assert starts(slots) == [
        "08:00+0000",
        "08:15+0000",
        "08:30+0000",
        "11:15+0000",
        "11:30+0000",
        "11:45+0000",
        "12:00+0000",
    ]


def test_free_slots_lets_buffers_run_over_closing_time_and_into_closures():
    slots = find(
        [(at(9), at(11))],
        closed=[(at(10), at(11))],
        step=HOUR,
        buffer_before=HOUR,
        buffer_after=HOUR,
    )

    assert slots == [Slot(at(9), at(10))]


def test_free_slots_does_not_cross_a_closure_and_keeps_the_grid_after_it():
    slots = find([(at(9), at(13))], closed=[(at(10, 40), at(10, 50))])

    assert starts(slots) == [
        "09:00+0000",
        "09:30+0000",
        "11:00+0000",
        "11:30+0000",
        "12:00+0000",
    ]


def test_free_slots_starts_at_not_before_on_the_grid():
    assert starts(find([(at(9), at(12))], not_before=at(9, 31))) == [
        "10:00+0000",
        "10:30+0000",
        "11:00+0000",
    ]
    assert starts(find([(at(9), at(11))], not_before=at(10))) == ["10:00+0000"]


def test_free_slots_crosses_into_a_touching_period():
    slots = find([(at(9), at(10)), (at(10), at(11))], step=timedelta(minutes=40))

    assert starts(slots) == ["09:00+0000", "09:40+0000", "10:00+0000"]


def test_free_slots_crosses_midnight_when_the_hours_do():
    hours = open_periods_on(date(2026, 12, 7), [(time(22), time(2))], UTC)

    assert starts(find(hours, step=HOUR)) == [
        "22:00+0000",
        "23:00+0000",
        "00:00+0000",
        "01:00+0000",
    ]


def test_free_slots_skips_the_missing_hour_in_march():
    hours = open_periods_on(SPRING, [(time(0, 30), time(4))], NEW_YORK)

    slots = find(hours, duration=HALF_HOUR)

    assert starts(slots, NEW_YORK) == [
        "00:30-0500",
        "01:00-0500",
        "01:30-0500",
        "03:00-0400",
        "03:30-0400",
    ]


def test_free_slots_offers_the_repeated_hour_in_november_once_for_each_instant():
    hours = open_periods_on(AUTUMN, [(time(0, 30), time(2, 30))], NEW_YORK)

    slots = find(hours, duration=HALF_HOUR)

    assert starts(slots, NEW_YORK) == [
        "00:30-0400",
        "01:00-0400",
        "01:30-0400",
        "01:00-0500",
        "01:30-0500",
        "02:00-0500",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"step": timedelta(0)},
        {"step": -HOUR},
        {"duration": timedelta(0)},
        {"buffer_before": -HOUR},
        {"buffer_after": -HOUR},
    ],
    ids=str,
)
def test_free_slots_refuses_impossible_lengths(wrong):
    with pytest.raises(ValueError, match="must"):
        find([(at(9), at(11))], **wrong)


def test_starts_within_run_on_where_periods_touch():
    periods = [(at(9), at(10)), (at(10), at(11))]

    assert starts_within(periods, duration=HOUR + HALF_HOUR, step=HOUR) == [at(9)]


def test_ranges_clear_of_leave_the_visits_that_only_touch():
    wanted = [at(9), at(10), at(11), at(12)]
    blocked = [(at(11), at(11, 30)), (at(8), at(9))]

    ranges = list(ranges_clear_of(blocked, wanted, duration=HOUR))

    assert ranges == [(0, 2), (3, 4)]


@pytest.mark.parametrize(
    ("day", "wall", "instants"),
    [
        (date(2026, 12, 7), time(10), ["15:00"]),
        (date(2026, 3, 8), time(2, 30), []),
        (date(2026, 3, 8), time(3), ["07:00"]),
        (date(2026, 11, 1), time(1, 30), ["05:30", "06:30"]),
        (date(2026, 11, 1), time(2), ["07:00"]),
    ],
    ids=["plain", "skipped", "after the skip", "repeated", "after the repeat"],
)
def test_instants_of_a_wall_clock_time(day, wall, instants):
    found = instants_of(day, wall, NEW_YORK)

    assert [f"{at:%H:%M}" for at in found] == instants
    assert {at.date() for at in found} <= {day}


def test_instants_of_a_half_hour_change():
    found = instants_of(date(2026, 4, 5), time(1, 45), ZoneInfo("Australia/Lord_Howe"))

    assert [after - before for before, after in pairwise(found)] == [timedelta(minutes=30)]
