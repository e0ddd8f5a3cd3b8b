"""What a page of free times shows: shared by booking a visit and by moving one."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from booking.availability import bookable_dates, find_openings
from booking.forms import parse_day
from booking.models import Location, Practitioner, Service
from booking.slots import to_utc
from booking.weeks import ONE_DAY, Bookable, stretches_by_day


def find_bookable(
    service: Service,
    *,
    practitioners: Sequence[Practitioner],
    location: Location,
    now: datetime,
    holder: UUID | None = None,
    moving: UUID | None = None,
    zone: ZoneInfo | None = None,
) -> Bookable:
    """Return the days and free times of all of them together; `holder` and `moving` as for slots.

    Days are those of `zone`, by default the location's own.
    """
    first_on, last_on = bookable_dates(service, now=now, location=location)
    openings = find_openings(
        service,
        practitioners=practitioners,
        location=location,
        first_on=first_on,
        last_on=last_on,
        now=now,
        holder=holder,
        moving=moving,
    )
    zone = zone or location.tz
    end = to_utc(last_on + ONE_DAY, time(), location.tz)
    return Bookable(
        first_on=now.astimezone(zone).date(),
        last_on=(end - timedelta(microseconds=1)).astimezone(zone).date(),
        notice_until=now + service.notice,
        slots=tuple(openings.slots),
        open_on=frozenset(on for on, _, _ in stretches_by_day(openings.open_starts, zone)),
        zone=zone,
        holidays=location.host.holidays(first_on, last_on),
    )


def wanted_day(request: HttpRequest, bookable: Bookable) -> date:
    """Return the day asked for, else the first with a free time. Raises ValueError."""
    if wanted := request.GET.get("from"):
        return parse_day(wanted)
    return bookable.first_free_on or bookable.first_on
