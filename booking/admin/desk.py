"""Booking and moving a visit for somebody on the phone, as staff do it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from booking import actions
from booking.actors import Actor
from booking.errors import BookingError, SlotNotOffered, SlotTaken
from booking.interruption import find_interruption
from booking.models import Appointment
from booking.screening import NO_FLAG, ScreeningPass
from booking.stops import count_stop
from clinic.confirmation import CSRF_FIELD
from conditions.models import CareLevel
from conditions.red_flags import Outcome, assess, flags_for_screening

from .audited import saw
from .desk_again import find_again
from .desk_forms import (
    MATCHES_SHOWN,
    MoveForm,
    PhoneDetailsForm,
    PhoneScreeningForm,
    TimeForm,
    VisitForm,
    usual_services,
)
from .history import event_words
from .rules import Verdict, judge
from .way_back import back_to_agenda, redirect_back
from .whose import patients_of, visits_of
from .wording import appointment_label, when_label

SALT = "booking.desk"
BOOK, MOVE = "book", "move"
# What can keep a visit from being booked or moved, besides a form's own errors.
REFUSALS = ("verdict", "changed", "word_missing", "interruption", "again_missing")
ANSWERS = {"flags", "none", "acknowledged"}


def _read(request) -> QueryDict:
    """Return what was sent; a button for another day wins over the day in its field."""
    sent = request.POST if request.method == "POST" else request.GET
    data: QueryDict = sent.copy()
    for name, values in list(data.lists()):
        # No page and no record may contain NUL.
        data.setlist(name, [value.replace("\0", "") for value in values])
    if go := data.get("go"):
        data["first_on"] = str(go)
    return data


# Booking


def book_view(model_admin, request) -> HttpResponse:
    """Book a visit for a caller, on one page. The same form sent twice books once."""
    if not model_admin.has_manage_permission(request):
        raise PermissionDenied
    now = timezone.now()
    data = _read(request)
    if request.method != "POST":
        data.setdefault("service", _fitting_service(data, request.user, now))
    visit_form = VisitForm(data, now=now)
    service = visit_form.wanted
    flag_set = flags_for_screening(data.get("condition", ""), now=now)
    if service is None or not flag_set.flags:
        title = "No visit can be booked now"
        is_missing = service is None
        return _draw(model_admin, request, "book_closed.html", title=title, is_missing=is_missing)
    reference = _reference(data.get("reference"))
    screening = PhoneScreeningForm(data, flag_set=flag_set)
    outcome = assess(flag_set, screening.known_codes)
    if outcome.level == CareLevel.EMERGENCY:
        return _stop(model_admin, request, screening, now=now)
    booked = Appointment.objects.confirmed().filter(reference=reference).first()
    if booked is not None:
        return _is_booked_already(model_admin, request, booked)
    times = TimeForm(data, service=service, now=now, user=request.user)
    details = PhoneDetailsForm(data, patients=patients_of(request.user).filter(erased_at=None))
    forms = [visit_form, screening, times, details]
    is_sent = request.method == "POST" and BOOK in data
    checked = [form.is_valid() for form in forms]
    needs_word = outcome.level == CareLevel.URGENT and not data.get("acknowledged")
    again = find_again(details, request.user, reference=reference, now=now)
    is_agreed = again is not None and data.get("again") == again.token
    again_missing = is_sent and again is not None and not is_agreed
    verdict = None
    if is_sent:
        # As online: words of a red flag in what the caller said interrupt once.
        details.interruption = find_interruption(
            details.typed_text(), shown=details["warned"].value() or ""
        )
    if is_sent and not times.errors:
        verdict = _judge(times, moving=reference)
    elif not is_sent:
        times.settle()
        for form in forms:
            form.errors.clear()
        if request.method != "POST":
            # What is in the way of a time from the agenda is told before the talk, not after it.
            verdict = _judge(times, moving=reference)
    is_safe = not needs_word and details.interruption is None and not again_missing
    if is_sent and all(checked) and verdict and is_safe and _may(verdict, times):
        try:
            return _book(model_admin, request, reference, verdict, details, outcome, flag_set, now)
        except (SlotTaken, SlotNotOffered):
            verdict = _judge(times, moving=reference)
    found = details.matches()
    saw(request.user, found[:MATCHES_SHOWN], "found for a booking by phone")
    saw(request.user, again.visits if again else [], "to come, told before another was booked")
    response = _draw(
        model_admin,
        request,
        "book.html",
        title="Book a visit by phone",
        reference=signing.dumps(str(reference), salt=SALT),
        visit_form=visit_form,
        screening=screening,
        details=details,
        found=found[:MATCHES_SHOWN],
        has_more=len(found) > MATCHES_SHOWN,
        needs_word=needs_word,
        word_missing=needs_word and is_sent,
        again=again,
        again_missing=again_missing,
        is_agreed=is_agreed,
        interruption=details.interruption,
        forms=forms,
        **_times_context(times, verdict),
    )
    # Once for each form, however often it is drawn.
    if request.method == "POST" and needs_word and "advised" not in data:
        response.add_post_render_callback(lambda _: count_stop(CareLevel.URGENT, now=now))
    return response


def _fitting_service(data: QueryDict, user, now: datetime) -> str:
    """Return the slug of the first visit with the least in the way of the wanted time; "" if none."""
    services = usual_services(data)
    if not data.get("start"):
        return services[0].slug if services else ""

    def in_the_way(service) -> tuple[bool, int]:
        times = TimeForm(data, service=service, now=now, user=user)
        times.is_valid()
        verdict = judge(times.search, times.starts_at) if times.starts_at else None
        return (verdict.is_taken, len(verdict.reasons)) if verdict else (True, 0)

    return min(services, key=in_the_way).slug if services else ""


def _reference(signed: str | None) -> UUID:
    """Return the name of the visit that this form books, which the page gave it."""
    try:
        return UUID(signing.loads(signed or "", salt=SALT))
    except signing.BadSignature:
        return uuid4()


def _judge(times: TimeForm, *, moving: UUID) -> Verdict | None:
    if times.starts_at is None:
        return None
    return judge(replace(times.search, moving=moving), times.starts_at)


def _may(verdict: Verdict, times: TimeForm) -> bool:
    """Say whether the time is offered, or staff saw just these rules and want it all the same."""
    if not verdict.reasons:
        return True
    return not verdict.is_taken and times.cleaned_data["override"] == verdict.token


@transaction.atomic
def _book(
    model_admin, request, reference, verdict, details, outcome: Outcome, flag_set, now: datetime
) -> HttpResponse:
    appointment = actions.book(
        reference=reference,
        service=verdict.search.service,
        practitioners=verdict.search.practitioners,
        location=verdict.search.location,
        starts_at=verdict.starts_at,
        details=details.patient_details(),
        screening=ScreeningPass(
            condition=flag_set.condition,
            ruleset=outcome.ruleset,
            outcome=outcome.level or NO_FLAG,
            screened_at=now,
        ),
        now=now,
        by=Actor.staff(request.user),
        patient=details.chosen,
        override=bool(verdict.reasons),
        note=f"By phone, consent by voice. {verdict.note}".strip(),
    )
    if appointment.booked_at != now:
        return _is_booked_already(model_admin, request, appointment)
    model_admin.log_addition(request, appointment, "Booked by phone.")
    _say(model_admin, request, f"Booked: {appointment_label(appointment)}.", messages.SUCCESS)
    if outcome.level is not None:
        words = "Remind the caller to have a doctor look at what they told you about."
        _say(model_admin, request, words, messages.WARNING)
    return redirect_back(request, appointment)


def _is_booked_already(model_admin, request, appointment: Appointment) -> HttpResponse:
    label = appointment_label(appointment)
    words = f"This form has booked {label}. Nothing more was booked: begin anew for another visit."
    _say(model_admin, request, words, messages.WARNING)
    return redirect_back(request, appointment)


def _stop(model_admin, request, screening: PhoneScreeningForm, *, now: datetime) -> HttpResponse:
    """Tell staff what to tell the caller. Nothing is booked, and nothing stored about them."""
    codes = screening.known_codes
    flags = [flag for flag in screening.flag_set.flags if flag.code in codes and flag.is_emergency]
    left_out = {CSRF_FIELD, BOOK, *ANSWERS}
    posted = [(k, v) for k, values in request.POST.lists() for v in values if k not in left_out]
    response = _draw(
        model_admin,
        request,
        "book_emergency.html",
        title="Stop: this may be an emergency",
        flags=flags,
        is_crisis_only=all(flag.is_crisis for flag in flags),
        posted=posted,
    )
    if request.method == "POST":
        response.add_post_render_callback(lambda _: count_stop(CareLevel.EMERGENCY, now=now))
    return response


# Moving


def move_view(model_admin, request, pk: int) -> HttpResponse:
    """Move a visit to another time, person or place."""
    if not model_admin.has_manage_permission(request):
        raise PermissionDenied
    visits = visits_of(request.user, Appointment.objects.confirmed()).select_related(
        "service__location__same_hours_as", "practitioner", "location__same_hours_as", "patient"
    )
    visit = get_object_or_404(visits, pk=pk)
    now = timezone.now()
    if not is_movable(visit, now):
        return _stays(model_admin, request, visit, "It can no longer be moved.")
    data = _read(request)
    if request.method != "POST":
        data.setdefault("location", visit.location.slug)
        data.setdefault("practitioner", visit.practitioner.slug)
        data.setdefault("asked_by", "patient")
        data["sequence"] = str(visit.sequence)
    times = TimeForm(data, service=visit.service, now=now, user=request.user, visit=visit)
    form = MoveForm(data)
    is_sent = request.method == "POST" and MOVE in data
    checked = [form.is_valid(), times.is_valid()]
    verdict, changed = None, ""
    if is_sent and not times.errors:
        if _is_same(visit, times):
            return _stays(model_admin, request, visit, "It is at this time already.")
        verdict = _judge(times, moving=visit.reference)
    elif not is_sent:
        times.settle()
        form.errors.clear()
    if is_sent and form.cleaned_data.get("sequence") != visit.sequence:
        changed = what_changed(visit)
        form.data["sequence"] = str(visit.sequence)
    if is_sent and all(checked) and verdict and not changed and _may(verdict, times):
        try:
            return _move(model_admin, request, visit, verdict, form, now)
        except (SlotTaken, SlotNotOffered):
            verdict = _judge(times, moving=visit.reference)
        except BookingError as error:
            return _stays(model_admin, request, visit, str(error))
    saw(request.user, [visit], "to be moved")
    return _draw(
        model_admin,
        request,
        "move.html",
        title="Move a visit",
        visit=visit,
        label=appointment_label(visit),
        move_form=form,
        changed=changed,
        forms=[times, form],
        **_times_context(times, verdict),
    )


def is_movable(visit: Appointment, now: datetime) -> bool:
    """Say whether staff may move it: booked, and not over."""
    return visit.status == "booked" and now < visit.ends_at


def _is_same(visit: Appointment, times: TimeForm) -> bool:
    return (
        times.starts_at == visit.starts_at
        and times.place == visit.location
        and visit.practitioner in times.candidates
    )


def what_changed(visit: Appointment) -> str:
    """Say who did what to the visit last."""
    event = visit.events.select_related("practitioner", "previous_practitioner").last()
    if event is None:
        return "Somebody changed it."
    who = event.by_name or "the patient"
    return f"{event_words(event)} ({who}, {when_label(event.at, visit.location.tz)})."


@transaction.atomic
def _move(model_admin, request, visit, verdict, form, now: datetime) -> HttpResponse:
    asked_by, note = form.cleaned_data["asked_by"], form.cleaned_data["note"]
    parts = ["The patient asked." if asked_by == "patient" else "The clinic asked."]
    search = verdict.search
    if search.location != visit.location:
        parts.append(f"From {visit.location.name} to {search.location.name}.")
    parts += [verdict.note, note]
    moved = actions.reschedule(
        reference=visit.reference,
        starts_at=verdict.starts_at,
        now=now,
        by=Actor.staff(request.user),
        practitioners=search.practitioners,
        location=search.location,
        # Whoever has a visit that is no longer offered to others may still move it.
        override=bool(verdict.reasons) or not visit.service.is_active,
        sequence=visit.sequence,
        note=" ".join(part for part in parts if part),
    )
    label = appointment_label(moved)
    model_admin.log_change(request, moved, "Moved.")
    _say(model_admin, request, f"Moved to {label}. The patient gets an email.", messages.SUCCESS)
    return redirect_back(request, moved)


def _stays(model_admin, request, visit: Appointment, why: str) -> HttpResponse:
    words = f"Nothing changed: {appointment_label(visit)}. {why}"
    _say(model_admin, request, words, messages.WARNING)
    return redirect_back(request, visit)


# Both


def _times_context(times: TimeForm, verdict: Verdict | None) -> dict[str, object]:
    listing = times.listing()
    is_taken = verdict is not None and verdict.is_taken
    chosen = "" if is_taken else times.chosen_words()
    return {
        "times": times,
        "service": times.service,
        "zone": times.place.tz,
        "listing": listing,
        "verdict": verdict if verdict and verdict.reasons else None,
        "nearest": times.nearest(verdict.starts_at) if verdict and is_taken else (),
        # A time that is not among those shown keeps a button of its own.
        "chosen": chosen,
        "kept": chosen if times.starts_at and not listing.has(times.starts_at) else "",
    }


def _draw(model_admin, request, template: str, *, title: str, **context) -> TemplateResponse:
    back = _read(request).get("back", "")
    page = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
        "list_url": reverse("admin:booking_appointment_changelist"),
        "back": back,
        "back_url": back_to_agenda(back),
        "is_refused": any(form.errors for form in context.get("forms", ()))
        or any(context.get(name) for name in REFUSALS),
    }
    return TemplateResponse(request, f"admin/booking/appointment/{template}", page | context)


def _say(model_admin, request, words: str, level: int) -> None:
    model_admin.message_user(request, words, level)
