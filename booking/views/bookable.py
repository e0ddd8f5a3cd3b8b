"""What a page of free times shows: shared by booking a visit and by moving one."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from django.http import HttpRequest

from booking.availability import bookable_dates, load_diaries, open_dates, slots_in
from booking.forms import parse_day
from booking.models import Location, Practitioner, Service
from booking.weeks import Bookable


class _Days(TypedDict):
    location: Location
    first_on: date
    last_on: date


def find_bookable(
    service: Service,
    *,
    practitioners: Sequence[Practitioner],
    location: Location,
    now: datetime,
    holder: UUID | None = None,
    moving: UUID | None = None,
) -> Bookable:
    """Return the days and free times of all of them together; `holder` and `moving` as for slots."""
    first_on, last_on = bookable_dates(service, now=now, location=location)
    diaries = load_diaries(
        practitioners,
        location=location,
        first_on=first_on,
        last_on=last_on,
        holder=holder,
        moving=moving,
    )
    days: _Days = {"location": location, "first_on": first_on, "last_on": last_on}
    slots = {
        slot for diary in diaries.values() for slot in slots_in(diary, service, **days, now=now)
    }
    open_on = {day for diary in diaries.values() for day in open_dates(diary, service, **days)}
    return Bookable(
        first_on=first_on,
        last_on=last_on,
        notice_until=now + service.notice,
        slots=tuple(sorted(slots)),
        open_on=frozenset(open_on),
        zone=location.tz,
    )


def wanted_day(request: HttpRequest, bookable: Bookable) -> date:
    """Return the day asked for, else the first with a free time. Raises ValueError."""
    if wanted := request.GET.get("from"):
        return parse_day(wanted)
    return bookable.first_free_on or bookable.first_on
