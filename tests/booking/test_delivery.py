"""Mail from the booking to a mail server on this machine, by the real worker and the real queue."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from booking.models import Message, MessageKind
from booking.tasks import announce, write_due
from clinic.environment import parse_email_url
from clinic.models import Clinic
from tests.clinic.mail_servers import HANG, Box, free_port, play, serve

from .factories import NOW, local, make_appointment, make_patient, make_service
from .workers import make_due_now

SECONDS = 1
DESK = "desk@clinic.example"


@pytest.fixture
def mail_to(settings):
    """Return a function that lets mail go to the server at a port."""

    def choose(port):
        url = parse_email_url(f"smtp://localhost:{port}?timeout={SECONDS}")
        settings.MAILERS = {"default": url}

    return choose


def make_announced(email="ana@example.com"):
    visit = make_appointment(make_service(), local(8, 10), patient=make_patient(email=email))
    with transaction.atomic():
        return announce(visit, kind=MessageKind.CONFIRMATION, now=NOW)


def after(message, *fields):
    message.refresh_from_db()
    return tuple(getattr(message, field) for field in fields)


def ids(box):
    return [mail["Message-ID"] for mail in box.mails]


def test_accepted_mail_is_sent_once_and_the_answer_kept(run_worker, mail_to):
    box = Box()
    message = make_announced()

    with time_machine.travel(NOW, tick=False), serve(box) as port:
        mail_to(port)
        run_worker()
        run_worker()

    assert after(message, "state", "attempts", "sent_at", "next_try_at", "last_error") == (
        "sent",
        1,
        NOW,
        None,
        "",
    )
    assert message.server_answer == "250 2.0.0 OK queued as 4F7A"
    (taken,) = box.taken
    (mail,) = box.mails
    assert taken.rcpt_tos == ["ana@example.com"]
    assert (mail["To"], mail["Message-ID"]) == ("ana@example.com", message.message_id)
    assert mail.defects == []


def test_refused_recipient_fails_at_once_and_staff_hear_of_it_once(run_worker, mail_to):
    Clinic.objects.create(notices_to=DESK)
    message = make_announced()
    box = Box(recipients={"ana@example.com": "550 no such user"})

    with serve(box) as port:
        mail_to(port)
        run_worker()
        make_due_now()
        run_worker()

    assert after(message, "state", "attempts", "next_try_at", "sent_at") == (
        "failed",
        1,
        None,
        None,
    )
    assert message.last_error.startswith("SMTPRecipientsRefused 550 at ")
    (notice,) = message.notices.all()
    assert (notice.kind, notice.to_email, notice.state) == ("notice_failed", DESK, "sent")
    (mail,) = box.mails
    assert mail["To"] == DESK
    assert "550" in mail.get_body(("plain",)).get_content()
    assert "Ana" not in mail.as_string()
    assert "ana@example.com" not in mail.as_string()


def test_notice_that_fails_has_no_notice(run_worker, mail_to):
    Clinic.objects.create(notices_to=DESK)
    make_announced()

    with serve(Box(recipient="550 nobody")) as port:
        mail_to(port)
        run_worker()
        make_due_now()
        run_worker()

    assert list(Message.objects.order_by("pk").values_list("kind", "state")) == [
        ("confirmation", "failed"),
        ("notice_failed", "failed"),
    ]


def test_nobody_is_told_where_nobody_is_named(run_worker, mail_to):
    make_announced()

    with serve(Box(recipient="550 nobody")) as port:
        mail_to(port)
        run_worker()

    assert list(Message.objects.values_list("kind", "state")) == [("confirmation", "failed")]


def test_busy_server_is_asked_again_at_growing_distances(run_worker, mail_to):
    message = make_announced()
    box = Box(recipient="451 greylisted")
    waits = []

    with time_machine.travel(NOW, tick=False), serve(box) as port:
        mail_to(port)
        for attempts in (1, 2, 3, 4):
            run_worker()
            assert after(message, "state", "attempts") == ("queued", attempts)
            waits.append((message.next_try_at - NOW).total_seconds())
            run_worker()  # before that time: nothing happens
            assert after(message, "attempts") == (attempts,)
            make_due_now()
        box.recipient = "250 OK"
        run_worker()

    assert waits == [3, 9, 27, 81]
    assert after(message, "state", "attempts", "last_error", "next_try_at") == ("sent", 5, "", None)
    assert ids(box) == [message.message_id]


def test_mail_whose_answer_is_lost_leaves_again_under_the_same_name(run_worker, mail_to):
    message = make_announced()
    box = Box()

    with play(lambda server: server.take_mail()) as port:
        mail_to(port)
        run_worker()
    assert after(message, "state", "attempts", "sent_at") == ("queued", 1, None)
    assert message.last_error.startswith("SMTPServerDisconnected at ")

    make_due_now()
    with serve(box) as port:
        mail_to(port)
        run_worker()

    assert after(message, "state", "attempts") == ("sent", 2)
    assert ids(box) == [message.message_id]


def test_server_that_takes_the_mail_and_drops_the_connection_gets_no_other(run_worker, mail_to):
    message = make_announced()
    connections = []

    def script(server):
        connections.append(1)
        server.take_mail()
        server.say("250 queued as 4F7A")

    with play(script) as port:
        mail_to(port)
        run_worker()
        make_due_now()
        run_worker()

    assert after(message, "state", "attempts", "server_answer") == ("sent", 1, "250 queued as 4F7A")
    assert len(connections) == 1


def test_mail_that_hangs_holds_up_the_others_for_its_time_limit_only(run_worker, mail_to):
    hanging = [make_announced(f"slow{n}@example.com") for n in range(2)]
    message = make_announced()
    box = Box(recipients={f"slow{n}@example.com": HANG for n in range(2)})

    with serve(box) as port:
        mail_to(port)
        start = time.monotonic()
        run_worker()
        seconds = time.monotonic() - start

    assert after(message, "state") == ("sent",)
    assert [after(one, "state", "attempts") for one in hanging] == [("queued", 1)] * 2
    assert len(box.taken) == 1
    assert seconds < 2 * SECONDS + 3


@pytest.mark.parametrize(("hours", "attempts"), [(1, 9), (8, 16), (20, 28)])
def test_mail_waits_for_a_server_that_is_away(run_worker, mail_to, hours, attempts):
    message = make_announced()
    box = Box()
    mail_to(free_port())
    with time_machine.travel(NOW, tick=False) as clock:
        while timezone.now() < NOW + timedelta(hours=hours):
            run_worker()
            make_due_now()
            assert after(message, "state") == ("queued",)
            clock.move_to(message.next_try_at)
        with serve(box) as port:
            mail_to(port)
            run_worker()

    assert after(message, "state", "attempts", "last_error") == ("sent", attempts, "")
    assert timedelta(hours=hours) < message.sent_at - NOW < timedelta(hours=hours + 1)
    assert ids(box) == [message.message_id]


def test_text_leaves_while_the_mail_server_is_away(run_worker, mail_to, settings):
    settings.SMS = {"BACKEND": "clinic.sms.ConsoleSms", "OPTIONS": {}}
    service = make_service(reminder_minutes=[120])
    booked_at = NOW - timedelta(days=1)
    make_appointment(service, local(8, 10), booked_at=booked_at, wants_texts=True)
    mail_to(free_port())

    with time_machine.travel(local(8, 8), tick=False):
        write_due(now=local(8, 8))
        run_worker()

    assert list(Message.objects.order_by("pk").values_list("channel", "state")) == [
        ("email", "queued"),
        ("sms", "sent"),
    ]


def test_mail_fails_for_good_when_the_server_is_away_for_longer(run_worker, mail_to):
    Clinic.objects.create(notices_to=DESK)
    message = make_announced()
    mail_to(free_port())

    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(32):
            run_worker()
            make_due_now()
            clock.move_to(after(message, "next_try_at")[0] or timezone.now())

    assert after(message, "state", "attempts", "next_try_at") == ("failed", 32, None)
    assert [notice.kind for notice in message.notices.all()] == ["notice_failed"]
