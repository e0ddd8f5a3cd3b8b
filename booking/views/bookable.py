"""What a page of free times shows: shared by booking a visit and by moving one."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from booking.availability import find_openings
from booking.forms import parse_day
from booking.search import Search
from booking.weeks import ONE_DAY, Bookable, stretches_by_day


def find_bookable(search: Search, *, zone: ZoneInfo) -> Bookable:
    """Return the days, those of `zone`, and free times of all the practitioners together."""
    first_on, last_on = search.bookable_dates()
    openings = find_openings(search, first_on=first_on, last_on=last_on)
    end = search.begin_of(last_on + ONE_DAY)
    return Bookable(
        first_on=search.now.astimezone(zone).date(),
        last_on=(end - timedelta(microseconds=1)).astimezone(zone).date(),
        notice_until=search.notice_until,
        slots=tuple(openings.slots),
        open_on=frozenset(on for on, _, _ in stretches_by_day(openings.open_starts, zone)),
        zone=zone,
        holidays=search.location.host.holidays(first_on, last_on),
    )


def wanted_day(request: HttpRequest, bookable: Bookable) -> date:
    """Return the day asked for, else the first with a free time. Raises ValueError."""
    if wanted := request.GET.get("from"):
        return parse_day(wanted)
    return bookable.first_free_on or bookable.first_on
