"""The only place where a `Message` is made and its job is queued, in the caller's transaction."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from booking.calendars import site_host
from booking.models import Channel, Message


def new_message_id() -> str:
    """Return a Message-ID. It is not the visit's reference: mail servers log it, and that opens a page."""
    return f"<{uuid.uuid4()}@{site_host()}>"


def record(*, now: datetime, **values: Any) -> Message:
    """Record a message with these values and queue it."""
    message = Message.objects.create(message_id=new_message_id(), created_at=now, **values)
    queue(message)
    return message


def record_once(about: dict[str, Any], *, now: datetime, **values: Any) -> Message | None:
    """Record and queue a message, unless there is one about just that already: then return None.

    Two workers may do so at once: a constraint of the database lets one of them.
    """
    defaults = {"message_id": new_message_id(), "created_at": now, **values}
    with transaction.atomic():
        message, is_new = Message.objects.get_or_create(**about, defaults=defaults)
        if is_new:
            queue(message)
    return message if is_new else None


def queue(message: Message) -> None:
    """Queue the job that sends the message.

    Mails to the patient of one visit leave one at a time, in the order of their creation. Those to
    staff wait for nothing, nor do texts: they still arrive when no mail does.
    """
    is_mail_to_patient = message.channel == Channel.EMAIL and not message.is_to_staff
    has_order = message.appointment_id is not None and is_mail_to_patient
    lock = f"appointment-{message.appointment_id}" if has_order else f"message-{message.pk}"
    # By name: the job is `booking.tasks`', which needs this module.
    app.configure_task("booking.send_message", lock=lock).defer(message_pk=message.pk)
