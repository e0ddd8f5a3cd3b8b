"""Mails that had left and came back: what mail servers and providers report of them."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.encoding import punycode

from booking.models import Message, MessageState
from booking.sending import note_bounce
from clinic.bounces import Bounce
from clinic.mail import answer_line, without_addresses

# django-anymail's words for a mail that will not arrive. "deferred" is still tried.
LOST = frozenset({"bounced", "rejected", "failed"})


def note_returned(bounce: Bounce, *, now: datetime) -> Message | None:
    """Note what a mail server sent back, and return which message it is about, if it is ours.

    A server that tries on is believed to: nothing changes.
    """
    message = Message.objects.filter(message_id=bounce.message_id).first()
    if message is not None and bounce.is_permanent:
        note_bounce(message, answer=bounce.answer, now=now)
    return message


def note_report(event: Any, **kwargs: Any) -> None:
    """Note what a provider reports of a mail. django-anymail has checked who says so."""
    if event.event_type not in LOST or not event.message_id:
        return
    for message in Message.objects.filter(provider_id=event.message_id, state=MessageState.SENT):
        if _plain(message.to_email) != _plain(event.recipient or ""):
            continue
        said = event.mta_response or event.description or event.reject_reason or event.event_type
        answer = answer_line(without_addresses(said[:2000], message.to_email))
        note_bounce(message, answer=answer, now=timezone.now())


def _plain(email: str) -> str:
    """Return the address as providers write it: small letters, and its domain in ASCII."""
    name, at, domain = email.lower().rpartition("@")
    try:
        return f"{name}{at}{punycode(domain)}"
    except UnicodeError:
        return email.lower()
