"""Step 2: a day and a time, which is then held for ten minutes."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import actions, limits
from booking.actors import PATIENT
from booking.availability import nearest_slots
from booking.errors import BookingError, SlotNotOffered, TooMany
from booking.forms import StartForm
from booking.models import Location, LocationKind
from booking.reasons import words_for_patients
from booking.screening import NO_FLAG
from booking.templatetags.journey import Choice
from booking.waits import LongWait, find_long_wait
from booking.weeks import Bookable

from .bookable import find_bookable, wanted_day
from .journey import (
    COOKIE_LASTS,
    HOLD_COOKIE,
    HoldToken,
    Journey,
    carried_details,
    get_booked,
    get_held,
    if_live,
    set_cookie,
    start_journey,
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def times(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a week of free times, or hold the chosen one.

    Details typed before the person wanted another time come as a POST with `change`, and travel
    through these pages as hidden fields, and nowhere else.
    """
    journey = start_journey(request, slug, now=timezone.now())
    is_change = "change" in request.POST
    if journey.screening is None:
        return redirect(
            journey.url("safety"), preserve_request=is_change and "hold" in request.POST
        )
    if is_change and journey.hold and (booked := get_booked(journey.hold)):
        return redirect(booked)
    if request.method == "POST" and ("start" in request.POST or not is_change):
        return _hold(request, journey)
    bookable = find_bookable(journey.search, zone=journey.zone)
    try:
        wanted = wanted_day(request, bookable)
    except ValueError:
        context = {**_context(request, journey), "bookable": bookable}
        return render(request, "booking/slot_list_bad_date.html", context, status=400)
    return _show(request, journey, bookable, wanted)


def _hold(request: HttpRequest, journey: Journey) -> HttpResponse:
    form = StartForm(request.POST)
    if not form.is_valid():
        return _refuse(request, journey, form, around=journey.now, status=400)
    starts_at: datetime = form.cleaned_data["start"]
    is_change = "change" in request.POST
    own = journey.hold.reference if journey.hold and is_change else None
    try:
        with limits.spend("hold", request, now=journey.now):
            held = actions.hold(
                service=journey.service,
                practitioners=journey.candidates,
                location=journey.location,
                starts_at=starts_at,
                now=journey.now,
                by=PATIENT,
                replaces=journey.holder,
                # The form of another tab gives its own hold up for this one, too.
                reference=own if own != journey.holder else None,
            )
    except BookingError as error:
        form.add_error("start", error.message)
        why = ""
        if isinstance(error, SlotNotOffered):
            why = words_for_patients(journey.search, starts_at)
        return _refuse(request, journey, form, around=starts_at, status=error.status, why=why)
    response = redirect(journey.url("details"), preserve_request=is_change)
    set_cookie(response, HOLD_COOKIE, HoldToken.of(held).sign(), lasts=COOKIE_LASTS)
    return response


def _refuse(
    request: HttpRequest,
    journey: Journey,
    form: StartForm,
    *,
    around: datetime,
    status: int,
    why: str = "",
) -> HttpResponse:
    """Say what is wrong with the time and offer the nearest free ones."""
    context = {
        **_context(request, journey),
        "form": form,
        "nearest": nearest_slots(journey.search, around),
        "why": why,
        "is_too_many": status == TooMany.status,
    }
    return render(request, "booking/slot_list_refused.html", context, status=status)


def _show(request: HttpRequest, journey: Journey, bookable: Bookable, wanted: date) -> HttpResponse:
    day = bookable.nearest_day(wanted)
    week = bookable.week_of(day)
    nearest_slot = None if week.selected.slots else bookable.nearest_slot(day)
    context: dict[str, Any] = {
        **_context(request, journey),
        "bookable": bookable,
        "week": week,
        "previous_free_on": bookable.previous_free_on(day),
        "next_free_on": bookable.next_free_on(day),
        "is_out_of_range": day != wanted,
        "long_wait": _long_wait(journey, bookable),
        "held": if_live(get_held(journey.hold), service=journey.service),
        "nearest_slot": nearest_slot,
        "nearest_on": nearest_slot and bookable.day_of(nearest_slot),
    }
    return render(request, "booking/slot_list.html", context)


def _long_wait(journey: Journey, bookable: Bookable) -> LongWait | None:
    first = bookable.first_slot
    return find_long_wait(
        journey.screening.outcome if journey.screening else NO_FLAG,
        article_levels={flag.level for flag in journey.flag_set.flags if journey.condition},
        first_at=first.starts_at if first else None,
        now=journey.now,
        zone=bookable.zone,
    )


def _context(request: HttpRequest, journey: Journey) -> dict[str, Any]:
    """Return what all pages of this step use. Times are drawn in the zone the person chose."""
    return {
        **journey.context(),
        "zone": journey.zone,
        "clinic_zone": journey.location.tz,
        "chosen_zone": journey.own_zone,
        "has_own_zone": journey.has_own_zone,
        "is_zone_unknown": journey.is_zone_unknown,
        "places": _places(journey),
        "people": _people(journey),
        "carried": carried_details(request, but=("start", "extend"))
        if "change" in request.POST
        else {},
        "details_url": journey.url("details"),
    }


def _places(journey: Journey) -> list[Choice]:
    """Return where the visit may be, if there is a choice."""
    if len(journey.locations) == 1:
        return []
    kinds = [place.kind for place in journey.locations]
    return [
        Choice(
            _place_label(place, is_only_one=kinds.count(place.kind) == 1),
            journey.choosing(location=place).url("times"),
            place == journey.location,
        )
        for place in journey.locations
    ]


def _place_label(place: Location, *, is_only_one: bool) -> str:
    kind = LocationKind(place.kind)
    if kind == LocationKind.IN_PERSON:
        return f"In person, {place.name}"
    return str(kind.label) if is_only_one else f"{kind.label}, {place.name}"


def _people(journey: Journey) -> list[Choice]:
    """Return with whom the visit may be, if there is a choice."""
    everybody = journey.practitioners
    if len(everybody) == 1:
        return []
    is_open = len(journey.candidates) > 1
    return [
        Choice(
            "Whoever is free first", journey.choosing(candidates=everybody).url("times"), is_open
        ),
        *(
            Choice(
                one.full_name,
                journey.choosing(candidates=(one,)).url("times"),
                journey.candidates == (one,),
            )
            for one in everybody
        ),
    ]
