"""Who waits for whom: a practitioner's diary is open to one writer at a time.

Order of locks, so that nobody waits in a circle: practitioners by primary key, then appointments.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection
from django.db.models import Exists, QuerySet

from booking.errors import SlotNotOffered, SlotTaken
from booking.models import Appointment, NotAvailableTime, Practitioner, Service

NO_OVERLAP = "booking_appointment_no_overlap"
# Deadlock detected and lock not available: PostgreSQL's error codes, appendix A of its manual.
LOST_THE_RACE = {"40P01", "55P03"}


def queue_for(practitioner: Practitioner, service: Service | None) -> None:
    """Queue up for the practitioner's diary, for a service or, as staff may, for any.

    Raises SlotNotOffered if it is not open for this.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2500ms'")
    offering = _if_open(practitioner, service).select_for_update(of=("self",), no_key=True)
    if not offering.values_list("pk"):
        raise SlotNotOffered


def keep_open(
    practitioner: Practitioner,
    service: Service | None,
    closures: QuerySet[NotAvailableTime] | None = None,
) -> bool:
    """Hold up who closes the diary, and nobody else, until the transaction ends.

    Say whether it is open for this, and there is none of these closures.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM booking_practitioner WHERE id = %s FOR KEY SHARE", [practitioner.pk]
        )
    offering = _if_open(practitioner, service)
    if closures is not None:
        offering = offering.exclude(Exists(closures))
    return offering.exists()


def _if_open(practitioner: Practitioner, service: Service | None) -> QuerySet[Practitioner]:
    offering = Practitioner.objects.filter(pk=practitioner.pk, is_active=True)
    if service is None:
        return offering
    return offering.filter(services=service, services__is_active=True)


def close_diary(practitioner: Practitioner | None) -> None:
    """Wait for everyone who is booking, and hold up who comes, until the transaction ends.

    What is then read of a diary is all of it. None means everybody's diary.
    """
    practitioners: QuerySet[Practitioner] = Practitioner.objects.order_by("pk")
    if practitioner is not None:
        practitioners = practitioners.filter(pk=practitioner.pk)
    list(practitioners.select_for_update().values_list("pk"))


def get_for_change(reference: UUID) -> Appointment:
    """Return the confirmed appointment, locked until the transaction ends."""
    return (
        Appointment.objects.confirmed()
        .select_related("service", "practitioner", "location__same_hours_as", "patient")
        .select_for_update(of=("self",), no_key=True)
        .get(reference=reference)
    )


@contextmanager
def losing_the_race_is_slot_taken() -> Iterator[None]:
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
