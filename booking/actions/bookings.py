"""Booking a visit, and moving it to another time."""

from collections.abc import Collection, Sequence
from copy import copy
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from booking import availability, tasks
from booking.actors import Actor
from booking.errors import NotMovable, SlotNotOffered, StatusChanged, TooLateToMove
from booking.models import (
    Appointment,
    AppointmentStatus,
    EventKind,
    Location,
    MessageKind,
    MoveRequestStatus,
    Patient,
    Practitioner,
    Screening,
    Service,
)
from booking.screening import ScreeningPass
from booking.search import Search

from .holds import HOLD_DURATION, release
from .locks import (
    get_for_change,
    is_open,
    keep_from_closing,
    losing_the_race_is_slot_taken,
    queue_for,
)
from .records import PatientDetails, find_or_create_patient, still_there, write_history
from .requests import answer_request, is_held_for, patient_may_change
from .taking import (
    check_free,
    first_that_can,
    get_hold,
    give_up,
    insert,
    is_offered_at,
    put,
    refuse_if_taken,
    who_may_be_free,
)

REFERS_TO = {"service", "practitioner", "location", "patient"}


def book(
    *,
    reference: UUID,
    service: Service,
    practitioners: Sequence[Practitioner],
    starts_at: datetime,
    details: PatientDetails,
    screening: ScreeningPass,
    now: datetime,
    by: Actor,
    location: Location | None = None,
    replaces: UUID | None = None,
    patient: Patient | None = None,
    override: bool = False,
    note: str = "",
) -> Appointment:
    """Turn the hold `reference` into a booked visit, and announce it, in one transaction.

    Without such a hold, or if it ran out, was for another time or is offered no longer, the time is
    taken now if it is free; `replaces` is the browser's newest hold, which must not stand in its own
    way. A reference that is booked already returns that appointment unchanged: the same form was sent twice.
    `patient` is someone whom staff chose, instead of finding them by `details`. `override` lets
    staff take a time that no rule offers, but never one that overlaps; `note` goes to the history.
    Raises SlotTaken or SlotNotOffered.
    """
    search = Search(
        service=service,
        practitioners=practitioners,
        location=location or service.location,
        now=now,
        holder=replaces or reference,
    )

    def take(practitioner: Practitioner) -> Appointment:
        refuse_if_taken(service, practitioner, starts_at, own=(reference, replaces))
        with losing_the_race_is_slot_taken(), transaction.atomic():
            queue_for(practitioner, None if override else service)
            # The same form, sent at the same moment, may have been first.
            if (booked := give_up(reference)) is not None:
                return booked
            if replaces is not None:
                release(reference=replaces, now=now, by=by)
            if not override and not is_offered_at(service, search.location):
                raise SlotNotOffered
            check_free(search, practitioner, starts_at, override=override)
            appointment = insert(
                search, practitioner, starts_at, reference=reference, duration=HOLD_DURATION
            )
            _confirm(appointment, patient, details, screening, now=now, by=by, note=note)
            return appointment

    with losing_the_race_is_slot_taken(), transaction.atomic():
        # A hold that still stands is the person's own: it need not queue for the diary.
        appointment = get_hold(search, starts_at, reference)
        if appointment is not None and _still_stands(appointment, override=override):
            _confirm(appointment, patient, details, screening, now=now, by=by, note=note)
            return appointment
    if (booked := _get_booked(reference)) is not None:
        return booked
    candidates = practitioners if override else who_may_be_free(search, starts_at)
    return first_that_can(candidates, take)


def reschedule(
    *,
    reference: UUID,
    starts_at: datetime,
    now: datetime,
    by: Actor,
    practitioners: Sequence[Practitioner] = (),
    location: Location | None = None,
    override: bool = False,
    holds: Collection[UUID] = (),
    screening: ScreeningPass | None = None,
    sequence: int | None = None,
    note: str = "",
) -> Appointment:
    """Move a booked visit to another time and announce it; its old time stays until that is safe.

    By default with the same practitioner and place. The new time may overlap the old one. `holds`
    are the patient's own, given up with the move. `screening` is a new one, that takes the place
    of the one before. The same time again changes and announces nothing. A patient may move a
    visit as long as they may cancel it, or while the clinic asks them to, staff until its end;
    `override` is as in `book`. `sequence` is that of the visit as the person saw it, if it matters
    that it is still so. Raises SlotTaken, SlotNotOffered, TooLateToMove, NotMovable, StatusChanged,
    or Appointment.DoesNotExist.
    """
    related = ("practitioner", "service", "location__same_hours_as", "patient")
    visit = Appointment.objects.confirmed().select_related(*related).get(reference=reference)
    place = location or visit.location
    # Whoever has the visit now comes first.
    wanted = sorted(practitioners or [visit.practitioner], key=lambda p: p != visit.practitioner)

    def move(practitioner: Practitioner) -> Appointment:
        is_to_come = visit.status == AppointmentStatus.BOOKED and now < visit.ends_at
        if is_to_come and _is_there(visit, practitioner, place, starts_at):
            return visit
        # Who may not move it at all should hear that first.
        if is_to_come and (by.is_staff or visit.is_cancellable(now)):
            refuse_if_taken(visit.service, practitioner, starts_at, own=holds, moving=reference)
        with losing_the_race_is_slot_taken(), transaction.atomic():
            if visit.practitioner.pk < practitioner.pk:
                # The history will refer to them too, and diaries have their order.
                keep_from_closing(visit.practitioner)
            queue_for(practitioner, None if override else visit.service)
            appointment = get_for_change(reference)
            old = copy(appointment)
            was_changed = sequence is not None and appointment.sequence != sequence
            if appointment.status != AppointmentStatus.BOOKED or now >= appointment.ends_at:
                raise StatusChanged if was_changed else NotMovable
            if _is_there(appointment, practitioner, place, starts_at):
                return appointment
            if was_changed:
                raise StatusChanged
            if not by.is_staff and not patient_may_change(appointment, now):
                raise TooLateToMove
            for own in holds:
                release(reference=own, now=now, by=by)
            is_held = is_held_for(appointment, practitioner, place, starts_at)
            answer_request(appointment, MoveRequestStatus.MOVED, now=now)
            search = Search(
                service=appointment.service,
                practitioners=wanted,
                location=place,
                now=now,
                moving=reference,
            )
            # As when it is booked: a time that was kept may have come closer than the notice.
            check_free(search, practitioner, starts_at, override=override or is_held)
            if is_held and not override:
                _check_open(search, practitioner, starts_at)
            put(appointment, practitioner, place, starts_at)
            appointment.sequence += 1
            appointment.save()
            if screening is not None:
                Screening.objects.update_or_create(
                    appointment=appointment, defaults=_as_stored(screening)
                )
            write_history(appointment, EventKind.MOVED, now=now, by=by, moved_from=old, note=note)
            tasks.announce(appointment, kind=MessageKind.MOVED, now=now, by=by)
            tasks.time_got_free()
            return appointment

    return first_that_can(wanted, move)


def _still_stands(held: Appointment, *, override: bool) -> bool:
    """Say whether the clinic still offers what is held: a hold of `get_hold`, which keeps it so."""
    whose, location = held.practitioner, held.location
    if override:
        return is_open(whose, None)
    return (
        is_open(whose, held.service)
        and is_offered_at(held.service, location)
        and not availability.is_closed(whose, location, held.starts_at, held.ends_at)
    )


def _confirm(
    appointment: Appointment,
    patient: Patient | None,
    details: PatientDetails,
    screening: ScreeningPass,
    *,
    now: datetime,
    by: Actor,
    note: str,
) -> None:
    """Make the hold a booked visit with all that belongs to it."""
    known = still_there(patient) if patient else None
    appointment.patient = known or find_or_create_patient(details, now=now)
    appointment.status = AppointmentStatus.BOOKED
    appointment.expires_at = None
    appointment.reason = details.reason
    appointment.medicines = details.medicines
    appointment.own_zone = details.own_zone
    appointment.is_private = details.is_private
    appointment.wants_texts = details.wants_texts
    appointment.condition_slug = screening.condition
    appointment.booked_at = appointment.consented_at = now
    # What it refers to was read in this transaction, and PostgreSQL holds the rest.
    appointment.clean_fields(exclude=REFERS_TO)
    appointment.save()
    Screening.objects.create(appointment=appointment, **_as_stored(screening))
    write_history(appointment, EventKind.BOOKED, now=now, by=by, note=note)
    tasks.announce(appointment, kind=MessageKind.CONFIRMATION, now=now, by=by)


def _as_stored(screening: ScreeningPass) -> dict[str, Any]:
    return {
        "ruleset": screening.ruleset,
        "outcome": screening.outcome,
        "condition_slug": screening.condition,
        "screened_at": screening.screened_at,
    }


def _is_there(
    visit: Appointment, practitioner: Practitioner, place: Location, starts_at: datetime
) -> bool:
    return (visit.starts_at, visit.location, visit.practitioner) == (starts_at, place, practitioner)


def _check_open(search: Search, practitioner: Practitioner, starts_at: datetime) -> None:
    """Refuse a time that was kept, but is past by now or in a closure made since."""
    ends_at = starts_at + search.service.duration
    if starts_at < search.now or availability.is_closed(
        practitioner, search.location, starts_at, ends_at
    ):
        raise SlotNotOffered


def _get_booked(reference: UUID) -> Appointment | None:
    return Appointment.objects.confirmed().filter(reference=reference).first()
