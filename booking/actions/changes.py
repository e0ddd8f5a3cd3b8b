"""What becomes of a booked visit, when its time stays as it is."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from booking import tasks
from booking.actors import Actor
from booking.errors import (
    NotCancellable,
    NotStarted,
    NotToday,
    StatusChanged,
    TooLateToCancel,
    VisitOver,
    WrongStatus,
)
from booking.models import (
    OF_THE_DAY,
    STILL_TO_COME,
    Appointment,
    AppointmentStatus,
    CancelledBy,
    EventKind,
    MessageKind,
    MoveRequestStatus,
    Patient,
)

from .locks import get_for_change
from .records import write_history
from .requests import answer_request, patient_may_change

EVENTS = {
    AppointmentStatus.ARRIVED: EventKind.ARRIVED,
    AppointmentStatus.FULFILLED: EventKind.FULFILLED,
    AppointmentStatus.NOSHOW: EventKind.NOSHOW,
    AppointmentStatus.BOOKED: EventKind.RESET,
}


def cancel(
    *,
    reference: UUID,
    now: datetime,
    by: Actor,
    patient_asked: bool = False,
    sequence: int | None = None,
    note: str = "",
) -> Appointment:
    """Cancel a booked visit, free its time and announce it.

    `patient_asked` says that staff do it for a patient on the phone: the mail then says so.
    A patient may do so until the service's limit, or while the clinic asks them to move; staff until the visit's end. Cancelling twice
    changes and announces nothing. `sequence` is that of the visit as the person saw it, if it
    matters that it is still so. Raises StatusChanged, TooLateToCancel, NotCancellable, VisitOver,
    or Appointment.DoesNotExist.
    """
    with transaction.atomic():
        appointment = get_for_change(reference)
        if appointment.status == AppointmentStatus.CANCELLED:
            return appointment
        if sequence is not None and appointment.sequence != sequence:
            raise StatusChanged
        cancellable = STILL_TO_COME if by.is_staff else (AppointmentStatus.BOOKED,)
        if appointment.status not in cancellable:
            raise NotCancellable
        if not by.is_staff and not patient_may_change(appointment, now):
            raise TooLateToCancel
        if now >= appointment.ends_at:
            raise VisitOver
        by_patient = patient_asked or not by.is_staff
        appointment.status = AppointmentStatus.CANCELLED
        appointment.cancelled_at = now
        appointment.cancelled_by = CancelledBy.PATIENT if by_patient else CancelledBy.STAFF
        appointment.sequence += 1
        appointment.save(update_fields=["status", "cancelled_at", "cancelled_by", "sequence"])
        answer_request(appointment, MoveRequestStatus.CANCELLED, now=now)
        write_history(appointment, EventKind.CANCELLED, now=now, by=by, note=note)
        tasks.announce(appointment, kind=MessageKind.CANCELLATION, now=now, by=by)
        tasks.time_got_free()
        return appointment


def keep_own_zone(*, reference: UUID, zone: str) -> None:
    """Keep the name of the zone, "" for none, on whose clock messages say the time as well."""
    visit = Appointment.objects.confirmed().filter(reference=reference)
    visit.exclude(own_zone=zone).update(own_zone=zone)


def choose_messages(*, reference: UUID, is_private: bool, wants_texts: bool) -> None:
    """Keep what the patient wants of messages: neutral ones, and reminders by text message, too."""
    visit = Appointment.objects.confirmed().filter(reference=reference)
    visit.update(is_private=is_private, wants_texts=wants_texts)


def give_visits(*, of: Patient, to: Patient) -> int:
    """Let all visits of one patient be another's: two records of one person become one.

    Both must be locked, so that nobody books for them meanwhile. Returns how many they are.
    """
    with transaction.atomic():
        visits = Appointment.objects.filter(patient=of)
        list(visits.order_by("pk").select_for_update(no_key=True).values_list("pk"))
        return visits.update(patient=to)


def keep_private(patient: Patient) -> int:
    """Let messages about all visits of a patient be private; return of how many they were not."""
    return Appointment.objects.filter(patient=patient, is_private=False).update(is_private=True)


def mark_arrived(*, reference: UUID, now: datetime, by: Actor) -> Appointment:
    """Note that the patient is here, on the day or later. Raises NotToday or WrongStatus."""
    return _mark(reference, AppointmentStatus.ARRIVED, now=now, by=by)


def mark_fulfilled(*, reference: UUID, now: datetime, by: Actor) -> Appointment:
    """Note that the visit took place. Raises NotStarted or WrongStatus."""
    return _mark(reference, AppointmentStatus.FULFILLED, now=now, by=by)


def mark_no_show(*, reference: UUID, now: datetime, by: Actor) -> Appointment:
    """Note that the patient did not come. Raises NotStarted or WrongStatus."""
    return _mark(reference, AppointmentStatus.NOSHOW, now=now, by=by)


def mark_booked(*, reference: UUID, now: datetime, by: Actor) -> Appointment:
    """Take back a mark that was made by mistake. Raises WrongStatus."""
    return _mark(reference, AppointmentStatus.BOOKED, now=now, by=by)


def _mark(reference: UUID, status: AppointmentStatus, *, now: datetime, by: Actor) -> Appointment:
    """Note how the day went. What was noted by mistake can be noted otherwise, or taken back."""
    with transaction.atomic():
        appointment = get_for_change(reference)
        if appointment.status == status:
            return appointment
        if appointment.status not in {AppointmentStatus.BOOKED, *OF_THE_DAY}:
            raise WrongStatus
        if status == AppointmentStatus.ARRIVED:
            if now.astimezone(appointment.location.tz).date() < appointment.starts_local.date():
                raise NotToday
        elif status != AppointmentStatus.BOOKED and now < appointment.starts_at:
            raise NotStarted
        appointment.status = status
        appointment.save(update_fields=["status"])
        write_history(appointment, EVENTS[status], now=now, by=by)
        return appointment
