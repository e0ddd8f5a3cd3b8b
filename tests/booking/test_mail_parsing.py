"""Every kind of mail as `email` reads it: whole, complete in plain text, and with nothing private."""

import email
import email.policy
from datetime import timedelta
from email.utils import parsedate_to_datetime
from uuid import uuid4

import pytest

from booking.calendars import one_line
from booking.messages import build_mail, build_text
from booking.models import Message, MessageKind, MoveRequest, WaitlistOffer
from clinic.models import Clinic
from tests.conditions.factories import make_live_condition
from tests.html_tree import parse

from .factories import (
    NOW,
    local,
    make_appointment,
    make_details,
    make_location,
    make_patient,
    make_practitioner,
    make_service,
    wait,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

SITE = "https://clinic.example.org"
AT = local(8, 10)
WHEN = "Tuesday, December 8, 10:00 am"
SPAN = f"{WHEN} to 11:00 am"
OF_VISIT = ("confirmation", "moved", "cancellation", "choice", "reminder", "follow_up")
TO_PATIENTS = (*OF_VISIT, "offer", "links", "waiting")
TO_STAFF = ("notice_booked", "notice_moved", "notice_cancelled", "notice_failed", "agenda")
SECRETS = ("Migraine", "Headache", "Aura", "secret")
HEADERS = [
    "Auto-Submitted",
    "Content-Type",
    "Date",
    "From",
    "MIME-Version",
    "Message-ID",
    "Reply-To",
    "Subject",
    "To",
]


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = SITE
    settings.DEFAULT_FROM_EMAIL = "visits@clinic.example.org"


@pytest.fixture
def make(db):
    """Return a function that makes a message of a kind, with all that it is about."""

    def run(
        kind,
        *,
        name="Ana Example",
        place="in_person",
        is_private=False,
        clinic="Harbor Clinic",
        who="Dr. Li Wei",
    ):
        Clinic.objects.create(name=clinic, email="desk@clinic.example.org")
        service = make_service(
            name="Migraine consultation",
            what_to_bring="Your Headache diary",
            emergency_line="Call 911 if your chest hurts.",
            practitioner=make_practitioner(name=who, credentials="Headache specialist"),
            location=make_location(kind=place, address="100 Sample Street"),
        )
        service.follow_up_articles.add(make_live_condition(title="Aura and you", slug="aura"))
        status = {"cancellation": "cancelled", "follow_up": "fulfilled"}.get(kind, "booked")
        visit = make_appointment(
            service,
            AT,
            status=status,
            patient=make_patient(name=name),
            is_private=is_private,
            reason="secret",
            medicines="secret",
            condition_slug="secret",
        )
        about = {"appointment": visit, "to_email": "ana@example.com", "sequence": visit.sequence}
        if kind in TO_STAFF:
            about["to_email"] = "desk@clinic.example.org"
        if kind == "reminder":
            about["lead_minutes"] = 120
        if kind == "choice":
            MoveRequest.objects.create(appointment=visit, expires_at=NOW + timedelta(days=1))
        if kind in {"offer", "links", "waiting", "agenda", "notice_failed"}:
            del about["appointment"]
        if kind == "agenda":
            about |= {"practitioner": service.practitioner, "about_on": AT.date()}
        if kind == "notice_failed":
            about["about_message"] = new_message("confirmation", visit)
        if kind in {"offer", "waiting"}:
            details = make_details(name=name, email="wei@example.com")
            entry = wait(service, details=details)
            about["to_email"] = "wei@example.com"
        message = new_message(kind, **about)
        if kind == "offer":
            WaitlistOffer.objects.create(
                entry=entry,
                reference=uuid4(),
                practitioner=service.practitioner,
                starts_at=AT,
                made_at=NOW,
                expires_at=NOW + timedelta(hours=2),
                message=message,
            )
        return message

    return run


def new_message(kind, appointment=None, **kwargs):
    values = {
        "appointment": appointment,
        "kind": kind,
        "to_email": "ana@example.com",
        "sequence": 0,
        "message_id": f"<{kind}@clinic.example.org>",
    }
    return Message.objects.create(**values | kwargs)


def wire(message):
    """Return what goes over the wire."""
    return build_mail(message, now=NOW).message().as_bytes(policy=email.policy.SMTP)


def read(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def text_of(mail):
    return " ".join(mail.get_body(("plain",)).get_content().split())


def everything(mail):
    """Return all that a reader of the mail could find in it, decoded."""
    parts = [part for part in mail.walk() if not part.is_multipart()]
    contents = (part.get_content() for part in parts)
    texts = [one.decode() if isinstance(one, bytes) else one for one in contents]
    unfolded = [text.replace("\r\n ", "").replace("\n ", "") for text in texts]
    headers = [f"{key}: {value}" for part in mail.walk() for key, value in part.items()]
    return "\n".join([*headers, *unfolded])


def assert_well_formed(raw):
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\r" in line or b"\n" in line or b"\x00" in line for line in lines)
    mail = read(raw)
    for part in mail.walk():
        assert part.defects == []
        assert [value.defects for value in part.values()] == [()] * len(part.keys())
    return mail


def test_every_kind_is_looked_at():
    assert {*TO_PATIENTS, *TO_STAFF} == set(MessageKind.values)


@pytest.mark.parametrize("kind", [*TO_PATIENTS, *TO_STAFF])
def test_headers(make, kind):
    message = make(kind)

    mail = assert_well_formed(wire(message))

    assert sorted(set(mail.keys()) - {"List-Unsubscribe"}) == HEADERS
    assert mail["Message-ID"] == f"<{kind}@clinic.example.org>"
    assert parsedate_to_datetime(mail["Date"]) == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] == "desk@clinic.example.org"
    assert mail["From"] == "Harbor Clinic <visits@clinic.example.org>"
    assert mail["To"] == message.to_email
    assert ("List-Unsubscribe" in mail) == (kind == "follow_up")
    assert "Ana" not in mail["Subject"]
    assert "Li Wei" not in mail["Subject"]


def test_list_unsubscribe_is_the_link_of_the_mail(make):
    mail = read(wire(make("follow_up")))

    header = mail["List-Unsubscribe"]
    assert header.startswith(f"<{SITE}/")
    assert header[1:-1] in text_of(mail)


FACTS = {
    "confirmation": (SPAN, "{visit}"),
    "moved": (SPAN, "{visit}"),
    "reminder": (SPAN, "{visit}"),
    "follow_up": (SPAN, "{visit}"),
    "links": (SPAN, "{visit}"),
    "cancellation": (SPAN, f"{SITE}/book/"),
    "choice": (SPAN, "{visit}"),
    "offer": (SPAN, f"{SITE}/waitlist/"),
    "waiting": ("whoever is free", f"{SITE}/waitlist/"),
    "notice_booked": (WHEN, f"{SITE}/admin/booking/appointment/"),
    "notice_moved": (WHEN, f"{SITE}/admin/booking/appointment/"),
    "notice_cancelled": (WHEN, f"{SITE}/admin/booking/appointment/"),
    "notice_failed": (WHEN, f"{SITE}/admin/booking/message/"),
    "agenda": ("10:00 am to 11:00 am", f"{SITE}/admin/booking/appointment/"),
}
PLACES = {"in_person": "100 sample street", "phone": "phone", "video": "video"}


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        *((kind, "in_person") for kind in FACTS),
        *((kind, place) for kind in ("confirmation", "reminder") for place in ("phone", "video")),
    ],
)
def test_plain_text_is_complete_alone_and_html_says_the_same(make, kind, place):
    message = make(kind, place=place)
    visit = message.appointment
    when, link = FACTS[kind]

    mail = assert_well_formed(wire(message))

    text, page = text_of(mail), parse(mail.get_body(("html",)).get_content())
    assert when in text
    assert when.rpartition(", ")[2] in page.text
    link = link.format(visit=f"{SITE}/appointments/{visit.reference if visit else ''}")
    assert link in text
    assert any((one.get("href") or "").startswith(link) for one in page.all("a"))
    if kind not in {"cancellation", "choice", "waiting"}:
        assert PLACES[place] in text.lower()
        assert PLACES[place] in page.text.lower()
    assert ("call 911 now" in text) == (kind in TO_PATIENTS)
    assert ("911" in page.text) == (kind in TO_PATIENTS)
    of_service = "Call 911 if your chest hurts." in text
    assert of_service == (kind in TO_PATIENTS)


@pytest.mark.parametrize("kind", [*OF_VISIT, "links"])
def test_private_mail_names_nothing_that_tells_why(make, kind):
    message = make(kind, is_private=True)

    mail = read(wire(message))

    found = everything(mail)
    assert "Dr. Li Wei" in found
    assert [word for word in SECRETS if word.lower() in found.lower()] == []


@pytest.mark.parametrize("kind", ["confirmation", "reminder", "links", "follow_up"])
def test_mail_that_is_not_private_names_the_service_and_never_the_reason(make, kind):
    found = everything(read(wire(make(kind))))

    assert "Migraine consultation" in found
    assert "secret" not in found
    assert ("Aura and you" in found) == (kind == "follow_up")


def test_private_text_names_nothing_that_tells_why(make):
    message = make("reminder", is_private=True)
    message.channel = "sms"

    text = build_text(message, now=NOW)

    assert WHEN in text
    assert "911" in text
    assert f"{SITE}/appointments/{message.appointment.reference}/" in text
    assert [word for word in SECRETS if word.lower() in text.lower()] == []


@pytest.mark.parametrize("kind", TO_STAFF)
def test_mail_to_staff_names_no_patient(make, kind):
    found = everything(read(wire(make(kind))))

    assert [word for word in ("Ana", "ana@", "555-01", "secret") if word in found] == []


NAMES = {
    "chinese": "李明华医生的病人" * 24,
    "emoji": "👩🏽‍⚕️🎉" * 25,
    "right to left": "\u202eمريم بنت عبد الله\u202c \u2067שלום\u2069",
    "quotes": '"O\'Neil" \\"Ana\\"; (x), y@evil.example',
    "angle brackets": "<x-evil onx=1> <ana@evil.example>",
    "line ends": "Ana\r\nBcc: evil@example.com\r\n\r\nbody\nX-Evil: 1\rX-Bad: 2",
    "other line ends": "Ana\u2028Bcc: evil@example.com\u2029X\x0b\x0c\x1c\x1d\x1e\x85Bcc: e@x",
    "control characters": "Ana\x01\x02\x08\x1b[2J\x7f\x9b Bcc: x",
    "placeholder": "{link} {reference} %s {{ name }}",
    "dots": ".\r\n.\r\nQUIT\r\n",
}


@pytest.mark.parametrize("kind", ["confirmation", "follow_up", "offer"])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_no_name_adds_a_header_or_an_element(make, kind, name):
    message = make(kind, name=name, clinic=name[:100], who=name[:100])

    mail = assert_well_formed(wire(message))

    keys = [*HEADERS, "List-Unsubscribe"] if kind == "follow_up" else HEADERS
    assert sorted(mail.keys()) == sorted(keys)
    assert mail["To"] == message.to_email
    assert [one.addr_spec for one in mail["From"].addresses] == ["visits@clinic.example.org"]
    page = parse(mail.get_body(("html",)).get_content())
    assert page.all("x-evil") == []
    assert len(page.all("h1")) == 1
    assert one_line(name) in page.text
    assert one_line(name).replace(" ", "") in "".join(text_of(mail).split())
    assert name[:3] not in mail["Subject"]
