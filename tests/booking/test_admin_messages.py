import smtplib

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from booking import actions
from booking.models import Message, MessageKind, MessageState
from booking.tasks import announce

from .factories import DESK, NOW, local, make_appointment, make_service

LIST = "/admin/booking/message/"


def make_message():
    visit = make_appointment(make_service(), local(8, 10, 30))
    with transaction.atomic():
        return announce(visit, kind=MessageKind.CONFIRMATION, now=NOW)


def send_again(client, message):
    return client.post(LIST, {"action": "send_again", "_selected_action": [message.pk]})


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def refuse(self, **kwargs):
    raise smtplib.SMTPRecipientsRefused({"ana@example.com": (550, b"no ana")})


@pytest.mark.django_db
def test_list_says_what_became_of_each_message(front_desk):
    message = make_message()

    page = front_desk.get(LIST).content.decode()
    detail = front_desk.get(f"{LIST}{message.pk}/change/").content.decode()

    visit = f"Tue, Dec 8, 2026, 10:30 am EST ({message.appointment.spoken_reference})"
    assert ">Confirmation</a>" in page
    assert '<td class="field-outcome">Waiting to be sent</td>' in page
    assert visit in page
    assert visit in detail
    assert "ana@example.com" in page


def test_a_refused_mail_goes_to_the_corrected_address(front_desk, run_worker, monkeypatch):
    message = make_message()
    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", refuse)
        run_worker()
    first_id = Message.objects.get(state=MessageState.FAILED).message_id
    patient = message.appointment.patient
    patient.email = "ana@corrected.example"
    patient.save()

    response = send_again(front_desk, message)
    run_worker()

    message.refresh_from_db()
    assert said(response) == ["Waiting to be sent: 1."]
    assert (message.state, message.last_error) == (MessageState.SENT, "")
    assert [sent.to for sent in mail.outbox] == [["ana@corrected.example"]]
    assert mail.outbox[0].extra_headers["Message-ID"] == message.message_id != first_id
    assert LogEntry.objects.get().object_id == str(message.pk)


def test_a_sent_mail_goes_once_more(front_desk, run_worker):
    message = make_message()
    run_worker()

    send_again(front_desk, message)
    run_worker()
    run_worker()

    assert len(mail.outbox) == 2


def test_a_waiting_mail_is_not_sent_twice(front_desk, run_worker):
    message = make_message()

    response = send_again(front_desk, message)
    run_worker()

    assert said(response)[0].endswith("This message is waiting to be sent already.")
    assert len(mail.outbox) == 1


def test_a_confirmation_of_a_cancelled_visit_is_not_sent_again(front_desk, run_worker):
    message = make_message()
    run_worker()
    actions.cancel(reference=message.appointment.reference, now=NOW, by=DESK)

    response = send_again(front_desk, message)

    assert said(response)[0].endswith("so it is no longer true.")
    message.refresh_from_db()
    assert message.state == MessageState.SENT


@pytest.mark.django_db
def test_messages_are_read_only_and_not_for_everybody(front_desk, client):
    message = make_message()

    assert front_desk.get(f"{LIST}add/").status_code == 403
    assert front_desk.post(f"{LIST}{message.pk}/delete/", {"post": "yes"}).status_code == 403

    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_message"))
    client.force_login(viewer)
    Message.objects.update(state=MessageState.FAILED)
    assert "send_again" not in client.get(LIST).content.decode()
    send_again(client, message)
    assert Message.objects.get().state == MessageState.FAILED

    client.force_login(User.objects.create_user("other", is_staff=True))
    assert client.get(LIST).status_code == 403


@pytest.mark.django_db
def test_nothing_is_sent_again_about_a_visit_that_is_over(front_desk):
    message = make_message()
    Message.objects.update(state=MessageState.FAILED)

    with time_machine.travel(message.appointment.ends_at, tick=False):
        front_desk.force_login(User.objects.get())
        response = send_again(front_desk, message)

    assert said(response)[0].endswith("so it is no longer true.")
    assert Message.objects.get().state == MessageState.FAILED
