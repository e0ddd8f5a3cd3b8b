"""What is due by the clock: reminders, the mail after a visit, the day's agenda.

Nothing is planned ahead. Every minute it is looked up what is due and not written yet, so a visit
that moves takes its reminders along, one that is cancelled has none, and a worker that was down
catches up with what is still of use.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from .agenda import visits_on
from .follow_ups import has_opted_out
from .models import (
    AppointmentStatus,
    Channel,
    Message,
    MessageKind,
    Practitioner,
    WaitlistOffer,
)

FOLLOW_UP_LASTS = timedelta(days=7)
# Of a service, and the length of a visit.
LONGEST_FOLLOW_UP = timedelta(days=31)
AGENDA_FROM = 6  # o'clock, on the clinic's clock

# Of each booked visit the reminder that came due last: an earlier one has nothing to add to it.
# It is of no use once half of its time is gone, nor if the visit was booked or moved after it was due.
_REMINDERS_DUE = """
    WITH due AS (
        SELECT DISTINCT ON (visit.id) visit.id, visit.sequence, visit.starts_at, visit.booked_at, lead
        FROM booking_appointment AS visit
        JOIN booking_service AS service ON service.id = visit.service_id
        CROSS JOIN unnest(service.reminder_minutes) AS lead
        WHERE visit.status = 'booked'
            AND visit.starts_at > %(now)s
            AND visit.starts_at <= %(latest)s
            AND visit.starts_at <= %(now)s + lead * interval '1 minute'
        ORDER BY visit.id, lead
    )
    SELECT due.id, due.sequence, due.lead
    FROM due
    WHERE %(now)s < due.starts_at - lead * interval '30 seconds'
        AND due.booked_at <= due.starts_at - lead * interval '1 minute'
        AND NOT EXISTS (
            SELECT FROM booking_message AS message
            WHERE message.appointment_id = due.id
                AND (
                    (
                        message.kind = 'reminder' AND message.channel = 'email'
                        AND message.sequence = due.sequence AND message.lead_minutes = due.lead
                    )
                    OR (
                        message.kind = 'moved'
                        AND message.created_at > due.starts_at - lead * interval '1 minute'
                    )
                )
        )
"""
_FOLLOW_UPS_DUE = """
    SELECT visit.id
    FROM booking_appointment AS visit
    JOIN booking_service AS service ON service.id = visit.service_id
    JOIN booking_patient AS patient ON patient.id = visit.patient_id
    WHERE visit.status = 'fulfilled'
        AND visit.starts_at > %(oldest)s
        AND visit.ends_at + service.follow_up_minutes * interval '1 minute' <= %(now)s
        AND visit.ends_at + service.follow_up_minutes * interval '1 minute' > %(since)s
        AND NOT EXISTS (
            SELECT FROM booking_message AS message
            WHERE message.appointment_id = visit.id AND message.kind = 'follow_up'
        )
        AND NOT EXISTS (
            SELECT FROM booking_mailoptout AS out WHERE lower(out.email) = lower(patient.email)
        )
"""


@dataclass(frozen=True)
class Reminder:
    """A reminder to be written. `visit` is a primary key."""

    visit: int
    sequence: int
    lead_minutes: int


def useful_until(starts_at: datetime, lead_minutes: int) -> datetime:
    """Return when a reminder is of no use any more (UTC, exclusive): half of its time is gone."""
    return starts_at - timedelta(minutes=lead_minutes) / 2


def reminders_due(now: datetime, *, longest: timedelta) -> list[Reminder]:
    """Return what is due and not written yet; `longest` is how long before a visit one may be."""
    with connection.cursor() as cursor:
        cursor.execute(_REMINDERS_DUE, {"now": now, "latest": now + longest})
        return [Reminder(*row) for row in cursor.fetchall()]


def follow_ups_due(now: datetime) -> list[int]:
    """Return the visits whose patients are due the mail after it, by primary key."""
    since = now - FOLLOW_UP_LASTS
    parameters = {"now": now, "since": since, "oldest": since - LONGEST_FOLLOW_UP}
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW_UPS_DUE, parameters)
        return [pk for (pk,) in cursor.fetchall()]


def agendas_due(now: datetime) -> Iterable[Practitioner]:
    """Yield whose agenda of today is due: after six, if a visit is still to begin."""
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    if local.hour < AGENDA_FROM:
        return
    wanted = Practitioner.objects.filter(is_active=True, gets_agenda=True).exclude(email="")
    written = Message.objects.filter(kind=MessageKind.AGENDA, about_on=local.date())
    for practitioner in wanted.exclude(pk__in=written.values("practitioner")):
        if any(visit.starts_at > now for visit in visits_on(practitioner, local.date())):
            yield practitioner


def is_outdated(message: Message, *, now: datetime) -> bool:
    """Say whether it would be of no use, or untrue, to send the message now."""
    visit = message.appointment
    if visit is not None and visit.patient is not None and visit.patient.erased_at:
        return True
    match message.kind:
        case MessageKind.REMINDER if visit is not None:
            return (
                visit.status != AppointmentStatus.BOOKED
                or visit.sequence != message.sequence
                or now >= useful_until(visit.starts_at, message.lead_minutes or 0)
                or (message.channel == Channel.SMS and not visit.wants_texts)
            )
        case MessageKind.CHOICE if visit is not None:
            return (
                visit.status != AppointmentStatus.BOOKED
                or visit.sequence != message.sequence
                or visit.starts_at <= now
                or visit.move_requests.filter(answered_at__gt=message.created_at).exists()
            )
        case MessageKind.FOLLOW_UP if visit is not None:
            return visit.status != AppointmentStatus.FULFILLED or has_opted_out(message.to_email)
        case MessageKind.OFFER:
            return not WaitlistOffer.objects.still_held().filter(message=message).exists()
        case MessageKind.AGENDA if message.practitioner is not None and message.about_on:
            visits = visits_on(message.practitioner, message.about_on)
            return not any(one.starts_at > now for one in visits)
    return False
