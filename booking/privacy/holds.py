"""Legal holds: while one is in force, nothing of the patient is erased, by whatever path."""

from datetime import datetime

from django.db import IntegrityError, transaction

from booking.errors import HoldChanged
from booking.models import LegalHold, Patient


def open_hold(patient: Patient) -> LegalHold | None:
    """Return the hold that is in force, if there is one."""
    return LegalHold.objects.filter(patient=patient, lifted_at=None).first()


def put_hold(patient: Patient, *, reason: str, by_name: str, now: datetime) -> LegalHold:
    """Keep the patient from being erased. Raises HoldChanged if they are held, or erased, already."""
    try:
        with transaction.atomic():
            return LegalHold.objects.create(
                patient=patient, reason=reason, set_at=now, set_by_name=by_name
            )
    except IntegrityError as error:
        raise HoldChanged from error


def lift_hold(hold: LegalHold, *, reason: str, by_name: str, now: datetime) -> None:
    """End a hold, and keep why. Raises HoldChanged if it is lifted already."""
    lifted = LegalHold.objects.filter(pk=hold.pk, lifted_at=None).update(
        lifted_at=now, lifted_by_name=by_name, lifted_reason=reason
    )
    if not lifted:
        raise HoldChanged
