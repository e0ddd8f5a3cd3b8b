"""The only writer of patients' contact details, after the first, and of the notes about them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower, Upper

from .actors import name_of
from .audit import note
from .errors import BookingError
from .models import AuditKind, Patient, PatientNote


class ChangedMeanwhile(BookingError):
    """Somebody else changed the record since it was shown. Show it again, with what was typed."""

    message = "Somebody else changed these details meanwhile. Nothing of yours was saved."


@dataclass(frozen=True)
class Contact:
    """How a patient is named and reached. `phone` is E.164."""

    name: str
    email: str
    phone: str
    phone_extension: str = ""

    @classmethod
    def of(cls, patient: Patient) -> "Contact":
        phone = patient.phone.as_e164 if patient.phone else ""  # of whom nothing is known any more
        return cls(patient.name, patient.email, phone, patient.phone_extension)

    @property
    def state(self) -> str:
        """Return what differs whenever any of it does, and tells nothing of it."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]


# What the audit and the staff's pages call each.
FIELD_WORDS = {"name": "name", "email": "email", "phone": "phone", "phone_extension": "extension"}


def known_as(*, name: str, email: str, phone: str) -> QuerySet[Patient]:
    """Return whom a booking takes for this person, whatever the phone's extension."""
    known = Patient.objects.alias(its_email=Lower("email"), its_name=Upper("name"))
    return known.filter(its_email=Lower(Value(email)), its_name=Upper(Value(name)), phone=phone)


def correct(
    patient: Patient, contact: Contact, *, seen: str, now: datetime, user: Any
) -> list[str]:
    """Store other contact details, and return the names of the fields that changed.

    `seen` is the state that was shown. Raises ChangedMeanwhile if it is another by now, unless what
    was typed is what is stored already: the same form was sent twice. Raises Patient.DoesNotExist.
    """
    with transaction.atomic():
        stored = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk, erased_at=None)
        before = Contact.of(stored)
        changed = [name for name in FIELD_WORDS if getattr(before, name) != getattr(contact, name)]
        if not changed:
            return []
        if before.state != seen:
            raise ChangedMeanwhile
        for name in changed:
            setattr(stored, name, getattr(contact, name))
        stored.save(update_fields=changed)
        words = ", ".join(FIELD_WORDS[name] for name in changed)
        note(user, AuditKind.CHANGED, patient=stored, words=words, now=now)
        return changed


def add_note(patient: Patient, text: str, *, now: datetime, user: Any) -> PatientNote:
    """Write a note about the patient. The same note of the same person, sent twice, is one."""
    with transaction.atomic():
        # Whoever merges the record has it locked.
        Patient.objects.select_for_update(no_key=True).get(pk=patient.pk, erased_at=None)
        latest = patient.notes.first()
        if latest and (latest.text, latest.by_id) == (text, user.pk) and not latest.struck_at:
            return latest
        written = PatientNote.objects.create(
            patient=patient, text=text, by=user, by_name=name_of(user), at=now
        )
        note(user, AuditKind.CHANGED, patient=patient, words="note added", now=now)
        return written


def strike_note(patient: Patient, pk: int, *, now: datetime, user: Any) -> bool:
    """Strike a note out, and say whether it was not before. It stays, with who did it and when."""
    with transaction.atomic():
        standing = patient.notes.filter(pk=pk, struck_at=None)
        if not standing.update(struck_at=now, struck_by_name=name_of(user)):
            return False
        note(user, AuditKind.CHANGED, patient=patient, words="note struck out", now=now)
        return True
