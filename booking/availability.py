"""What can be booked, from the clinic's records. Loads, then calls `slots`.

Two queries, whatever the span, however many practitioners and appointments there are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast

from .models import (
    Appointment,
    AppointmentStatus,
    AvailableTime,
    Location,
    NotAvailableTime,
    Practitioner,
    Service,
)
from .slots import Period, Slot, free_slots, merged, open_periods_on

ONE_DAY = timedelta(days=1)
# A visit lasts a day at most, so one that starts on a day can reach into the next one's hours.
REACH = 2 * ONE_DAY


@dataclass(frozen=True)
class Busy:
    """A time that is taken. `service` and `starts_at` say what counts against a daily cap."""

    lower: datetime
    upper: datetime
    service: int
    starts_at: datetime


@dataclass
class Diary:
    """What is open, closed and taken for one practitioner at one place, around some days."""

    hours: list[AvailableTime] = field(default_factory=list)
    closed: list[Period] = field(default_factory=list)
    busy: list[Busy] = field(default_factory=list)


def bookable_dates(
    service: Service, *, now: datetime, location: Location | None = None
) -> tuple[date, date]:
    """Return the first and last day, inclusive, on the location's clock, that may hold slots."""
    today = now.astimezone((location or service.location).tz).date()
    return today, today + timedelta(days=service.horizon_days)


def find_slots(
    service: Service,
    *,
    practitioners: Sequence[Practitioner],
    first_on: date,
    last_on: date,
    now: datetime,
    location: Location | None = None,
    holder: UUID | None = None,
    moving: UUID | None = None,
) -> list[Slot]:
    """Return what can be booked from `first_on` to `last_on`, in time order, without duplicates.

    A slot is listed if one of the practitioners is free. Days are inclusive, on the clock of the
    `location`, by default the service's own; those outside the service's horizon hold nothing. The
    hold with the reference `holder` blocks nothing, it is the asker's own; nor does the
    appointment `moving`, which would leave its time.
    """
    location = location or service.location
    earliest, latest = bookable_dates(service, now=now, location=location)
    first_on, last_on = max(first_on, earliest), min(last_on, latest)
    if first_on > last_on:
        return []
    diaries = load_diaries(
        practitioners,
        location=location,
        first_on=first_on,
        last_on=last_on,
        holder=holder,
        moving=moving,
    )
    slots = {
        slot
        for diary in diaries.values()
        for slot in slots_in(
            diary, service, location=location, first_on=first_on, last_on=last_on, now=now
        )
    }
    return sorted(slots)


def slots_in(
    diary: Diary,
    service: Service,
    *,
    location: Location,
    first_on: date,
    last_on: date,
    now: datetime,
) -> list[Slot]:
    """Return what one practitioner's diary leaves free on these days, in time order."""
    tz = location.tz
    slots = free_slots(
        open_periods(diary.hours, location, first_on - ONE_DAY, last_on + REACH),
        ((busy.lower, busy.upper) for busy in diary.busy),
        closed=diary.closed,
        duration=service.duration,
        step=service.step,
        not_before=now + service.notice,
        buffer_before=service.buffer_before,
        buffer_after=service.buffer_after,
    )
    full = full_days(diary, service, location=location)
    return [
        slot
        for slot in slots
        if first_on <= (day := slot.starts_at.astimezone(tz).date()) <= last_on and day not in full
    ]


def full_days(diary: Diary, service: Service, *, location: Location) -> set[date]:
    """Return the days on which the practitioner has as many of these visits as a day may have."""
    if service.daily_cap is None:
        return set()
    visits = Counter(
        busy.starts_at.astimezone(location.tz).date()
        for busy in diary.busy
        if busy.service == service.pk
    )
    return {day for day, count in visits.items() if count >= service.daily_cap}


def free_practitioners(
    service: Service,
    *,
    practitioners: Sequence[Practitioner],
    starts_at: datetime,
    now: datetime,
    location: Location | None = None,
    holder: UUID | None = None,
    moving: UUID | None = None,
) -> list[Practitioner]:
    """Return those for whom a slot that starts at this instant is listed, in the given order."""
    location = location or service.location
    earliest, latest = bookable_dates(service, now=now, location=location)
    # The day is only computed for instants near the horizon: far ones overflow the calendar.
    if not now <= starts_at <= now + (latest - earliest) + REACH:
        return []
    day = starts_at.astimezone(location.tz).date()
    if not earliest <= day <= latest:
        return []
    diaries = load_diaries(
        practitioners, location=location, first_on=day, last_on=day, holder=holder, moving=moving
    )
    return [
        practitioner
        for practitioner in practitioners
        if any(
            slot.starts_at == starts_at
            for slot in slots_in(
                diaries[practitioner.pk],
                service,
                location=location,
                first_on=day,
                last_on=day,
                now=now,
            )
        )
    ]


def is_offered(
    service: Service,
    *,
    practitioner: Practitioner,
    starts_at: datetime,
    now: datetime,
    location: Location | None = None,
    holder: UUID | None = None,
    moving: UUID | None = None,
) -> bool:
    """Say whether `find_slots` lists a slot of this practitioner that starts at this instant."""
    return bool(
        free_practitioners(
            service,
            practitioners=[practitioner],
            starts_at=starts_at,
            now=now,
            location=location,
            holder=holder,
            moving=moving,
        )
    )


def is_closed(
    practitioner: Practitioner, location: Location, lower: datetime, upper: datetime
) -> bool:
    """Say whether a closure or a public holiday shares an instant with `[lower, upper)`."""
    first_on, last_on = (at.astimezone(location.host.tz).date() for at in (lower, upper))
    return closures_in(location, lower, upper).filter(
        Q(practitioner=practitioner) | Q(practitioner__isnull=True)
    ).exists() or any(
        period[0] < upper and lower < period[1]
        for period in holiday_periods(location, first_on, last_on)
    )


def is_within_hours(visit: Appointment) -> bool:
    """Say whether the practitioner's hours hold the whole visit; closures do not count."""
    location = visit.location
    day = visit.starts_at.astimezone(location.tz).date()
    times = _available_times([visit.practitioner], location, day - REACH, day + REACH)
    hours = open_periods(list(times), location, day - REACH, day + REACH)
    return any(
        lower <= visit.starts_at and visit.ends_at <= upper for lower, upper in merged(hours)
    )


def nearest_slots(
    service: Service,
    *,
    practitioners: Sequence[Practitioner],
    around: datetime,
    now: datetime,
    limit: int = 6,
    location: Location | None = None,
    holder: UUID | None = None,
    moving: UUID | None = None,
) -> list[Slot]:
    """Return up to `limit` slots closest to the instant `around`, in time order."""
    first_on, last_on = bookable_dates(service, now=now, location=location)
    slots = find_slots(
        service,
        practitioners=practitioners,
        first_on=first_on,
        last_on=last_on,
        now=now,
        location=location,
        holder=holder,
        moving=moving,
    )
    return sorted(sorted(slots, key=lambda slot: abs(slot.starts_at - around))[:limit])


def open_dates(
    diary: Diary, service: Service, *, location: Location, first_on: date, last_on: date
) -> set[date]:
    """Return the days that would have a slot if nobody had booked and there were no notice."""
    slots = free_slots(
        open_periods(diary.hours, location, first_on - ONE_DAY, last_on + REACH),
        (),
        closed=diary.closed,
        duration=service.duration,
        step=service.step,
        not_before=_instants(location, first_on, last_on)[0],
    )
    days = {slot.starts_at.astimezone(location.tz).date() for slot in slots}
    return {day for day in days if first_on <= day <= last_on}


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
    for available in _available_times(practitioners, location, first_on - REACH, last_on + REACH):
        diaries[available.practitioner_id].hours.append(available)
    lower, upper = _instants(location, first_on, last_on)
    holidays = holiday_periods(location, first_on - REACH, last_on + 2 * REACH)
    for diary in diaries.values():
        diary.closed.extend(holidays)
    busy = _busy(practitioners, lower, upper, holder=holder, moving=moving)
    # One query for both, which differ in that a closure has no service.
    closed = _closure_rows(practitioners, location, lower, upper)
    for pk, begins, ends, service, starts_at in busy.union(closed, all=True).order_by():
        if service is not None:
            diaries[pk].busy.append(Busy(begins, ends, service, starts_at))
            continue
        for diary in diaries.values() if pk is None else (diaries[pk],):
            diary.closed.append((begins, ends))
    return diaries


def _instants(location: Location, first_on: date, last_on: date) -> tuple[datetime, datetime]:
    """Return the instants between which anything can matter to slots on these days."""
    lower = datetime.combine(first_on - REACH, time(), location.tz).astimezone(UTC)
    upper = datetime.combine(last_on + REACH, time(), location.tz).astimezone(UTC) + REACH
    return lower, upper


def _days(first_on: date, last_on: date) -> Iterator[date]:
    for offset in range((last_on - first_on).days + 1):
        yield first_on + timedelta(days=offset)


def _available_times(
    practitioners: Sequence[Practitioner], location: Location, first_on: date, last_on: date
) -> Iterable[AvailableTime]:
    return AvailableTime.objects.filter(
        Q(on__isnull=True) | Q(on__range=(first_on, last_on)),
        Q(valid_from_on__isnull=True) | Q(valid_from_on__lte=last_on),
        Q(valid_until_on__isnull=True) | Q(valid_until_on__gte=first_on),
        practitioner__in=[practitioner.pk for practitioner in practitioners],
        location=location.host,
    ).order_by()


def open_periods(
    times: list[AvailableTime], location: Location, first_on: date, last_on: date
) -> list[Period]:
    """Return the opening periods, in UTC, that begin from `first_on` to `last_on`, inclusive."""
    tz = location.host.tz
    return [
        period
        for day in _days(first_on, last_on)
        for period in open_periods_on(
            day, [(one.start_time, one.end_time) for one in times if one.is_on(day)], tz
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
            "practitioner_id",
            "starts_at",
            "ends_at",
            Cast(Value(None), IntegerField()),
            Cast(Value(None), DateTimeField()),
        )
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
        busy = busy.exclude(reference=moving)
    return busy.order_by().values_list(
        "practitioner_id", "busy_from", "busy_until", F("service_id"), "starts_at"
    )
