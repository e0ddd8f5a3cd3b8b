"""Dates and times as the clinic writes them, on a given zone's clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

register = template.Library()

# Abbreviations are not unique (CST is also China's), so the offset in hours is part of the key.
ZONE_WORDS = {
    ("EST", -5): "Eastern",
    ("EDT", -4): "Eastern",
    ("CST", -6): "Central",
    ("CDT", -5): "Central",
    ("MST", -7): "Mountain",
    ("MDT", -6): "Mountain",
    ("PST", -8): "Pacific",
    ("PDT", -7): "Pacific",
    ("AKST", -9): "Alaska",
    ("AKDT", -8): "Alaska",
    ("HST", -10): "Hawaii",
}


@register.filter
def clinic_day(value: date | datetime, zone: ZoneInfo | None = None) -> str:
    """Return "Tuesday, December 8"."""
    local = _local(value, zone)
    return f"{local:%A, %B} {local.day}"


@register.filter
def clinic_short_day(value: date | datetime, zone: ZoneInfo | None = None) -> str:
    """Return "Tue, Dec 8"."""
    local = _local(value, zone)
    return f"{local:%a, %b} {local.day}"


@register.filter
def clinic_weekday(value: date | datetime, zone: ZoneInfo | None = None) -> str:
    """Return "Tuesday"."""
    return f"{_local(value, zone):%A}"


@register.filter
def clinic_month(value: date | datetime, zone: ZoneInfo | None = None) -> str:
    """Return "December"."""
    return f"{_local(value, zone):%B}"


@register.filter
def other_year(value: datetime, zone: ZoneInfo, *, now: datetime | None = None) -> str:
    """Return "2027", or nothing in the year of `now`: who reads it then needs no year."""
    year = value.astimezone(zone).year
    return "" if year == (now or timezone.now()).astimezone(zone).year else str(year)


@register.simple_tag
def days_words(first: date, last: date, zone: ZoneInfo) -> str:
    """Return "Monday, December 7 to Sunday, January 31, 2027", or a single day once.

    A day of this year needs no year.
    """
    this_year = timezone.now().astimezone(zone).year
    days = dict.fromkeys((first, last))
    return " to ".join(
        f"{clinic_day(day)}{'' if day.year == this_year else f', {day.year}'}" for day in days
    )


@register.filter
def clinic_time(value: datetime, zone: ZoneInfo) -> str:
    """Return "10:30 am"."""
    local = value.astimezone(zone)
    return f"{local.hour % 12 or 12}:{local.minute:02} {'am' if local.hour < 12 else 'pm'}"


@register.filter
def clinic_time_with_zone(value: datetime, zone: ZoneInfo) -> str:
    """Return "1:30 am EDT", for a day on which the clock is set back."""
    return f"{clinic_time(value, zone)} {_letters(value.astimezone(zone))}"


def when_in_words(
    at: datetime, zone: ZoneInfo, *, now: datetime | None = None, own: ZoneInfo | None = None
) -> str:
    """Return day and time on the zone's clock: "Tuesday, December 8, 10:30 am".

    The year is in it if it is not that of `now`. Who has a clock of their `own` reads which one
    this is: "…, 10:30 am EST".
    """
    year = other_year(at, zone, now=now) if now else ""
    in_words = clinic_time_with_zone if own else clinic_time
    return f"{clinic_day(at, zone)}{year and f', {year}'}, {in_words(at, zone)}"


@register.simple_tag
def last_moment(at: datetime, zone: ZoneInfo, own: ZoneInfo | None) -> str:
    """Return until when something can be done, as our mails say it."""
    return when_in_words(at, zone, now=timezone.now(), own=own)


@register.filter
def zone_words(zone: ZoneInfo, at: datetime) -> str:
    """Return "Eastern (EST)" as it holds at the time `at`."""
    local = at.astimezone(zone)
    return f"{zone_name(zone, at)} ({_letters(local)})"


@register.filter
def zone_name(zone: ZoneInfo, at: datetime) -> str:
    """Return "Eastern", or the zone's city where Americans have no word for it."""
    local = at.astimezone(zone)
    offset = (local.utcoffset() or timedelta()) / timedelta(hours=1)
    city = zone.key.rsplit("/", 1)[-1].replace("_", " ")
    return ZONE_WORDS.get((local.tzname() or "", int(offset)), city)


@register.filter
def length_words(length: timedelta) -> str:
    """Return "24 hours", "90 minutes" or "3 days"."""
    minutes = int(length / timedelta(minutes=1))
    if minutes % 60:
        amount, unit = minutes, "minute"
    elif minutes % (24 * 60) or minutes == 24 * 60:
        amount, unit = minutes // 60, "hour"
    else:
        amount, unit = minutes // (24 * 60), "day"
    return f"{amount} {unit}{'' if amount == 1 else 's'}"


@register.filter
def iso_utc(value: datetime) -> str:
    """Return "2026-12-08T15:30:00Z", the value of `start` and `data-slot`."""
    utc = value.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='seconds')}Z"


def _letters(local: datetime) -> str:
    """Return "EST", or "UTC-3" and "UTC+5:45" where a zone has no letters, but "-03" and "+0545"."""
    name = local.tzname() or ""
    if name[:1] not in ("+", "-"):
        return name
    sign, hours, minutes = name[0], name[1:3], name[3:]
    return f"UTC{sign}{int(hours)}{minutes and f':{minutes}'}"


def _local(value: date | datetime, zone: ZoneInfo | None) -> date | datetime:
    return value.astimezone(zone) if isinstance(value, datetime) and zone else value
