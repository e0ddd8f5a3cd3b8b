"""The waiting list: joining it, and the page on which offers are answered."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from booking import limits, waitlist
from booking.catalogue import read_catalogue
from booking.errors import BookingError, TooLateToMove, TooMany
from booking.models import Location, Practitioner, Service, WaitlistEntry, WaitlistStatus
from booking.offer_hours import OFFER_LASTS
from booking.screening import NO_FLAG, ScreeningPass
from booking.stops import count_stop
from booking.waitlist_forms import LONGEST_WAIT, JoinForm, OfferForm, WishesForm
from conditions.models import CareLevel
from conditions.red_flags import (
    FlagSet,
    Outcome,
    assess,
    flags_for_screening,
)

from .appointments import can_come_earlier, get_appointment_for_link, private_page
from .journey import Journey, start_journey
from .own_clock import clock_context, own_zone
from .safety import ANSWERS, without_pass

TIMES_SHOWN = 12
# In the address of the page that says so.
SAVED = "saved"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask someone without a visit when they can come; a POST puts them on the list."""
    journey = start_journey(request, slug, now=timezone.now())
    if journey.screening is None:
        return redirect(journey.url("safety"))
    first_on = first_bookable_on(journey.service, journey.location, now=journey.now)
    _, last_on = journey.search.bookable_dates()
    days: dict[str, Any] = {"first_on": first_on, "last_on": first_on + LONGEST_WAIT}
    form = JoinForm(initial={"from_on": first_on, "until_on": max(first_on, last_on)}, **days)
    status = 200
    if request.method == "POST":
        form = JoinForm(request.POST, **days)
        try:
            if form.is_valid():
                _join(request, journey, form)
                return redirect(journey.url("waitlist-sent"))
        except BookingError as error:
            form.add_error(None, error.message)
            status = error.status
    context = {
        **journey.context(),
        "form": form,
        "is_too_many": status == TooMany.status,
        "offer_lasts": OFFER_LASTS,
    }
    return render(request, "booking/waitlist_join.html", context, status=status)


def _join(request: HttpRequest, journey: Journey, form: JoinForm) -> None:
    details = form.patient_details()
    with limits.spend("wait", request, email=details.email, now=journey.now):
        waitlist.join(
            service=journey.service,
            location=journey.location,
            details=details,
            wishes=form.wishes(journey.practitioner),
            condition=journey.condition,
            now=journey.now,
        )


@private_page
@require_safe
def join_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what happens next, to whomever: whether they were on the list already is in the mail."""
    journey = start_journey(request, slug, now=timezone.now())
    return render(request, "booking/waitlist_sent.html", journey.context())


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def earlier(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Ask someone with a visit when they could come earlier; a POST puts it on the list."""
    now = timezone.now()
    visit = get_appointment_for_link(reference, read_catalogue())
    if not can_come_earlier(visit, now=now):
        return redirect(visit)
    on_the_list = visit.waitlist_entries.on_the_list().first()
    wanted: dict[str, Any] = {
        "first_on": first_bookable_on(visit.service, visit.location, now=now),
        "last_on": visit.starts_local.date(),
        "visit": visit,
        "other_than": _other_than(visit.practitioner, visit.service),
    }

    def keep(form: WishesForm) -> WaitlistEntry:
        wishes = form.wishes(visit.practitioner)
        return waitlist.join_to_move(visit=visit, wishes=wishes, now=now)

    shown = {
        "appointment": visit,
        "zone": visit.location.tz,
        **clock_context(visit, own_zone(request, visit)),
    }
    try:
        return _ask(request, on_the_list, wanted, keep, shown)
    except TooLateToMove:
        return redirect(visit)  # says what became of it at this moment


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Ask someone who waits without a visit when they can come; a POST changes it."""
    now = timezone.now()
    person = get_entry_for_link(reference)
    if not person.is_on_the_list or person.is_pointless(now):
        return redirect(person)
    if person.appointment is not None:
        return redirect("booking:waitlist-earlier", person.appointment.reference)
    first_on = first_bookable_on(person.service, person.location, now=now)
    wanted: dict[str, Any] = {
        "first_on": first_on,
        "last_on": first_on + LONGEST_WAIT,
        "other_than": _other_than(person.practitioner, person.service),
    }

    def keep(form: WishesForm) -> WaitlistEntry:
        wishes = form.wishes(person.practitioner)
        return waitlist.change_wishes(reference=reference, wishes=wishes, now=now)

    return _ask(request, person, wanted, keep, {})


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Show what is offered, with the safety questions; a POST answers them and takes the time."""
    now = timezone.now()
    person = get_entry_for_link(reference)
    visit = person.appointment
    condition = visit.condition_slug if visit else person.condition_slug
    flag_set = flags_for_screening(condition, now=now)
    if not flag_set.flags:
        context = {"safety_url": person.get_absolute_url()}
        return render(request, "booking/screening_unavailable.html", context)
    if request.method == "POST" and ANSWERS & request.POST.keys():
        return _answer(request, person, flag_set, now=now)
    if person.status == WaitlistStatus.BOOKED and visit is not None:
        return redirect(visit)
    return _show(request, person, OfferForm(flag_set=flag_set), now=now)


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Give the offered time to the next person, by a POST, and stay on the list."""
    person = get_entry_for_link(reference)
    if request.method != "POST":
        return redirect(person)
    return redirect(waitlist.decline(reference=person.reference, now=timezone.now()))


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Leave the list, by a POST; else lead to the page with the button for it."""
    person = get_entry_for_link(reference)
    if request.method != "POST":
        return redirect(person)
    return redirect(waitlist.leave(reference=person.reference, now=timezone.now()))


def get_entry_for_link(reference: UUID) -> WaitlistEntry:
    """Return the entry that a person's link names. Raises Http404."""
    entries = WaitlistEntry.objects.select_related(*waitlist.RELATED)
    person = entries.filter(reference=reference).first()
    if person is None:
        raise Http404("Nobody waits under this reference.")
    return person


def first_bookable_on(service: Service, location: Location, *, now: datetime) -> date:
    """Return the first day whose times are not all inside the notice."""
    return (now + service.notice).astimezone(location.tz).date()


def _ask(
    request: HttpRequest,
    asked: WaitlistEntry | None,
    wanted: dict[str, Any],
    keep: Callable[[WishesForm], WaitlistEntry],
    shown: dict[str, Any],
) -> HttpResponse:
    """Ask when somebody can come; a POST keeps it and leads to the entry."""
    form = WishesForm(request.POST or None, initial=_wishes(asked, wanted), **wanted)
    if request.method == "POST" and form.is_valid():
        entry = keep(form)
        return redirect(f"{entry.get_absolute_url()}{f'?{SAVED}' if asked else ''}")
    context = {
        **shown,
        "form": form,
        "entry": asked,
        "emergencies": read_catalogue().emergencies,
        "offer_lasts": OFFER_LASTS,
    }
    return render(request, "booking/waitlist_earlier.html", context)


def _other_than(practitioner: Practitioner | None, service: Service) -> Practitioner | None:
    """Return the practitioner, if there is somebody else whom the person could see instead."""
    return practitioner if service.practitioners.filter(is_active=True).count() > 1 else None


def _wishes(entry: WaitlistEntry | None, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return what the form shows at first: the wishes of the entry, or all that could be wished."""
    if entry is None:
        return {"from_on": wanted["first_on"], "until_on": wanted["last_on"]}
    return {
        "from_on": max(entry.from_on, wanted["first_on"]),
        "until_on": min(entry.until_on, wanted["last_on"]),
        "time_of_day": entry.time_of_day,
        "anyone": entry.practitioner_id is None,
    }


def _answer(
    request: HttpRequest, person: WaitlistEntry, flag_set: FlagSet, *, now: datetime
) -> HttpResponse:
    """Do what the answers mean: stop, ask again, advise, or book."""
    form = OfferForm(request.POST, flag_set=flag_set)
    is_valid = form.is_valid()
    outcome = assess(flag_set, form.known_codes)
    # A sign of an emergency counts, whatever else the form says.
    if outcome.level == CareLevel.EMERGENCY:
        return _stop(request, person, form, now=now)
    if not is_valid:
        return _show(request, person, form, now=now)
    if outcome.level == CareLevel.URGENT and not form.cleaned_data["acknowledged"]:
        return _advise(request, form, now=now)
    try:
        visit = waitlist.accept(
            reference=person.reference,
            starts_at=form.cleaned_data["start"],
            screening=_screening(flag_set, outcome, now=now),
            now=now,
        )
    except BookingError as error:
        form.add_error("start", error.message)
        person = get_entry_for_link(person.reference)
        return _show(request, person, form, now=now, status=409)
    return redirect(visit)


def _stop(
    request: HttpRequest, person: WaitlistEntry, form: OfferForm, *, now: datetime
) -> HttpResponse:
    """Show the stop page, take the person off the list, without a word why, and take back a pass."""
    waitlist.leave(reference=person.reference, now=now)
    codes = form.known_codes
    emergencies = [f for f in form.flag_set.flags if f.code in codes and f.is_emergency]
    visit = person.appointment
    context = {
        "is_crisis_only": all(flag.is_crisis for flag in emergencies),
        "is_off_the_list": True,
        # To the list again, and not to a second visit.
        "safety_url": reverse("booking:waitlist-earlier", args=[visit.reference])
        if visit is not None
        else reverse("booking:safety", args=[person.service.slug]),
    }
    response = render(request, "booking/screening_emergency.html", context)
    count_stop(CareLevel.EMERGENCY, now=now)
    return without_pass(response)


def _advise(request: HttpRequest, form: OfferForm, *, now: datetime) -> HttpResponse:
    codes = form.cleaned_data["flags"]
    context = {
        "flags": [flag for flag in form.flag_set.flags if flag.code in codes],
        "ruleset": form.flag_set.ruleset,
        "carried": {"start": form["start"].value()},
        "is_apart": True,
    }
    response = render(request, "booking/screening_urgent.html", context)
    count_stop(CareLevel.URGENT, now=now)
    return response


def _screening(flag_set: FlagSet, outcome: Outcome, *, now: datetime) -> ScreeningPass:
    return ScreeningPass(
        condition=flag_set.condition,
        ruleset=outcome.ruleset,
        outcome=outcome.level or NO_FLAG,
        screened_at=now,
    )


def _show(
    request: HttpRequest,
    person: WaitlistEntry,
    form: OfferForm,
    *,
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    """Draw the page: the offer, or what is free now, or that it is over."""
    context: dict[str, Any] = {
        "entry": person,
        "is_saved": request.method == "GET" and SAVED in request.GET,
        "appointment": person.appointment,
        "service": person.service,
        "zone": person.location.tz,
        "own_zone": person.own_tz,
        "clock": person.own_tz or person.location.tz,
        "form": form,
        "emergencies": read_catalogue().emergencies,
        "is_over": not person.is_on_the_list or person.is_pointless(now),
    }
    if context["is_over"]:
        return render(request, "booking/waitlist_over.html", context, status=status)
    offer = person.offers.still_held().select_related("practitioner").first()
    free = waitlist.free_times(person, now=now)[:TIMES_SHOWN]
    missed = None if offer else person.offers.last()
    context |= {
        "offer": offer,
        "missed": missed,
        "missed_is_free": missed and any(slot.starts_at == missed.starts_at for slot in free),
        "free": free,
        "chosen": form.cleaned_data.get("start") if form.is_bound else None,
        "offer_lasts": OFFER_LASTS,
    }
    return render(request, "booking/waitlist_entry.html", context, status=status)
