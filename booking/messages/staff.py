"""What messages to staff say. They name no patient: who it is stands in the admin."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from booking.agenda import visits_on
from booking.calendars import one_line, place_in_words, site_link
from booking.catalogue import read_catalogue
from booking.models import Appointment, AppointmentEvent, Channel, EventKind, Message, MessageKind
from booking.templatetags.clinic_times import clinic_day, clinic_time, when_in_words
from booking.words import Words

HEADINGS = {
    MessageKind.NOTICE_BOOKED: "A new visit",
    MessageKind.NOTICE_MOVED: "A visit was moved",
    MessageKind.NOTICE_CANCELLED: "A visit was cancelled",
}


def staff_context(message: Message, *, now: datetime) -> tuple[dict[str, Any], Words]:
    """Return what is said, and the words around it."""
    if message.kind == MessageKind.AGENDA:
        said, words = _agenda(message, now=now)
    elif message.kind == MessageKind.NOTICE_FAILED:
        said, words = _failure(message, now=now)
    else:
        said, words = _notice(message, now=now)
    return {"clinic": read_catalogue().clinic, "values": {}, **said}, words


def _notice(message: Message, *, now: datetime) -> tuple[dict[str, Any], Words]:
    visit = message.appointment
    if visit is None:
        raise ValueError("a notice is about a visit")
    heading = HEADINGS[MessageKind(message.kind)]
    lines = [_visit_line(visit, now=now)]
    move = visit.events.filter(kind=EventKind.MOVED).last()
    if message.kind == MessageKind.NOTICE_MOVED and move is not None:
        lines.append(_move_line(move, visit, now=now))
    subject = f"{heading}: {when_in_words(visit.starts_at, visit.location.tz, now=now)}"
    link = site_link(reverse("admin:booking_appointment_change", args=[visit.pk]))
    return {"lines": lines, "link": link}, Words(subject, heading)


def _visit_line(visit: Appointment, *, now: datetime) -> str:
    when = when_in_words(visit.starts_at, visit.location.tz, now=now)
    return f"{when}. {_what(visit)}. Reference {visit.spoken_reference}."


def _move_line(move: AppointmentEvent, visit: Appointment, *, now: datetime) -> str:
    if move.previous_starts_at is None:
        return ""
    before = when_in_words(move.previous_starts_at, visit.location.tz, now=now)
    other = move.previous_practitioner
    if other is None or other == visit.practitioner:
        return f"Until now it was on {before}."
    return f"Until now it was on {before}, with {one_line(other.name)}."


def _what(visit: Appointment) -> str:
    parts = (visit.service.name, visit.practitioner.name, place_in_words(visit))
    return ", ".join(map(one_line, parts))


def _failure(message: Message, *, now: datetime) -> tuple[dict[str, Any], Words]:
    failed = message.about_message
    if failed is None:
        raise ValueError("it says which message did not arrive")
    visit = failed.appointment
    about = f"It is about the visit on {_visit_line(visit, now=now)}" if visit else ""
    # The patient may have the same as a mail, and of some texts nobody knows whether they left.
    happened, address = (
        (", as a text message, may not have reached", "phone number")
        if failed.channel == Channel.SMS
        else (" did not reach", "address")
    )
    lines = [
        f"“{failed.get_kind_display()}”{happened} the patient. Please call them, or correct the "
        f"{address} and send it again.",
        *filter(None, [about]),
        f"What was answered: {failed.server_answer or failed.last_error or 'nothing'}",
    ]
    link = site_link(reverse("admin:booking_message_change", args=[failed.pk]))
    heading = "A message did not arrive"
    return {"lines": lines, "link": link}, Words(heading, heading)


def _agenda(message: Message, *, now: datetime) -> tuple[dict[str, Any], Words]:
    practitioner, day = message.practitioner, message.about_on
    if practitioner is None or day is None:
        raise ValueError("an agenda is about somebody's day")
    visits = visits_on(practitioner, day)
    agenda = [_agenda_line(visit) for visit in visits]
    count = f"{len(visits)} visit{'s' if len(visits) != 1 else ''}"
    at = clinic_time(now, ZoneInfo(settings.TIME_ZONE))
    theirs = _on(day) | {"practitioner__id__exact": practitioner.pk}
    return {
        "lines": [f"{practitioner.name}: {count} on {clinic_day(day)}, as of {at}."],
        "agenda": agenda,
        "link": site_link(reverse("admin:booking_appointment_changelist", query=theirs)),
    }, Words(f"Your day: {clinic_day(day)}", f"Your {clinic_day(day)}")


def _agenda_line(visit: Appointment) -> dict[str, str]:
    zone = visit.location.tz
    return {
        "time": f"{clinic_time(visit.starts_at, zone)} to {clinic_time(visit.ends_at, zone)}",
        "what": f"{one_line(visit.service.name)}, {place_in_words(visit)}",
        "reference": visit.spoken_reference,
        "link": site_link(reverse("admin:booking_appointment_change", args=[visit.pk])),
    }


def _on(day: date) -> dict[str, int]:
    return {
        "starts_at__year": day.year,
        "starts_at__month": day.month,
        "starts_at__day": day.day,
    }
