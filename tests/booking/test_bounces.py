"""What becomes of a message whose mail came back, by mail or by a provider's report."""

import base64
import io
import json
from types import SimpleNamespace

import pytest
from anymail.signals import tracking
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.core.exceptions import SuspiciousOperation
from django.core.management import call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from booking.bounces import note_report
from booking.models import Message
from clinic.models import Clinic
from tests.clinic.test_bounces import FIELDS, make_report

from .factories import NOW, local, make_appointment, make_service

pytestmark = pytest.mark.django_db

SECRET = "reports:0123456789abcdef0123456789abcdef"


@pytest.fixture
def message():
    Clinic.objects.create(notices_to="desk@clinic.example")
    return make_sent()


def make_sent(**kwargs):
    values = {
        "kind": "confirmation",
        "to_email": "ana@example.com",
        "sequence": 0,
        "message_id": "<3f0f9a1e-0000-4000-8000-5a1b2c3d4e5f@clinic.example>",
        "provider_id": "883953f4-6105-42a2-a16a-77a8eac79483",
        "state": "sent",
        "sent_at": NOW,
    }
    visit = make_appointment(make_service(), local(8, 10))
    return Message.objects.create(appointment=visit, **values | kwargs)


def read(monkeypatch, content):
    """Hand a mail to the command as a mail server does; return what it printed."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    out = io.StringIO()
    call_command("read_bounce", stdout=out)
    return out.getvalue().strip()


def test_a_mail_that_came_back_is_noted_and_staff_are_told_once(monkeypatch, message):
    said = [read(monkeypatch, make_report()) for _twice in range(2)]

    message.refresh_from_db()
    assert message.state == "bounced"
    assert message.bounced_at is not None
    assert "550 5.1.1" in message.server_answer
    assert "ana" not in message.server_answer
    assert said == [f"Message {message.pk}: {message.server_answer}"] * 2
    notice = Message.objects.get(kind="notice_failed")
    assert (notice.about_message, notice.to_email) == (message, "desk@clinic.example")
    assert ProcrastinateJob.objects.get().args == {"message_pk": notice.pk}


def test_a_server_that_tries_on_changes_nothing(monkeypatch, message):
    fields = FIELDS.replace("failed", "delayed").replace("5.1.1", "4.2.2")

    read(monkeypatch, make_report(fields=fields))

    message.refresh_from_db()
    assert (message.state, message.bounced_at) == ("sent", None)
    assert Message.objects.count() == 1


def test_other_mails_are_left_alone(monkeypatch, message):
    Message.objects.update(message_id="<another@clinic.example>")

    assert read(monkeypatch, make_report()) == "It is about a mail that this site did not send."
    assert read(monkeypatch, b"Hello\n") == (
        "This mail says nothing about a mail that did not arrive."
    )
    assert Message.objects.get().state == "sent"


def test_nobody_is_told_of_a_failed_notice_to_staff(monkeypatch, message):
    message.kind = "notice_booked"
    message.save()

    read(monkeypatch, make_report())

    assert [one.state for one in Message.objects.all()] == ["bounced"]


@pytest.fixture
def reported(rf, settings):
    """Send what Postmark sends, and return how it was answered."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    tracking.connect(note_report)

    def report(secret=SECRET, **fields):
        body = {
            "RecordType": "Bounce",
            "Type": "HardBounce",
            "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
            "Email": "ana@example.com",
            "Description": "The server was unable to deliver your message to ana@example.com.",
            "BouncedAt": "2026-12-07T10:00:00Z",
        }
        sign_in = base64.b64encode(secret.encode()).decode()
        return PostmarkTrackingWebhookView.as_view()(
            rf.post(
                "/anymail/postmark/tracking/",
                json.dumps(body | fields),
                content_type="application/json",
                headers={"Authorization": f"Basic {sign_in}"},
            )
        ).status_code

    yield report
    tracking.disconnect(note_report)


def test_a_provider_reports_a_mail_that_came_back(message, reported):
    assert reported() == 200

    message.refresh_from_db()
    assert message.state == "bounced"
    assert message.server_answer == ("The server was unable to deliver your message to [address]")
    assert Message.objects.filter(kind="notice_failed").count() == 1


@pytest.mark.parametrize(
    "name", ["Ana@EXAMPLE.com", "ana@münchen.example", "ana@xn--mnchen-3ya.example"]
)
def test_a_report_is_known_however_its_address_is_written(message, reported, name):
    Message.objects.update(to_email="ana@münchen.example" if "nchen" in name else "ana@example.com")

    reported(Email=name)

    message.refresh_from_db()
    assert message.state == "bounced"


def test_a_report_names_nobody_however_it_is_written(message, reported):
    said = "550 5.1.1 <Ana@Example.com> is unknown, ANA now reads boss@work.example"
    reported(Details=said)

    message.refresh_from_db()
    assert message.server_answer == "550 5.1.1 [address] is unknown, [address] now reads [address]"


@pytest.mark.parametrize(
    "fields",
    [
        {"MessageID": "another"},
        {"Type": "Transient"},
        {"RecordType": "Delivery", "DeliveredAt": "2026-12-07T10:00:00Z"},
        {"Email": "ben@example.com"},
    ],
    ids=["another mail", "tried again", "arrived", "another address"],
)
def test_other_reports_change_nothing(message, reported, fields):
    assert reported(**fields) == 200

    assert Message.objects.get().state == "sent"


def test_who_does_not_sign_in_changes_nothing(message, reported):
    with pytest.raises(SuspiciousOperation):  # which Django answers with 400
        reported(secret="reports:wrong")

    assert Message.objects.get().state == "sent"
