"""Background work: sending mail, and looking after the queue itself.

A job and the appointment it announces commit together: procrastinate writes the job through
Django's own connection.
"""

import logging
import smtplib
import traceback
import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate import JobContext, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from booking import limits
from booking.calendars import site_host
from booking.errors import MessageOutdated, MessageWaiting
from booking.messages import build_mail
from booking.models import (
    Appointment,
    Message,
    MessageKind,
    MessageState,
    WaitlistEntry,
    WaitlistOffer,
)

logger = logging.getLogger(__name__)

WORKER_SILENT_SECONDS = 60
KEEP_DONE_JOBS_HOURS = 24 * 7
# By name: what it does, in `booking.waitlist`, needs the actions, which need this module.
OFFER_TIMES = "booking.offer_times"


class MessageDelayed(Exception):
    """The mail could not leave now. Raised so that the worker tries again later."""


class MessageRefused(Exception):
    """The mail will never leave: the address or the mail itself was refused, or time is up."""


class SendRetry(RetryStrategy):
    """Try again after anything but a refusal."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, MessageRefused):
            return None
        return super().get_retry_decision(exception=exception, job=job)


# Waits of 3, 9, 27, … seconds: ten more tries within a day, the last after 16 hours.
SEND_RETRY = SendRetry(max_attempts=10, exponential_wait=3)


def announce(appointment: Appointment, *, kind: MessageKind, now: datetime) -> Message:
    """Record a message to the appointment's patient and queue it.

    Call it inside the transaction that changes the appointment. Messages about one appointment
    leave one at a time, in the order of their creation.
    """
    if appointment.patient is None:
        raise ValueError("an appointment without a patient cannot be announced")
    message = Message.objects.create(
        appointment=appointment,
        kind=kind,
        to_email=appointment.patient.email,
        sequence=appointment.sequence,
        message_id=_new_message_id(),
        created_at=now,
    )
    _queue(message)
    return message


def mail_links(email: str, *, now: datetime) -> Message:
    """Record and queue a mail with the links to the visits under an address, if there are any."""
    with transaction.atomic():
        return write(email, kind=MessageKind.LINKS, now=now)


def write(to_email: str, *, kind: MessageKind, now: datetime) -> Message:
    """Record a message that is about no visit and queue it, in the caller's transaction."""
    message = Message.objects.create(
        kind=kind, to_email=to_email, sequence=0, message_id=_new_message_id(), created_at=now
    )
    _queue(message)
    return message


def time_got_free() -> None:
    """Queue the offer of what is free now, if anybody waits. Call it where a time gets free."""
    if WaitlistEntry.objects.waiting().exists():
        app.configure_task(OFFER_TIMES).defer()


def send_again(message_pk: int, *, now: datetime) -> Message:
    """Queue a message that was sent or failed once more, to the patient's present address.

    It gets a new Message-ID, lest the mailbox drop it as a copy. Raises MessageWaiting if it is
    queued, MessageOutdated if the appointment has changed since or is over.
    """
    with transaction.atomic():
        message = (
            # The worker keeps a message locked while it sends it.
            Message.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            .select_related("appointment__patient")
            .filter(pk=message_pk)
            .first()
        )
        if message is None or message.state == MessageState.QUEUED:
            raise MessageWaiting
        visit = message.appointment
        if message.kind == MessageKind.OFFER and not _is_still_kept(message):
            raise MessageOutdated
        if visit is not None:
            if message.sequence != visit.sequence or visit.ends_at <= now:
                raise MessageOutdated
            if visit.patient is not None:
                message.to_email = visit.patient.email
        message.state = MessageState.QUEUED
        message.sent_at = None
        message.message_id = _new_message_id()
        message.save(update_fields=("to_email", "state", "sent_at", "message_id"))
        _queue(message)
        return message


def _is_still_kept(message: Message) -> bool:
    """Say whether the time that the message offers is still kept."""
    return WaitlistOffer.objects.still_held().filter(message=message).exists()


def _new_message_id() -> str:
    # Not the appointment's reference: mail servers log Message-IDs, and it opens the page.
    return f"<{uuid.uuid4()}@{site_host()}>"


def _queue(message: Message) -> None:
    about = message.appointment_id or f"message-{message.pk}"
    lock = f"appointment-{about}"
    send_message.configure(lock=lock).defer(message_pk=message.pk)


@app.task(name="booking.send_message", retry=SEND_RETRY, pass_context=True)
def send_message(context: JobContext, *, message_pk: int) -> None:
    """Send one message, once. Safe to run again at any point.

    A crash between sending and noting it sends a second copy under the same Message-ID.
    """
    may_retry = context.job.attempts < (SEND_RETRY.max_attempts or 0)
    # The error is raised after the block, so that what happened is stored, and without its
    # cause, so that no address reaches the worker's log.
    with transaction.atomic():
        error = _send_and_note(message_pk, may_retry=may_retry)
    if error is not None:
        raise error


@app.periodic(cron="*/2 * * * *")
@app.task(
    name="booking.restart_lost_jobs",
    queueing_lock="booking.restart_lost_jobs",
    pass_context=True,
)
async def restart_lost_jobs(context: JobContext, timestamp: int) -> None:
    """Queue the mails again whose worker died in the middle of sending."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(
        task_name=send_message.name, seconds_since_heartbeat=WORKER_SILENT_SECONDS
    ):
        await manager.retry_job(job)


@app.periodic(cron="47 * * * *")
@app.task(name="booking.forget_attempts", queueing_lock="booking.forget_attempts")
def forget_attempts(timestamp: int) -> None:
    """Drop what was counted against the limits a day ago."""
    limits.forget_old(timezone.now())


@app.periodic(cron="17 3 * * *")
@app.task(
    name="booking.forget_done_jobs",
    queueing_lock="booking.forget_done_jobs",
    pass_context=True,
)
async def forget_done_jobs(context: JobContext, timestamp: int) -> None:
    """Drop jobs that succeeded a week ago, so that the queue stays small."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_DONE_JOBS_HOURS)


def _send_and_note(message_pk: int, *, may_retry: bool) -> MessageDelayed | MessageRefused | None:
    """Send the message and store what became of it; return the error to raise, if any."""
    messages = Message.objects.select_for_update(of=("self",), no_key=True).select_related(
        "appointment__patient",
        "appointment__practitioner",
        "appointment__service",
        "appointment__location",
    )
    try:
        message = messages.get(pk=message_pk)
    except Message.DoesNotExist:
        return None
    if message.state == MessageState.SENT:
        return None
    message.attempts += 1
    try:
        mail = build_mail(message, now=timezone.now())
        if mail is not None:
            mail.send()
    except Exception as error:  # noqa: BLE001 - mail backends raise anything; all of it is stored
        return _note_failure(message, error, may_retry=may_retry)
    if mail is None:
        # Nothing stays of an address that nobody has a visit under.
        message.delete()
        return None
    message.state = MessageState.SENT
    message.sent_at = timezone.now()
    message.last_error = ""
    message.save(update_fields=("attempts", "state", "sent_at", "last_error"))
    return None


def _note_failure(
    message: Message, error: Exception, *, may_retry: bool
) -> MessageDelayed | MessageRefused:
    will_retry = may_retry and not _is_permanent(error)
    message.last_error = _without_personal_data(error)
    message.state = MessageState.QUEUED if will_retry else MessageState.FAILED
    message.save(update_fields=("attempts", "state", "last_error"))
    logger.warning("Message %s did not leave: %s", message.pk, message.last_error)
    outcome = MessageDelayed if will_retry else MessageRefused
    return outcome(f"message {message.pk}: {message.last_error}")


def _smtp_codes(error: Exception) -> list[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    if isinstance(error, smtplib.SMTPResponseException):
        return [error.smtp_code]
    return []


def _is_permanent(error: Exception) -> bool:
    """Say whether trying again is pointless: the server refused this recipient or this mail.

    A refused sign-in or sender is not: the clinic can repair those while the mail waits.
    """
    kinds = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
    codes = _smtp_codes(error)
    return isinstance(error, kinds) and bool(codes) and all(500 <= code < 600 for code in codes)


def _without_personal_data(error: Exception) -> str:
    """Return the kind of error, its SMTP codes and where it rose. Its text may name the patient."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
    codes = "".join(f" {code}" for code in _smtp_codes(error))
    return f"{type(error).__name__}{codes} at {where}"
