"""Step 2: a day and a time, which is then held for ten minutes."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import actions
from booking.actors import PATIENT
from booking.availability import nearest_slots
from booking.errors import BookingError
from booking.forms import StartForm
from booking.screening import NO_FLAG
from booking.waits import LongWait, find_long_wait
from booking.weeks import Bookable

from .bookable import find_bookable, wanted_day
from .journey import (
    COOKIE_LASTS,
    HOLD_COOKIE,
    HoldToken,
    Journey,
    get_live_hold,
    set_cookie,
    start_journey,
)


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
    bookable = find_bookable(
        journey.service,
        practitioners=journey.candidates,
        location=journey.location,
        now=now,
        holder=journey.holder,
    )
    try:
        wanted = wanted_day(request, bookable)
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
