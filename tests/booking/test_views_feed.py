"""The calendar to which a practitioner's own program subscribes."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from booking import actions
from booking.calendars import event_uid
from booking.models import AppointmentStatus

from .factories import (
    DESK,
    NOW,
    book,
    local,
    make_appointment,
    make_available_time,
    make_patient,
    make_practitioner,
    make_service,
)


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = "https://clinic.example.org"


@pytest.fixture
def practitioner(bookable_service):
    practitioner = bookable_service.practitioner
    practitioner.renew_feed()
    return practitioner


def read(client, practitioner, **headers):
    return client.get(practitioner.feed_url, headers=headers)


def events(client, practitioner):
    return Calendar.from_ical(read(client, practitioner).content).events


def test_feed_is_a_calendar_that_is_asked_for_again(client, practitioner):
    practitioner.name, practitioner.credentials = "Dr. Lisanti", "ND, LAc"
    practitioner.save()

    response = read(client, practitioner)

    calendar = Calendar.from_ical(response.content)
    assert response["Content-Type"] == "text/calendar; method=PUBLISH; charset=utf-8"
    assert response["Cache-Control"] == "private, max-age=900"
    assert response["X-Robots-Tag"] == "noindex"
    assert (calendar["METHOD"], calendar["VERSION"]) == ("PUBLISH", "2.0")
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n" in response.content
    assert b"\r\nX-PUBLISHED-TTL:PT15M\r\n" in response.content
    assert b"\r\nNAME:Visits to Dr. Lisanti\\, ND\\, LAc\r\n" in response.content
    assert b"\r\nX-WR-CALNAME:Visits to Dr. Lisanti\\, ND\\, LAc\r\n" in response.content


def test_event_says_when_where_and_leads_staff_to_the_visit(client, bookable_service, practitioner):
    visit = make_appointment(bookable_service, local(14, 9), sequence=3)

    (event,) = events(client, practitioner)

    assert (event.start, event.end) == (
        datetime(2026, 12, 14, 14, tzinfo=UTC),
        datetime(2026, 12, 14, 15, tzinfo=UTC),
    )
    assert (event["UID"], event["SEQUENCE"], event["DTSTAMP"].dt) == (event_uid(visit), 3, NOW)
    assert event["SUMMARY"] == f"Visit {visit.spoken_reference}"
    assert event["LOCATION"] == "100 Sample Street"
    assert event["DESCRIPTION"] == (
        "First consultation\nSampletown clinic\n"
        f"https://clinic.example.org/admin/booking/appointment/{visit.pk}/change/"
    )
    assert (event["STATUS"], event["CLASS"]) == ("CONFIRMED", "PRIVATE")
    assert {"ORGANIZER", "ATTENDEE", "URL"} & event.keys() == set()
    assert event.walk("VALARM") == []


def test_feed_tells_nothing_of_a_patient(client, bookable_service, practitioner):
    visit = make_appointment(
        bookable_service,
        local(14, 9),
        patient=make_patient(name="Zoe Secretname", email="zoe@secret.example"),
        reason="A secret reason",
        medicines="A secret medicine",
        condition_slug="secret-condition",
    )

    content = read(client, practitioner).content.replace(b"\r\n ", b"").lower()

    hidden = ("secret", "zoe", "555-0123", "+12125550123", str(visit.reference), "/appointments/")
    assert [word for word in hidden if word.encode() in content] == []
    assert visit.reference.hex.encode() not in content


@pytest.mark.parametrize(
    ("status", "is_shown"),
    [
        ("pending", False),
        ("booked", True),
        ("arrived", True),
        ("fulfilled", True),
        ("noshow", True),
        ("cancelled", False),
    ],
)
def test_feed_holds_the_visits_that_take_time(
    client, bookable_service, practitioner, status, is_shown
):
    make_appointment(bookable_service, local(14, 9), status=status)

    assert len(events(client, practitioner)) == is_shown


def test_feed_goes_back_thirty_days_and_ahead_without_end(client, bookable_service, practitioner):
    over = NOW - timedelta(days=30)
    hour = timedelta(hours=1)
    make_appointment(bookable_service, over - hour, status=AppointmentStatus.FULFILLED)
    just = make_appointment(bookable_service, over, status=AppointmentStatus.FULFILLED)
    far = make_appointment(bookable_service, NOW + timedelta(days=900))

    shown = events(client, practitioner)

    assert [event["UID"] for event in shown] == [event_uid(just), event_uid(far)]


def test_feed_is_of_one_practitioner_who_need_not_be_active(client, practitioner):
    make_appointment(make_service(), local(14, 9))
    practitioner.is_active = False
    practitioner.save()

    assert events(client, practitioner) == []


def test_event_follows_moves_and_leaves_when_the_visit_is_cancelled(
    client, bookable_service, practitioner
):
    visit = book(bookable_service, starts_at=local(14, 9))
    change = {"reference": visit.reference, "now": NOW, "by": DESK}
    (before,) = events(client, practitioner)
    actions.reschedule(**change, starts_at=local(14, 10))
    (after,) = events(client, practitioner)
    actions.cancel(**change)

    assert before["UID"] == after["UID"] == event_uid(visit)
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert (before.start, after.start) == (local(14, 9), local(14, 10))
    assert events(client, practitioner) == []


def test_event_moves_to_whoever_sees_the_patient_now(client, bookable_service, practitioner):
    other = make_practitioner()
    bookable_service.practitioners.add(other)
    make_available_time(bookable_service, practitioner=other)
    other.renew_feed()
    visit = book(bookable_service, starts_at=local(14, 9))

    actions.reschedule(
        reference=visit.reference,
        practitioners=[other],
        starts_at=local(14, 9),
        now=NOW,
        by=DESK,
        override=True,
    )

    assert events(client, practitioner) == []
    assert [event["UID"] for event in events(client, other)] == [event_uid(visit)]


def test_renewed_address_ends_the_old_one(client, practitioner):
    old = practitioner.feed_url
    practitioner.renew_feed()

    assert client.get(old).status_code == 404
    assert read(client, practitioner).status_code == 200
    assert practitioner.feed_url != old


def test_every_unknown_address_is_answered_alike(client, practitioner, django_assert_num_queries):
    stopped = practitioner.feed_url
    practitioner.stop_feed()
    answers = []
    for url in (stopped, f"/calendars/{'x' * 43}.ics", "/calendars/x.ics"):
        # One looks for the address, two draw the page.
        with django_assert_num_queries(3):
            answers.append(client.get(url))

    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert practitioner.feed_url == ""
    assert client.get("/calendars/.ics").status_code == 404


def test_unchanged_feed_is_sent_once(client, bookable_service, practitioner):
    visit = make_appointment(bookable_service, local(14, 9))
    first = read(client, practitioner)
    with time_machine.travel(NOW + timedelta(minutes=20), tick=False):
        again = read(client, practitioner, **{"if-none-match": first["ETag"]})
        actions.cancel(reference=visit.reference, now=NOW, by=DESK)
        changed = read(client, practitioner, **{"if-none-match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == "private, max-age=900"
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)


def test_feed_is_for_reading_and_opens_no_session(admin_client, practitioner):
    asked = [getattr(Client(), method)(practitioner.feed_url) for method in ("get", "head", "post")]
    signed_in = read(admin_client, practitioner)

    assert [response.status_code for response in asked] == [200, 200, 405]
    assert asked[1].content == b""
    assert asked[0].cookies == signed_in.cookies == {}
    assert "Cookie" not in signed_in.headers.get("Vary", "")


def test_queries_do_not_grow_with_the_visits(
    client, bookable_service, practitioner, django_assert_num_queries
):
    for hour in (9, 10, 11):
        with django_assert_num_queries(2):
            read(client, practitioner)
        make_appointment(bookable_service, local(14, hour))
