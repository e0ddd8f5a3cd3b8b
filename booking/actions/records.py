"""What an action leaves behind besides the appointment: the patient, and the history."""

from dataclasses import dataclass
from datetime import datetime

from booking.actors import Actor
from booking.models import Appointment, AppointmentEvent, EventKind, Patient


@dataclass(frozen=True)
class PatientDetails:
    """What the patient typed, cleaned by the form. `phone` is E.164, `own_zone` a known name.

    `is_private`: messages name no kind of visit; `wants_texts`: reminders by text message, too.
    """

    name: str
    email: str
    phone: str
    phone_extension: str = ""
    reason: str = ""
    medicines: str = ""
    own_zone: str = ""
    is_private: bool = False
    wants_texts: bool = False


# Who it is: `booking.patients.known_as` asks the same without locking or making anybody.
# The address as the index has it: the other way to ignore capital letters would read all patients.
# Locked, so that nobody is erased or merged while they book; who is meanwhile is not found.
_FIND_OR_CREATE = """
    WITH known AS (
        SELECT * FROM booking_patient
        WHERE lower(email) = lower(%(email)s) AND upper(name) = upper(%(name)s)
            AND phone = %(phone)s AND phone_extension = %(extension)s
        ORDER BY name, id
        LIMIT 1
        FOR SHARE
    ), created AS (
        INSERT INTO booking_patient (name, email, phone, phone_extension, created_at)
        SELECT %(name)s, %(email)s, %(phone)s, %(extension)s, %(now)s::timestamptz
        WHERE NOT EXISTS (SELECT FROM known)
        RETURNING *
    )
    SELECT * FROM known UNION ALL SELECT * FROM created
"""


def find_or_create_patient(details: PatientDetails, *, now: datetime) -> Patient:
    """Return the patient with the same name, e-mail address and phone, else a new one.

    A record is never changed because somebody typed the same address: families share them.
    """
    person = {
        "name": details.name,
        "email": details.email,
        "phone": details.phone,
        "extension": details.phone_extension,
        "now": now,
    }
    (patient,) = Patient.objects.raw(_FIND_OR_CREATE, person)
    return patient


def still_there(patient: Patient) -> Patient | None:
    """Return the patient as they are now, or into whom they were merged; None if they were erased.

    Nobody erases or merges them until the transaction ends.
    """
    known = Patient.objects.select_for_update(no_key=True, of=("self",)).filter(erased_at=None)
    return (
        known.filter(pk=patient.pk).first() or known.filter(merges__gone_number=patient.pk).first()
    )


def write_history(
    appointment: Appointment,
    kind: EventKind,
    *,
    now: datetime,
    by: Actor,
    moved_from: Appointment | None = None,
    note: str = "",
) -> None:
    """Write down what happened, in the transaction in which it does.

    `moved_from` is the appointment as it was before a move.
    """
    AppointmentEvent.objects.create(
        appointment=appointment,
        kind=kind,
        at=now,
        by_role=by.role,
        by_name=by.name,
        starts_at=appointment.starts_at,
        practitioner_id=appointment.practitioner_id,
        previous_starts_at=moved_from.starts_at if moved_from else None,
        previous_practitioner_id=moved_from.practitioner_id if moved_from else None,
        note=note[:300],
    )
