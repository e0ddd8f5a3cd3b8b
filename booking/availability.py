"""What can be booked, from the clinic's records. Loads, then calls `slots`.

Three queries, whatever the span and however many appointments there are.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from .models import (
    Appointment,
    AppointmentStatus,
    AvailableTime,
    NotAvailableTime,
    Practitioner,
    Service,
)
from .slots import Hours, Period, Slot, free_slots, merged, open_periods_on

ONE_DAY = timedelta(days=1)
# A visit lasts a day at most, so one that starts on a day can reach into the next one's hours.
REACH = 2 * ONE_DAY


def bookable_dates(service: Service, *, now: datetime) -> tuple[date, date]:
    """Return the first and last day, inclusive, on the location's clock, that may hold slots."""
    today = now.astimezone(service.location.tz).date()
    return today, today + timedelta(days=service.horizon_days)


def find_slots(
    service: Service,
    *,
    practitioner: Practitioner,
    first_on: date,
    last_on: date,
    now: datetime,
    holder: UUID | None = None,
) -> list[Slot]:
    """Return what can be booked from `first_on` to `last_on`, in time order.

    Days are inclusive, on the location's clock. Days outside the service's horizon hold nothing.
    The hold with the reference `holder` blocks nothing: it is the asker's own.
    """
    earliest, latest = bookable_dates(service, now=now)
    first_on, last_on = max(first_on, earliest), min(last_on, latest)
    if first_on > last_on:
        return []
    lower, upper = _instants(service, first_on, last_on)
    slots = free_slots(
        _open_periods(service, practitioner, first_on - ONE_DAY, last_on + REACH),
        _busy_periods(practitioner, lower, upper, now=now, holder=holder),
        closed=_closed_periods(practitioner, lower, upper),
        duration=service.duration,
        step=service.step,
        not_before=now + service.notice,
        buffer_before=service.buffer_before,
        buffer_after=service.buffer_after,
    )
    tz = service.location.tz
    return [s for s in slots if first_on <= s.starts_at.astimezone(tz).date() <= last_on]


def is_offered(
    service: Service,
    *,
    practitioner: Practitioner,
    starts_at: datetime,
    now: datetime,
    holder: UUID | None = None,
) -> bool:
    """Say whether `find_slots` lists a slot that starts at this instant."""
    earliest, latest = bookable_dates(service, now=now)
    # The day is only computed for instants near the horizon: far ones overflow the calendar.
    if not now <= starts_at <= now + (latest - earliest) + REACH:
        return False
    day = starts_at.astimezone(service.location.tz).date()
    slots = find_slots(
        service,
        practitioner=practitioner,
        first_on=day,
        last_on=day,
        now=now,
        holder=holder,
    )
    return any(slot.starts_at == starts_at for slot in slots)


def is_closed(practitioner: Practitioner, lower: datetime, upper: datetime) -> bool:
    """Say whether a closure shares an instant with `[lower, upper)`."""
    return bool(_closed_periods(practitioner, lower, upper))


def is_within_hours(visit: Appointment) -> bool:
    """Say whether the practitioner's weekly hours hold the whole visit; closures do not count."""
    day = visit.starts_at.astimezone(visit.service.location.tz).date()
    hours = _open_periods(visit.service, visit.practitioner, day - ONE_DAY, day + ONE_DAY)
    return any(
        lower <= visit.starts_at and visit.ends_at <= upper for lower, upper in merged(hours)
    )


def nearest_slots(
    service: Service,
    *,
    practitioner: Practitioner,
    around: datetime,
    now: datetime,
    limit: int = 6,
    holder: UUID | None = None,
) -> list[Slot]:
    """Return up to `limit` slots closest to the instant `around`, in time order."""
    first_on, last_on = bookable_dates(service, now=now)
    slots = find_slots(
        service,
        practitioner=practitioner,
        first_on=first_on,
        last_on=last_on,
        now=now,
        holder=holder,
    )
    return sorted(sorted(slots, key=lambda slot: abs(slot.starts_at - around))[:limit])


def open_dates(
    service: Service, *, practitioner: Practitioner, first_on: date, last_on: date
) -> set[date]:
    """Return the days from `first_on` to `last_on`, inclusive, on which the clinic works.

    Those are the days that would have a slot if nobody had booked and there were no notice.
    """
    lower, upper = _instants(service, first_on, last_on)
    slots = free_slots(
        _open_periods(service, practitioner, first_on - ONE_DAY, last_on + REACH),
        (),
        closed=_closed_periods(practitioner, lower, upper),
        duration=service.duration,
        step=service.step,
        not_before=lower,
    )
    days = {slot.starts_at.astimezone(service.location.tz).date() for slot in slots}
    return {day for day in days if first_on <= day <= last_on}


def _instants(service: Service, first_on: date, last_on: date) -> tuple[datetime, datetime]:
    """Return the instants between which anything can matter to slots on these days."""
    tz = service.location.tz
    lower = datetime.combine(first_on - ONE_DAY, time(), tz).astimezone(UTC)
    upper = datetime.combine(last_on + REACH, time(), tz).astimezone(UTC) + REACH
    return lower, upper


def _days(first_on: date, last_on: date) -> Iterator[date]:
    for offset in range((last_on - first_on).days + 1):
        yield first_on + timedelta(days=offset)


def _available_times(
    service: Service, practitioner: Practitioner, first_on: date, last_on: date
) -> list[AvailableTime]:
    times = AvailableTime.objects.filter(
        Q(valid_from_on__isnull=True) | Q(valid_from_on__lte=last_on),
        Q(valid_until_on__isnull=True) | Q(valid_until_on__gte=first_on),
        practitioner=practitioner,
        location=service.location_id,
    )
    return list(times)


def _hours_on(day: date, times: list[AvailableTime]) -> list[Hours]:
    return [
        (available.start_time, available.end_time)
        for available in times
        if available.weekday == day.weekday()
        and (available.valid_from_on is None or available.valid_from_on <= day)
        and (available.valid_until_on is None or day <= available.valid_until_on)
    ]


def _open_periods(
    service: Service, practitioner: Practitioner, first_on: date, last_on: date
) -> list[Period]:
    times = _available_times(service, practitioner, first_on, last_on)
    return [
        period
        for day in _days(first_on, last_on)
        for period in open_periods_on(day, _hours_on(day, times), service.location.tz)
    ]


def _closed_periods(practitioner: Practitioner, lower: datetime, upper: datetime) -> list[Period]:
    closures = NotAvailableTime.objects.filter(
        Q(practitioner=practitioner) | Q(practitioner__isnull=True),
        starts_at__lt=upper,
        ends_at__gt=lower,
    )
    return list(closures.values_list("starts_at", "ends_at"))


def _busy_periods(
    practitioner: Practitioner,
    lower: datetime,
    upper: datetime,
    *,
    now: datetime,
    holder: UUID | None,
) -> list[Period]:
    busy = (
        Appointment.objects.for_practitioner(practitioner)
        .holding_time(now)
        .overlapping(lower, upper)
    )
    if holder is not None:
        busy = busy.exclude(status=AppointmentStatus.PENDING, reference=holder)
    return list(busy.order_by().values_list("busy_from", "busy_until"))
