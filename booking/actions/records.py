"""What an action leaves behind besides the appointment: the patient, and the history."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Lower

from booking.actors import Actor
from booking.models import Appointment, AppointmentEvent, EventKind, Patient


@dataclass(frozen=True)
class PatientDetails:
    """What the patient typed, cleaned by the form. `phone` is E.164, `own_zone` a known name."""

    name: str
    email: str
    phone: str
    phone_extension: str = ""
    reason: str = ""
    medicines: str = ""
    own_zone: str = ""


def find_or_create_patient(details: PatientDetails, *, now: datetime) -> Patient:
    """Return the patient with the same name, e-mail address and phone, else a new one.

    A record is never changed because somebody typed the same address: families share them.
    """
    number = {"phone": details.phone, "phone_extension": details.phone_extension}
    # As the index has it: the other way to ignore capital letters would read all patients.
    same_address = Patient.objects.alias(address=Lower("email")).filter(
        address=Lower(Value(details.email))
    )
    known = same_address.filter(name__iexact=details.name, **number).first()
    if known is not None:
        return known
    return Patient.objects.create(name=details.name, email=details.email, created_at=now, **number)


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
        by_name=by.name[:200],
        starts_at=appointment.starts_at,
        practitioner_id=appointment.practitioner_id,
        previous_starts_at=moved_from.starts_at if moved_from else None,
        previous_practitioner_id=moved_from.practitioner_id if moved_from else None,
        note=note[:300],
    )
