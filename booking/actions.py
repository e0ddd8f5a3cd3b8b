"""The only writer of appointments. Each action is one transaction.

Every action that takes time locks the practitioner first, so that people who want the same time
queue up in a moment instead of meeting in the exclusion constraint; the constraint stays as the
last word. `now` is an aware datetime, `by` is "patient" or "staff".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, OperationalError, connection, transaction

from . import availability, tasks
from .errors import (
    NotCancellable,
    NotStarted,
    NotToday,
    SlotNotOffered,
    SlotTaken,
    StatusChanged,
    TooLateToCancel,
    VisitOver,
    WrongStatus,
)
from .models import (
    OF_THE_DAY,
    STILL_TO_COME,
    Appointment,
    AppointmentStatus,
    CancelledBy,
    MessageKind,
    Patient,
    Practitioner,
    Screening,
    Service,
)
from .screening import ScreeningPass

HOLD_DURATION = timedelta(minutes=10)
NO_OVERLAP = "booking_appointment_no_overlap"
# Deadlock detected and lock not available: PostgreSQL's error codes, appendix A of its manual.
LOST_THE_RACE = {"40P01", "55P03"}


@dataclass(frozen=True)
class PatientDetails:
    """What the patient typed, cleaned by the form. `phone` is E.164."""

    name: str
    email: str
    phone: str
    phone_extension: str = ""
    reason: str = ""
    medicines: str = ""


def hold(
    *,
    service: Service,
    practitioner: Practitioner,
    starts_at: datetime,
    now: datetime,
    by: str,
    replaces: UUID | None = None,
    reference: UUID | None = None,
) -> Appointment:
    """Keep a time for one browser until `now + HOLD_DURATION` and return it, pending.

    `replaces` is the browser's earlier hold: renewed if it is for the same time, else given up,
    but only if the new one succeeds. `reference` moves the hold of that name to this time.
    Raises SlotTaken, SlotNotOffered, or StatusChanged if that hold is booked already.
    """
    with _losing_the_race_is_slot_taken(), transaction.atomic():
        _lock(practitioner, service)
        if reference is not None and _give_up(reference) is not None:
            raise StatusChanged
        return _take(
            service,
            practitioner,
            starts_at,
            now=now,
            by=by,
            replaces=replaces,
            reference=reference,
        )


def release(*, reference: UUID, now: datetime, by: str) -> None:
    """Give up a hold. Does nothing if there is none or it was booked."""
    # One statement, that looks again at a row it waited for: a booking that came first stays.
    # Django sends it as one because what refers to appointments is left to PostgreSQL.
    Appointment.objects.filter(reference=reference, status=AppointmentStatus.PENDING).delete()


def book(
    *,
    reference: UUID,
    service: Service,
    practitioner: Practitioner,
    starts_at: datetime,
    details: PatientDetails,
    screening: ScreeningPass,
    now: datetime,
    by: str,
    replaces: UUID | None = None,
) -> Appointment:
    """Turn the hold `reference` into a booked visit, and announce it, in one transaction.

    A hold that ran out, or was for another time, is taken again if the time is free; `replaces`
    is the browser's newest hold, which must not stand in its own way. A reference that is booked
    already returns that appointment unchanged: the same form was sent twice.
    Raises SlotTaken or SlotNotOffered.
    """
    with _losing_the_race_is_slot_taken(), transaction.atomic():
        # A hold that still stands is the person's own: it need not queue for the diary.
        appointment = _get_hold(reference, service, starts_at, now)
        if appointment is None:
            if (booked := _get_booked(reference)) is not None:
                return booked
            _lock(practitioner, service)
            # The same form, sent at the same moment, may have been first.
            if (booked := _give_up(reference)) is not None:
                return booked
            appointment = _take(
                service,
                practitioner,
                starts_at,
                now=now,
                by=by,
                replaces=replaces,
                reference=reference,
            )
        elif availability.is_closed(
            appointment.practitioner, appointment.starts_at, appointment.ends_at
        ):
            raise SlotNotOffered
        _confirm(appointment, details, screening, now=now)
        return appointment


def cancel(*, reference: UUID, now: datetime, by: str, patient_asked: bool = False) -> Appointment:
    """Cancel a booked visit, free its time and announce it.

    `patient_asked` says that staff do it for a patient on the phone: the mail then says so.
    A patient may do so until the service's limit, staff until the visit's end. Cancelling twice
    changes and announces nothing. Raises TooLateToCancel, NotCancellable, VisitOver, or
    Appointment.DoesNotExist.
    """
    with transaction.atomic():
        appointment = _get_for_change(reference)
        if appointment.status == AppointmentStatus.CANCELLED:
            return appointment
        is_staff = by == CancelledBy.STAFF
        cancellable = STILL_TO_COME if is_staff else (AppointmentStatus.BOOKED,)
        if appointment.status not in cancellable:
            raise NotCancellable
        if not is_staff and not appointment.is_cancellable(now):
            raise TooLateToCancel
        if now >= appointment.ends_at:
            raise VisitOver
        appointment.status = AppointmentStatus.CANCELLED
        appointment.cancelled_at = now
        appointment.cancelled_by = CancelledBy.PATIENT if patient_asked else by
        appointment.sequence += 1
        appointment.save(update_fields=["status", "cancelled_at", "cancelled_by", "sequence"])
        tasks.announce(appointment, kind=MessageKind.CANCELLATION, now=now)
        return appointment


def mark_arrived(*, reference: UUID, now: datetime, by: str) -> Appointment:
    """Note that the patient is here, on the day or later. Raises NotToday or WrongStatus."""
    return _mark(reference, AppointmentStatus.ARRIVED, now=now)


def mark_fulfilled(*, reference: UUID, now: datetime, by: str) -> Appointment:
    """Note that the visit took place. Raises NotStarted or WrongStatus."""
    return _mark(reference, AppointmentStatus.FULFILLED, now=now)


def mark_no_show(*, reference: UUID, now: datetime, by: str) -> Appointment:
    """Note that the patient did not come. Raises NotStarted or WrongStatus."""
    return _mark(reference, AppointmentStatus.NOSHOW, now=now)


def mark_booked(*, reference: UUID, now: datetime, by: str) -> Appointment:
    """Take back a mark that was made by mistake. Raises WrongStatus."""
    return _mark(reference, AppointmentStatus.BOOKED, now=now)


def _mark(reference: UUID, status: AppointmentStatus, *, now: datetime) -> Appointment:
    """Note how the day went. What was noted by mistake can be noted otherwise, or taken back."""
    with transaction.atomic():
        appointment = _get_for_change(reference)
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
        return appointment


def _get_for_change(reference: UUID) -> Appointment:
    """Return the confirmed appointment, locked until the transaction ends."""
    return (
        Appointment.objects.confirmed()
        .select_related("service", "practitioner", "location", "patient")
        .select_for_update(of=("self",), no_key=True)
        .get(reference=reference)
    )


def _lock(practitioner: Practitioner, service: Service) -> None:
    """Queue up for the practitioner's diary. Raises SlotNotOffered if it is not open for this."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2500ms'")
    offering = Practitioner.objects.filter(
        pk=practitioner.pk, is_active=True, services=service, services__is_active=True
    )
    if not offering.select_for_update(of=("self",), no_key=True).values_list("pk"):
        raise SlotNotOffered


def _take(
    service: Service,
    practitioner: Practitioner,
    starts_at: datetime,
    *,
    now: datetime,
    by: str,
    replaces: UUID | None,
    reference: UUID | None,
) -> Appointment:
    """Insert the hold, or renew the browser's own. The practitioner must be locked."""
    diary = Appointment.objects.for_practitioner(practitioner)
    if replaces is not None:
        own = _get_hold(replaces, service, starts_at, now)
        if own is not None and reference is None:
            own.expires_at = now + HOLD_DURATION
            own.save(update_fields=["expires_at"])
            return own
        release(reference=replaces, now=now, by=by)
    try:
        busy_from = starts_at - service.buffer_before
        busy_until = starts_at + service.duration + service.buffer_after
    except OverflowError:
        raise SlotNotOffered from None
    if diary.holding_time(now).overlapping(busy_from, busy_until).exists():
        raise SlotTaken
    if not availability.is_offered(
        service, practitioner=practitioner, starts_at=starts_at, now=now
    ):
        raise SlotNotOffered
    # The constraint still counts holds that ran out. One statement, as in `release`, and the last
    # before the insert: everyone else in the queue waits for what a refused person asks.
    diary.expired_holds(now).delete()
    return Appointment.objects.create(
        reference=reference or uuid4(),
        service=service,
        practitioner=practitioner,
        location=service.location,
        status=AppointmentStatus.PENDING,
        starts_at=starts_at,
        ends_at=starts_at + service.duration,
        busy_from=busy_from,
        busy_until=busy_until,
        expires_at=now + HOLD_DURATION,
        created_at=now,
    )


def _confirm(
    appointment: Appointment, details: PatientDetails, screening: ScreeningPass, *, now: datetime
) -> None:
    """Make the hold a booked visit with all that belongs to it."""
    appointment.patient = _find_or_create_patient(details, now=now)
    appointment.status = AppointmentStatus.BOOKED
    appointment.expires_at = None
    appointment.reason = details.reason
    appointment.medicines = details.medicines
    appointment.condition_slug = screening.condition
    appointment.booked_at = appointment.consented_at = now
    appointment.full_clean(validate_constraints=False)
    appointment.save()
    Screening.objects.create(
        appointment=appointment,
        ruleset=screening.ruleset,
        outcome=screening.outcome,
        condition_slug=screening.condition,
        screened_at=screening.screened_at,
    )
    tasks.announce(appointment, kind=MessageKind.CONFIRMATION, now=now)


def _get_hold(
    reference: UUID, service: Service, starts_at: datetime, now: datetime
) -> Appointment | None:
    """Return the unexpired hold for just this, locked until the transaction ends."""
    holds = Appointment.objects.filter(
        reference=reference,
        service=service,
        starts_at=starts_at,
        status=AppointmentStatus.PENDING,
        expires_at__gt=now,
    )
    return holds.select_for_update(no_key=True).first()


def _give_up(reference: UUID) -> Appointment | None:
    """Give up the person's own hold and return None, or return the visit it has become.

    One statement for who has neither: in a rush for one time, that is nearly everyone.
    """
    appointment = Appointment.objects.filter(reference=reference).select_for_update().first()
    if appointment is not None and appointment.status == AppointmentStatus.PENDING:
        appointment.delete()
        return None
    return appointment


def _get_booked(reference: UUID) -> Appointment | None:
    return Appointment.objects.confirmed().filter(reference=reference).first()


def _find_or_create_patient(details: PatientDetails, *, now: datetime) -> Patient:
    """Return the patient with the same name, e-mail address and phone, else a new one.

    A record is never changed because somebody typed the same address: families share them.
    """
    number = {"phone": details.phone, "phone_extension": details.phone_extension}
    known = Patient.objects.filter(
        name__iexact=details.name, email__iexact=details.email, **number
    ).first()
    if known is not None:
        return known
    return Patient.objects.create(name=details.name, email=details.email, created_at=now, **number)


@contextmanager
def _losing_the_race_is_slot_taken() -> Iterator[None]:
    """Turn what PostgreSQL says to the loser of a race into SlotTaken.

    Stands outside the atomic block: inside, the transaction could not be used any more.
    """
    try:
        yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != NO_OVERLAP:
            raise
        raise SlotTaken from error
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") not in LOST_THE_RACE:
            raise
        raise SlotTaken from error
