"""Closures over visits that are booked already: the visits stay, and staff see each of them.

Each patient can be asked to choose another time, of which up to three are held for them. A visit
that is moved or cancelled, by whatever path, is the answer.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Q, QuerySet

from booking import actions, tasks
from booking.actors import Actor
from booking.availability import find_slots
from booking.errors import AlreadyAsked, BookingError, NotMovable, StatusChanged
from booking.models import (
    WAITING,
    Appointment,
    AppointmentStatus,
    MessageKind,
    MoveAlternative,
    MoveRequest,
    MoveRequestStatus,
    NotAvailableTime,
)
from booking.search import Search
from booking.slots import Slot

ALTERNATIVES = 3
MOST_TRIES = 12
ALTERNATIVES_LAST = timedelta(days=2)
ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)


def visits_in(closure: NotAvailableTime, *, now: datetime) -> list[Appointment]:
    """Return the booked visits still to come that a closure falls on, in time order.

    Their breaks do not count: nobody is seen in those.
    """
    related = ("location", "patient", "practitioner", "service")
    return list(_hit_by(closure, now=now).select_related(*related))


def _hit_by(closure: NotAvailableTime, *, now: datetime) -> QuerySet[Appointment]:
    visits = Appointment.objects.still_to_come(now).filter(
        starts_at__lt=closure.ends_at, ends_at__gt=closure.starts_at
    )
    if closure.practitioner_id is not None:
        visits = visits.for_practitioner(closure.practitioner_id)
    if closure.location_id is not None:
        place = closure.location_id
        visits = visits.filter(Q(location=place) | Q(location__same_hours_as=place))
    return visits


def waiting_request(visit: Appointment) -> MoveRequest | None:
    """Return the question that the patient has not answered, if there is one."""
    return MoveRequest.objects.filter(appointment=visit, status__in=WAITING).last()


def ask_to_move(
    visit: Appointment,
    *,
    closure: NotAvailableTime | None,
    now: datetime,
    by: Actor,
    again: bool = False,
) -> MoveRequest:
    """Hold up to three other times for the patient and send the link to choose one.

    All of it or nothing. `again` takes the place of a question that was not answered. Raises
    AlreadyAsked without it, NotMovable if the visit is not booked or has begun, and StatusChanged
    if the closure does not fall on it (any more), or somebody else has it by now. What is busy in a
    practitioner's own calendar is no closure to ask for: it comes and goes.
    """
    with transaction.atomic():
        # Its turn in the diary first, as in all actions, then the visit.
        whose = visit.practitioner
        actions.take_turn(whose)
        visit = actions.get_for_change(visit.reference)
        if visit.status != AppointmentStatus.BOOKED or visit.starts_at <= now:
            raise NotMovable
        if closure is not None and closure.busy_calendar_id is not None:
            raise StatusChanged
        if visit.practitioner != whose:
            raise StatusChanged
        if closure is not None and not _hit_by(closure, now=now).filter(pk=visit.pk).exists():
            raise StatusChanged
        if waiting_request(visit) is not None:
            if not again:
                raise AlreadyAsked
            actions.answer_request(visit, MoveRequestStatus.CLOSED, now=now, note="Asked again.")
        until = _held_until(visit, closure, now=now)
        request = MoveRequest.objects.create(
            appointment=visit,
            closure=closure,
            created_at=now,
            by_name=by.name,
            expires_at=until,
        )
        held = _hold_alternatives(visit, until=until, now=now, by=by)
        MoveAlternative.objects.bulk_create(
            MoveAlternative(request=request, hold=one) for one in held
        )
        tasks.announce(visit, kind=MessageKind.CHOICE, now=now, by=by)
        return request


def ask_for_a_call(visit: Appointment, *, now: datetime) -> None:
    """Note that the patient would rather be called: the visit stays, what was held is given up."""
    with transaction.atomic():
        actions.answer_request(
            actions.get_for_change(visit.reference), MoveRequestStatus.KEPT, now=now
        )


def settle(request: MoveRequest, *, note: str, now: datetime) -> bool:
    """Note what staff settled by phone, and say whether it still was to be settled."""
    with transaction.atomic():
        visit = actions.get_for_change(request.appointment.reference)
        return actions.answer_request(visit, MoveRequestStatus.CLOSED, now=now, note=note)


def _held_until(visit: Appointment, closure: NotAvailableTime | None, *, now: datetime) -> datetime:
    """Return two days from now, or a day before the closure; once that is past, the visit."""
    latest = now + ALTERNATIVES_LAST
    day_before = closure.starts_at - ONE_DAY if closure else latest
    until = min(latest, day_before if day_before > now else visit.starts_at)
    # Time off begins at midnight, which people take for the one before and the one after.
    is_midnight = until.astimezone(visit.location.tz).time() == time()
    return until - ONE_MINUTE if is_midnight else until


def _hold_alternatives(
    visit: Appointment, *, until: datetime, now: datetime, by: Actor
) -> list[Appointment]:
    held: list[Appointment] = []
    for slot in islice(_spread(_free_slots(visit, until=until, now=now), visit), MOST_TRIES):
        try:
            one = actions.hold(
                service=visit.service,
                practitioners=[visit.practitioner],
                location=visit.location,
                starts_at=slot.starts_at,
                now=now,
                by=by,
                duration=until - now,
            )
        except BookingError:
            # The one before it is too near, with the breaks between them.
            continue
        held.append(one)
        if len(held) == ALTERNATIVES:
            break
    return held


def _free_slots(visit: Appointment, *, until: datetime, now: datetime) -> list[Slot]:
    """Return the free times that are not past before they need be chosen."""
    search = Search(
        service=visit.service,
        practitioners=[visit.practitioner],
        location=visit.location,
        now=now,
    )
    return [slot for slot in find_slots(search) if slot.starts_at > until]


def _spread(slots: list[Slot], visit: Appointment) -> Iterator[Slot]:
    """Yield one time of each day, the nearest day first, as near to the hour as can be; then more.

    Of two days as near, the later one is first.
    """
    wanted = visit.starts_local

    def distance(slot: Slot) -> tuple[int, bool, int]:
        local = slot.starts_at.astimezone(visit.location.tz)
        days = (local.date() - wanted.date()).days
        minutes = abs(local.hour * 60 + local.minute - wanted.hour * 60 - wanted.minute)
        return abs(days), days < 0, minutes

    days: set[tuple[int, bool]] = set()
    later = []
    for slot in sorted(slots, key=distance):
        day = distance(slot)[:2]
        if day in days:
            later.append(slot)
        else:
            days.add(day)
            yield slot
    yield from later
