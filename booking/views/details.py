"""Step 3: who comes, and why. Confirming books the held time."""

from collections.abc import Sequence
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import actions
from booking.actors import PATIENT
from booking.availability import free_practitioners, nearest_slots
from booking.errors import BookingError
from booking.forms import DetailsForm
from booking.interruption import find_interruption
from booking.models import Appointment, Practitioner, Service
from booking.screening import ScreeningPass

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
def details(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the details form, or book. The same form sent twice books once."""
    now = timezone.now()
    journey = start_journey(request, slug, now=now)
    token, screening = journey.hold, journey.screening
    if screening is None:
        # A form of this site is sent on whole: nobody types twice because the questions changed.
        was_drawn = token is not None and "hold" in request.POST
        return redirect(journey.url("safety"), preserve_request=was_drawn)
    if token is None or token.service != journey.service.slug:
        return redirect(journey.url("times"))
    journey = journey.as_held(token)
    booked = Appointment.objects.confirmed().filter(reference=token.reference).first()
    if booked is not None:
        return redirect(booked)
    if request.method != "POST":
        return _show(
            request, journey, token, DetailsForm(for_whom=journey.service.for_whom), now=now
        )
    return _book(request, journey, token, screening, now=now)


def _book(
    request: HttpRequest,
    journey: Journey,
    token: HoldToken,
    screening: ScreeningPass,
    *,
    now: datetime,
) -> HttpResponse:
    form = DetailsForm(request.POST, for_whom=journey.service.for_whom)
    form.interruption = find_interruption(form.typed_text(), shown=form["warned"].value() or "")
    try:
        if not form.is_valid() or form.interruption:
            return _keep(request, journey, token, form, now=now)
        starts_at = form.cleaned_data["start"] or token.starts_at
        appointment = actions.book(
            reference=token.reference,
            service=journey.service,
            practitioners=_who(journey, token, starts_at),
            location=journey.location,
            starts_at=starts_at,
            details=form.patient_details(),
            screening=screening,
            now=now,
            by=PATIENT,
            replaces=journey.holder,
        )
    except BookingError as error:
        form.add_error("start", error.message)
        return _show(request, journey, token, form, now=now, status=409)
    response = redirect(appointment)
    if journey.holder in (None, token.reference):
        # Long enough to answer a second click alike, short enough for a shared computer.
        set_cookie(response, HOLD_COOKIE, token.sign(), lasts=actions.HOLD_DURATION)
    return response


def _keep(
    request: HttpRequest, journey: Journey, token: HoldToken, form: DetailsForm, *, now: datetime
) -> HttpResponse:
    """Draw the form again; hold the other time, if one was chosen, while it is put right."""
    starts_at = form.cleaned_data.get("start")
    if starts_at is None or starts_at == token.starts_at:
        return _show(request, journey, token, form, now=now)
    held = actions.hold(
        service=journey.service,
        practitioners=journey.candidates,
        location=journey.location,
        starts_at=starts_at,
        now=now,
        by=PATIENT,
        replaces=journey.holder,
        reference=token.reference,
    )
    token = HoldToken.of(held)
    response = _show(request, journey, token, form, now=now)
    set_cookie(response, HOLD_COOKIE, token.sign(), lasts=COOKIE_LASTS)
    return response


def _show(
    request: HttpRequest,
    journey: Journey,
    token: HoldToken,
    form: DetailsForm,
    *,
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    """Draw the form, with other times to choose from if the wanted one is lost."""
    nearest = None
    if form.has_error("start"):
        nearest = nearest_slots(
            journey.service,
            practitioners=journey.candidates,
            location=journey.location,
            around=form.cleaned_data.get("start") or token.starts_at,
            now=now,
            holder=journey.holder,
        )
    held = get_live_hold(token, service=journey.service)
    context = {
        **journey.context(),
        "form": form,
        "token": token.sign(),
        "starts_at": token.starts_at,
        "held": held,
        "is_lost": not form.is_bound and held is None and not _is_free(journey, token, now=now),
        "nearest": nearest,
        "other_kinds": _other_kinds(journey) if form.is_wrong_kind else None,
        "change_url": journey.url("times", day=_day(journey, token)),
    }
    return render(request, "booking/appointment_form.html", context, status=status)


def _other_kinds(journey: Journey) -> list[Service]:
    """Return the visits to choose from instead: this one is not for the person."""
    return list(Service.objects.listed().exclude(for_whom=journey.service.for_whom))


def _is_free(journey: Journey, token: HoldToken, *, now: datetime) -> bool:
    return bool(
        free_practitioners(
            journey.service,
            practitioners=_who(journey, token, token.starts_at),
            location=journey.location,
            starts_at=token.starts_at,
            now=now,
            holder=journey.holder,
        )
    )


def _day(journey: Journey, token: HoldToken) -> date:
    return token.starts_at.astimezone(journey.location.tz).date()


def _who(journey: Journey, token: HoldToken, starts_at: datetime) -> Sequence[Practitioner]:
    """Return who may take the visit: at the time that was held, nobody but whom the page named."""
    if starts_at == token.starts_at and journey.practitioner is not None:
        return [journey.practitioner]
    return journey.candidates
