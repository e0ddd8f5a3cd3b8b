"""Taking a time in a practitioner's diary, once it is this person's turn."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from booking import availability
from booking.diaries import is_taken
from booking.errors import BookingError, SlotNotOffered, SlotTaken
from booking.models import (
    Appointment,
    AppointmentStatus,
    DatabaseNow,
    Location,
    Practitioner,
    Service,
)
from booking.search import Search

_HOLD = """
    SELECT held.* FROM booking_appointment AS held
    JOIN booking_practitioner AS whose ON whose.id = practitioner_id
    WHERE reference = %s AND service_id = %s AND starts_at = %s
        AND status = 'pending' AND expires_at > {now}
        AND (%s OR location_id = %s AND practitioner_id = ANY(%s::bigint[]))
    FOR KEY SHARE OF whose FOR NO KEY UPDATE OF held
"""


def first_that_can(
    practitioners: Sequence[Practitioner], take: Callable[[Practitioner], Appointment]
) -> Appointment:
    """Return what `take` gives for the first practitioner who can, or raise why the last cannot."""
    refusal: BookingError = SlotNotOffered()
    for practitioner in practitioners:
        try:
            return take(practitioner)
        except (SlotTaken, SlotNotOffered) as error:
            refusal = error
    raise refusal


def who_may_be_free(search: Search, starts_at: datetime) -> Sequence[Practitioner]:
    """Return those worth asking, so that nobody queues for fifty diaries; the first if none is."""
    if len(search.practitioners) <= 1:
        return search.practitioners
    return availability.free_practitioners(search, starts_at) or search.practitioners[:1]


def refuse_if_taken(
    service: Service,
    practitioner: Practitioner,
    starts_at: datetime,
    *,
    own: Collection[UUID | None] = (),
    moving: UUID | None = None,
) -> None:
    """Raise SlotTaken if the time is taken already. Whoever hears so need not queue for the diary.

    The person's own holds and visit are in nobody's way. Whoever goes on is checked again in turn.
    """
    busy = _busy_range(service, starts_at)
    known = [one for one in own if one is not None]
    if is_taken(practitioner, *busy, own=known, moving=moving):
        raise SlotTaken


def is_offered_at(service: Service, location: Location) -> bool:
    """Say whether the visit is offered at this place, as it is now."""
    if location.pk == service.location_id:
        return True
    return service.other_locations.filter(pk=location.pk).exists()


def check_free(
    search: Search, practitioner: Practitioner, starts_at: datetime, *, override: bool = False
) -> None:
    """Raise SlotTaken or SlotNotOffered unless the time can be taken. Needs the diary's lock."""
    if override:
        refuse_if_taken(search.service, practitioner, starts_at, moving=search.moving)
    elif not availability.is_offered(search.with_only(practitioner), starts_at):
        refuse_if_taken(search.service, practitioner, starts_at, moving=search.moving)
        raise SlotNotOffered
    # The constraint still counts holds that ran out. One statement, as in `release`, and the last
    # before the insert: everyone else in the queue waits for what a refused person asks.
    Appointment.objects.for_practitioner(practitioner).expired_holds().delete()


def insert(
    search: Search,
    practitioner: Practitioner,
    starts_at: datetime,
    *,
    reference: UUID | None,
    duration: timedelta,
) -> Appointment:
    appointment = Appointment(
        reference=reference or uuid4(),
        service=search.service,
        status=AppointmentStatus.PENDING,
        created_at=DatabaseNow(),
        expires_at=DatabaseNow() + duration,
    )
    put(appointment, practitioner, search.location, starts_at)
    appointment.save(force_insert=True)
    return appointment


def put(
    appointment: Appointment, practitioner: Practitioner, location: Location, starts_at: datetime
) -> None:
    """Set everything that says when, with whom and where."""
    service = appointment.service
    appointment.practitioner = practitioner
    appointment.location = location
    appointment.starts_at = starts_at
    appointment.ends_at = starts_at + service.duration
    appointment.busy_from, appointment.busy_until = _busy_range(service, starts_at)


def renew(own: Appointment, duration: timedelta) -> Appointment:
    """Keep the hold for `duration` from now. It must be locked."""
    own.expires_at = DatabaseNow() + duration
    own.save(update_fields=["expires_at"])
    return own


def get_hold(search: Search, starts_at: datetime, reference: UUID) -> Appointment | None:
    """Return the unexpired hold for just this, locked until the transaction ends.

    That is, with one of the practitioners at this place, unless there are none: a hold keeps its
    reference when it moves, and a page that was drawn before names somebody else. Until then nobody
    can close the practitioner's diary, either.
    """
    service, location = search.service, search.location
    whose = [practitioner.pk for practitioner in search.practitioners]
    found = Appointment.objects.raw(
        _HOLD.format(now=DatabaseNow.in_sql()),
        [reference, service.pk, starts_at, not whose, location.pk, whose],
    )
    for own in found:
        # What is known need not be read again.
        own.service = service
        for practitioner in search.practitioners:
            if practitioner.pk == own.practitioner_id:
                own.practitioner = practitioner
        if location.pk == own.location_id:
            own.location = location
        return own
    return None


def give_up(reference: UUID) -> Appointment | None:
    """Give up the person's own hold and return None, or return the visit it has become.

    One statement for who has neither: in a rush for one time, that is nearly everyone.
    """
    appointment = Appointment.objects.filter(reference=reference).select_for_update().first()
    if appointment is not None and appointment.status == AppointmentStatus.PENDING:
        appointment.delete()
        return None
    return appointment


def _busy_range(service: Service, starts_at: datetime) -> tuple[datetime, datetime]:
    try:
        return (
            starts_at - service.buffer_before,
            starts_at + service.duration + service.buffer_after,
        )
    except OverflowError:
        raise SlotNotOffered from None
