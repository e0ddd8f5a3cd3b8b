"""A patient of whom the clinic knows all that it can know, and where any of it still stands."""

from datetime import timedelta
from types import SimpleNamespace

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import RequestFactory
from psycopg import sql

from booking import actions, audit, limits, time_off, waitlist
from booking.models import (
    AuditKind,
    FollowUpArticle,
    LegalHold,
    MailOptOut,
    Message,
    MessageKind,
    Patient,
    PatientNote,
)

from .factories import (
    DESK,
    NOW,
    TEN,
    book,
    local,
    make_details,
    make_patient,
    make_screening_pass,
    offer_times,
    wait,
    wait_to_move,
)
from .journeys import make_article

# When all visits are over.
LATER = NOW + timedelta(days=30)
DETAILS = {
    "name": "Quintessa Marker",
    "email": "Quintessa@marker.example",
    "phone": "+12125550177",
    "phone_extension": "73737373",
    "reason": "Why-marker",
    "medicines": "Pill-marker",
    "own_zone": "Asia/Kathmandu",
}
OLD_ADDRESS = "before@marker.example"
# What leads to her, anywhere in the database.
MARKS = ("quintessa", "marker", "2125550177", "73737373", "kathmandu")


def make_known(service):
    """Make a past visit, a cancelled one, two places on the waiting list, and what goes with them."""
    article = make_article(slug="marker-spasms")
    marked = {
        "details": make_details(**DETAILS),
        "screening": make_screening_pass(condition="marker-spasms", outcome="urgent"),
    }
    visit = book(service, **marked, note="Said by Quintessa")
    cancelled = book(service, starts_at=local(15, 10), **marked)
    patient = visit.patient
    time_off.ask_to_move(cancelled, closure=None, now=NOW, by=DESK)
    asked = cancelled.move_requests.get()
    wait_to_move(cancelled)
    actions.cancel(reference=cancelled.reference, now=NOW, by=DESK, note="Marker feels well")
    asked.note = "Quintessa called"
    asked.save()
    actions.mark_fulfilled(reference=visit.reference, now=TEN + timedelta(hours=2), by=DESK)
    FollowUpArticle.objects.create(appointment=visit, condition=article)
    entry = _wait(service)
    _messages(visit)
    MailOptOut.objects.create(email="quintessa@MARKER.example")
    _hold(patient)
    PatientNote.objects.create(
        patient=patient, text="Quintessa likes mornings", by_name="Pat Desk", at=NOW
    )
    staff = _staff(patient, visit)
    return SimpleNamespace(
        patient=Patient.objects.get(pk=patient.pk),
        visit=visit,
        cancelled=cancelled,
        entry=entry,
        staff=staff,
        references=(visit.reference, cancelled.reference, entry.reference),
    )


def _wait(service):
    """Wait without a visit, with a time that is offered, and another place that is over."""
    over = wait(service, details=make_details(**DETAILS))
    waitlist.leave(reference=over.reference, now=NOW, note="Quintessa found another")
    # A cancelled visit's time gets free.
    entry = wait(service, details=make_details(**DETAILS), condition="marker-spasms")
    entry.known_starts = []
    entry.save()
    offer_times()
    entry.refresh_from_db()
    assert entry.status == "offered"
    return entry


def _messages(visit):
    Message.objects.filter(appointment=visit).update(
        to_email=OLD_ADDRESS,
        state="sent",
        sent_at=NOW,
        server_answer="250 marker queued",
        provider_id="provider-marker",
    )
    for number, values in enumerate(
        (
            {"kind": MessageKind.LINKS, "to_email": OLD_ADDRESS, "last_error": "marker is full"},
            {
                "kind": MessageKind.REMINDER,
                "appointment": visit,
                "channel": "sms",
                "to_phone": "+12125550177",
                "lead_minutes": 60,
            },
        )
    ):
        Message.objects.create(message_id=f"<marker-{number}@example.com>", sequence=0, **values)


def _hold(patient):
    LegalHold.objects.create(
        patient=patient,
        reason="Marker against the clinic",
        set_at=NOW,
        set_by_name="Olga Owner",
        lifted_at=NOW,
        lifted_by_name="Olga Owner",
        lifted_reason="Marker settled",
    )


def _staff(patient, visit):
    """Leave what a member of staff leaves behind: logs, audit, limits and a note for the next page."""
    staff = User.objects.create_user("olga", first_name="Olga", last_name="Owner")
    for record, words in ((patient, "Quintessa"), (visit, "Moved for Marker")):
        LogEntry.objects.create(
            user=staff,
            content_type=ContentType.objects.get_for_model(record),
            object_id=str(record.pk),
            object_repr=str(record),
            action_flag=CHANGE,
            change_message=words,
        )
    audit.note(staff, AuditKind.SAW, visit=visit, words="the visit’s page", now=NOW)
    with limits.spend("book", RequestFactory().get("/"), email=DETAILS["email"], now=NOW):
        pass
    session = SessionStore()
    session["_messages"] = "Booked for Quintessa"
    session.save()
    return staff


def make_relative():
    """Make somebody of another name, who has no address of their own."""
    return make_patient(name="Ben Other", email=DETAILS["email"], phone="+12125550199")


def found(*marks):
    """Return in which tables any of the marks still stands, in any column."""
    with connection.cursor() as cursor:
        return {
            table
            for table in connection.introspection.table_names()
            for mark in marks
            if _stands(cursor, table, mark)
        }


def _stands(cursor, table, mark):
    if table == "django_session":
        return any(mark in str(SessionStore(key).load()).lower() for key in _keys(cursor))
    query = sql.SQL("SELECT EXISTS (SELECT FROM {} AS t WHERE t::text ILIKE %s)")
    cursor.execute(query.format(sql.Identifier(table)), [f"%{mark}%"])
    return cursor.fetchone()[0]


def _keys(cursor):
    cursor.execute("SELECT session_key FROM django_session")
    return [key for (key,) in cursor.fetchall()]
