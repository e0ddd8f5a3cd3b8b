"""Sending a message again: to whom, and which ones no longer."""

from datetime import timedelta

import pytest
from django.core import mail as outbox

from booking.errors import MessageOutdated, MessageWaiting
from booking.models import Appointment, Message, Patient
from booking.sending import send
from booking.tasks import send_again

from .factories import NOW, local, make_appointment, make_service

pytestmark = pytest.mark.django_db

START = local(8, 10)


def make_message(kind, *, status="booked", state="failed", **kwargs):
    visit = make_appointment(make_service(), START, status=status)
    values = {
        "to_email": "ana@example.com",
        "sequence": visit.sequence,
        "state": state,
        "message_id": "<1@clinic.example>",
        "lead_minutes": 120 if kind == "reminder" else None,
    }
    return Message.objects.create(appointment=visit, kind=kind, **values | kwargs)


def test_a_notice_goes_to_staff_again_and_not_to_the_patient():
    notice = make_message("notice_booked", to_email="desk@clinic.example")

    again = send_again(notice.pk, now=NOW)

    assert (again.to_email, again.state) == ("desk@clinic.example", "queued")


def test_a_text_goes_to_the_present_number():
    text = make_message("reminder", channel="sms", to_email="", to_phone="+12125550100")
    Appointment.objects.update(wants_texts=True)
    Patient.objects.update(phone="+12125550199")

    again = send_again(text.pk, now=START - timedelta(hours=2))

    assert (again.to_email, again.to_phone) == ("", "+12125550199")


@pytest.mark.usefixtures("monday_morning")
def test_what_waits_leaves_for_an_address_that_was_corrected():
    mail = make_message("confirmation", state="queued")
    Patient.objects.update(email="ana@right.example")

    send(mail.pk, next_try_at=None)

    mail.refresh_from_db()
    assert (mail.state, mail.to_email) == ("sent", "ana@right.example")
    assert [one.to for one in outbox.outbox] == [["ana@right.example"]]


@pytest.mark.parametrize(
    ("kind", "status", "now", "is_sent"),
    [
        ("confirmation", "booked", START, True),
        ("confirmation", "booked", START + timedelta(hours=1), False),
        ("reminder", "booked", START - timedelta(minutes=61), True),
        ("reminder", "booked", START - timedelta(minutes=60), False),
        ("reminder", "arrived", START - timedelta(minutes=61), False),
        ("follow_up", "fulfilled", START + timedelta(days=1), True),
        ("follow_up", "noshow", START + timedelta(days=1), False),
    ],
)
def test_only_what_is_true_and_of_use_goes_again(kind, status, now, is_sent):
    message = make_message(kind, status=status)

    if is_sent:
        assert send_again(message.pk, now=now).state == "queued"
    else:
        with pytest.raises(MessageOutdated):
            send_again(message.pk, now=now)


@pytest.mark.parametrize(
    ("state", "error"),
    [("queued", MessageWaiting), ("sending", MessageWaiting), ("outdated", MessageOutdated)],
)
def test_what_waits_or_was_dropped_is_not_sent_again(state, error):
    message = make_message("confirmation", state=state)

    with pytest.raises(error):
        send_again(message.pk, now=NOW)


def test_a_mail_that_came_back_begins_anew():
    message = make_message(
        "confirmation",
        state="bounced",
        sent_at=NOW,
        bounced_at=NOW,
        server_answer="550 unknown",
        provider_id="1",
    )

    again = send_again(message.pk, now=NOW)

    assert (again.sent_at, again.bounced_at, again.server_answer) == (None, None, "")
    assert again.provider_id == ""
    assert again.message_id != message.message_id
