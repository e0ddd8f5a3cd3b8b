"""The waiting list: who joins it, what is offered to whom, and what people answer.

A time that got free is offered as a real hold, to the first in the list whom it suits. Every change
of an entry is one transaction that locks the entry before any diary, and the entry alone: so nobody
waits in a circle, two workers go through the list one behind the other, and each person is offered
one time at a time. Who gets a time is the hold's to say, as for everybody else.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils import timezone
from procrastinate.contrib.django import app

from booking import actions, tasks
from booking.actors import PATIENT, SYSTEM
from booking.availability import find_slots
from booking.errors import BookingError, NotOnTheList, SlotNotOffered, TooLateToMove
from booking.models import (
    Appointment,
    Location,
    MessageKind,
    OfferOutcome,
    Practitioner,
    Service,
    TimeOfDay,
    WaitlistEntry,
    WaitlistOffer,
    WaitlistStatus,
)
from booking.offer_hours import kept_until
from booking.screening import ScreeningPass
from booking.search import Search
from booking.slots import Slot

# How long staff can look up an entry that is over. Then it is deleted.
KEPT_AFTER_END = timedelta(days=30)
RELATED = (
    "service__location",
    "location__same_hours_as",
    "practitioner",
    "appointment__patient",
    "appointment__practitioner",
    "appointment__service",
    "appointment__location",
)


@dataclass(frozen=True)
class Wishes:
    """Which times someone can come. Days are inclusive; no practitioner means whoever is free."""

    from_on: date
    until_on: date
    time_of_day: str = TimeOfDay.ANY
    practitioner: Practitioner | None = None


def join_to_move(*, visit: Appointment, wishes: Wishes, now: datetime) -> WaitlistEntry:
    """Put a booked visit on the list for an earlier time, or change the wishes it is there with.

    Raises TooLateToMove if its patient cannot move it online any more, or Appointment.DoesNotExist.
    """
    if not visit.is_cancellable(now):
        raise TooLateToMove
    with transaction.atomic():
        _queue_for(visit.service)
        earlier = WaitlistEntry.objects.filter(appointment=visit).order_by("-pk").first()
        if earlier is not None and (entry := _lock(pk=earlier.pk)).is_on_the_list:
            return _save_with(entry, wishes, now=now)
        # It may have been cancelled since it was read, and its patient erased.
        visit = actions.get_for_change(visit.reference)
        if not visit.is_cancellable(now):
            raise TooLateToMove
        entry = WaitlistEntry(
            service=visit.service, location=visit.location, appointment=visit, created_at=now
        )
        return _save_with(entry, wishes, now=now)


def join(
    *,
    service: Service,
    location: Location,
    details: actions.PatientDetails,
    wishes: Wishes,
    condition: str,
    now: datetime,
) -> WaitlistEntry:
    """Put someone without a visit on the list, and mail them the link to their place.

    Whoever is on it already stays there as they are, and is mailed the same: the form alone, which
    anybody can fill in with a name and an address, must change nothing and tell nobody.
    """
    with transaction.atomic():
        _queue_for(service)
        entry = _waiting_for(service, details, now=now)
        if entry is None:
            new = WaitlistEntry(
                service=service,
                location=location,
                name=details.name,
                email=details.email,
                phone=details.phone,
                phone_extension=details.phone_extension,
                condition_slug=condition,
                consented_at=now,
                created_at=now,
            )
            entry = _save_with(new, wishes, now=now)
        tasks.write(entry.email, kind=MessageKind.WAITING, now=now)
        return entry


def change_wishes(*, reference: UUID, wishes: Wishes, now: datetime) -> WaitlistEntry:
    """Change when someone can come, who keeps the place. Of an entry that is over nothing changes."""
    with transaction.atomic():
        entry = _lock(reference=reference)
        return _save_with(entry, wishes, now=now) if entry.is_on_the_list else entry


def free_times(entry: WaitlistEntry, *, now: datetime) -> list[Slot]:
    """Return the times that anybody can book now and that this person wants, in time order."""
    return [slot for slot in _free(entry, now=now) if entry.wants(slot.starts_at)]


def offer_times(*, now: datetime) -> int:
    """Offer what is free to those who wait, the first first; return how many offers were made.

    Before that, entries and offers end whose time is over. Safe to run again at any point.
    """
    for entry in WaitlistEntry.objects.filter(offers__in=WaitlistOffer.objects.over()):
        with suppress(WaitlistEntry.DoesNotExist):  # whoever is erased meanwhile
            _end_offer(entry.pk)
    made = 0
    # Many wait for the same kind of visit: their free times are looked up once.
    free: dict[tuple[int, int, int | None], list[Slot]] = {}
    for entry in WaitlistEntry.objects.on_the_list().select_related(*RELATED):
        with suppress(WaitlistEntry.DoesNotExist):
            if entry.is_pointless(now):
                note = "The visit is as early as was wished." if entry.is_fulfilled else ""
                with transaction.atomic():
                    _close(_lock(pk=entry.pk), WaitlistStatus.EXPIRED, now=now, note=note)
                continue
            if entry.status != WaitlistStatus.WAITING:
                continue
            kind = (entry.service_id, entry.location_id, entry.practitioner_id)
            if kind not in free:
                free[kind] = _free(entry, now=now)
            if _offer_first(entry, free[kind], now=now):
                made += 1
                free.clear()
    WaitlistEntry.objects.filter(closed_at__lt=now - KEPT_AFTER_END).delete()
    return made


def accept(
    *, reference: UUID, starts_at: datetime, screening: ScreeningPass, now: datetime
) -> Appointment:
    """Book the time for this person, or move their visit to it, and take them off the list.

    It is the time kept for them, or another that they want and that is free: so an answer that
    comes late still counts if nobody was faster. Sent twice, it returns the same visit. Raises
    NotOnTheList, WaitlistEntry.DoesNotExist, or what `actions.book` and `reschedule` raise; then
    nothing has changed.
    """
    with transaction.atomic():
        entry = _lock(reference=reference)
        if entry.status == WaitlistStatus.BOOKED and entry.appointment is not None:
            return entry.appointment
        if not entry.is_on_the_list:
            raise NotOnTheList
        offer = entry.offers.filter(starts_at=starts_at).select_related("practitioner").last()
        if not (entry.is_earlier(starts_at) if offer else entry.wants(starts_at)):
            raise SlotNotOffered
        for other in entry.offers.open():
            if other != offer:
                _answer(other, OfferOutcome.DECLINED)
        visit = _take(entry, offer, starts_at, screening, now=now)
        if offer is not None:
            offer.outcome = OfferOutcome.ACCEPTED
            offer.save(update_fields=["outcome"])
        entry.appointment = visit
        _close(entry, WaitlistStatus.BOOKED, now=now)
        return visit


def decline(*, reference: UUID, now: datetime) -> WaitlistEntry:
    """Give the offered time to the next person; this one stays on the list. Safe to call twice."""
    with transaction.atomic():
        entry = _lock(reference=reference)
        offer = entry.offers.open().first()
        if offer is not None:
            _answer(offer, OfferOutcome.DECLINED)
            _wait_on(entry)
            tasks.time_got_free()
        return entry


def leave(*, reference: UUID, now: datetime, note: str = "") -> WaitlistEntry:
    """Take someone off the list, and give what is offered to them to the next. Safe to call twice.

    `note` says why, if staff do it.
    """
    with transaction.atomic():
        entry = _lock(reference=reference)
        if entry.is_on_the_list:
            _close(entry, WaitlistStatus.LEFT, now=now, note=note)
            tasks.time_got_free()
        return entry


@app.task(name=tasks.OFFER_TIMES)
def offer_freed_times() -> None:
    """Run when an action has freed a time."""
    offer_times(now=timezone.now())


@app.periodic(cron="*/2 * * * *")
@app.task(
    name="booking.look_after_waitlist",
    queueing_lock="booking.look_after_waitlist",
    priority=tasks.BEFORE_MAIL,
)
def look_after_waitlist(timestamp: int) -> None:
    """Notice what no action tells: offers and holds that ran out, closures taken back, new hours."""
    offer_times(now=timezone.now())


def _queue_for(service: Service) -> None:
    """Let those who join for the same kind of visit do so one after the other."""
    Service.objects.select_for_update(no_key=True).values_list("pk").get(pk=service.pk)


def _waiting_for(
    service: Service, details: actions.PatientDetails, *, now: datetime
) -> WaitlistEntry | None:
    """Return the entry with which this person waits already, if there is one."""
    # Small letters, as PostgreSQL's own rule has it: some letters have no capital that is theirs.
    same_name = WaitlistEntry.objects.alias(its_name=Lower("name")).filter(
        service=service, its_name=Lower(Value(details.name))
    )
    earlier = same_name.on_the_list().without_visit_under(details.email).first()
    if earlier is None:
        return None
    entry = _lock(pk=earlier.pk)
    if entry.is_pointless(now):
        _close(entry, WaitlistStatus.EXPIRED, now=now)
    return entry if entry.is_on_the_list else None


def _lock(**named: Any) -> WaitlistEntry:
    """Return the entry, locked until the transaction ends.

    What belongs to it is read after the wait for the lock: it may be another visit by then.
    """
    locked = WaitlistEntry.objects.select_for_update(no_key=True)
    (pk,) = locked.values_list("pk").get(**named)
    return WaitlistEntry.objects.select_related(*RELATED).get(pk=pk)


def _save_with(entry: WaitlistEntry, wishes: Wishes, *, now: datetime) -> WaitlistEntry:
    """Store the entry. What is free already is shown to the person now, and is no news later."""
    entry.from_on, entry.until_on = wishes.from_on, wishes.until_on
    entry.time_of_day, entry.practitioner = wishes.time_of_day, wishes.practitioner
    entry.known_starts = sorted(
        {*entry.known_starts, *(slot.starts_at for slot in free_times(entry, now=now))}
    )
    entry.save()
    return entry


def _free(entry: WaitlistEntry, *, now: datetime) -> list[Slot]:
    search = Search(
        service=entry.service,
        practitioners=entry.candidates(),
        location=entry.location,
        now=now,
    )
    return find_slots(search)


def _offer_first(entry: WaitlistEntry, slots: Sequence[Slot], *, now: datetime) -> bool:
    """Offer the first of the slots that suits and can still be had; say whether one was."""
    wanted = [slot.starts_at for slot in slots if entry.wants(slot.starts_at)]
    if not set(wanted) - set(entry.known_starts):
        return False
    with transaction.atomic():
        entry = _lock(pk=entry.pk)
        if entry.status != WaitlistStatus.WAITING:
            return False
        candidates = entry.candidates()
        for starts_at in wanted:
            until = kept_until(entry, starts_at, now=now)
            if until is None or starts_at in entry.known_starts or not entry.wants(starts_at):
                continue
            try:
                held = actions.hold(
                    service=entry.service,
                    practitioners=candidates,
                    location=entry.location,
                    starts_at=starts_at,
                    reference=uuid4(),
                    duration=until - now,
                    now=now,
                    by=SYSTEM,
                )
            except BookingError:
                continue
            _tell(entry, held, now=now)
            return True
    return False


def _tell(entry: WaitlistEntry, held: Appointment, *, now: datetime) -> None:
    message = tasks.write(entry.to_email, kind=MessageKind.OFFER, now=now)
    WaitlistOffer.objects.create(
        entry=entry,
        reference=held.reference,
        practitioner=held.practitioner,
        starts_at=held.starts_at,
        made_at=now,
        # As PostgreSQL computed it.
        expires_at=cast(datetime, held.expires_at),
        message=message,
    )
    entry.status = WaitlistStatus.OFFERED
    entry.known_starts = sorted({*entry.known_starts, held.starts_at})
    entry.save(update_fields=["status", "known_starts"])


def _take(
    entry: WaitlistEntry,
    offer: WaitlistOffer | None,
    starts_at: datetime,
    screening: ScreeningPass,
    *,
    now: datetime,
) -> Appointment:
    practitioners = [offer.practitioner] if offer else entry.candidates()
    if entry.appointment is not None:
        return actions.reschedule(
            reference=entry.appointment.reference,
            starts_at=starts_at,
            practitioners=practitioners,
            location=entry.location,
            holds=[offer.reference] if offer else (),
            screening=screening,
            now=now,
            by=PATIENT,
        )
    return actions.book(
        reference=offer.reference if offer else uuid4(),
        service=entry.service,
        practitioners=practitioners,
        location=entry.location,
        starts_at=starts_at,
        details=actions.PatientDetails(
            name=entry.name,
            email=entry.email,
            phone=entry.phone.as_e164,
            phone_extension=entry.phone_extension,
        ),
        screening=screening,
        now=now,
        by=PATIENT,
    )


def _end_offer(pk: int) -> None:
    """Let the person wait on whose offer is over. Whoever answered meanwhile was in time."""
    with transaction.atomic():
        entry = _lock(pk=pk)
        for offer in entry.offers.over():
            _answer(offer, OfferOutcome.ENDED)
            _wait_on(entry)


def _answer(offer: WaitlistOffer, outcome: OfferOutcome) -> None:
    offer.outcome = outcome
    offer.save(update_fields=["outcome"])
    actions.release(reference=offer.reference, now=offer.made_at, by=SYSTEM)


def _wait_on(entry: WaitlistEntry) -> None:
    entry.status = WaitlistStatus.WAITING
    entry.save(update_fields=["status"])


def _close(entry: WaitlistEntry, status: WaitlistStatus, *, now: datetime, note: str = "") -> None:
    """End the entry, which is locked, and give up what is offered to it."""
    if not entry.is_on_the_list:
        return
    for offer in entry.offers.open():
        _answer(offer, OfferOutcome.DECLINED)
    entry.status, entry.closed_at, entry.closing_note = status, now, note[:300]
    entry.save(update_fields=["status", "closed_at", "closing_note", "appointment"])
