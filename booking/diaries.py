"""A practitioner's diary around some days: what is open, closed and taken, from the records.

Two queries, whatever the span, however many practitioners and appointments there are.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import DateTimeField, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast

from .models import (
    Appointment,
    AppointmentStatus,
    AvailableTime,
    Location,
    NotAvailableTime,
    Practitioner,
)
from .slots import Opening, Period, open_periods_on

ONE_DAY = timedelta(days=1)
# A visit lasts a day at most, so one that starts on a day can reach into the next one's hours.
REACH = 2 * ONE_DAY


class Busy(NamedTuple):
    """A time that is taken. `service` and `starts_at` say what counts against a daily cap."""

    lower: datetime
    upper: datetime
    service: int
    starts_at: datetime


@dataclass
class Diary:
    """What is open, closed and taken for one practitioner at one place, around some days."""

    hours: list[Opening] = field(default_factory=list)
    closed: list[Period] = field(default_factory=list)
    busy: list[Busy] = field(default_factory=list)


def load_diaries(
    practitioners: Sequence[Practitioner],
    *,
    location: Location,
    first_on: date,
    last_on: date,
    holder: UUID | None = None,
    moving: UUID | None = None,
) -> dict[int, Diary]:
    """Return each practitioner's diary, by primary key: all that can matter to these days."""
    diaries = {practitioner.pk: Diary() for practitioner in practitioners}
    for pk, opening in openings_of(practitioners, location, first_on - REACH, last_on + REACH):
        diaries[pk].hours.append(opening)
    lower, upper = instants_around(location, first_on, last_on)
    holidays = holiday_periods(location, first_on - REACH, last_on + 2 * REACH)
    for diary in diaries.values():
        diary.closed.extend(holidays)
    busy = _busy(practitioners, lower, upper, holder=holder, moving=moving)
    # One query for both, which differ in that a closure has no service.
    closed = _closure_rows(practitioners, location, lower, upper)
    for begins, ends, service, starts_at, whose in busy.union(closed, all=True).order_by():
        some = diaries.values() if None in whose else [diaries[pk] for pk in whose]
        if service is None:
            for diary in some:
                diary.closed.append((begins, ends))
        else:
            taken = Busy(begins, ends, service, starts_at)
            for diary in some:
                diary.busy.append(taken)
    return diaries


def instants_around(location: Location, first_on: date, last_on: date) -> tuple[datetime, datetime]:
    """Return the instants between which anything can matter to slots on these days."""
    lower = datetime.combine(first_on - REACH, time(), location.tz).astimezone(UTC)
    upper = datetime.combine(last_on + REACH, time(), location.tz).astimezone(UTC) + REACH
    return lower, upper


def _days(first_on: date, last_on: date) -> Iterator[date]:
    for offset in range((last_on - first_on).days + 1):
        yield first_on + timedelta(days=offset)


def openings_of(
    practitioners: Sequence[Practitioner], location: Location, first_on: date, last_on: date
) -> Iterator[tuple[int, Opening]]:
    """Yield whose hours matter to these days, and which."""
    rows = AvailableTime.objects.filter(
        Q(on__isnull=True) | Q(on__range=(first_on, last_on)),
        Q(valid_from_on__isnull=True) | Q(valid_from_on__lte=last_on),
        Q(valid_until_on__isnull=True) | Q(valid_until_on__gte=first_on),
        practitioner__in=[practitioner.pk for practitioner in practitioners],
        location=location.host,
    ).order_by()
    names = (each.name for each in fields(Opening))
    return ((pk, Opening(*row)) for pk, *row in rows.values_list("practitioner_id", *names))


def open_periods(
    openings: Collection[Opening], tz: ZoneInfo, first_on: date, last_on: date
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


def closures_in(location: Location, lower: datetime, upper: datetime) -> QuerySet[NotAvailableTime]:
    """Return everybody's closures at the place that share an instant with `[lower, upper)`."""
    return NotAvailableTime.objects.filter(
        Q(location__in={location.pk, location.host.pk}) | Q(location__isnull=True),
        starts_at__lt=upper,
        ends_at__gt=lower,
    )


def _closure_rows(
    practitioners: Sequence[Practitioner], location: Location, lower: datetime, upper: datetime
) -> QuerySet[Any, Any]:
    return (
        closures_in(location, lower, upper)
        .filter(Q(practitioner__in=practitioners) | Q(practitioner__isnull=True))
        .order_by()
        .values_list(
            "starts_at",
            "ends_at",
            Cast(Value(None), IntegerField()),
            Cast(Value(None), DateTimeField()),
        )
        .annotate(whose=ArrayAgg("practitioner_id"))
    )


def _busy(
    practitioners: Sequence[Practitioner],
    lower: datetime,
    upper: datetime,
    *,
    holder: UUID | None,
    moving: UUID | None,
) -> QuerySet[Any, Any]:
    busy = (
        Appointment.objects.filter(practitioner__in=practitioners)
        .holding_time()
        .overlapping(lower, upper)
    )
    if holder is not None:
        busy = busy.exclude(status=AppointmentStatus.PENDING, reference=holder)
    if moving is not None:
        busy = busy.in_the_way_of(moving)
    # A row for each time, however many practitioners have it taken.
    times = busy.order_by().values_list("busy_from", "busy_until", F("service_id"), "starts_at")
    return times.annotate(whose=ArrayAgg("practitioner_id"))
