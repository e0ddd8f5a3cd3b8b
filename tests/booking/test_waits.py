from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.waits import LongWait, find_long_wait
from conditions.models import CareLevel

from .factories import NEW_YORK, NOW, local

EMERGENCY, URGENT, SEE_DOCTOR = CareLevel
ALL = {EMERGENCY, URGENT, SEE_DOCTOR}


def wait(outcome, first_at, *, levels=(), now=NOW, zone=NEW_YORK):
    return find_long_wait(outcome, article_levels=levels, first_at=first_at, now=now, zone=zone)


@pytest.mark.parametrize(
    ("outcome", "first_at"),
    [
        ("urgent", local(7, 23, 30)),
        ("see_doctor", local(7, 9)),
        ("see_doctor", local(10, 23, 30)),
        ("none", local(30, 9)),
    ],
)
def test_a_first_time_soon_enough_is_no_long_wait(outcome, first_at):
    assert wait(outcome, first_at) is None


@pytest.mark.parametrize(
    ("outcome", "first_at", "days"),
    [
        ("urgent", local(8, 0), 1),
        ("urgent", local(14, 9), 7),
        ("urgent", None, None),
        ("see_doctor", local(11, 0), 4),
        ("see_doctor", None, None),
    ],
)
def test_a_first_time_later_than_a_sign_may_wait_is_long(outcome, first_at, days):
    assert wait(outcome, first_at) == LongWait(CareLevel(outcome), is_told=True, days=days)


def test_answers_count_more_than_what_the_article_names():
    assert wait("see_doctor", local(9, 9), levels=ALL) is None
    assert wait("see_doctor", None, levels=ALL) == LongWait(SEE_DOCTOR, is_told=True, days=None)


@pytest.mark.parametrize(
    ("levels", "first_at", "found"),
    [
        (ALL, local(10, 9), None),
        (ALL, local(11, 9), LongWait(URGENT, is_told=False, days=4)),
        ({SEE_DOCTOR}, local(11, 9), LongWait(SEE_DOCTOR, is_told=False, days=4)),
        ({SEE_DOCTOR}, None, LongWait(SEE_DOCTOR, is_told=False, days=None)),
        ({EMERGENCY}, None, None),
        ((), None, None),
    ],
)
def test_without_a_sign_the_articles_own_matter_after_some_days(levels, first_at, found):
    assert wait("none", first_at, levels=levels) == found


@pytest.mark.parametrize(
    ("now", "last", "first_late"),
    [
        (
            local(31, 23, month=10),
            local(3, 23, 30, month=11),
            local(4, 0, month=11),
        ),
        (
            local(12, 0, month=3, year=2027),
            local(15, 23, 30, month=3, year=2027),
            local(16, 0, month=3, year=2027),
        ),
    ],
    ids=["autumn", "spring"],
)
def test_days_are_counted_on_the_clinics_clock_when_it_changes(now, last, first_late):
    assert wait("see_doctor", last, now=now) is None
    assert wait("see_doctor", first_late, now=now).days == 4


@pytest.mark.parametrize(
    ("now", "late"),
    [
        # The day of each change: 25 hours, and 23.
        (local(1, 0, month=11), timedelta(hours=25)),
        (local(14, 0, month=3, year=2027), timedelta(hours=23)),
    ],
    ids=["autumn", "spring"],
)
def test_today_ends_at_midnight_on_the_day_of_the_change(now, late):
    assert wait("urgent", now + late - timedelta(minutes=1), now=now) is None
    assert wait("urgent", now + late, now=now).days == 1


def test_today_is_the_clinics_day_and_not_the_readers():
    tokyo = ZoneInfo("Asia/Tokyo")

    assert wait("urgent", local(7, 9, 30), zone=tokyo, now=local(7, 9)) is None
    assert wait("urgent", local(7, 10, 30), zone=tokyo, now=local(7, 9)).days == 1
