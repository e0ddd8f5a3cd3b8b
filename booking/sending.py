"""Send one message and note what became of it. The jobs that call it are in `booking.tasks`."""

import logging
import traceback
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from booking.messages import build_mail, build_text
from booking.models import Channel, Message, MessageKind, MessageState
from booking.outbox import record_once
from booking.reminders import is_outdated
from clinic import sms
from clinic.mail import answer_of, codes_of, is_permanent, provider_id_of, said_in
from clinic.models import Clinic

logger = logging.getLogger(__name__)

MAY_HAVE_LEFT = (
    "The program was stopped in the middle of sending. It may have left: ask the patient before "
    "you send it again."
)


class MessageDelayed(Exception):
    """The message could not leave now. Raised so that the worker tries again later."""


class MessageRefused(Exception):
    """The message will never leave: the address or the message was refused, or time is up."""


def send(
    message_pk: int, *, next_try_at: datetime | None
) -> MessageDelayed | MessageRefused | None:
    """Send the message and store what became of it; return the error to raise, if any.

    `next_try_at` is when the worker tries again if it cannot leave now; None if it does not.

    A mail that was accepted, and not noted before the worker died, leaves again under the same
    Message-ID, so that mailboxes keep one. A text message has no such name, so it does not.
    """
    # The error is returned, so that what happened is stored.
    with transaction.atomic():
        message = _lock(message_pk)
        if message is None:
            return None
        if message.channel == Channel.EMAIL:
            return _send_and_note(message, next_try_at=next_try_at)
        if not _begin_text(message):
            return None
    with transaction.atomic():
        message = _lock(message_pk)
        return _send_and_note(message, next_try_at=next_try_at) if message else None


def note_bounce(message: Message, *, answer: str, now: datetime) -> None:
    """Note that a mail which had left came back for good, and tell staff once."""
    with transaction.atomic():
        locked = Message.objects.select_for_update(no_key=True).get(pk=message.pk)
        # Of a patient who was erased meanwhile, nothing is known by this name any more.
        if locked.state != MessageState.SENT or locked.message_id != message.message_id:
            return
        locked.state = MessageState.BOUNCED
        locked.bounced_at = now
        locked.server_answer = answer[:500]
        locked.save(update_fields=("state", "bounced_at", "server_answer"))
        _tell_staff(locked, now=now)


def readdress(message: Message) -> None:
    """Let a message about a visit go to its patient's present address: the one before may be wrong."""
    patient = message.appointment.patient if message.appointment else None
    if patient is None or patient.erased_at or message.is_to_staff:
        return
    if message.channel == Channel.SMS:
        message.to_phone = patient.phone.as_e164
    else:
        message.to_email = patient.email


def _lock(message_pk: int) -> Message | None:
    """Return a message that has not left, with what it is about, locked until the transaction ends."""
    messages = Message.objects.select_for_update(of=("self",), no_key=True).select_related(
        "appointment__patient",
        "appointment__practitioner",
        "appointment__service",
        "appointment__location",
        "practitioner",
    )
    waiting = messages.filter(state__in=(MessageState.QUEUED, MessageState.SENDING))
    return waiting.filter(pk=message_pk).first()


def _begin_text(message: Message) -> bool:
    """Note that a text message is being sent, before it is: say whether to go on."""
    if message.state == MessageState.SENDING:
        message.state = MessageState.FAILED
        message.last_error = MAY_HAVE_LEFT
        _tell_staff(message, now=timezone.now())
    else:
        message.state = MessageState.SENDING
    message.save(update_fields=("state", "last_error"))
    return message.state == MessageState.SENDING


def _send_and_note(
    message: Message, *, next_try_at: datetime | None
) -> MessageDelayed | MessageRefused | None:
    now = timezone.now()
    message.next_try_at = None
    readdress(message)
    if is_outdated(message, now=now):
        message.state = MessageState.OUTDATED
        message.save(update_fields=("state", "next_try_at"))
        return None
    message.attempts += 1
    try:
        # What the database refuses here must not keep the failure from being noted.
        with transaction.atomic():
            has_left = _leave(message, now=now)
    except Exception as error:  # noqa: BLE001 - mail backends raise anything; all of it is stored
        return _note_failure(message, error, next_try_at=next_try_at)
    if not has_left:
        # Nothing stays of an address that nobody has a visit under.
        message.delete()
        return None
    message.state = MessageState.SENT
    message.sent_at = timezone.now()
    message.last_error = ""
    message.save()
    return None


def _leave(message: Message, *, now: datetime) -> bool:
    """Hand the message over, and keep the answer in it; False if there is nothing to say."""
    if message.channel == Channel.SMS:
        backend = sms.backend()
        if backend is None:
            raise sms.SmsRefused("Text messages are switched off.")
        text = build_text(message, now=now)
        message.server_answer = backend.send(to=message.to_phone, text=text)
        return True
    mail = build_mail(message, now=now)
    if mail is None:
        return False
    mail.send()
    message.server_answer = answer_of(mail)
    message.provider_id = provider_id_of(mail)
    return True


def _note_failure(
    message: Message, error: Exception, *, next_try_at: datetime | None
) -> MessageDelayed | MessageRefused:
    is_final = next_try_at is None or _is_permanent(error)
    message.last_error = _without_personal_data(error)
    message.server_answer = said_in(error, to=message.to_email)
    message.state = MessageState.FAILED if is_final else MessageState.QUEUED
    message.next_try_at = None if is_final else next_try_at
    message.save()
    logger.warning("Message %s did not leave: %s", message.pk, message.last_error)
    if is_final:
        _tell_staff(message, now=timezone.now())
    outcome = MessageRefused if is_final else MessageDelayed
    return outcome(f"message {message.pk}: {message.last_error}")


def _tell_staff(message: Message, *, now: datetime) -> None:
    """Queue a notice that a message to a patient did not arrive. Of one to staff there is none."""
    to = Clinic.objects.current().notices_to
    if message.is_to_staff or not to:
        return
    about = {"kind": MessageKind.NOTICE_FAILED, "about_message": message}
    record_once(about, now=now, to_email=to, sequence=0)


def _is_permanent(error: Exception) -> bool:
    """Say whether trying again is pointless."""
    if isinstance(error, sms.SmsFailed):
        # A text that may have left must not leave twice.
        return error.was_maybe_sent
    return isinstance(error, sms.SmsRefused) or is_permanent(error)


def _without_personal_data(error: Exception) -> str:
    """Return the kind of error, its codes and where it rose. Its text may name the patient."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
    codes = "".join(f" {code}" for code in codes_of(error))
    return f"{type(error).__name__}{codes} at {where}"
