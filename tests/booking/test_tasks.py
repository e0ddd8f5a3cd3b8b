import os
import smtplib
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, urlencode

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import actions, tasks
from booking.models import Message, MessageKind, MessageState
from booking.sending import MessageDelayed, MessageRefused
from booking.tasks import announce, send_message

from .factories import DESK, NOW, local, make_appointment, make_service
from .workers import make_due_now

ROOT = Path(__file__).resolve().parents[2]


def make_visit(**kwargs):
    return make_appointment(make_service(), local(8, 10), **kwargs)


def make_announced():
    with transaction.atomic():
        return announce(make_visit(), kind=MessageKind.CONFIRMATION, now=NOW)


def first_try(attempts=0):
    return SimpleNamespace(job=SimpleNamespace(attempts=attempts))


def refuse_with(monkeypatch, error):
    def send(self, **kwargs):
        raise error

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)


def crash(*args, **kwargs):
    raise RuntimeError("crash")


def jobs():
    """Return the status, attempts and lock of the mail jobs, oldest first."""
    rows = ProcrastinateJob.objects.filter(task_name="booking.send_message").order_by("pk")
    return list(rows.values_list("status", "attempts", "lock"))


@pytest.mark.django_db
def test_announce_records_the_message_and_queues_a_job():
    visit = make_visit()

    message = announce(visit, kind=MessageKind.CONFIRMATION, now=NOW)

    assert (message.to_email, message.sequence, message.state) == ("ana@example.com", 0, "queued")
    assert message.created_at == NOW
    assert str(visit.reference) not in message.message_id
    assert ProcrastinateJob.objects.get().args == {"message_pk": message.pk}
    assert jobs() == [("todo", 0, f"appointment-{visit.pk}")]


@pytest.mark.django_db
def test_announce_refuses_a_hold():
    visit = make_visit(status="pending")

    with pytest.raises(ValueError, match="without a patient"):
        announce(visit, kind=MessageKind.CONFIRMATION, now=NOW)


def test_job_and_message_roll_back_with_the_transaction(transactional_db):
    visit = make_visit()

    with transaction.atomic():
        announce(visit, kind=MessageKind.CONFIRMATION, now=NOW)
        transaction.set_rollback(True)

    assert (Message.objects.count(), ProcrastinateJob.objects.count()) == (0, 0)


def test_job_is_not_seen_before_the_commit(run_worker):
    visit = make_visit()

    with transaction.atomic():
        message = announce(visit, kind=MessageKind.CONFIRMATION, now=NOW)
        run_worker()
        message.refresh_from_db()
        assert message.state == MessageState.QUEUED

    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_worker_sends_once(run_worker):
    message = make_announced()

    run_worker()
    run_worker()

    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == ("sent", 1, "")
    assert message.sent_at is not None
    assert [sent.extra_headers["Message-ID"] for sent in mail.outbox] == [message.message_id]
    assert [status for status, *_ in jobs()] == ["succeeded"]


def test_confirmation_leaves_before_the_cancellation(run_worker):
    message = make_announced()
    actions.cancel(reference=message.appointment.reference, now=NOW, by=DESK)

    run_worker()

    assert [sent.subject.split(":")[0] for sent in mail.outbox] == [
        "Your visit on Tuesday, December 8, 10",
        "Cancelled",
    ]
    assert [
        next(line for line in sent.alternatives[1].content.splitlines() if "SEQUENCE" in line)
        for sent in mail.outbox
    ] == ["SEQUENCE:0", "SEQUENCE:1"]


def test_mail_that_cannot_leave_now_leaves_later(run_worker, monkeypatch, caplog):
    message = make_announced()
    with monkeypatch.context() as patch:
        refuse_with(patch, ConnectionRefusedError("mail for ana@example.com"))
        run_worker()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 1)
    assert [(status, attempts) for status, attempts, _ in jobs()] == [("todo", 1)]

    make_due_now()
    run_worker()

    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == ("sent", 2, "")
    assert len(mail.outbox) == 1
    assert "ana@example.com" not in caplog.text


@pytest.mark.django_db
def test_what_the_database_refuses_is_noted_as_any_failure(monkeypatch):
    def build(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr("booking.sending.build_mail", build)
    message = make_announced()

    with pytest.raises(MessageDelayed):
        send_message(first_try(), message_pk=message.pk)

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 1)
    assert message.last_error.startswith("DataError at ")


@pytest.mark.django_db
def test_sending_twice_sends_once():
    message = make_announced()

    send_message(first_try(), message_pk=message.pk)
    send_message(first_try(), message_pk=message.pk)

    message.refresh_from_db()
    assert message.attempts == 1
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_sending_reads_the_message_and_the_catalogue_and_notes_it(django_assert_num_queries):
    message = make_announced()
    send_message(first_try(), message_pk=message.pk)
    Message.objects.update(state=MessageState.QUEUED, sent_at=None)

    # The mail and its calendar file ask for the state of the catalogue, and the clinic's own words
    # are read. With four for two savepoints, of which the outer is the transaction in the worker.
    with django_assert_num_queries(9):
        send_message(first_try(), message_pk=message.pk)

    assert len(mail.outbox) == 2


@pytest.mark.django_db
def test_message_that_is_gone_is_no_error():
    send_message(first_try(), message_pk=4711)

    assert mail.outbox == []


@pytest.mark.django_db
def test_crash_after_sending_repeats_the_message_id(monkeypatch):
    message = make_announced()
    with monkeypatch.context() as patch:
        patch.setattr(Message, "save", crash)
        with pytest.raises(RuntimeError, match="crash"):
            send_message(first_try(), message_pk=message.pk)

    send_message(first_try(), message_pk=message.pk)

    ids = [sent.extra_headers["Message-ID"] for sent in mail.outbox]
    assert ids == [message.message_id, message.message_id]


@pytest.mark.django_db
def test_failure_is_stored_without_personal_data(monkeypatch):
    message = make_announced()
    refuse_with(monkeypatch, smtplib.SMTPServerDisconnected("bye ana@example.com"))

    with pytest.raises(MessageDelayed) as raised:
        send_message(first_try(), message_pk=message.pk)

    message.refresh_from_db()
    assert message.state == MessageState.QUEUED
    assert message.last_error.startswith("SMTPServerDisconnected at test_tasks.py:")
    assert "ana" not in str(raised.value)
    assert raised.value.__cause__ is raised.value.__context__ is None


@pytest.mark.django_db
def test_last_try_fails_for_good(monkeypatch):
    message = make_announced()
    refuse_with(monkeypatch, TimeoutError())

    with pytest.raises(MessageRefused):
        send_message(first_try(attempts=31), message_pk=message.pk)

    message.refresh_from_db()
    assert (message.state, message.sent_at) == ("failed", None)


RECIPIENT = "ana@example.com"


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        (smtplib.SMTPRecipientsRefused({RECIPIENT: (550, b"no ana")}), "failed", "Refused 550"),
        (smtplib.SMTPDataError(554, b"spam"), "failed", "SMTPDataError 554"),
        (smtplib.SMTPRecipientsRefused({RECIPIENT: (450, b"grey")}), "queued", "Refused 450"),
        (smtplib.SMTPDataError(451, b"later"), "queued", "SMTPDataError 451"),
        (smtplib.SMTPAuthenticationError(535, b"who"), "queued", "SMTPAuthenticationError 535"),
        (smtplib.SMTPSenderRefused(550, b"no", "clinic@x"), "queued", "SMTPSenderRefused 550"),
        (ValueError("bad header ana"), "queued", "ValueError at"),
    ],
    ids=["recipient", "content", "greylisted", "busy", "sign-in", "sender", "other"],
)
@pytest.mark.django_db
def test_only_a_refused_recipient_or_mail_is_permanent(monkeypatch, error, state, words):
    message = make_announced()
    refuse_with(monkeypatch, error)

    with pytest.raises((MessageDelayed, MessageRefused)) as raised:
        send_message(first_try(), message_pk=message.pk)

    message.refresh_from_db()
    assert message.state == state
    assert words in message.last_error
    assert "ana" not in message.last_error
    assert (raised.type is MessageRefused) == (state == "failed")


def test_refused_mail_is_not_tried_again(run_worker, monkeypatch):
    make_announced()
    refuse_with(monkeypatch, smtplib.SMTPDataError(554, b"no"))

    run_worker()

    assert [status for status, *_ in jobs()] == ["failed"]


def test_retries_go_on_for_a_day_and_end():
    def decide(attempts, error):
        job = SimpleNamespace(attempts=attempts)
        return tasks.SEND_RETRY.get_retry_decision(exception=error, job=job)

    waits = [tasks.SEND_RETRY.wait_after(n) for n in range(tasks.SEND_RETRY.most_tries)]

    assert waits[:8] == [3, 9, 27, 81, 243, 729, 2187, 3600]
    assert timedelta(hours=24) < timedelta(seconds=sum(waits)) < timedelta(hours=26)
    assert decide(0, MessageDelayed()) is not None
    assert decide(30, RuntimeError()) is not None
    assert decide(31, MessageDelayed()) is None
    assert decide(0, MessageRefused()) is None


def test_mail_of_a_worker_that_died_is_sent_by_the_next(run_worker):
    message = make_announced()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    run_worker()
    assert mail.outbox == []

    tasks.restart_lost_jobs.defer(timestamp=0)
    run_worker()
    make_due_now()
    run_worker()

    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_done_jobs_are_forgotten_after_a_week(run_worker):
    make_announced()
    run_worker()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '8 days'")

    tasks.forget_done_jobs.defer(timestamp=0)
    run_worker()

    assert jobs() == []
    assert Message.objects.count() == 1


def test_worker_command_writes_an_eml_file(transactional_db, tmp_path):
    message = make_announced()
    database = connection.settings_dict
    host = urlencode({"host": database["HOST"]})
    url = f"postgresql://{quote(database['USER'])}@/{database['NAME']}?{host}"

    done = subprocess.run(
        [sys.executable, "manage.py", "procrastinate", "worker", "--one-shot"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "DATA_DIR": str(tmp_path), "DEBUG": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    (file,) = (tmp_path / "mail").glob("*.eml")
    assert message.message_id in file.read_text()
    assert "ana@example.com" not in done.stderr + done.stdout
