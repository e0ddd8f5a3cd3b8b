"""What messages to patients say of visits, of places on the waiting list and of times kept."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from booking.calendars import (
    appointment_link,
    how_it_begins,
    one_line,
    own_time_in_words,
    place_in_words,
    site_link,
)
from booking.catalogue import read_catalogue
from booking.follow_ups import articles_for
from booking.models import (
    Appointment,
    CancelledBy,
    EventKind,
    LocationKind,
    Message,
    MessageKind,
    MoveRequestStatus,
    WaitlistEntry,
    WaitlistOffer,
)
from booking.templatetags.clinic_times import clinic_day, clinic_time, when_in_words, zone_words

# What a mail of these kinds lists: without it there is nothing to send.
LISTED = {MessageKind.LINKS: "visits", MessageKind.WAITING: "entries"}
OPT_OUT_SALT = "booking.opt-out"


def patient_context(message: Message, *, now: datetime) -> dict[str, Any]:
    """Return what is said, and under `values` the placeholders that words may hold."""
    catalogue = read_catalogue()
    clinic = catalogue.clinic
    context: dict[str, Any] = {
        "clinic": clinic,
        "booking_link": site_link(reverse("booking:service-list")),
        # Whatever the mail is about: the same signs for everybody.
        "emergencies": catalogue.emergencies,
        "values": {},
    }
    if message.appointment is not None:
        context |= _visit(message.appointment, now=now)
    if message.kind == MessageKind.LINKS:
        context["visits"] = _upcoming(message.to_email, now=now)
    if message.kind == MessageKind.WAITING:
        context["entries"] = _waiting(message.to_email, now=now)
    if message.kind == MessageKind.OFFER:
        context |= _offer(message.waitlist_offer, now=now)
    if message.kind == MessageKind.MOVED and message.appointment is not None:
        context["moved_from"] = _moved_from(message.appointment, now=now)
    if message.kind == MessageKind.CHOICE and message.appointment is not None:
        context |= _choice(message.appointment, now=now)
    if message.kind == MessageKind.FOLLOW_UP and message.appointment is not None:
        context |= _follow_up(message, message.appointment, now=now)
    context["values"] |= {"clinic": one_line(clinic.name), "phone": clinic.phone_display}
    context["text_emergency"] = (
        f"{context.get('emergency_line', '')} Emergency? Call {clinic.emergency_number}."
    )
    return context


def read_opt_out(token: str) -> str | None:
    """Return the address that may be taken off by the link of a mail; None if there is none."""
    try:
        pk, to = signing.loads(token, salt=OPT_OUT_SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    message = Message.objects.filter(pk=pk, kind=MessageKind.FOLLOW_UP).first()
    # An address that was corrected since is somebody else's.
    is_the_same = message is not None and constant_time_compare(to, _mark(message))
    return message.to_email if message and is_the_same else None


def opt_out_token(message: Message) -> str:
    """Return what names the mail and marks its address, which must not stand in a link itself."""
    return signing.dumps([message.pk, _mark(message)], salt=OPT_OUT_SALT)


def _mark(message: Message) -> str:
    return salted_hmac(OPT_OUT_SALT, message.to_email.lower(), algorithm="sha256").hexdigest()[:16]


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
            "emergency_line": one_line(entry.service.emergency_line),
        }
        for entry in entries.select_related("service", "practitioner", "location", "appointment")
        if not entry.is_pointless(now)
    ]


def _offer(offer: WaitlistOffer, *, now: datetime) -> dict[str, Any]:
    """Return what a mail to someone who waits says of the time that is kept for them."""
    entry = offer.entry
    zone = entry.location.tz
    kept_until = when_in_words(offer.expires_at, zone, now=now, own=entry.own_tz)
    place = place_in_words(offer)
    # As in `_visit`, if the visit that would be moved is private.
    is_private = entry.appointment is not None and entry.appointment.is_private
    whose = offer.practitioner.name if is_private else offer.practitioner.full_name
    values = {
        **_times(offer.starts_at, offer.ends_at, zone, now=now),
        "name": one_line(entry.person),
        "practitioner": whose,
        "service": "visit",
        "place": place,
        "kept_until": kept_until,
    }
    return {
        # The frame of every mail draws the day and the time of this.
        "appointment": offer,
        "with_whom": f"With {whose}",
        "zone": zone,
        "own_time": own_time_in_words(offer.starts_at, entry.own_tz),
        "when": values["when"],
        "kept_until": kept_until,
        "place": place,
        "present": entry.appointment and when_in_words(entry.appointment.starts_at, zone, now=now),
        "link": site_link(entry.get_absolute_url()),
        "emergency_line": one_line(entry.service.emergency_line),
        "values": values,
    }


def _moved_from(appointment: Appointment, *, now: datetime) -> str:
    """Return when the visit was before its last move, for who has more than one."""
    move = appointment.events.filter(kind=EventKind.MOVED).last()
    if move is None or move.previous_starts_at is None:
        return ""
    return when_in_words(move.previous_starts_at, appointment.location.tz, now=now)


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


def _follow_up(message: Message, appointment: Appointment, *, now: datetime) -> dict[str, Any]:
    """Return what the mail after a visit links to. A private one leaves that to the visit's page."""
    articles = articles_for(appointment, now=now)
    token = opt_out_token(message)
    return {
        "articles": []
        if appointment.is_private
        else [
            {"title": one_line(one.live_title), "link": site_link(one.get_absolute_url())}
            for one in articles
        ],
        "has_hidden_articles": appointment.is_private and bool(articles),
        "unsubscribe_link": site_link(reverse("booking:opt-out", args=[token])),
    }


def _times(
    starts_at: datetime, ends_at: datetime, zone: ZoneInfo, *, now: datetime
) -> dict[str, str]:
    return {
        "when": when_in_words(starts_at, zone, now=now),
        "day": clinic_day(starts_at, zone),
        "time": clinic_time(starts_at, zone),
        "until": clinic_time(ends_at, zone),
        "clock": zone_words(zone, starts_at),
    }


def _visit(appointment: Appointment, *, now: datetime) -> dict[str, Any]:
    """Return what a mail about one visit says of it. A private one names no kind of visit."""
    zone = appointment.location.tz
    practitioner, service = appointment.practitioner, appointment.service
    is_private = appointment.is_private
    things = [line for line in map(one_line, service.what_to_bring.splitlines()) if line]
    place = place_in_words(appointment)
    link = appointment_link(appointment)
    values = {
        **_times(appointment.starts_at, appointment.ends_at, zone, now=now),
        "name": one_line(appointment.patient.name) if appointment.patient else "",
        # The letters behind a name can tell what somebody is treated with.
        "practitioner": practitioner.name if is_private else practitioner.full_name,
        "service": "visit" if is_private else one_line(service.name),
        "place": place,
        "reference": appointment.spoken_reference,
        "link": link,
    }
    return {
        "appointment": appointment,
        "name": values["name"],
        "with_whom": f"With {values['practitioner']}"
        if is_private
        else f"{values['service']} with {values['practitioner']}",
        "zone": zone,
        "own_time": own_time_in_words(appointment.starts_at, appointment.own_tz),
        "when": values["when"],
        "cancel_until": when_in_words(
            appointment.cancellable_until, zone, now=now, own=appointment.own_tz
        ),
        "can_cancel": now < appointment.cancellable_until,
        "by_clinic": appointment.cancelled_by == CancelledBy.STAFF,
        "place": place,
        # It can tell what kind of visit it is: a private mail says where it stands.
        "what_to_bring": [] if is_private else things,
        "has_hidden_list": is_private and bool(things),
        "is_in_person": appointment.location.kind == LocationKind.IN_PERSON,
        "how_it_begins": how_it_begins(appointment.location),
        "link": link,
        "emergency_line": one_line(service.emergency_line),
        "values": values,
    }
