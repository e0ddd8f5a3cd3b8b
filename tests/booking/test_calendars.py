from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from icalendar import Calendar

from booking import actions
from booking.calendars import appointment_calendar, event_uid, method_of, one_line

from .factories import DESK, NOW, book, local, make_appointment, make_patient, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = "https://clinic.example.org:8443"


def make_visit(starts_at=None, **kwargs):
    return make_appointment(
        make_service(duration_minutes=75), starts_at or local(8, 10, 30), **kwargs
    )


def parse(appointment, method="REQUEST", **kwargs):
    calendar = Calendar.from_ical(
        appointment_calendar(appointment, method=method, now=NOW, **kwargs)
    )
    (event,) = calendar.events
    return calendar, event


def test_request_invites_the_patient():
    visit = make_visit()

    calendar, event = parse(visit)

    assert calendar["METHOD"] == "REQUEST"
    assert calendar["VERSION"] == "2.0"
    assert event["UID"] == event_uid(visit)
    assert event["SEQUENCE"] == 0
    assert event["STATUS"] == "CONFIRMED"
    assert event["SUMMARY"] == "Visit to Integrative Med Solutions"
    assert event["LOCATION"] == "100 Sample Street"
    assert event["URL"] == f"https://clinic.example.org:8443/appointments/{visit.reference}/"
    assert event["DTSTAMP"].dt == NOW
    assert event["DTSTART"].dt == datetime(2026, 12, 8, 15, 30, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 12, 8, 16, 45, tzinfo=UTC)
    assert event["ATTENDEE"] == "mailto:ana@example.com"
    assert event["ATTENDEE"].params["CN"] == "Ana Example"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"
    assert event["ORGANIZER"].startswith("mailto:")
    assert event["ORGANIZER"].params["CN"] == "Integrative Med Solutions"


def test_description_names_day_time_zone_and_link():
    visit = make_visit()

    _, event = parse(visit)

    assert event["DESCRIPTION"].splitlines()[:3] == [
        "Tuesday, December 8, 10:30 am. Clinic time: Eastern (EST)",
        f"Reference {visit.spoken_reference}",
        f"See, move or cancel your visit: https://clinic.example.org:8443/appointments/{visit.reference}/",
    ]
    assert event["DESCRIPTION"].splitlines()[-1] == (
        "If it may be an emergency, do not wait for a visit: call 911 now."
    )


def test_uid_comes_from_the_reference_and_opens_nothing(client):
    visit = make_visit(reference=UUID("4f7a9c21-0c5e-4c56-9a55-7c1e7f4b6a10"))

    uid = event_uid(visit)

    # Written out: an event that is in a calendar already must be found again for ever.
    assert uid == "540109c9-3a4d-5153-a33c-50de84526f8b@clinic.example.org"
    assert client.get(f"/appointments/{uid.partition('@')[0]}/").status_code == 404


def test_uid_stays_and_sequence_rises_while_the_visit_is_moved_and_cancelled(bookable_service):
    visit = book(bookable_service, starts_at=local(14, 9))
    files = [parse(visit)[1]]
    change = {"reference": visit.reference, "now": NOW, "by": DESK}
    files.append(parse(actions.reschedule(**change, starts_at=local(14, 10)))[1])
    cancelled = actions.cancel(**change)
    files += [parse(cancelled, "CANCEL")[1], parse(cancelled, "PUBLISH")[1]]

    assert [event["UID"] for event in files] == [event_uid(visit)] * 4
    assert [event["SEQUENCE"] for event in files] == [0, 1, 2, 2]
    assert [event["STATUS"] for event in files] == ["CONFIRMED"] * 2 + ["CANCELLED"] * 2


@pytest.mark.parametrize("method", ["REQUEST", "PUBLISH"])
def test_visit_to_come_rings_two_hours_before(method):
    _, event = parse(make_visit(), method)

    (alarm,) = event.walk("VALARM")
    assert alarm["ACTION"] == "DISPLAY"
    assert alarm["TRIGGER"].dt == timedelta(hours=-2)
    assert alarm["DESCRIPTION"] == event["SUMMARY"] == "Visit to Integrative Med Solutions"


@pytest.mark.parametrize("method", ["CANCEL", "PUBLISH"])
def test_cancelled_visit_does_not_ring(method):
    _, event = parse(make_visit(status="cancelled"), method)

    assert event.walk("VALARM") == []


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("confirmation", "REQUEST"),
        ("moved", "REQUEST"),
        ("cancellation", "CANCEL"),
        ("choice", None),
        ("links", None),
    ],
)
def test_messages_carry_the_file_of_their_kind(kind, method):
    assert method_of(kind) == method


def test_cancel_keeps_the_uid_and_raises_the_sequence():
    visit = make_visit(status="cancelled")

    calendar, event = parse(visit, "CANCEL")

    assert calendar["METHOD"] == "CANCEL"
    assert event["UID"] == event_uid(visit)
    assert event["SEQUENCE"] == 1
    assert event["STATUS"] == "CANCELLED"
    assert event["ATTENDEE"] == "mailto:ana@example.com"
    assert "See, move or cancel" not in event["DESCRIPTION"]


@pytest.mark.parametrize(
    ("status", "expected"), [("booked", "CONFIRMED"), ("cancelled", "CANCELLED")]
)
def test_publish_names_no_patient(status, expected):
    content = appointment_calendar(make_visit(status=status), method="PUBLISH", now=NOW)

    event = Calendar.from_ical(content).events[0]

    assert "ATTENDEE" not in event
    assert b"ana" not in content.lower().replace(b"organizer", b"")
    assert event["STATUS"] == expected


def test_request_that_leaves_after_the_cancellation_still_confirms():
    visit = make_visit(status="cancelled")

    _, event = parse(visit, "REQUEST", sequence=0)

    assert event["STATUS"] == "CONFIRMED"
    assert event["SEQUENCE"] == 0


@pytest.mark.parametrize(
    ("starts_at", "expected"),
    [
        (local(8, 1, 30, month=3), datetime(2026, 3, 8, 6, 30, tzinfo=UTC)),
        (local(8, 3, 0, month=3), datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),
        (local(1, 1, 30, month=11), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        (local(1, 1, 30, month=11, fold=1), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
    ],
    ids=["before-spring", "after-spring", "first-autumn-hour", "second-autumn-hour"],
)
def test_times_survive_both_clock_changes(starts_at, expected):
    _, event = parse(make_visit(starts_at))

    assert event["DTSTART"].dt == expected
    assert event["DTEND"].dt - event["DTSTART"].dt == make_service(duration_minutes=75).duration


def test_second_pass_of_the_autumn_hour_is_named_by_its_zone():
    _, event = parse(make_visit(local(1, 1, 30, month=11, fold=1)))

    assert event["DESCRIPTION"].startswith(
        "Sunday, November 1, 1:30 am. Clinic time: Eastern (EST)"
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ana\r\nATTENDEE:mailto:evil@example.com", "Ana ATTENDEE:mailto:evil@example.com"),
        ("Ana\nEND:VEVENT", "Ana END:VEVENT"),
        ("Ana\rX-EVIL:1", "Ana X-EVIL:1"),
        ("Ana\u2028X-EVIL:1\x85\x0b\x07", "Ana X-EVIL:1"),
        ('Ana "Bo" Example; a, b: c', "Ana 'Bo' Example; a, b: c"),
        ("آنا مثال", "آنا مثال"),
        ("王小明 👩🏽‍⚕️", "王小明 👩🏽‍⚕️"),
        ("A" * 200, "A" * 200),
    ],
    ids=["crlf", "lf", "cr", "odd-separators", "quotes", "arabic", "chinese-emoji", "long"],
)
def test_odd_names_add_no_line(name, expected):
    visit = make_visit(patient=make_patient(name=name))

    content = appointment_calendar(visit, method="REQUEST", now=NOW)

    event = Calendar.from_ical(content).events[0]
    assert event["ATTENDEE"].params["CN"] == expected
    assert event["ATTENDEE"] == "mailto:ana@example.com"
    assert "X-EVIL" not in event
    assert content.count(b"BEGIN:VEVENT") == 1


def test_name_of_nothing_but_control_characters_is_left_out():
    _, event = parse(make_visit(patient=make_patient(name="\r\n\x07")))

    assert "CN" not in event["ATTENDEE"].params


def test_odd_email_adds_no_line():
    visit = make_visit(patient=make_patient(email='a"b\r\nX-EVIL:1@example.com'))

    _, event = parse(visit)

    assert event["ATTENDEE"] == "mailto:a%22b%0D%0AX-EVIL%3A1@example.com"
    assert "X-EVIL" not in event


def test_lines_are_folded_and_end_in_crlf():
    visit = make_visit(patient=make_patient(name="王小明" * 60))

    content = appointment_calendar(visit, method="REQUEST", now=NOW)

    assert content.count(b"\n") == content.count(b"\r\n")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) == 75


def test_nothing_tells_why_the_patient_comes():
    service = make_service(name="Migraine consultation")
    visit = make_appointment(
        service,
        local(8, 10),
        reason="My secret-reason",
        medicines="secret-medicine",
        condition_slug="spasms-and-twitches",
    )

    content = appointment_calendar(visit, method="REQUEST", now=NOW).lower()

    assert not any(word in content for word in (b"migraine", b"secret", b"spasm", b"555-0123"))


@pytest.mark.parametrize(("kind", "expected"), [("phone", "By phone"), ("video", "By video")])
def test_place_of_a_remote_visit(kind, expected):
    visit = make_visit()
    visit.location.kind = kind

    _, event = parse(visit)

    assert event["LOCATION"] == expected


def test_one_line_keeps_joiners():
    assert one_line("  a\tb\n\nc\u200dd ") == "a b c\u200dd"
