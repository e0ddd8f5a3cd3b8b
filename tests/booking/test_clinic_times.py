from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.templatetags import clinic_times

from .factories import NEW_YORK

HALF_PAST_TEN = datetime(2026, 12, 8, 15, 30, tzinfo=UTC)


def test_days_are_written_in_words_on_the_zones_clock():
    almost_midnight = datetime(2026, 12, 9, 4, 59, tzinfo=UTC)

    assert clinic_times.clinic_day(almost_midnight, NEW_YORK) == "Tuesday, December 8"
    assert clinic_times.clinic_short_day(almost_midnight, NEW_YORK) == "Tue, Dec 8"
    assert clinic_times.clinic_weekday(almost_midnight, NEW_YORK) == "Tuesday"
    assert clinic_times.clinic_month(almost_midnight, NEW_YORK) == "December"
    assert clinic_times.clinic_day(date(2026, 12, 8)) == "Tuesday, December 8"


@pytest.mark.parametrize(
    ("utc_hour", "words"),
    [(5, "12:30 am"), (15, "10:30 am"), (16, "11:30 am"), (17, "12:30 pm"), (23, "6:30 pm")],
)
def test_clinic_time_uses_the_twelve_hour_clock(utc_hour, words):
    assert clinic_times.clinic_time(HALF_PAST_TEN.replace(hour=utc_hour), NEW_YORK) == words


def test_clinic_time_with_zone_tells_the_repeated_hour_apart():
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)

    assert clinic_times.clinic_time_with_zone(first, NEW_YORK) == "1:30 am EDT"
    assert clinic_times.clinic_time_with_zone(second, NEW_YORK) == "1:30 am EST"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/New_York", "Eastern (EST)"),
        ("America/Denver", "Mountain (MST)"),
        ("America/Los_Angeles", "Pacific (PST)"),
        ("Europe/London", "London (GMT)"),
        ("Asia/Shanghai", "Shanghai (CST)"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires (UTC-3)"),
        ("Pacific/Apia", "Apia (UTC+13)"),
        ("Asia/Kathmandu", "Kathmandu (UTC+5:45)"),
        ("Etc/UTC", "UTC (UTC)"),
    ],
)
def test_zone_words_name_the_zone(zone, words):
    assert clinic_times.zone_words(ZoneInfo(zone), HALF_PAST_TEN) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 minute"), (90, "90 minutes"), (60, "1 hour"), (1440, "24 hours"), (2880, "2 days")],
)
def test_length_words(minutes, words):
    assert clinic_times.length_words(timedelta(minutes=minutes)) == words


def test_iso_utc_is_the_value_of_a_slot():
    assert clinic_times.iso_utc(HALF_PAST_TEN.astimezone(NEW_YORK)) == "2026-12-08T15:30:00Z"


def test_a_last_moment_in_another_year_has_its_year(monday_morning):
    late = datetime(2027, 1, 3, 15, tzinfo=UTC)

    assert clinic_times.last_moment(late, NEW_YORK, None) == "Sunday, January 3, 2027, 10:00 am"
    assert clinic_times.last_moment(late, NEW_YORK, NEW_YORK).endswith(", 2027, 10:00 am EST")
