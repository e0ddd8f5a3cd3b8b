"""The only writer of the audit: who saw or changed which patient or visit, and when."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from booking.actors import name_of
from booking.models import Appointment, AuditEntry, AuditKind, Patient

LONGEST_NOTE = 300
BY_ITSELF = "The site by itself"


def note(
    user: Any,
    kind: AuditKind,
    *,
    now: datetime,
    patient: Patient | int | None = None,
    visit: Appointment | None = None,
    words: str = "",
) -> None:
    """Write one entry, in the transaction of what it is about.

    No `user` means the site by itself. `words` says which page or which fields, never what a patient wrote. A visit names its patient.
    """
    note_many(user, kind, [(patient, visit)], now=now, words=words)


def note_many(
    user: Any,
    kind: AuditKind,
    seen: Iterable[tuple[Patient | int | None, Appointment | None]],
    *,
    now: datetime,
    words: str = "",
) -> None:
    """Write an entry for each pair of a patient and a visit, in one query."""
    entries = [
        AuditEntry(
            at=now,
            by_id=user.pk if user else None,
            by_name=name_of(user) if user else BY_ITSELF,
            kind=kind,
            patient_number=_number_of(patient, visit),
            visit_number=visit.pk if visit is not None else None,
            note=words[:LONGEST_NOTE],
        )
        for patient, visit in seen
    ]
    AuditEntry.objects.bulk_create(entries)


def _number_of(patient: Patient | int | None, visit: Appointment | None) -> int | None:
    if isinstance(patient, Patient):
        return patient.pk
    if patient is None and visit is not None:
        return visit.patient_id
    return patient
