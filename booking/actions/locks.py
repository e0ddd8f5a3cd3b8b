"""Who waits for whom: a practitioner's diary is open to one writer at a time.

Order of locks, so that nobody waits in a circle: practitioners by primary key, then appointments.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection
from django.db.models import QuerySet

from booking.errors import SlotNotOffered, SlotTaken
from booking.models import Appointment, Practitioner, Service

# What PostgreSQL lets one of several have: the time, and the reference of a form that was sent twice.
ONE_WINS = {"booking_appointment_no_overlap", "booking_appointment_reference_key"}
# Deadlock detected and lock not available: PostgreSQL's error codes, appendix A of its manual.
LOST_THE_RACE = {"40P01", "55P03"}


# The practitioner, if the diary is open for a service, or for none in particular.
_IF_OPEN = """
    FROM booking_practitioner AS whose
    WHERE id = %(whose)s AND is_active AND (%(service)s::bigint IS NULL OR EXISTS (
        SELECT FROM booking_service_practitioners
        JOIN booking_service AS service ON service.id = service_id AND service.is_active
        WHERE practitioner_id = whose.id AND service_id = %(service)s
    ))
"""
# How long anybody waits, for the rest of the transaction.
_PATIENCE = "SELECT set_config('lock_timeout', '2500ms', true)"
_TAKE = f"{_PATIENCE} {_IF_OPEN} FOR NO KEY UPDATE OF whose"


def queue_for(practitioner: Practitioner, service: Service | None) -> None:
    """Queue up for the practitioner's diary, for a service or, as staff may, for any.

    Raises SlotNotOffered if it is not open for this.
    """
    wanted = _names(practitioner, service)
    with connection.cursor() as cursor:
        cursor.execute(f"{_TAKE} SKIP LOCKED", wanted)
        if cursor.fetchone() is None:
            # Somebody else has it, or it is not open.
            cursor.execute(_PATIENCE)
            cursor.execute(_TAKE, wanted)
            # Whether it is open was seen before the wait.
            if cursor.fetchone() is None or not is_open(practitioner, service):
                raise SlotNotOffered


def is_open(practitioner: Practitioner, service: Service | None) -> bool:
    """Say whether the diary is open for a service, or for any."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 {_IF_OPEN}", _names(practitioner, service))
        return cursor.fetchone() is not None


def _names(practitioner: Practitioner, service: Service | None) -> dict[str, int | None]:
    return {"whose": practitioner.pk, "service": service.pk if service else None}


def take_turn(practitioner: Practitioner) -> None:
    """Queue up for the practitioner's diary, open or not, as long as it takes."""
    Practitioner.objects.select_for_update(no_key=True).values_list("pk").get(pk=practitioner.pk)


def keep_from_closing(practitioner: Practitioner) -> None:
    """Hold up who closes the diary, and nobody else, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_PATIENCE)
        cursor.execute(
            "SELECT FROM booking_practitioner WHERE id = %s FOR KEY SHARE", [practitioner.pk]
        )


def close_diary(practitioner: Practitioner | None) -> None:
    """Wait for everyone who is booking, and hold up who comes, until the transaction ends.

    What is then read of a diary is all of it. None means everybody's diary. No visit may be locked
    then: who has one locked waits here, as the history refers to the practitioner.
    """
    practitioners: QuerySet[Practitioner] = Practitioner.objects.order_by("pk")
    if practitioner is not None:
        practitioners = practitioners.filter(pk=practitioner.pk)
    list(practitioners.select_for_update().values_list("pk"))


def get_for_change(reference: UUID) -> Appointment:
    """Return the confirmed appointment, locked until the transaction ends."""
    confirmed = Appointment.objects.confirmed()
    locked = confirmed.select_for_update(no_key=True).values_list("pk", flat=True)
    # What it refers to is read once it is locked: joined before a wait, PostgreSQL would miss a
    # visit that goes to somebody else meanwhile.
    related = ("service", "practitioner", "location__same_hours_as", "patient")
    return confirmed.select_related(*related).get(pk=locked.get(reference=reference))


@contextmanager
def losing_the_race_is_slot_taken() -> Iterator[None]:
    """Turn what PostgreSQL says to the loser of a race into SlotTaken.

    Stands outside the atomic block: inside, the transaction could not be used any more.
    """
    try:
        yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") not in ONE_WINS:
            raise
        raise SlotTaken from error
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") not in LOST_THE_RACE:
            raise
        raise SlotTaken from error
