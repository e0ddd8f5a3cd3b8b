"""Step 3: who comes, and why. Confirming books the held time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import actions, limits
from booking.actors import PATIENT
from booking.availability import is_offered, nearest_slots
from booking.errors import BookingError, HeldLongEnough, SlotTaken, TooMany
from booking.forms import DetailsForm
from booking.interruption import find_interruption
from booking.models import Appointment, AppointmentStatus, Practitioner, Service
from booking.screening import ScreeningPass

from .journey import (
    COOKIE_LASTS,
    HOLD_COOKIE,
    HoldToken,
    Journey,
    get_held,
    if_live,
    set_cookie,
    start_journey,
)
from .own_clock import to_visit


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the details form, keep the time for longer, or book.

    The same form sent twice books once. With `change` it comes from the times, where another time
    was chosen: that is then the browser's newest hold.
    """
    journey = start_journey(request, slug, now=timezone.now())
    is_change = "change" in request.POST
    token, screening = journey.newest_hold if is_change else journey.hold, journey.screening
    if screening is None:
        # A form of this site is sent on whole: nobody types twice because the questions changed.
        was_drawn = token is not None and "hold" in request.POST
        return redirect(journey.url("safety"), preserve_request=was_drawn)
    if token is None or token.service != journey.service.slug:
        return redirect(journey.url("times"), preserve_request=is_change and "hold" in request.POST)
    journey = journey.as_held(token)
    held = get_held(token)
    if held is not None and held.status != AppointmentStatus.PENDING:
        return _to_visit(held, journey)
    if request.method != "POST":
        form = DetailsForm(for_whom=journey.service.for_whom)
        return _show(request, journey, token, form, held=held)
    if is_change:
        return _show(request, journey, token, _unfinished_form(request, journey))
    if "extend" in request.POST:
        return _extend(request, journey, token)
    return _book(request, journey, token, screening)


def _unfinished_form(request: HttpRequest, journey: Journey) -> DetailsForm:
    """Return the form with all that was typed, and no word about what is still missing."""
    form = DetailsForm(request.POST, for_whom=journey.service.for_whom)
    form.errors.clear()
    return form


def _extend(request: HttpRequest, journey: Journey, token: HoldToken) -> HttpResponse:
    """Keep the time for ten more minutes, or say why not. Nothing else in the form counts yet."""
    refusal = ""
    try:
        actions.extend(reference=token.reference, now=journey.now, by=PATIENT)
    except SlotTaken:
        pass  # The page says what is true of a time that is no longer held.
    except HeldLongEnough as error:
        refusal = error.message
    form = _unfinished_form(request, journey)
    return _show(request, journey, token, form, is_kept=not refusal, refusal=refusal)


def _book(
    request: HttpRequest, journey: Journey, token: HoldToken, screening: ScreeningPass
) -> HttpResponse:
    form = DetailsForm(request.POST, for_whom=journey.service.for_whom)
    form.interruption = find_interruption(
        form.typed_text(),
        shown=form["warned"].value() or "",
        vocabulary=lambda: journey.catalogue.vocabulary,
    )
    try:
        if not form.is_valid() or form.interruption:
            return _keep(request, journey, token, form)
        chosen = form.cleaned_data["start"]
        starts_at = chosen or token.starts_at
        person = replace(form.patient_details(), own_zone=_own_zone_key(journey))
        with limits.spend("book", request, email=person.email, now=journey.now):
            appointment = actions.book(
                reference=token.reference,
                service=journey.service,
                practitioners=journey.candidates if chosen else _named(journey, token),
                location=journey.location,
                starts_at=starts_at,
                details=person,
                screening=screening,
                now=journey.now,
                by=PATIENT,
                replaces=journey.holder,
            )
    except BookingError as error:
        is_too_many = isinstance(error, TooMany)
        form.add_error(None if is_too_many else "start", error.message)
        return _show(request, journey, token, form, status=error.status)
    response = _to_visit(appointment, journey)
    if journey.holder in (None, token.reference):
        # Long enough to answer a second click alike, short enough for a shared computer.
        set_cookie(response, HOLD_COOKIE, token.sign(), lasts=actions.HOLD_DURATION)
    return response


def _to_visit(visit: Appointment, journey: Journey) -> HttpResponse:
    return to_visit(visit, journey.own_zone if journey.has_own_zone else None)


def _own_zone_key(journey: Journey) -> str:
    """Return the zone in which the person chose the time, for the mails; "" in person."""
    return journey.own_zone.key if journey.has_own_zone and journey.own_zone else ""


def _keep(
    request: HttpRequest, journey: Journey, token: HoldToken, form: DetailsForm
) -> HttpResponse:
    """Draw the form again; hold the other time, if one was chosen, while it is put right."""
    starts_at = form.cleaned_data.get("start")
    if starts_at is None or starts_at == token.starts_at:
        return _show(request, journey, token, form)
    with limits.spend("hold", request, now=journey.now):
        held = actions.hold(
            service=journey.service,
            practitioners=journey.candidates,
            location=journey.location,
            starts_at=starts_at,
            now=journey.now,
            by=PATIENT,
            replaces=journey.holder,
            reference=token.reference,
        )
    token = HoldToken.of(held)
    response = _show(request, journey, token, form)
    set_cookie(response, HOLD_COOKIE, token.sign(), lasts=COOKIE_LASTS)
    return response


def _show(
    request: HttpRequest,
    journey: Journey,
    token: HoldToken,
    form: DetailsForm,
    *,
    held: Appointment | None = None,
    status: int = 200,
    is_kept: bool = False,
    refusal: str = "",
) -> HttpResponse:
    """Draw the form, with other times to choose from if the wanted one is lost.

    `held` is what the token's hold is now, if that is known.
    """
    held = if_live(held or get_held(token), service=journey.service)
    is_lost = held is None and not form.errors and not _is_free(journey, token)
    is_refused = form.has_error("start")
    wanted = (is_refused and form.cleaned_data.get("start")) or token.starts_at
    has_no_time = is_lost or is_refused
    context = {
        **journey.context(),
        "form": form,
        "is_too_many": status == TooMany.status,
        "token": token.sign(),
        "starts_at": token.starts_at,
        "held": held,
        "clock": journey.zone,
        "seconds_left": int(held.time_left.total_seconds()) if held else 0,  # type: ignore[attr-defined]  # from the query
        "is_kept": is_kept and held is not None,
        "refusal": refusal,
        "is_lost": is_lost,
        "has_no_time": has_no_time,
        "nearest": nearest_slots(journey.search, wanted) if has_no_time else None,
        "other_kinds": _other_kinds(journey) if form.is_wrong_kind else None,
        "change_url": journey.url("times", day=_day(journey, token)),
    }
    return render(request, "booking/appointment_form.html", context, status=status)


def _other_kinds(journey: Journey) -> list[Service]:
    """Return the visits to choose from instead: this one is not for the person."""
    return list(Service.objects.listed().exclude(for_whom=journey.service.for_whom))


def _is_free(journey: Journey, token: HoldToken) -> bool:
    search = journey.search.with_only(*_named(journey, token))
    return is_offered(search, token.starts_at)


def _day(journey: Journey, token: HoldToken) -> date:
    return token.starts_at.astimezone(journey.zone).date()


def _named(journey: Journey, token: HoldToken) -> Sequence[Practitioner]:
    """Return who may take the visit at the time that was held: nobody but whom the page named."""
    if not journey.still_offers(token):
        return []
    return [journey.practitioner] if journey.practitioner else journey.candidates
