import email
import email.policy

import pytest
from django.core import mail as django_mail
from icalendar import Calendar

from booking import actions
from booking.messages import build_mail
from booking.models import Message
from clinic.models import Clinic

from .factories import (
    DESK,
    NOW,
    local,
    make_appointment,
    make_patient,
    make_service,
    make_week,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = "https://clinic.example.org"


def make_visit(**kwargs):
    service = make_service(
        name="Migraine consultation",
        duration_minutes=75,
        what_to_bring="A list of your medicines, vitamins and herbs with their doses and labels\n\nLoose clothes",
    )
    values = {
        "reason": "secret-reason",
        "medicines": "secret-medicine",
        "condition_slug": "spasms-and-twitches",
    }
    return make_appointment(service, local(8, 10, 30), **values | kwargs)


def make_message(visit=None, **kwargs):
    visit = visit or make_visit()
    values = {
        "kind": "confirmation",
        "to_email": visit.patient.email,
        "sequence": visit.sequence,
        "message_id": "<one@clinic.example.org>",
    }
    return Message.objects.create(appointment=visit, **values | kwargs)


def make_cancelled(by="patient"):
    visit = make_visit(status="cancelled", cancelled_by=by)
    return make_message(visit, kind="cancellation")


def parse(mail):
    return email.message_from_bytes(
        mail.message().as_bytes(policy=email.policy.SMTP), policy=email.policy.default
    )


def bodies(mail):
    message = parse(mail)
    contents = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return [content.replace("\r\n", "\n") for content in contents]


def test_confirmation_headers():
    message = parse(build_mail(make_message(), now=NOW))

    assert message["Subject"] == "Your visit on Tuesday, December 8, 10:30 am"
    assert message["To"] == "ana@example.com"
    assert message["Message-ID"] == "<one@clinic.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == Clinic.objects.current().email


def test_from_is_the_configured_address(settings):
    settings.DEFAULT_FROM_EMAIL = "Clinic <visits@clinic.example.org>"

    assert (
        parse(build_mail(make_message(), now=NOW))["From"] == "Clinic <visits@clinic.example.org>"
    )


def test_confirmation_parts():
    message = parse(build_mail(make_message(), now=NOW))

    types = [part.get_content_type() for part in message.walk()]

    assert types == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]


def test_confirmation_text_is_complete_alone():
    visit = make_visit()

    text, _ = bodies(build_mail(make_message(visit), now=NOW))

    assert text.splitlines()[:14] == [
        "Your visit is booked",
        "",
        "Hello Ana Example, we look forward to seeing you. Here is all you need.",
        "",
        "Tuesday, December 8, 10:30 am to 11:45 am",
        "Clinic time: Eastern (EST)",
        f"Migraine consultation with {visit.practitioner.full_name}",
        "100 Sample Street",
        f"Reference {visit.spoken_reference}",
        "",
        "See, move or cancel your visit:",
        f"https://clinic.example.org/appointments/{visit.reference}/",
        "",
        "You can move or cancel it online until Monday, December 7, 10:30 am.",
    ]
    assert (
        "- A list of your medicines, vitamins and herbs with their doses and\n  labels\n- Loose"
        in text
    )
    assert "call 911 now" in text


def test_a_visit_of_another_year_is_named_with_it():
    visit = make_appointment(make_service(), local(5, 10, month=1, year=2027))

    mail = build_mail(make_message(visit), now=NOW)

    assert mail.subject == "Your visit on Tuesday, January 5, 2027, 10:00 am"
    assert "Tuesday, January 5, 2027, 10:00 am to 11:00 am" in mail.body


def test_text_wraps_all_but_links():
    visit = make_visit(patient=make_patient(name="Ana Maria " * 15))

    text, _ = bodies(build_mail(make_message(visit), now=NOW))

    long_lines = [line for line in text.splitlines() if len(line) > 72]
    assert [line for line in long_lines if not line.startswith("https://")] == []


def test_html_has_the_link_the_time_and_the_emergency_number():
    visit = make_visit()

    _, html = bodies(build_mail(make_message(visit), now=NOW))

    assert f'href="https://clinic.example.org/appointments/{visit.reference}/"' in html
    assert "10:30 am to 11:45 am" in html
    assert 'href="tel:911"' in html
    assert html.count("<h1") == 1
    assert html.strip().startswith("<!doctype html>")


@pytest.mark.parametrize(
    "make", [make_message, make_cancelled], ids=["confirmation", "cancellation"]
)
@pytest.mark.parametrize("is_private", [True, False])
def test_no_mail_tells_why_the_patient_comes(make, is_private):
    message = make()
    message.appointment.is_private = is_private
    mail = build_mail(message, now=NOW)

    everything = " ".join([mail.subject, *bodies(mail), mail.alternatives[1].content]).lower()
    assert not any(word in everything for word in ("secret", "spasm", "twitch", "555-0123"))
    # The kind of visit may tell it too: who wants private messages does not read it there.
    assert ("migraine" in everything) is not is_private
    assert not any(word in mail.subject.lower() for word in ("ana", "migraine"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [("in_person", "What to bring"), ("phone", "What to have ready")],
)
def test_private_mail_says_where_the_list_of_what_to_bring_stands(kind, words):
    message = make_message()
    message.appointment.location.kind = kind
    hidden = f"{words} is on your visit’s page."

    open_mail = bodies(build_mail(message, now=NOW))
    message.appointment.is_private = True
    private_mail = bodies(build_mail(message, now=NOW))

    assert [hidden in " ".join(body.split()) for body in (*open_mail, *private_mail)] == [
        *(False, False),
        *(True, True),
    ]


@pytest.mark.parametrize(
    ("make", "method", "sequence", "status"),
    [(make_message, "REQUEST", 0, "CONFIRMED"), (make_cancelled, "CANCEL", 1, "CANCELLED")],
    ids=["confirmation", "cancellation"],
)
def test_calendar_comes_as_part_and_as_attachment(make, method, sequence, status):
    mail = parse(build_mail(make(), now=NOW))

    part, attachment = list(mail.walk())[-2:]
    event = Calendar.from_ical(attachment.get_content()).events[0]

    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == method
    assert attachment.get_filename() == part.get_filename() == "visit.ics"
    assert attachment.get_content() == part.get_content().encode()
    assert (event["SEQUENCE"], event["STATUS"]) == (sequence, status)


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("patient", "this visit is cancelled, as you asked."),
        ("staff", "we had to cancel this visit"),
    ],
)
def test_cancellation_says_by_whom(by, words):
    mail = build_mail(make_cancelled(by), now=NOW)

    text, html = bodies(mail)

    assert mail.subject == "Cancelled: your visit on Tuesday, December 8, 10:30 am"
    assert words in text
    assert words in html
    assert "https://clinic.example.org/book/" in text
    assert 'href="https://clinic.example.org/book/"' in html


def test_mail_inside_the_notice_says_to_call():
    mail = build_mail(make_message(), now=local(8, 9))

    text, html = bodies(mail)

    assert "See your visit:" in text
    assert "To move or cancel it, please call" in html
    assert "cancel online" not in text + html


def test_late_confirmation_keeps_its_own_sequence():
    visit = make_visit(status="cancelled")

    mail = build_mail(make_message(visit, sequence=0), now=NOW)

    assert "SEQUENCE:0" in mail.alternatives[1].content
    assert "METHOD:REQUEST" in mail.alternatives[1].content


def test_markup_in_a_name_is_text():
    visit = make_visit(patient=make_patient(name='<img src="x">\r\nBcc: evil@example.com & "Co"'))

    text, html = bodies(build_mail(make_message(visit), now=NOW))

    assert "&lt;img src=&quot;x&quot;&gt; Bcc: evil@example.com &amp; &quot;Co&quot;" in html
    assert 'Hello <img src="x"> Bcc: evil@example.com & "Co", we look' in text


def test_mail_without_things_to_bring():
    visit = make_visit()
    visit.service.what_to_bring = ""

    text, html = bodies(build_mail(make_message(visit), now=NOW))

    assert "Please bring" not in text + html


@pytest.mark.parametrize(
    ("setting", "sender"),
    [
        ("visits@clinic.example", '"Zoë, Ana & Co" <visits@clinic.example>'),
        ("Front desk <visits@clinic.example>", "Front desk <visits@clinic.example>"),
    ],
)
def test_sender_has_a_name_to_show(settings, setting, sender):
    settings.DEFAULT_FROM_EMAIL = setting
    Clinic.objects.create(name="Zoë, Ana & Co")

    build_mail(make_message(), now=NOW).send()

    (sent,) = django_mail.outbox
    header = email.message_from_bytes(sent.message().as_bytes(), policy=email.policy.default)
    assert str(header["From"]) == sender


def test_both_bodies_end_with_the_clinic():
    Clinic.objects.create(name="Harbor Clinic", street="1 Quay")

    text, html = bodies(build_mail(make_message(), now=NOW))

    assert "\n-- \nHarbor Clinic\n1 Quay" in text
    assert "Harbor Clinic<br>1 Quay" in html
    assert "Address and phone are samples." in html


def test_mail_says_what_to_do_on_the_day_of_a_visit_in_person():
    message = make_message()
    here = bodies(build_mail(message, now=NOW))
    message.appointment.location.kind = "phone"
    away = bodies(build_mail(message, now=NOW))

    assert all("come ten minutes early" in " ".join(body.split()) for body in here)
    assert all("Two spaces behind the building" in " ".join(body.split()) for body in here)
    assert not any("come ten minutes early" in " ".join(body.split()) for body in away)
    assert all("We call you at the phone number" in " ".join(body.split()) for body in away)
    assert all("Please have ready" in body for body in away)


def test_mail_is_sent():
    build_mail(make_message(), now=NOW).send()

    assert [sent.to for sent in django_mail.outbox] == [["ana@example.com"]]


def test_a_moved_visit_says_when_it_was_until_now():
    service = make_service()
    make_week(service)
    visit = make_appointment(service, local(8, 10))
    moved = actions.reschedule(reference=visit.reference, starts_at=local(9, 9), now=NOW, by=DESK)

    mail = build_mail(moved.messages.get(kind="moved"), now=NOW)

    for body in bodies(mail):
        assert "Until now it was on Tuesday, December 8, 10:00 am." in " ".join(body.split())
        assert "Wednesday" in body
