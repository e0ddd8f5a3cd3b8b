from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.slots import Slot
from booking.weeks import Bookable, stretches_by_day

from .factories import NEW_YORK, local

OPEN_ON = frozenset(
    date(2026, 12, day) for day in range(1, 32) if date(2026, 12, day).weekday() < 5
)


def make_slot(starts_at):
    return Slot(starts_at, starts_at + timedelta(hours=1))


def make_bookable(*starts, **kwargs):
    values = {
        "first_on": date(2026, 12, 8),
        "last_on": date(2026, 12, 22),
        "notice_until": datetime(2026, 12, 9, 12, tzinfo=UTC),
        "slots": tuple(make_slot(start) for start in starts),
        "open_on": OPEN_ON,
        "zone": NEW_YORK,
    }
    return Bookable(**values | kwargs)


def states(week):
    return [str(day.state) for day in week.days]


def test_week_of_runs_from_monday_to_sunday_and_labels_each_day():
    bookable = make_bookable(local(10, 9))

    week = bookable.week_of(date(2026, 12, 10))

    assert (week.starts_on, week.ends_on) == (date(2026, 12, 7), date(2026, 12, 13))
    assert states(week) == ["past", "too_soon", "too_soon", "free", "full", "closed", "closed"]
    assert week.selected.on == date(2026, 12, 10)


def test_week_of_labels_days_after_the_horizon():
    week = make_bookable(local(21, 9)).week_of(date(2026, 12, 22))

    assert states(week) == ["free", "full"] + ["too_far"] * 5


def test_week_of_links_to_the_first_free_day_of_the_weeks_around_it():
    week = make_bookable(local(11, 9), local(22, 9)).week_of(date(2026, 12, 16))

    assert (week.previous_on, week.next_on) == (date(2026, 12, 11), date(2026, 12, 22))


def test_week_of_links_to_the_first_bookable_day_of_a_week_without_free_times():
    week = make_bookable().week_of(date(2026, 12, 16))

    assert (week.previous_on, week.next_on) == (date(2026, 12, 8), date(2026, 12, 21))


def test_week_of_has_no_link_past_the_bookable_days():
    bookable = make_bookable()

    assert bookable.week_of(date(2026, 12, 8)).previous_on is None
    assert bookable.week_of(date(2026, 12, 22)).next_on is None


def test_day_parts_split_at_noon_and_five():
    bookable = make_bookable(local(10, 9), local(10, 12), local(10, 16, 59), local(10, 17))

    parts = bookable.week_of(date(2026, 12, 10)).selected.parts

    assert [(part.title, len(part.slots)) for part in parts] == [
        ("Morning", 1),
        ("Afternoon", 2),
        ("Evening", 1),
    ]


def test_week_knows_that_the_clocks_change_on_its_sunday():
    autumn = make_bookable(
        first_on=date(2026, 10, 20), last_on=date(2026, 11, 20), open_on=frozenset()
    )

    assert autumn.week_of(date(2026, 10, 28)).has_clock_change is True
    assert autumn.week_of(date(2026, 11, 2)).has_clock_change is False


def test_nearest_day_stays_within_the_bookable_days():
    bookable = make_bookable()

    assert bookable.nearest_day(date(2026, 12, 1)) == date(2026, 12, 8)
    assert bookable.nearest_day(date(2026, 12, 10)) == date(2026, 12, 10)
    assert bookable.nearest_day(date.max) == date(2026, 12, 22)


def test_nearest_slot_is_the_closest_to_noon():
    bookable = make_bookable(local(9, 9), local(11, 9), local(14, 9))

    assert bookable.nearest_slot(date(2026, 12, 10)) == make_slot(local(11, 9))
    assert make_bookable().nearest_slot(date(2026, 12, 10)) is None


def test_a_holiday_is_named_unless_the_clinic_works_or_is_full():
    bookable = make_bookable(
        local(11, 9), holidays={date(2026, 12, day): "Day" for day in (10, 11, 12)}
    )

    days = bookable.week_of(date(2026, 12, 10)).days[3:6]

    assert [(str(day.state), day.holiday) for day in days] == [
        ("full", ""),
        ("free", ""),
        ("holiday", "Day"),
    ]


def test_free_days_around_a_day_skip_those_without_times():
    bookable = make_bookable(local(9, 9), local(14, 9), local(14, 10), local(22, 9))

    assert bookable.next_free_on(date(2026, 12, 9)) == date(2026, 12, 14)
    assert bookable.next_free_on(date(2026, 12, 22)) is None
    assert bookable.previous_free_on(date(2026, 12, 20)) == date(2026, 12, 14)
    assert bookable.previous_free_on(date(2026, 12, 9)) is None


def test_months_hold_each_bookable_day_once():
    bookable = make_bookable(local(10, 9), local(10, 10), last_on=date(2027, 1, 3))

    months = bookable.months

    assert [(month.first_on, len(month.days)) for month in months] == [
        (date(2026, 12, 8), 24),
        (date(2027, 1, 1), 3),
    ]
    assert [day.words for day in months[0].days[:5]] == [
        "too soon to book online, call us",
        "too soon to book online, call us",
        "2 free times",
        "full",
        "closed",
    ]


def test_months_name_their_holidays():
    christmas = date(2026, 12, 25)
    bookable = make_bookable(
        last_on=christmas, open_on=frozenset(), holidays={christmas: "Christmas Day"}
    )

    (named,) = bookable.months[0].holidays

    assert (named.on, named.words) == (christmas, "closed, Christmas Day")


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("America/New_York", [(9, 0, 2), (10, 2, 3)]),
        ("Europe/London", [(9, 0, 1), (10, 1, 3)]),
        ("Asia/Kathmandu", [(10, 0, 3)]),
    ],
)
def test_stretches_by_day_follow_the_zones_midnight(zone, days):
    starts = [local(9, 18), local(9, 20), local(10, 13, 14)]

    stretches = stretches_by_day(starts, ZoneInfo(zone))

    assert [(on.day, first, end) for on, first, end in stretches] == days


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 10, 25, 1, tzinfo=UTC)),
        ("Africa/Cairo", datetime(2026, 10, 29, 21, tzinfo=UTC)),
        ("Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC)),
        ("America/Santiago", datetime(2026, 9, 6, 4, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ],
)
def test_stretches_by_day_hold_where_clocks_change(zone, change):
    starts = [change + timedelta(minutes=15 * number) for number in range(-200, 200)]

    stretches = stretches_by_day(starts, ZoneInfo(zone))

    days = {at: on for on, first, end in stretches for at in starts[first:end]}
    assert days == {at: at.astimezone(ZoneInfo(zone)).date() for at in starts}
