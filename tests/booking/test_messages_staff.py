"""What mails to staff say."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from booking.messages import build_mail
from booking.models import AppointmentEvent, Message

from .factories import NOW, local, make_appointment, make_practitioner, make_service

pytestmark = pytest.mark.django_db


def text_of(now=NOW, **values):
    values = {"to_email": "staff@clinic.example", "sequence": 0, "message_id": "<one@x>"} | values
    message = Message.objects.create(**values)
    return " ".join(build_mail(message, now=now).body.split())


def move(visit, **before):
    AppointmentEvent.objects.create(
        appointment=visit,
        kind="moved",
        at=NOW,
        starts_at=visit.starts_at,
        practitioner=visit.practitioner,
        by_role="patient",
        previous_starts_at=local(7, 9),
        **before,
    )
    return text_of(appointment=visit, kind="notice_moved")


def test_agenda_says_as_of_when_and_leads_to_the_visits_of_one_person():
    visit = make_appointment(make_service(), local(8, 10, 30))
    person = visit.practitioner

    text = text_of(local(8, 6, 5), kind="agenda", practitioner=person, about_on=date(2026, 12, 8))

    assert f"{person.name}: 1 visit on Tuesday, December 8, as of 6:05 am." in text
    link = text.partition("See the day in the admin: ")[2].split()[0]
    assert parse_qs(urlsplit(link).query) == {
        "starts_at__year": ["2026"],
        "starts_at__month": ["12"],
        "starts_at__day": ["8"],
        "practitioner__id__exact": [str(person.pk)],
    }


def test_notice_of_a_move_names_who_saw_the_patient_until_now():
    visit = make_appointment(make_service(), local(8, 10, 30))
    other = make_practitioner(name="Dr. Before", slug="before")

    text = move(visit, previous_practitioner=other)

    assert "Until now it was on Monday, December 7, 9:00 am, with Dr. Before. " in text


def test_notice_of_a_move_to_another_time_names_nobody_twice():
    visit = make_appointment(make_service(), local(8, 10, 30))

    text = move(visit, previous_practitioner=visit.practitioner)

    assert "Until now it was on Monday, December 7, 9:00 am. " in text


@pytest.mark.parametrize(
    ("sent_by", "words"),
    [
        (
            {"to_email": "ana@example.com"},
            "“Reminder” did not reach the patient. Please call them, or correct the address and "
            "send it again.",
        ),
        (
            {"channel": "sms", "to_phone": "+12125550123"},
            "“Reminder”, as a text message, may not have reached the patient. Please call them, or "
            "correct the phone number and send it again.",
        ),
    ],
    ids=["mail", "text"],
)
def test_notice_of_a_failure_says_what_to_correct(sent_by, words):
    failed = Message.objects.create(
        appointment=make_appointment(make_service(), local(8, 10, 30)),
        kind="reminder",
        lead_minutes=120,
        sequence=0,
        message_id="<failed@x>",
        state="failed",
        server_answer="550 No such person",
        **sent_by,
    )

    text = text_of(kind="notice_failed", about_message=failed)

    assert words in text
    assert "What was answered: 550 No such person" in text
