"""Make a mail or a text of a `Message`. None of them names a reason, a medicine or a symptom.

The subject is neutral too: it shows on locked phones and in other people's inbox lists.
"""

import textwrap
from datetime import datetime
from email.message import MIMEPart
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from booking.calendars import appointment_calendar, method_of, one_line
from booking.models import Message, MessageKind
from booking.words import Words, fill, key_of, words_for
from clinic.models import Clinic

from .context import LISTED, patient_context
from .staff import staff_context

CALENDAR_NAME = "visit.ics"
TEXT_WIDTH = 72
SIGNATURE = "-- "  # with the space, by which mail programs know it: RFC 3676, 4.3


def build_mail(
    message: Message, *, now: datetime, words: Words | None = None
) -> EmailMultiAlternatives | None:
    """Return the mail for this message, with its calendar file, ready to send.

    None if it would list visits or places on the waiting list and there are none. `words` are to be
    tried out instead of the clinic's own.

    The same row gives the same Message-ID each time, so that a second copy, after a crash between
    sending and noting it, is recognised as the same mail.
    """
    context = _context(message, now=now, words=words)
    listed = LISTED.get(MessageKind(message.kind))
    if listed is not None and not context[listed]:
        return None
    template = "staff" if message.is_to_staff else message.kind
    clinic = context["clinic"]
    mail = EmailMultiAlternatives(
        context["subject"],
        _wrapped(render_to_string(f"booking/mail/{template}.txt", context)),
        _sender(clinic),
        [message.to_email],
        reply_to=[clinic.email] if clinic.email else None,
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    if unsubscribe := context.get("unsubscribe_link"):
        # RFC 2369. Not with one click (RFC 8058): here nothing changes without a token of the form.
        mail.extra_headers["List-Unsubscribe"] = f"<{unsubscribe}>"
    mail.attach_alternative(render_to_string(f"booking/mail/{template}.html", context), "text/html")
    _attach_calendar(mail, message, now=now)
    return mail


def build_text(message: Message, *, now: datetime, words: Words | None = None) -> str:
    """Return the text message: one line, with what to call in an emergency."""
    context = _context(message, now=now, words=words)
    return one_line(" ".join([*context["words"]["opening"], context["text_emergency"]]))


def _context(message: Message, *, now: datetime, words: Words | None) -> dict[str, Any]:
    """Return what the templates need: what the message is about, and its words filled in."""
    key = key_of(message)
    if key is None:
        context, words = staff_context(message, now=now)
    else:
        context, words = patient_context(message, now=now), words or words_for(key)
    values = context["values"]
    return {
        **context,
        "has_calendar": method_of(message.kind) is not None,
        "subject": one_line(fill(words.subject, values)),
        "words": {
            "heading": one_line(fill(words.heading, values)),
            "opening": _paragraphs(fill(words.opening, values)),
            "closing": _paragraphs(fill(words.closing, values)),
        },
    }


def _paragraphs(text: str) -> list[str]:
    """Return the parts that blank lines separate."""
    lines = [line.strip() for line in text.splitlines()]
    return [part for part in "\n".join(lines).strip().split("\n\n") if part.strip()]


def _sender(clinic: Clinic) -> str:
    """Return the sender with a name that an inbox can show: the clinic's, if none is set."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or one_line(clinic.name), address))


def _attach_calendar(mail: EmailMultiAlternatives, message: Message, *, now: datetime) -> None:
    """Add the calendar file twice: Gmail and Outlook read the part, others open the attachment.

    Only what announces a visit as it is now has one.
    """
    method = method_of(message.kind)
    if message.appointment is None or method is None:
        return
    calendar = appointment_calendar(
        message.appointment, method=method, now=now, sequence=message.sequence
    )
    mail.attach_alternative(
        calendar.decode(), f'text/calendar; method={method}; name="{CALENDAR_NAME}"'
    )
    attachment = MIMEPart()
    attachment.set_content(
        calendar,
        maintype="application",
        subtype="ics",
        disposition="attachment",
        filename=CALENDAR_NAME,
    )
    mail.attach(attachment)


def _wrapped(text: str) -> str:
    """Return the text with lines of at most 72 characters, blank lines at most one at a time.

    Links stay whole, however long. Lines that start with "- " are indented when they go on.
    """
    lines: list[str] = []
    for line in text.strip().splitlines():
        kept = line if line == SIGNATURE else line.rstrip()
        if len(kept) > TEXT_WIDTH:
            lines += textwrap.wrap(
                kept,
                TEXT_WIDTH,
                subsequent_indent="  " if kept.startswith("- ") else "",
                break_long_words=False,
                break_on_hyphens=False,
            )
        elif kept or (lines and lines[-1]):
            lines.append(kept)
    return "\n".join(lines) + "\n"
