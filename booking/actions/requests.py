"""What the clinic asked of a patient whose visit time off falls on: any move or cancelling answers."""

from datetime import datetime

from booking.models import (
    WAITING,
    Appointment,
    AppointmentStatus,
    Location,
    MoveRequest,
    MoveRequestStatus,
    Practitioner,
)


def is_asked_to_move(appointment: Appointment) -> bool:
    """Say whether the clinic waits for the patient, who may then move or cancel however late."""
    return MoveRequest.objects.filter(appointment=appointment, status__in=WAITING).exists()


def patient_may_change(appointment: Appointment, now: datetime) -> bool:
    """Say whether the patient may still move or cancel it: in time, or before it if asked to move."""
    if appointment.is_cancellable(now):
        return True
    is_ahead = appointment.status == AppointmentStatus.BOOKED and now < appointment.starts_at
    return is_ahead and is_asked_to_move(appointment)


def is_held_for(
    appointment: Appointment,
    practitioner: Practitioner,
    location: Location,
    starts_at: datetime,
) -> bool:
    """Say whether just this time is kept for the patient of this visit."""
    return (
        Appointment.objects.live_holds()
        .filter(
            alternative_for__request__appointment=appointment,
            practitioner=practitioner,
            location=location,
            starts_at=starts_at,
        )
        .exists()
    )


def answer_request(
    appointment: Appointment, status: MoveRequestStatus, *, now: datetime, note: str = ""
) -> bool:
    """Note the answer, give up what was held for it, and say whether there was a question.

    Needs the lock of the visit, so that two answers cannot cross.
    """
    give_up_alternatives(appointment)
    waiting = MoveRequest.objects.filter(appointment=appointment, status__in=WAITING)
    return waiting.update(status=status, answered_at=now, note=note[:300]) > 0


def give_up_alternatives(appointment: Appointment) -> None:
    # One statement, as in `release`.
    held = Appointment.objects.filter(alternative_for__request__appointment=appointment)
    pending = Appointment.objects.filter(status=AppointmentStatus.PENDING, pk__in=held.values("pk"))
    pending.delete()
