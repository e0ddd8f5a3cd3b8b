"""A practitioner's diary around some days: what is open, closed and taken, from the records.

One query, whatever the span, however many practitioners and appointments there are.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from .models import (
    LONGEST_BUSY,
    AvailableTime,
    DatabaseNow,
    Location,
    NotAvailableTime,
    Practitioner,
)
from .search import Search
from .slots import Opening, Period, open_periods_on

ONE_DAY = timedelta(days=1)
# A visit lasts a day at most, so one that starts on a day can reach into the next one's hours.
REACH = 2 * ONE_DAY

# `AppointmentQuerySet.holding_time`, `overlapping` and, with what follows it, `in_the_way_of`.
_TAKEN = """
    FROM booking_appointment
    WHERE practitioner_id = ANY(%s::bigint[])
        AND status IN ('pending', 'booked', 'arrived', 'fulfilled', 'noshow')
        AND busy_from < %s AND busy_until > %s AND busy_from > %s
        AND NOT (status = 'pending' AND expires_at <= {now})
"""
_BUT_MOVING = """
        AND reference IS DISTINCT FROM %s
        AND id NOT IN (
            SELECT alternative.hold_id
            FROM booking_movealternative AS alternative
            JOIN booking_moverequest AS request ON request.id = alternative.request_id
            JOIN booking_appointment AS visit ON visit.id = request.appointment_id
            WHERE visit.reference = %s
        )
"""
# Counted: for EXISTS, PostgreSQL reads all appointments in the hope to meet one at once.
_IS_TAKEN = "SELECT count(*) > 0 {taken} AND reference <> ALL(%s::uuid[])"
_CLOSURES = """
    SELECT * FROM booking_notavailabletime
    WHERE (practitioner_id = ANY(%s::bigint[]) OR practitioner_id IS NULL)
        AND (location_id = ANY(%s::bigint[]) OR location_id IS NULL)
        AND starts_at < %s AND ends_at > %s
"""
# What is taken, what is closed, and one row with all hours: text that is read once (_read_hours).
# Of what is taken a row for each time, however many practitioners have it.
_DIARIES = """
    SELECT busy_from, busy_until, service_id, starts_at, array_agg(practitioner_id), NULL::text
    {taken} AND NOT (status = 'pending' AND reference IS NOT DISTINCT FROM %s)
    GROUP BY busy_from, busy_until, service_id, starts_at
UNION ALL
    SELECT starts_at, ends_at, NULL, NULL, array_agg(practitioner_id), NULL
    FROM ({closures}) AS closure
    GROUP BY starts_at, ends_at
UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, json_agg(json_build_array(
        practitioner_id, weekday, "on", start_time, end_time, valid_from_on, valid_until_on
    ) ORDER BY id)::text
    FROM booking_availabletime
    WHERE practitioner_id = ANY(%s::bigint[]) AND location_id = %s
        AND ("on" IS NULL OR "on" BETWEEN %s AND %s)
        AND (valid_from_on IS NULL OR valid_from_on <= %s)
        AND (valid_until_on IS NULL OR valid_until_on >= %s)
    HAVING count(*) > 0
"""


class Busy(NamedTuple):
    """A time that is taken. `service` and `starts_at` say what counts against a daily cap."""

    lower: datetime
    upper: datetime
    service: int
    starts_at: datetime


@dataclass
class Diary:
    """What is open, closed and taken for one practitioner at one place, around some days."""

    hours: frozenset[Opening] = frozenset()
    closed: list[Period] = field(default_factory=list)
    busy: list[Busy] = field(default_factory=list)


def load_diaries(search: Search, *, first_on: date, last_on: date) -> dict[int, Diary]:
    """Return each practitioner's diary, by primary key: all that can matter to these days."""
    location, moving = search.location, search.moving
    lower, upper = instants_around(location, first_on, last_on)
    closed = holiday_periods(location, first_on - REACH, last_on + 2 * REACH)
    diaries = {practitioner.pk: Diary(closed=list(closed)) for practitioner in search.practitioners}
    with connection.cursor() as cursor:
        cursor.execute(
            _DIARIES.format(taken=_taken(moving), closures=_CLOSURES),
            [
                *(list(diaries), upper, lower, lower - LONGEST_BUSY),
                *((moving, moving) if moving else ()),
                search.holder,
                *(list(diaries), [location.pk, location.host.pk], upper, lower),
                *(list(diaries), location.host.pk, first_on - REACH, last_on + REACH),
                *(last_on + REACH, first_on - REACH),
            ],
        )
        for begins, ends, service, starts_at, whose, hours in cursor:
            if hours is not None:
                for pk, openings in _read_hours(hours).items():
                    diaries[pk].hours = openings
                continue
            some = diaries.values() if None in whose else [diaries[pk] for pk in whose]
            if service is None:
                for diary in some:
                    diary.closed.append((begins, ends))
            else:
                taken = Busy(begins, ends, service, starts_at)
                for diary in some:
                    diary.busy.append(taken)
    return diaries


def _taken(moving: UUID | None) -> str:
    return _TAKEN.format(now=DatabaseNow.in_sql()) + (_BUT_MOVING if moving else "")


def is_taken(
    practitioner: Practitioner,
    lower: datetime,
    upper: datetime,
    *,
    own: Collection[UUID],
    moving: UUID | None = None,
) -> bool:
    """Say whether anything but the person's `own` is busy at an instant of `[lower, upper)`."""
    parameters = [
        *([practitioner.pk], upper, lower, lower - LONGEST_BUSY),
        *((moving, moving) if moving else ()),
        list(own),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_IS_TAKEN.format(taken=_taken(moving)), parameters)
        return bool(cursor.fetchone()[0])


@lru_cache(maxsize=100)
def _read_hours(rows: str) -> dict[int, frozenset[Opening]]:
    """Return whose hours these are, from PostgreSQL's JSON; who has the same shares one set."""
    read: dict[int, list[Opening]] = {}
    for practitioner, weekday, on, starts, ends, since, until in json.loads(rows):
        days = (day and date.fromisoformat(day) for day in (on, since, until))
        on, since, until = days
        hours = (time.fromisoformat(starts), time.fromisoformat(ends))
        read.setdefault(practitioner, []).append(Opening(weekday, on, *hours, since, until))
    shared: dict[frozenset[Opening], frozenset[Opening]] = {}
    sets = ((pk, frozenset(openings)) for pk, openings in read.items())
    return {pk: shared.setdefault(openings, openings) for pk, openings in sets}


def instants_around(location: Location, first_on: date, last_on: date) -> tuple[datetime, datetime]:
    """Return the instants between which anything can matter to slots on these days."""
    lower = datetime.combine(first_on - REACH, time(), location.tz).astimezone(UTC)
    upper = datetime.combine(last_on + REACH, time(), location.tz).astimezone(UTC) + REACH
    return lower, upper


def _days(first_on: date, last_on: date) -> Iterator[date]:
    for offset in range((last_on - first_on).days + 1):
        yield first_on + timedelta(days=offset)


def open_periods(
    openings: Collection[Opening | AvailableTime], tz: ZoneInfo, first_on: date, last_on: date
) -> list[Period]:
    """Return the opening periods, in UTC, that begin from `first_on` to `last_on`, inclusive."""
    return [
        period
        for day in _days(first_on, last_on)
        for period in open_periods_on(
            day, [(one.start_time, one.end_time) for one in openings if one.is_on(day)], tz
        )
    ]


def holiday_periods(location: Location, first_on: date, last_on: date) -> list[Period]:
    """Return the whole days, midnight to midnight on the location's clock, that are holidays."""
    host = location.host
    return [
        period
        for day in host.holidays(first_on, last_on)
        for period in open_periods_on(day, [(time(), time())], host.tz)
    ]


def closures_of(
    practitioner: Practitioner, location: Location, lower: datetime, upper: datetime
) -> list[NotAvailableTime]:
    """Return the practitioner's and everybody's at the place that share an instant with them.

    The instants are `[lower, upper)`. By start, with their places.
    """
    places = [location.pk, location.host.pk]
    found = NotAvailableTime.objects.raw(
        f"{_CLOSURES} ORDER BY starts_at, id", [[practitioner.pk], places, upper, lower]
    )
    return list(found.prefetch_related("location"))
