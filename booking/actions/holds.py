"""Keeping a time for somebody who has not booked it yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from booking.actors import Actor
from booking.errors import HeldLongEnough, SlotNotOffered, SlotTaken, StatusChanged
from booking.models import (
    Appointment,
    AppointmentStatus,
    DatabaseNow,
    Location,
    Practitioner,
    Service,
)
from booking.search import Search

from .locks import losing_the_race_is_slot_taken, queue_for
from .taking import (
    check_free,
    first_that_can,
    get_hold,
    give_up,
    insert,
    is_offered_at,
    refuse_if_taken,
    renew,
    who_may_be_free,
)

HOLD_DURATION = timedelta(minutes=10)
# WCAG 2.2, 2.2.1: a limit can be put off at least ten times.
LONGEST_HOLD = 12 * HOLD_DURATION


def hold(
    *,
    service: Service,
    practitioners: Sequence[Practitioner],
    starts_at: datetime,
    now: datetime,
    by: Actor,
    location: Location | None = None,
    replaces: UUID | None = None,
    reference: UUID | None = None,
    duration: timedelta = HOLD_DURATION,
) -> Appointment:
    """Keep a time with the first of the practitioners who is free, and return it, pending.

    It is kept for `duration` from now on the database's clock. `location` is by default the
    service's own. `replaces` is the browser's earlier hold: renewed if it is for just this, else
    given up, but only if the new one succeeds. `reference` moves the hold of that name to this
    time. Raises SlotTaken, SlotNotOffered, or StatusChanged if that hold is booked already.
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
            queue_for(practitioner, service)
            if reference is not None and give_up(reference) is not None:
                raise StatusChanged
            if replaces is not None:
                own = get_hold(search.with_only(practitioner), starts_at, replaces)
                if own and reference is None:
                    # Choosing it again keeps it no longer than its button would.
                    return renew(own, duration) if _is_young(own) else own
                release(reference=replaces, now=now, by=by)
            if not is_offered_at(service, search.location):
                raise SlotNotOffered
            check_free(search, practitioner, starts_at)
            return insert(search, practitioner, starts_at, reference=reference, duration=duration)

    return first_that_can(who_may_be_free(search, starts_at), take)


def extend(*, reference: UUID, now: datetime, by: Actor) -> Appointment:
    """Keep a hold that has not run out for `HOLD_DURATION` from now, and return it.

    Raises SlotTaken if it ran out or is no hold, HeldLongEnough after `LONGEST_HOLD` in all.
    """
    with transaction.atomic():
        own = (
            Appointment.objects.live_holds()
            .filter(reference=reference)
            .select_for_update(no_key=True)
            .first()
        )
        if own is None:
            raise SlotTaken
        if not _is_young(own):
            raise HeldLongEnough
        return renew(own, HOLD_DURATION)


def release(*, reference: UUID, now: datetime, by: Actor) -> None:
    """Give up a hold. Does nothing if there is none or it was booked."""
    # One statement, that looks again at a row it waited for: a booking that came first stays.
    # Django sends it as one because what refers to appointments is left to PostgreSQL.
    Appointment.objects.filter(reference=reference, status=AppointmentStatus.PENDING).delete()


def _is_young(own: Appointment) -> bool:
    young = Appointment.objects.filter(pk=own.pk, created_at__gt=DatabaseNow() - LONGEST_HOLD)
    return young.exists()
