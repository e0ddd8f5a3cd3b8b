"""The mails about an appointment. They name no reason, medicine, symptom or article.

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
from django.urls import reverse

from booking.calendars import (
    appointment_calendar,
    appointment_link,
    how_it_begins,
    one_line,
    own_time_in_words,
    place_in_words,
    site_link,
)
from booking.catalogue import read_catalogue
from booking.models import (
    ANNOUNCEMENTS,
    Appointment,
    CancelledBy,
    LocationKind,
    Message,
    MessageKind,
    MoveRequestStatus,
    WaitlistEntry,
    WaitlistOffer,
)
from booking.templatetags.clinic_times import when_in_words
from clinic.models import Clinic

CALENDAR_NAME = "visit.ics"
TEXT_WIDTH = 72
# What a mail of these kinds lists: without it there is nothing to send.
LISTED = {MessageKind.LINKS: "visits", MessageKind.WAITING: "entries"}
SIGNATURE = "-- "  # with the space, by which mail programs know it: RFC 3676, 4.3


def build_mail(message: Message, *, now: datetime) -> EmailMultiAlternatives | None:
    """Return the mail for this message, with its calendar file, ready to send.

    None if it would list visits or places on the waiting list and there are none.

    The same row gives the same Message-ID each time, so that a second copy, after a crash between
    sending and noting it, is recognised as the same mail.
    """
    context = _context(message, now=now)
    listed = LISTED.get(MessageKind(message.kind))
    if listed is not None and not context[listed]:
        return None
    subject = render_to_string(f"booking/mail/{message.kind}_subject.txt", context)
    mail = EmailMultiAlternatives(
        one_line(subject),
        _wrapped(render_to_string(f"booking/mail/{message.kind}.txt", context)),
        _sender(context["clinic"]),
        [message.to_email],
        reply_to=[context["clinic"].email] if context["clinic"].email else None,
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(
        render_to_string(f"booking/mail/{message.kind}.html", context), "text/html"
    )
    _attach_calendar(mail, message, now=now)
    return mail


def _sender(clinic: Clinic) -> str:
    """Return the sender with a name that an inbox can show: the clinic's, if none is set."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or one_line(clinic.name), address))


def _context(message: Message, *, now: datetime) -> dict[str, Any]:
    catalogue = read_catalogue()
    context = {
        "clinic": catalogue.clinic,
        "booking_link": site_link(reverse("booking:service-list")),
        # Whatever the mail is about: the same signs for everybody.
        "emergencies": catalogue.emergencies,
    }
    if message.appointment is not None:
        context |= _visit(message.appointment, now=now)
    if message.kind == MessageKind.LINKS:
        context["visits"] = _upcoming(message.to_email, now=now)
    if message.kind == MessageKind.WAITING:
        context["entries"] = _waiting(message.to_email, now=now)
    if message.kind == MessageKind.OFFER:
        context |= _offer(message.waitlist_offer, now=now)
    if message.kind == MessageKind.CHOICE and message.appointment is not None:
        context |= _choice(message.appointment, now=now)
    return context


def _upcoming(email: str, *, now: datetime) -> list[dict[str, Any]]:
    """Return what to say of each visit to come under the address, the next one first."""
    visits = Appointment.objects.still_to_come(now).under_email(email)
    related = ("service", "practitioner", "location", "patient")
    return [_visit(visit, now=now) for visit in visits.select_related(*related)]


def _waiting(email: str, *, now: datetime) -> list[dict[str, Any]]:
    """Return what to say of each place on the waiting list under the address."""
    entries = WaitlistEntry.objects.on_the_list().without_visit_under(email)
    return [
        {
            "entry": entry,
            "name": one_line(entry.name),
            "practitioner": entry.practitioner.full_name if entry.practitioner else "",
            "link": site_link(entry.get_absolute_url()),
        }
        for entry in entries.select_related("service", "practitioner", "location", "appointment")
        if not entry.is_pointless(now)
    ]


def _offer(offer: WaitlistOffer, *, now: datetime) -> dict[str, Any]:
    """Return what a mail to someone who waits says of the time that is kept for them."""
    entry = offer.entry
    zone = entry.location.tz
    return {
        # The frame of every mail draws the day and the time of this.
        "appointment": offer,
        "name": one_line(entry.person),
        "practitioner": offer.practitioner.full_name,
        "zone": zone,
        "own_time": own_time_in_words(offer.starts_at, entry.own_tz),
        "when": when_in_words(offer.starts_at, zone, now=now),
        "kept_until": when_in_words(offer.expires_at, zone, now=now, own=entry.own_tz),
        "place": place_in_words(offer),
        "present": entry.appointment and when_in_words(entry.appointment.starts_at, zone, now=now),
        "link": site_link(entry.get_absolute_url()),
    }


def _choice(appointment: Appointment, *, now: datetime) -> dict[str, Any]:
    """Return what a mail says of the times that are held for somebody who is asked to move."""
    zone, own = appointment.location.tz, appointment.own_tz
    request = appointment.move_requests.filter(status=MoveRequestStatus.OPEN).last()
    held = request.held_times(now) if request is not None else []
    link = reverse("booking:appointment-choose", args=[appointment.reference])
    return {
        "choice_link": site_link(link),
        "held_times": [
            ". ".join(filter(None, [when_in_words(at, zone, now=now), own_time_in_words(at, own)]))
            for at in (one.starts_at for one in held)
        ],
        "held_until": when_in_words(request.expires_at, zone, now=now, own=own)
        if request is not None
        else "",
    }


def _visit(appointment: Appointment, *, now: datetime) -> dict[str, Any]:
    """Return what a mail about one visit says of it."""
    zone = appointment.location.tz
    return {
        "appointment": appointment,
        "name": one_line(appointment.patient.name) if appointment.patient else "",
        "practitioner": appointment.practitioner.full_name,
        "zone": zone,
        "own_time": own_time_in_words(appointment.starts_at, appointment.own_tz),
        "when": when_in_words(appointment.starts_at, zone, now=now),
        "cancel_until": when_in_words(
            appointment.cancellable_until, zone, now=now, own=appointment.own_tz
        ),
        "can_cancel": now < appointment.cancellable_until,
        "by_clinic": appointment.cancelled_by == CancelledBy.STAFF,
        "place": place_in_words(appointment),
        "what_to_bring": [
            line for line in map(one_line, appointment.service.what_to_bring.splitlines()) if line
        ],
        "is_in_person": appointment.location.kind == LocationKind.IN_PERSON,
        "how_it_begins": how_it_begins(appointment.location),
        "link": appointment_link(appointment),
    }


def _attach_calendar(mail: EmailMultiAlternatives, message: Message, *, now: datetime) -> None:
    """Add the calendar file twice: Gmail and Outlook read the part, others open the attachment.

    Only what announces a visit as it is now has one.
    """
    if message.appointment is None or message.kind not in ANNOUNCEMENTS:
        return
    method = "CANCEL" if message.kind == MessageKind.CANCELLATION else "REQUEST"
    calendar = appointment_calendar(
        message.appointment,
        method="CANCEL" if message.kind == MessageKind.CANCELLATION else "REQUEST",
        now=now,
        sequence=message.sequence,
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
