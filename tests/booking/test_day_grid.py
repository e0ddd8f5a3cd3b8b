"""Where visits stand in the agenda: arithmetic, so no database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.day_grid import (
    Lane,
    Place,
    clear_of,
    clocks_change,
    cut,
    hours_drawn,
    in_lanes,
    midnights,
    place_on,
    span_words,
    week_of,
    within,
)

from .factories import NEW_YORK, local

MONDAY, TUESDAY = date(2026, 12, 7), date(2026, 12, 8)
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
HOUR = timedelta(hours=1)


def spring(hour, minute=0):
    return local(8, hour, minute, month=3)


def autumn(hour, minute=0, *, fold=0):
    return local(1, hour, minute, month=11, fold=fold)


def place(day, lower, upper, tz=NEW_YORK):
    found = place_on(day, lower, upper, tz)
    return found and (found.at, found.lasts)


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (local(7, 9), local(7, 10, 15), ("at-0900", "for-75")),
        (local(7, 6, 30), local(7, 7), ("at-0630", "for-30")),
        (local(7, 21), local(8, 0), ("at-2100", "for-180")),
        (local(7, 9, 5), local(7, 9, 50), ("at-0900", "for-60")),
        (local(7, 9, 20), local(7, 9, 22), ("at-0915", "for-15")),
        (local(6, 23), local(7, 0, 30), ("at-0000", "for-30")),
        (local(7, 23, 30), local(8, 1), ("at-2330", "for-30")),
        (local(6, 0), local(9, 0), ("at-0000", "for-1440")),
        (local(8, 9), local(8, 10), None),
        (local(6, 23), local(7, 0), None),
    ],
    ids=[
        "in the morning",
        "before nine",
        "until midnight",
        "widened to rows",
        "one row at least",
        "from the day before",
        "into the day after",
        "all day",
        "another day",
        "ends as the day begins",
    ],
)
def test_a_period_stands_where_the_wall_clock_puts_it(lower, upper, expected):
    assert place(MONDAY, lower, upper) == expected


def test_the_two_days_of_a_visit_past_midnight_are_all_of_it():
    lower, upper = local(7, 23, 15), local(8, 0, 45)

    lengths = [place_on(day, lower, upper, NEW_YORK).length for day in (MONDAY, TUESDAY)]

    assert lengths == [45, 45]


def test_the_zone_decides_which_day_it_is():
    nine_in_tokyo = datetime(2026, 12, 8, 0, tzinfo=UTC)

    assert place(TUESDAY, nine_in_tokyo, nine_in_tokyo + HOUR, ZoneInfo("Asia/Tokyo")) == (
        "at-0900",
        "for-60",
    )
    assert place(TUESDAY, nine_in_tokyo, nine_in_tokyo + HOUR) is None


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (spring(1, 30), spring(1, 30) + HOUR, ("at-0130", "for-120")),
        (spring(3), spring(4), ("at-0300", "for-60")),
        (spring(0), spring(0) + 23 * HOUR, ("at-0000", "for-1440")),
    ],
    ids=["over the missing hour", "after it", "the whole day of 23 hours"],
)
def test_the_hour_that_spring_skips_is_part_of_what_runs_over_it(lower, upper, expected):
    assert place(SPRING, lower, upper) == expected


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (autumn(1), autumn(1) + timedelta(minutes=30), ("at-0100", "for-30")),
        (autumn(1, fold=1), autumn(1, fold=1) + HOUR, ("at-0100", "for-60")),
        (autumn(1, 30), autumn(1, 30, fold=1), ("at-0130", "for-60")),
        (autumn(1, 45), autumn(1, 15, fold=1), ("at-0145", "for-30")),
        (autumn(0), autumn(0) + 25 * HOUR, ("at-0000", "for-1440")),
    ],
    ids=[
        "the first time round",
        "the second time round",
        "until the same time again",
        "until an earlier time",
        "the whole day of 25 hours",
    ],
)
def test_the_hour_that_autumn_repeats_has_one_row_for_both(lower, upper, expected):
    assert place(AUTUMN, lower, upper) == expected


@pytest.mark.parametrize(
    ("day", "changes"), [(SPRING, True), (AUTUMN, True), (MONDAY, False)], ids=str
)
def test_days_on_which_clocks_change_are_known(day, changes):
    assert clocks_change(day, NEW_YORK) is changes


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (MONDAY, 24)], ids=str)
def test_a_day_lasts_from_midnight_to_midnight(day, hours):
    begins, ends = midnights(day, day, NEW_YORK)

    assert ends - begins == hours * HOUR


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([], (9, 17)),
        ([Place(9 * 60, 480)], (9, 17)),
        ([Place(9 * 60, 480), Place(7 * 60 + 45, 30)], (7, 17)),
        ([Place(9 * 60, 480), Place(20 * 60 + 15, 30)], (9, 21)),
        ([Place(0, 15), Place(23 * 60 + 45, 15)], (0, 24)),
    ],
    ids=["nothing", "usual hours", "an early visit", "a late visit", "all day"],
)
def test_the_hours_drawn_hold_all_that_is_open_or_booked(places, expected):
    assert hours_drawn(places) == expected


def test_what_lies_outside_the_drawn_hours_is_cut_off():
    assert within(Place(0, 1440), (9, 17)) == Place(540, 480)
    assert within(Place(0, 540), (9, 17)) is None


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([], []),
        ([Place(540, 60), Place(600, 60)], [(0, 1), (0, 1)]),
        ([Place(540, 60), Place(540, 60)], [(0, 2), (1, 2)]),
        ([Place(540, 120), Place(555, 15), Place(585, 15)], [(0, 2), (1, 2), (1, 2)]),
        ([Place(570, 60), Place(540, 60), Place(660, 60)], [(1, 2), (0, 2), (0, 1)]),
        ([Place(540, 90), Place(540, 30), Place(540, 30)], [(0, 3), (1, 3), (2, 3)]),
    ],
    ids=[
        "nothing",
        "one after another",
        "a cancelled visit and the one booked instead",
        "two beside a long one",
        "in any order",
        "three at once",
    ],
)
def test_what_overlaps_stands_side_by_side(places, expected):
    assert in_lanes(places) == [Lane(*lane) for lane in expected]


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([], [(9, 12)]),
        ([(9, 12)], []),
        ([(8, 10)], [(10, 12)]),
        ([(10, 11)], [(9, 10), (11, 12)]),
        ([(9, 10), (11, 13)], [(10, 11)]),
        ([(9, 11), (10, 12)], []),
        ([(12, 13), (7, 9)], [(9, 12)]),
    ],
    ids=["nothing", "all", "the begin", "the middle", "both ends", "overlapping", "beside it"],
)
def test_what_is_taken_leaves_the_rest(taken, expected):
    blocks = [(local(7, lower), local(7, upper)) for lower, upper in taken]

    left = clear_of([(local(7, 9), local(7, 12))], blocks)

    assert left == [(local(7, lower), local(7, upper)) for lower, upper in expected]


def test_free_time_is_cut_at_full_hours():
    parts = cut(local(7, 9, 15), local(7, 11, 30), NEW_YORK, minutes=60)

    assert parts == [
        (local(7, 9, 15), local(7, 10)),
        (local(7, 10), local(7, 11)),
        (local(7, 11), local(7, 11, 30)),
    ]


def test_free_time_is_whole_rows_and_leaves_out_what_is_too_short():
    assert cut(local(7, 9, 7), local(7, 9, 20), NEW_YORK, minutes=30) == []
    assert cut(local(7, 9, 7), local(7, 9, 40), NEW_YORK, minutes=30) == [
        (local(7, 9, 15), local(7, 9, 30))
    ]


def test_free_time_is_cut_by_the_clock_through_both_of_its_changes():
    before = cut(spring(1), spring(4), NEW_YORK, minutes=60)
    after = cut(autumn(1), autumn(2), NEW_YORK, minutes=60)

    assert [lower for lower, _ in before] == [spring(1), spring(3)]
    assert [lower for lower, _ in after] == [autumn(1), autumn(1, fold=1)]


def test_a_week_is_monday_to_sunday():
    assert week_of(date(2026, 12, 13)) == week_of(MONDAY)
    assert (week_of(MONDAY)[0], week_of(MONDAY)[-1]) == (MONDAY, date(2026, 12, 13))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (MONDAY, date(2026, 12, 13), "December 7 to 13"),
        (date(2026, 12, 28), date(2027, 1, 3), "December 28 to January 3"),
        (MONDAY, MONDAY, "December 7"),
    ],
    ids=["in one month", "in two", "one day"],
)
def test_days_in_words(first, last, words):
    assert span_words(first, last) == words
