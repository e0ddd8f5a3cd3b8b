"""Step 2: a day and a time, which is then held for ten minutes."""

from datetime import date, datetime
from typing import Any, TypedDict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import actions
from booking.actors import PATIENT
from booking.availability import (
    bookable_dates,
    load_diaries,
    nearest_slots,
    open_dates,
    slots_in,
)
from booking.errors import BookingError
from booking.forms import StartForm, parse_day
from booking.models import Location
from booking.screening import NO_FLAG
from booking.waits import LongWait, find_long_wait
from booking.weeks import Bookable

from .journey import (
    COOKIE_LASTS,
    HOLD_COOKIE,
    HoldToken,
    Journey,
    get_live_hold,
    set_cookie,
    start_journey,
)


class _Days(TypedDict):
    location: Location
    first_on: date
    last_on: date


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def times(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a week of free times, or hold the chosen one."""
    now = timezone.now()
    journey = start_journey(request, slug, now=now)
    if journey.screening is None:
        return redirect(journey.url("safety"))
    if request.method == "POST":
        return _hold(request, journey, now=now)
    bookable = _find_bookable(journey, now=now)
    try:
        wanted = _wanted_day(request, bookable)
    except ValueError:
        context = {**journey.context(), "bookable": bookable}
        return render(request, "booking/slot_list_bad_date.html", context, status=400)
    return _show(request, journey, bookable, wanted, now=now)


def _hold(request: HttpRequest, journey: Journey, *, now: datetime) -> HttpResponse:
    form = StartForm(request.POST)
    if not form.is_valid():
        return _refuse(request, journey, form, around=now, now=now, status=400)
    starts_at: datetime = form.cleaned_data["start"]
    try:
        held = actions.hold(
            service=journey.service,
            practitioners=journey.candidates,
            location=journey.location,
            starts_at=starts_at,
            now=now,
            by=PATIENT,
            replaces=journey.holder,
        )
    except BookingError as error:
        form.add_error("start", error.message)
        return _refuse(request, journey, form, around=starts_at, now=now, status=409)
    response = redirect(journey.url("details"))
    set_cookie(response, HOLD_COOKIE, HoldToken.of(held).sign(), lasts=COOKIE_LASTS)
    return response


def _refuse(
    request: HttpRequest,
    journey: Journey,
    form: StartForm,
    *,
    around: datetime,
    now: datetime,
    status: int,
) -> HttpResponse:
    """Say what is wrong with the time and offer the nearest free ones."""
    nearest = nearest_slots(
        journey.service,
        practitioners=journey.candidates,
        location=journey.location,
        around=around,
        now=now,
        holder=journey.holder,
    )
    context = {**journey.context(), "form": form, "nearest": nearest}
    return render(request, "booking/slot_list_refused.html", context, status=status)


def _show(
    request: HttpRequest,
    journey: Journey,
    bookable: Bookable,
    wanted: date,
    *,
    now: datetime,
) -> HttpResponse:
    day = bookable.nearest_day(wanted)
    nearest_slot = bookable.nearest_slot(day)
    context: dict[str, Any] = {
        **journey.context(),
        "bookable": bookable,
        "week": bookable.week_of(day),
        "is_out_of_range": day != wanted,
        "held": get_live_hold(journey.hold, service=journey.service),
        "long_wait": _long_wait(journey, bookable, now=now),
        "nearest_slot": nearest_slot,
        "nearest_on": nearest_slot and bookable.day_of(nearest_slot),
    }
    return render(request, "booking/slot_list.html", context)


def _long_wait(journey: Journey, bookable: Bookable, *, now: datetime) -> LongWait | None:
    first = bookable.first_slot
    return find_long_wait(
        journey.screening.outcome if journey.screening else NO_FLAG,
        article_levels={flag.level for flag in journey.flag_set.flags if journey.condition},
        first_at=first.starts_at if first else None,
        now=now,
        zone=bookable.zone,
    )


def _wanted_day(request: HttpRequest, bookable: Bookable) -> date:
    """Return the day asked for, else the first with a free time. Raises ValueError."""
    if wanted := request.GET.get("from"):
        return parse_day(wanted)
    return bookable.first_free_on or bookable.first_on


def _find_bookable(journey: Journey, *, now: datetime) -> Bookable:
    service, location = journey.service, journey.location
    first_on, last_on = bookable_dates(service, now=now, location=location)
    diaries = load_diaries(
        journey.candidates,
        location=location,
        first_on=first_on,
        last_on=last_on,
        holder=journey.holder,
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
