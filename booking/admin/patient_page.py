"""One page for one patient: who they are, their visits, messages, consents, waiting and notes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from booking import audit, patients
from booking.follow_ups import has_opted_out
from booking.models import (
    STILL_TO_COME,
    TO_STAFF,
    AuditKind,
    Message,
    MessageState,
    WaitlistEntry,
)

from .duplicates import possible_duplicates
from .message_wording import address_words, hint_for, state_words
from .patient_forms import ContactForm, NoteForm
from .whose import patients_of, sees_every_diary, visits_of
from .wording import appointment_label, when_label

VISITS_SHOWN, MESSAGES_SHOWN, NOTES_SHOWN, ENTRIES_SHOWN = 100, 50, 100, 20
SAVE, ADD_NOTE, STRIKE = "save_details", "add_note", "strike"


def patient_view(model_admin, request, patient):
    """Show the page; a POST corrects the contact details, or adds or strikes out a note."""
    now = timezone.now()
    if request.method == "POST":
        if not model_admin.has_change_permission(request, patient):
            raise PermissionDenied
        if STRIKE in request.POST:
            return _strike(model_admin, request, patient, now)
        if ADD_NOTE in request.POST:
            return _add_note(model_admin, request, patient, now)
        return _correct(model_admin, request, patient, now)
    return _draw(model_admin, request, patient, ContactForm(patient=patient), NoteForm())


def _correct(model_admin, request, patient, now):
    form = ContactForm(request.POST, patient=patient)
    if not form.is_valid():
        return _draw(model_admin, request, patient, form, NoteForm(), status=200)
    try:
        changed = patients.correct(
            patient, form.contact(), seen=form.cleaned_data["seen"], now=now, user=request.user
        )
    except patients.ChangedMeanwhile as error:
        patient.refresh_from_db()
        form.stored = patients.Contact.of(patient)
        form.show_anew()
        form.add_error(None, f"{error} What you typed is still in the fields.")
        return _draw(
            model_admin, request, patient, form, NoteForm(), status=error.status, stale=True
        )
    if changed:
        words = ", ".join(patients.FIELD_WORDS[name] for name in changed)
        model_admin.log_change(request, patient, f"Changed: {words}.")
        _say(model_admin, request, f"Changed: {words}.")
    else:
        _say(model_admin, request, "Nothing was changed: this is what is stored already.")
    return HttpResponseRedirect(request.path)


def _add_note(model_admin, request, patient, now):
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _draw(model_admin, request, patient, ContactForm(patient=patient), form)
    patients.add_note(patient, form.cleaned_data["text"], now=now, user=request.user)
    _say(model_admin, request, "The note is added.")
    return HttpResponseRedirect(f"{request.path}#notes")


def _strike(model_admin, request, patient, now):
    chosen = request.POST[STRIKE]
    pk = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0
    if patients.strike_note(patient, pk, now=now, user=request.user):
        _say(model_admin, request, "The note is struck out. It stays, with your name.")
    else:
        words = "This note is struck out already."
        model_admin.message_user(request, words, messages.WARNING)
    return HttpResponseRedirect(f"{request.path}#notes")


def _say(model_admin, request, words):
    model_admin.message_user(request, words, messages.SUCCESS)


def _draw(model_admin, request, patient, form, note_form, *, status=200, stale=False):
    user, now = request.user, timezone.now()
    if request.method != "HEAD":
        audit.note(user, AuditKind.SAW, patient=patient, words="the patient’s page", now=now)
    may = {
        "change": model_admin.has_change_permission(request, patient),
        "merge": may_merge(user),
        "book": user.has_perm("booking.change_appointment"),
        "see_visits": user.has_perm("booking.view_appointment"),
        "see_messages": user.has_perm("booking.view_message"),
        "see_waiting": user.has_perm("booking.view_waitlistentry"),
    }
    visits = _visits(user, patient) if may["see_visits"] else []
    to_come = [one for one in visits if one.status in STILL_TO_COME and one.ends_at > now]
    sent = _messages(user, patient) if may["see_messages"] else []
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "original": patient,
        "title": patient.name,
        "patient": patient,
        "may": may,
        "form": form,
        "note_form": note_form,
        "is_refused": bool(form.errors or note_form.errors),
        "stale": stale,
        "visits": [_visit_row(one) for one in visits[:VISITS_SHOWN]],
        "has_more_visits": len(visits) > VISITS_SHOWN,
        "next_visit": _visit_row(to_come[-1]) if to_come else None,
        "to_come": len(to_come),
        "sent": [_message_row(one) for one in sent],
        # What is about a visit goes to the address that is there when it is sent.
        "still_queued": sum(
            one.state == MessageState.QUEUED and one.appointment_id is None for one in sent
        ),
        "entries": _entries(user, patient) if may["see_waiting"] else [],
        "opted_out": has_opted_out(patient.email),
        "notes": [_note_row(one) for one in patient.notes.all()[:NOTES_SHOWN]],
        "duplicates": possible_duplicates(patient, patients_of(user)) if may["merge"] else [],
    }
    template = "admin/booking/patient/change_form.html"
    return TemplateResponse(request, template, context, status=status)


def may_merge(user) -> bool:
    """Say whether the user may make one record of two: whoever sees all that belongs to both."""
    return user.has_perm("booking.change_patient") and sees_every_diary(user)


def _visits(user, patient):
    """Return the visits that the user may see, the latest first; one more than are shown."""
    related = ("service", "practitioner", "location", "patient")
    visits = visits_of(user, patient.appointments.confirmed()).select_related(*related)
    return list(visits.order_by("-starts_at", "-pk")[: VISITS_SHOWN + 1])


def _visit_row(visit):
    return {
        "url": reverse("admin:booking_appointment_change", args=[visit.pk]),
        "when": when_label(visit.starts_at, visit.location.tz),
        "consented": visit.consented_at and when_label(visit.consented_at, visit.location.tz),
        "visit": visit,
    }


def _messages(user, patient):
    """Return what went to the patient about visits that the user may see, the latest first."""
    mine = visits_of(user, patient.appointments.all()).values("pk")
    about = Q(appointment__in=mine) | Q(waitlist_offer__entry__appointment__in=mine)
    related = ("appointment__location",)
    found = Message.objects.filter(about).exclude(kind__in=TO_STAFF).select_related(*related)
    return list(found.order_by("-created_at", "-pk")[:MESSAGES_SHOWN])


def _message_row(message):
    visit = message.appointment
    zone = visit.location.tz if visit else timezone.get_current_timezone()
    return {
        "url": reverse("admin:booking_message_change", args=[message.pk]),
        "kind": message.get_kind_display(),
        "address": address_words(message),
        "when": when_label(message.sent_at or message.created_at, zone),
        "outcome": state_words(message),
        "hint": hint_for(message),
        "about": appointment_label(visit) if visit else "",
    }


def _entries(user, patient):
    """Return the places on the waiting list, also of a time before there was a record."""
    theirs = Q(appointment__in=visits_of(user, patient.appointments.all()).values("pk"))
    if sees_every_diary(user):
        same = {"email__iexact": patient.email, "name__iexact": patient.name}
        theirs |= Q(appointment=None, **same)
    found = WaitlistEntry.objects.filter(theirs).select_related("service", "location")
    return [
        {
            "url": reverse("admin:booking_waitlistentry_change", args=[entry.pk]),
            "entry": entry,
            "joined": when_label(entry.created_at, entry.location.tz),
        }
        for entry in found.order_by("-created_at", "-pk")[:ENTRIES_SHOWN]
    ]


def _note_row(note):
    zone = timezone.get_current_timezone()
    return {
        "note": note,
        "when": when_label(note.at, zone),
        "struck": note.struck_at and when_label(note.struck_at, zone),
    }
