"""Background work: queueing and sending messages, and looking after the queue itself.

A job and the appointment it announces commit together: procrastinate writes the job through
Django's own connection.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from booking import limits
from booking.actors import PATIENT, SYSTEM, Actor
from booking.errors import MessageOutdated, MessageWaiting
from booking.models import (
    ANNOUNCEMENTS,
    Appointment,
    Channel,
    Message,
    MessageKind,
    MessageState,
    Patient,
    Practitioner,
    WaitlistEntry,
)
from booking.models.service import LONGEST_REMINDER
from booking.outbox import new_message_id, queue, record, record_once
from booking.reminders import agendas_due, follow_ups_due, is_outdated, reminders_due
from booking.sending import MessageRefused, readdress, send
from clinic.models import Clinic

logger = logging.getLogger(__name__)

WORKER_SILENT_SECONDS = 60
# What takes a moment goes first: each mail to a server that hangs takes its whole time limit.
BEFORE_MAIL = 10
KEEP_DONE_JOBS_HOURS = 24 * 7
NOTICE_OF = {
    MessageKind.CONFIRMATION: MessageKind.NOTICE_BOOKED,
    MessageKind.MOVED: MessageKind.NOTICE_MOVED,
    MessageKind.CANCELLATION: MessageKind.NOTICE_CANCELLED,
}
# By name: what it does, in `booking.waitlist`, needs the actions, which need this module.
OFFER_TIMES = "booking.offer_times"


class SendRetry(BaseRetryStrategy):
    """Try again after anything but a refusal: soon at first, then each hour, for a day."""

    most_tries = 31

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when the worker tries again, or None if it does not."""
        wait = self.wait_after(job.attempts)
        if wait is None or isinstance(exception, MessageRefused):
            return None
        return RetryDecision(retry_in={"seconds": wait})

    def wait_after(self, retries: int) -> int | None:
        """Return for how many seconds to wait after so many retries; None if they were enough."""
        # 3, 9, 27, … seconds.
        return int(min(3 ** (retries + 1), 3600)) if retries < self.most_tries else None


SEND_RETRY = SendRetry()


def announce(
    appointment: Appointment, *, kind: MessageKind, now: datetime, by: Actor = SYSTEM
) -> Message:
    """Record a message to the appointment's patient and queue it; tell staff what the patient did.

    Call it inside the transaction that changes the appointment. Mails to the patient of one
    appointment leave one at a time, in the order of their creation.
    """
    if appointment.patient is None:
        raise ValueError("an appointment without a patient cannot be announced")
    about = {"appointment": appointment, "sequence": appointment.sequence}
    message = record(kind=kind, to_email=appointment.patient.email, now=now, **about)
    notice = NOTICE_OF.get(kind)
    if notice is not None and by == PATIENT and (to := Clinic.objects.current().notices_to):
        record(kind=notice, to_email=to, now=now, **about)
    return message


@transaction.atomic
def remind(appointment: Appointment, *, lead_minutes: int, now: datetime) -> list[Message]:
    """Record and queue the reminders of this lead that are not there yet: a mail, and maybe a text.

    Both or neither: what is due is looked up by the mail.
    """
    patient = appointment.patient
    if patient is None or patient.erased_at:
        return []
    about = {
        "kind": MessageKind.REMINDER,
        "appointment": appointment,
        "sequence": appointment.sequence,
        "lead_minutes": lead_minutes,
    }
    written = [record_once(about | {"channel": Channel.EMAIL}, now=now, to_email=patient.email)]
    if appointment.wants_texts and settings.SMS:
        number = patient.phone.as_e164
        written.append(record_once(about | {"channel": Channel.SMS}, now=now, to_phone=number))
    return [message for message in written if message is not None]


def follow_up(appointment: Appointment, *, now: datetime) -> Message | None:
    """Record and queue the mail after a visit; None if it was written before."""
    if appointment.patient is None or appointment.patient.erased_at:
        return None
    about = {"kind": MessageKind.FOLLOW_UP, "appointment": appointment}
    to_email = appointment.patient.email
    return record_once(about, now=now, to_email=to_email, sequence=appointment.sequence)


def mail_agenda(practitioner: Practitioner, *, day: date, now: datetime) -> Message | None:
    """Record and queue the mail with a practitioner's day; None if it was written before."""
    about = {"kind": MessageKind.AGENDA, "practitioner": practitioner, "about_on": day}
    return record_once(about, now=now, to_email=practitioner.email, sequence=0)


def mail_links(email: str, *, now: datetime) -> Message:
    """Record and queue a mail with the links to the visits under an address, if there are any."""
    with transaction.atomic():
        return write(email, kind=MessageKind.LINKS, now=now)


def write(to_email: str, *, kind: MessageKind, now: datetime) -> Message:
    """Record a message that is about no visit and queue it, in the caller's transaction."""
    return record(kind=kind, to_email=to_email, sequence=0, now=now)


def time_got_free() -> None:
    """Queue the offer of what is free now, if anybody waits. Call it where a time gets free."""
    if WaitlistEntry.objects.waiting().exists():
        app.configure_task(OFFER_TIMES, priority=BEFORE_MAIL).defer()


def send_again(message_pk: int, *, now: datetime) -> Message:
    """Queue a message that was sent or failed once more, to the patient's present address.

    One to staff keeps its address. It gets a new Message-ID, lest the mailbox drop it as a copy.
    Raises MessageWaiting if it is queued, MessageOutdated if it is not true any more, or too late.
    """
    with transaction.atomic():
        # The worker keeps a message locked while it sends it.
        locked = Message.objects.select_for_update(no_key=True, skip_locked=True)
        if locked.filter(pk=message_pk).first() is None:
            raise MessageWaiting
        # What it is about is read once it is locked: its patient may have been erased meanwhile.
        related = ("appointment__patient", "appointment__service", "practitioner")
        message = Message.objects.select_related(*related).get(pk=message_pk)
        if message.state in (MessageState.QUEUED, MessageState.SENDING):
            raise MessageWaiting
        readdress(message)
        is_too_late = message.state == MessageState.OUTDATED or message.is_to_nobody
        if is_too_late or _is_overtaken(message, now=now):
            raise MessageOutdated
        message.state = MessageState.QUEUED
        message.sent_at = message.bounced_at = None
        message.server_answer = message.provider_id = ""
        message.message_id = new_message_id()
        message.save()
        queue(message)
        return message


def _is_overtaken(message: Message, *, now: datetime) -> bool:
    """Say whether what the message says is no longer so, or helps nobody any more."""
    visit = message.appointment
    if visit is not None and message.kind in ANNOUNCEMENTS:
        return message.sequence != visit.sequence or visit.ends_at <= now
    return is_outdated(message, now=now)


@app.task(name="booking.send_message", retry=SEND_RETRY, pass_context=True)
def send_message(context: JobContext, *, message_pk: int) -> None:
    """Send one message, once. Safe to run again at any point."""
    wait = SEND_RETRY.wait_after(context.job.attempts)
    next_try_at = timezone.now() + timedelta(seconds=wait) if wait is not None else None
    # Without its cause, so that no address reaches the worker's log.
    if (error := send(message_pk, next_try_at=next_try_at)) is not None:
        raise error


@app.periodic(cron="* * * * *")
@app.task(
    name="booking.write_what_is_due",
    queueing_lock="booking.write_what_is_due",
    priority=BEFORE_MAIL,
)
def write_what_is_due(timestamp: int) -> None:
    """Record and queue the reminders, the mails after visits and the agendas that are due."""
    write_due(now=timezone.now())


def write_due(*, now: datetime) -> None:
    """Record and queue what is due by the clock at `now`. Safe to run twice, and at once."""
    for due in reminders_due(now, longest=timedelta(minutes=LONGEST_REMINDER)):
        with _apart("reminder of visit", due.visit):
            visit = _to_write_to(due.visit)
            if visit.sequence == due.sequence:
                remind(visit, lead_minutes=due.lead_minutes, now=now)
    for pk in follow_ups_due(now):
        with _apart("mail after visit", pk):
            follow_up(_to_write_to(pk), now=now)
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    for practitioner in agendas_due(now):
        with _apart("agenda of practitioner", practitioner.pk):
            mail_agenda(practitioner, day=today, now=now)


def _to_write_to(pk: int) -> Appointment:
    """Return the visit. Its patient stays as they are, with their address, until the transaction ends."""
    visit = Appointment.objects.get(pk=pk)
    whose = Patient.objects.filter(appointments=visit).select_for_update(of=("self",), no_key=True)
    visit.patient = whose.first()
    return visit


@contextmanager
def _apart(what: str, pk: int) -> Iterator[None]:
    """Keep what goes wrong with one message from the others."""
    try:
        with transaction.atomic():
            yield
    except Exception as error:  # noqa: BLE001 - it is tried again in a minute, and the rest goes on
        # Its text may name the patient.
        logger.error("The %s %s cannot be written: %s", what, pk, type(error).__name__)


@app.periodic(cron="*/2 * * * *")
@app.task(
    name="booking.restart_lost_jobs",
    queueing_lock="booking.restart_lost_jobs",
    priority=BEFORE_MAIL,
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
