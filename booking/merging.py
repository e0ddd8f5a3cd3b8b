"""The only place where two records of one person become one.

All that refers to the record that goes then refers to the one that stays. Locks: services that they
wait for, their places on the waiting list, both patients by number, their visits.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower

from booking import actions, audit
from booking.actors import name_of
from booking.errors import BookingError
from booking.follow_ups import has_opted_out, opt_out_of
from booking.models import (
    ON_THE_LIST,
    TO_STAFF,
    Appointment,
    AuditKind,
    Message,
    MoveRequest,
    Patient,
    PatientMerge,
    PatientNote,
    Service,
    WaitlistEntry,
)
from booking.patients import Contact


class MergeRefused(BookingError):
    """It cannot be done as it was shown; the words say why. Show it anew."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAsShown(MergeRefused):
    def __init__(self) -> None:
        super().__init__("One of the two changed since you looked. Look again before you merge.")


class SamePatient(MergeRefused):
    def __init__(self) -> None:
        super().__init__("This is one and the same record. Choose another.")


class GoneMeanwhile(MergeRefused):
    def __init__(self) -> None:
        super().__init__("Somebody merged one of the two meanwhile. Nothing more was done.")


class UnderHold(MergeRefused):
    def __init__(self) -> None:
        super().__init__(
            "A legal hold is or was on the record that would go. Let that one stay, and merge the "
            "other into it."
        )


class ErasedMeanwhile(MergeRefused):
    def __init__(self) -> None:
        super().__init__("One of the two was erased. There is nothing to merge.")


@dataclass(frozen=True)
class Preview:
    """What would come to the record that stays, and the state of both in which that is so."""

    kept: Patient
    gone: Patient
    visits: int
    messages: int
    notes: int
    move_requests: int
    waiting: int
    merges: int
    opts_out: bool
    is_private: bool
    state: str

    @property
    def is_doubtful(self) -> bool:
        """Whether nothing says that both are one person: name, email and number all differ."""
        kept, gone = self.kept, self.gone
        names = [sorted(one.search_text.rpartition(" ")[0].split()) for one in (kept, gone)]
        return (
            names[0] != names[1]
            and kept.email.lower() != gone.email.lower()
            and kept.phone != gone.phone
        )


def preview(*, kept: Patient, gone: Patient) -> Preview:
    """Return what a merge would do. Raises SamePatient, ErasedMeanwhile or UnderHold."""
    if kept.pk == gone.pk:
        raise SamePatient
    if kept.erased_at or gone.erased_at:
        raise ErasedMeanwhile
    if gone.legal_holds.exists():
        raise UnderHold
    visits = gone.appointments.all()
    about = Message.objects.filter(appointment__in=visits.values("pk")).exclude(kind__in=TO_STAFF)
    counts = {
        "visits": visits.count(),
        "messages": about.count(),
        "notes": gone.notes.count(),
        "move_requests": MoveRequest.objects.filter(appointment__in=visits.values("pk")).count(),
        "waiting": _waiting(gone).count() + _with_visit(gone).count(),
        "merges": gone.merges.count(),
    }
    return Preview(
        kept=kept,
        gone=gone,
        **counts,
        opts_out=has_opted_out(gone.email) or has_opted_out(kept.email),
        is_private=_both(kept, gone).filter(is_private=True).exists(),
        state=_state(kept, gone, counts),
    )


def merge(
    *, kept: int, gone: int, contact: Contact, seen: str, now: datetime, user: Any
) -> Patient:
    """Make one record of two, and return the one that stays, with these contact details.

    `seen` is the state of the preview. The same merge sent twice is done once. Raises a
    MergeRefused that says why; then nothing has changed.
    """
    if kept == gone:
        raise SamePatient
    with transaction.atomic():
        # Before the patients: whoever accepts an offer has their place locked, then the patient.
        places = _waiting(*Patient.objects.filter(pk__in=(kept, gone))).order_by("pk")
        # As whoever joins the list for them: nobody may be there twice under one name.
        wished = Service.objects.filter(pk__in=places.order_by().values("service"))
        list(wished.order_by("pk").select_for_update(no_key=True).values_list("pk"))
        locked = list(places.select_for_update().values_list("pk", flat=True))
        both = Patient.objects.select_for_update().filter(pk__in=(kept, gone)).order_by("pk")
        found = {patient.pk: patient for patient in both}
        if len(found) < 2:
            return was_merged(kept=kept, gone=gone)
        stays, goes = found[kept], found[gone]
        shown = preview(kept=stays, gone=goes)
        if shown.state != seen:
            raise NotAsShown
        _rename_waiting(locked, contact)
        for relation in Patient._meta.related_objects:
            # A relation that is not known here must not be lost by guessing.
            MOVES[str(relation.field)](goes, stays)
        goes.delete()
        for name in ("name", "email", "phone", "phone_extension"):
            setattr(stays, name, getattr(contact, name))
        stays.save()
        # Whatever either of them wished: the stricter counts.
        if shown.opts_out:
            opt_out_of(contact.email)
        if shown.is_private:
            actions.keep_private(stays)
        PatientMerge.objects.create(gone_number=gone, kept=stays, at=now, by_name=name_of(user))
        words = f"{gone} into {kept}"
        pair = [(kept, None), (gone, None)]
        audit.note_many(user, AuditKind.MERGED, pair, words=words, now=now)
        return stays


def merged_into(number: int) -> Patient | None:
    """Return the record that stayed when the one with this number went, if it did so."""
    merge = PatientMerge.objects.filter(gone_number=number).select_related("kept").first()
    return merge.kept if merge else None


def was_merged(*, kept: int, gone: int) -> Patient:
    """Return the record that stayed, if just this was done before. Raises GoneMeanwhile."""
    merge = PatientMerge.objects.filter(gone_number=gone, kept=kept).select_related("kept").first()
    if merge is None:
        raise GoneMeanwhile
    return merge.kept


def _move_notes(gone: Patient, kept: Patient) -> None:
    PatientNote.objects.filter(patient=gone).update(patient=kept)


def _move_merges(gone: Patient, kept: Patient) -> None:
    PatientMerge.objects.filter(kept=gone).update(kept=kept)


def _move_visits(gone: Patient, kept: Patient) -> None:
    actions.give_visits(of=gone, to=kept)


def _stay(gone: Patient, kept: Patient) -> None:
    """Leave what cannot be there: `preview` refuses it."""


# Everything that refers to a patient. What belongs to a visit goes with it.
MOVES: dict[str, Callable[[Patient, Patient], None]] = {
    "booking.Appointment.patient": _move_visits,
    "booking.PatientNote.patient": _move_notes,
    "booking.PatientMerge.kept": _move_merges,
    "booking.LegalHold.patient": _stay,
}


def _both(kept: Patient, gone: Patient) -> QuerySet[Appointment]:
    return Appointment.objects.filter(patient__in=(kept, gone))


def _waiting(*people: Patient | Contact) -> QuerySet[WaitlistEntry]:
    """Return the places of people without a visit: they say by themselves who it is."""
    whose = Q(pk__in=())
    for one in people:
        # As the database's own rule compares them.
        whose |= Q(its_name=Lower(Value(one.name)), its_email=Lower(Value(one.email)))
    places = WaitlistEntry.objects.filter(appointment=None)
    return places.alias(its_name=Lower("name"), its_email=Lower("email")).filter(whose)


def _with_visit(patient: Patient) -> QuerySet[WaitlistEntry]:
    return WaitlistEntry.objects.filter(appointment__patient=patient)


def _rename_waiting(places: list[int], contact: Contact) -> None:
    """Let who waits be the person who stays, or the time they take would make a new record.

    Who waits twice for the same keeps both places as they are.
    """
    for entry in WaitlistEntry.objects.filter(pk__in=places):
        twice = _waiting(contact).filter(service=entry.service_id, status__in=ON_THE_LIST)
        twice = twice.exclude(pk=entry.pk)
        if not (entry.is_on_the_list and twice.exists()):
            for name in ("name", "email", "phone", "phone_extension"):
                setattr(entry, name, getattr(contact, name))
            entry.save(update_fields=["name", "email", "phone", "phone_extension"])


def _state(kept: Patient, gone: Patient, counts: dict[str, int]) -> str:
    shown = (kept.pk, Contact.of(kept), gone.pk, Contact.of(gone), sorted(counts.items()))
    # What comes to the one that stays while somebody looks is in nobody's way.
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]
