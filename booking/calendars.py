"""Calendar files (RFC 5545) and invitations (RFC 5546) for one appointment.

Times are written in UTC. A zone with rules (TZID) cannot name the second pass of the hour that
the autumn change repeats, and mail programs differ in which zone rules they read; they agree on UTC.
"""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from icalendar import Alarm, Calendar, Event, vCalAddress, vDuration, vText

from booking.catalogue import read_catalogue
from booking.models import (
    ANNOUNCEMENTS,
    Appointment,
    AppointmentStatus,
    Location,
    LocationKind,
    MessageKind,
    Practitioner,
    WaitlistOffer,
)
from booking.templatetags.clinic_times import iso_utc, when_in_words, zone_words
from clinic.models import Clinic

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]

PRODUCT_ID = "-//Integrative Med Solutions//Booking//EN"
# Never changed: the UID of every event that is in somebody's calendar comes from it.
UID_NAMESPACE = UUID("0f6a1c8e-3d0b-4b7e-9a55-c2f4d18e6b93")
ALARM_BEFORE = timedelta(hours=2)
# How often programs are asked to look at a practitioner's calendar again.
REFRESH = timedelta(minutes=15)
# Neither company documents these; public code has used them for years.
GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"
_GOOGLE_TIME = "%Y%m%dT%H%M%SZ"

HOW_IT_BEGINS: dict[str, str] = {
    LocationKind.PHONE: "We call you at the phone number you gave us.",
    LocationKind.VIDEO: "We email you the link to the video call before the visit. "
    "If you do not have it an hour before, please call us.",
}

# What a header or a property line must not hold: control characters, line and paragraph
# separators, halves of surrogate pairs.
LINE_BREAKING_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def appointment_calendar(
    appointment: Appointment,
    *,
    method: Method,
    now: datetime,
    sequence: int | None = None,
) -> bytes:
    """Return an iCalendar file with one event, CRLF line ends, lines folded at 75 octets.

    REQUEST and CANCEL are for mail and name the patient as the one invited; PUBLISH is for
    download and names no one (RFC 5546, 3.2). `sequence` is the appointment's own unless an older
    state is announced. Nothing in the file tells why the patient comes.
    """
    calendar = _calendar(method)
    calendar.add_component(_event(appointment, method=method, now=now, sequence=sequence))
    content: bytes = calendar.to_ical()
    return content


def practitioner_calendar(
    practitioner: Practitioner, visits: Iterable[Appointment], *, now: datetime
) -> bytes:
    """Return the calendar to which a practitioner's own program subscribes.

    It goes to whoever has its address, and through whichever company runs that program: it names
    no patient and no reason. What it shows of a visit opens the staff's page, not the patient's.
    """
    calendar = _calendar("PUBLISH")
    name = vText(f"Visits to {one_line(practitioner.full_name)}")
    # RFC 7986, and what older programs read instead.
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for visit in visits:
        calendar.add_component(_staff_event(visit, now=now))
    content: bytes = calendar.to_ical()
    return content


def calendar_links(appointment: Appointment, clinic: Clinic) -> list[tuple[str, str]]:
    """Return the name and the address of each web calendar's page that adds the visit.

    What is in these addresses stands in other companies' logs: no person, reason, service or link.
    """
    starts_at, ends_at = appointment.starts_at.astimezone(UTC), appointment.ends_at.astimezone(UTC)
    title, place = _title(clinic), place_in_words(appointment)
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{starts_at:{_GOOGLE_TIME}}/{ends_at:{_GOOGLE_TIME}}",
        "location": place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": iso_utc(starts_at),
        "enddt": iso_utc(ends_at),
        "location": place,
    }
    # Outlook shows a plus sign as it is: spaces are %20.
    return [
        ("Google Calendar", f"{GOOGLE}?{urlencode(google, quote_via=quote)}"),
        ("Outlook", f"{OUTLOOK}?{urlencode(outlook, quote_via=quote)}"),
    ]


def calendar_type(method: Method) -> str:
    """Return the MIME type of a file with this METHOD: both must say the same (RFC 6047, 2.4)."""
    return f"text/calendar; method={method}; charset=utf-8"


def method_of(kind: str) -> Method | None:
    """Return the METHOD of the file that a message of this kind carries; None if it carries none."""
    if kind not in ANNOUNCEMENTS:
        return None
    return "CANCEL" if kind == MessageKind.CANCELLATION else "REQUEST"


def download_method(appointment: Appointment) -> Method:
    """Return the METHOD of the file that the patient's page gives now."""
    return "CANCEL" if appointment.status == AppointmentStatus.CANCELLED else "PUBLISH"


def event_status(appointment: Appointment, method: Method) -> str:
    """Return the STATUS of the event in a file with this METHOD."""
    # A REQUEST can leave late, after the cancellation that follows it in the queue was made.
    is_cancelled = (
        appointment.status == AppointmentStatus.CANCELLED
        if method == "PUBLISH"
        else method == "CANCEL"
    )
    return "CANCELLED" if is_cancelled else "CONFIRMED"


def event_uid(appointment: Appointment) -> str:
    """Return the UID that all calendar files about this appointment share, for all its life.

    Calendars are shared and copied, and the reference opens the patient's page: nobody can tell it
    from the UID.
    """
    return f"{uuid5(UID_NAMESPACE, appointment.reference.hex)}@{site_host()}"


def site_host() -> str:
    """Return the host of `SITE_URL`, without a port."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def appointment_link(appointment: Appointment) -> str:
    """Return the full address of the patient's page."""
    return site_link(appointment.get_absolute_url())


def site_link(path: str) -> str:
    """Return the full address of a page of this site."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def own_time_in_words(at: datetime, own: ZoneInfo | None) -> str:
    """Return "Your time: …" on the patient's own clock; "" if the clinic's alone counts."""
    return f"Your time: {when_in_words(at, own)}, {zone_words(own, at)}" if own else ""


def place_in_words(appointment: Appointment | WaitlistOffer) -> str:
    """Return where the visit is: an address, or "By phone", "By video"."""
    location = appointment.location
    if location.kind != LocationKind.IN_PERSON:
        return location.get_kind_display()
    return one_line(location.address or location.name)


def how_it_begins(location: Location) -> str:
    """Return who calls whom for a phone or video visit; "" in person."""
    return HOW_IT_BEGINS.get(location.kind, "")


def one_line(text: str) -> str:
    """Return the text with anything that could start a new line turned into a space."""
    kept = (" " if unicodedata.category(c) in LINE_BREAKING_CATEGORIES else c for c in text)
    return " ".join("".join(kept).split())


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _event(
    appointment: Appointment, *, method: Method, now: datetime, sequence: int | None
) -> Event:
    clinic = read_catalogue().clinic
    status = event_status(appointment, method)
    is_cancelled = status == "CANCELLED"
    event = _when_and_where(appointment, now=now)
    event.add("sequence", appointment.sequence if sequence is None else sequence)
    event.add("summary", _title(clinic))
    event.add("description", _description(appointment, clinic, cancelled=is_cancelled))
    event.add("url", appointment_link(appointment))
    event.add("status", status)
    event.add("transp", "TRANSPARENT" if is_cancelled else "OPAQUE")
    event.add("organizer", _address(clinic.email, name=clinic.name))
    if method != "PUBLISH" and appointment.patient is not None:
        event.add(
            "attendee",
            _attendee(appointment.patient.email, name=appointment.patient.name),
        )
    if not is_cancelled:
        event.add_component(_alarm(_title(clinic)))
    return event


def _staff_event(appointment: Appointment, *, now: datetime) -> Event:
    page = reverse("admin:booking_appointment_change", args=[appointment.pk])
    place = one_line(appointment.location.name)
    lines = [one_line(appointment.service.name), place, site_link(page)]
    event = _when_and_where(appointment, now=now)
    event.add("sequence", appointment.sequence)
    event.add("summary", f"Visit {appointment.spoken_reference}")
    event.add("description", "\n".join(lines))
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    return event


def _when_and_where(appointment: Appointment, *, now: datetime) -> Event:
    event = Event()
    event.add("uid", event_uid(appointment))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("location", place_in_words(appointment))
    event.add("class", "PRIVATE")
    return event


def _title(clinic: Clinic) -> str:
    """Return what a calendar shows to whoever looks over the patient's shoulder."""
    return f"Visit to {one_line(clinic.name)}"


def _alarm(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm


def _description(appointment: Appointment, clinic: Clinic, *, cancelled: bool) -> str:
    zone = appointment.location.tz
    lines = [
        f"{when_in_words(appointment.starts_at, zone)}. "
        f"Clinic time: {zone_words(zone, appointment.starts_at)}",
        *filter(None, [own_time_in_words(appointment.starts_at, appointment.own_tz)]),
        f"Reference {appointment.spoken_reference}",
    ]
    if cancelled:
        lines.append("This visit is cancelled.")
    else:
        if begins := how_it_begins(appointment.location):
            lines.append(begins)
        lines.append(f"See, move or cancel your visit: {appointment_link(appointment)}")
        lines.append(f"Questions? Call {clinic.phone_display}.")
    lines.append(
        f"If it may be an emergency, do not wait for a visit: call {clinic.emergency_number} now."
    )
    return "\n".join(one_line(line) for line in lines)


def _attendee(email: str, *, name: str) -> vCalAddress:
    # RSVP=FALSE: the visit is booked already, so mail programs add it and ask for no answer.
    address = _address(email, name=name)
    address.params["cutype"] = "INDIVIDUAL"
    address.params["role"] = "REQ-PARTICIPANT"
    address.params["partstat"] = "NEEDS-ACTION"
    address.params["rsvp"] = "FALSE"
    return address


def _address(email: str, *, name: str) -> vCalAddress:
    """Return a mailto address (RFC 6068) with the name as CN."""
    address = vCalAddress(f"mailto:{quote(email, safe="@!$'*+~")}")
    # A parameter cannot hold a double quote; its RFC 6868 escape is shown raw by many programs.
    if cn := one_line(name).replace('"', "'"):
        address.params["cn"] = cn
    return address
