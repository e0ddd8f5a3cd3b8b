"""Two workers as processes of their own, and one that is killed while it sends."""

import os
import signal
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import sending, tasks
from booking.models import Message, MessageKind
from booking.tasks import announce, write_due
from clinic.environment import parse_email_url
from clinic.management.commands.serve import JOBS_AT_ONCE, worker_command
from tests.clinic.mail_servers import HANG, Box, serve

from .factories import make_appointment, make_patient, make_practitioner, make_service
from .workers import all_done, restart_lost_jobs, wait_until, workers

pytestmark = pytest.mark.django_db(transaction=True)

LEADS = [3 * 24 * 60, 2 * 60]


def smtp(port):
    return f"smtp://localhost:{port}?timeout=5"


def make_visits(count, *, hours=70, **kwargs):
    """Make visits whose first reminder is due, and which were booked before that."""
    now = timezone.now()
    service = make_service(reminder_minutes=LEADS)
    return [
        make_appointment(
            service,
            now + timedelta(hours=hours),
            practitioner=make_practitioner(),
            patient=make_patient(email=f"p{number}@example.com"),
            booked_at=now - timedelta(days=10),
            **kwargs,
        )
        for number in range(count)
    ]


def test_each_message_and_each_reminder_leaves_once_from_two_workers():
    announced = make_visits(12, hours=100)
    box = Box()

    with serve(box) as port, workers(2, EMAIL_URL=smtp(port)):
        with transaction.atomic():
            make_visits(12)
            for lock in ("one", "two", "three", "four"):
                # Each of these alone would write all of them.
                write = tasks.write_what_is_due.configure(queueing_lock=lock)
                write.defer(timestamp=0)
            for visit in announced:
                announce(visit, kind=MessageKind.CONFIRMATION, now=timezone.now())
        wait_until(all_done)

    messages = Message.objects.all()
    assert Counter(messages.values_list("kind", "state", "attempts")) == {
        ("confirmation", "sent", 1): 12,
        ("reminder", "sent", 1): 12,
    }
    assert sorted(one["Message-ID"] for one in box.mails) == sorted(
        messages.values_list("message_id", flat=True)
    )


def test_many_who_write_what_is_due_at_once_write_it_once(clients, settings):
    settings.SMS = {"BACKEND": "clinic.sms.ConsoleSms", "OPTIONS": {}}
    make_visits(3, wants_texts=True)
    now = timezone.now()

    answers = clients.race([lambda: write_due(now=now)] * 20)

    assert [answer.outcome for answer in answers] == [None] * 20
    assert Counter(Message.objects.values_list("kind", "channel", "lead_minutes")) == {
        ("reminder", "email", LEADS[0]): 3,
        ("reminder", "sms", LEADS[0]): 3,
    }
    assert jobs_to_send() == Counter(Message.objects.values_list("pk", flat=True))


def test_many_who_send_a_message_at_once_send_it_once(clients):
    make_visits(1)
    write_due(now=timezone.now())
    message = Message.objects.get()

    answers = clients.race([lambda: sending.send(message.pk, next_try_at=None)] * 20)

    message.refresh_from_db()
    assert [answer.outcome for answer in answers] == [None] * 20
    assert (message.state, message.attempts) == ("sent", 1)
    assert [one.extra_headers["Message-ID"] for one in mail.outbox] == [message.message_id]


def jobs_to_send():
    """Return the messages that the jobs are to send."""
    jobs = ProcrastinateJob.objects.filter(task_name="booking.send_message")
    return Counter(job.args["message_pk"] for job in jobs)


def test_mail_of_a_worker_that_was_killed_leaves_again_under_the_same_name(run_worker, settings):
    make_visits(1)
    running = []
    box = Box(at_data=lambda: running and os.kill(running.pop().pid, signal.SIGKILL))

    with serve(box) as port:
        with workers(1, EMAIL_URL=smtp(port)) as (worker,):
            running.append(worker)
            write_due(now=timezone.now())
            assert worker.wait(timeout=30) == -signal.SIGKILL
        message = Message.objects.get()
        assert (message.state, message.attempts, len(box.taken)) == ("queued", 0, 1)
        settings.MAILERS = {"default": parse_email_url(smtp(port))}
        restart_lost_jobs(run_worker)
        write_due(now=timezone.now())
        run_worker()

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", 1)
    assert [one["Message-ID"] for one in box.mails] == [message.message_id] * 2
    assert Message.objects.count() == 1


def test_worker_that_is_told_to_stop_notes_first_what_became_of_the_mail():
    make_visits(1)
    running = []
    box = Box(at_data=lambda: running.pop().terminate())

    with serve(box) as port, workers(1, EMAIL_URL=smtp(port)) as (worker,):
        running.append(worker)
        write_due(now=timezone.now())
        assert worker.wait(timeout=30) == 0

    assert list(Message.objects.values_list("state", "attempts")) == [("sent", 1)]
    assert len(box.taken) == 1


def test_mails_that_hang_do_not_hold_up_another_at_the_sites_own_worker():
    visits = make_visits(JOBS_AT_ONCE, hours=100)
    box = Box(recipients={f"p{number}@example.com": HANG for number in range(JOBS_AT_ONCE - 1)})
    last = Message.objects.filter(to_email=f"p{JOBS_AT_ONCE - 1}@example.com", state="sent")
    seconds = 2

    with (
        serve(box) as port,
        workers(
            1, command=worker_command(), EMAIL_URL=f"smtp://localhost:{port}?timeout={seconds}"
        ),
    ):
        start = time.monotonic()
        with transaction.atomic():
            for visit in visits:
                announce(visit, kind=MessageKind.CONFIRMATION, now=timezone.now())
        wait_until(last.exists)
        waited = time.monotonic() - start

    # One after the other, those that hang would take three times as long as one.
    assert waited < 2 * seconds


def test_text_of_a_worker_that_was_killed_does_not_leave_again(run_worker, settings, tmp_path):
    texts = tmp_path / "texts"
    settings.SMS = {
        "BACKEND": "tests.booking.texting_worker.KilledAfterSending",
        "OPTIONS": {"file": str(texts)},
    }
    make_visits(1, wants_texts=True)
    command = (sys.executable, "-m", "tests.booking.texting_worker", str(texts))

    with workers(1, command=command, DATA_DIR=str(tmp_path)) as (worker,):
        write_due(now=timezone.now())
        assert worker.wait(timeout=30) == -signal.SIGKILL
    text = Message.objects.get(channel="sms")
    assert text.state == "sending"
    # Another worker that sent it again would be killed, and these tests with it.
    restart_lost_jobs(run_worker)
    write_due(now=timezone.now())
    run_worker()

    text.refresh_from_db()
    assert (text.state, text.sent_at, text.last_error) == ("failed", None, sending.MAY_HAVE_LEFT)
    assert texts.read_text().count("+12125550123: ") == 1
    assert Message.objects.filter(kind="reminder").count() == 2
