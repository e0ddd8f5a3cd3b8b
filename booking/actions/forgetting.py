"""What goes when a patient is erased, or when the clinic has kept their words long enough."""

from datetime import datetime

from django.db import connection
from django.db.models.functions import UUID4

from booking.models import (
    Appointment,
    AppointmentEvent,
    FollowUpArticle,
    MoveRequest,
    Patient,
    Screening,
)
from booking.models.appointment import AppointmentQuerySet


def forget_words(visits: AppointmentQuerySet, *, now: datetime) -> int:
    """Clear why people came and which medicines they take; return of how many visits."""
    return visits.update(reason="", medicines="", words_erased_at=now)


def forget_patient(patient: Patient, *, now: datetime) -> None:
    """Take out of the patient's visits all that says who came, why, or what was said.

    Time, service, practitioner, place and status stay. They get a new reference: nobody has the link
    to it, and the one in a mail or a calendar leads nowhere. Needs the lock of the patient.
    """
    visits = Appointment.objects.filter(patient=patient)
    forget_words(visits, now=now)
    visits.update(
        reference=UUID4(), condition_slug="", own_zone="", is_private=False, wants_texts=False
    )
    Screening.objects.filter(appointment__in=visits).delete()
    FollowUpArticle.objects.filter(appointment__in=visits).delete()
    MoveRequest.objects.filter(appointment__in=visits).update(note="")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('booking.erasing', 'on', true)")
        AppointmentEvent.objects.filter(appointment__in=visits).exclude(note="").update(note="")
        cursor.execute("SELECT set_config('booking.erasing', 'off', true)")
