import uuid
from datetime import timedelta
from urllib.parse import parse_qsl

import icalendar
import pytest
import time_machine

from booking import actions
from booking.actors import PATIENT
from booking.calendars import event_uid
from booking.models import Appointment, AppointmentStatus
from tests.html_tree import parse

from .factories import (
    DESK,
    NOW,
    local,
    make_appointment,
    make_available_time,
    make_patient,
    make_practitioner,
)


@pytest.fixture
def visit(bookable_service):
    """A visit on Monday in a week, at 9 am, booked an hour ago."""
    return make_appointment(
        bookable_service,
        local(14, 9),
        booked_at=NOW - timedelta(hours=1),
        reason="A secret reason",
        medicines="A secret medicine",
    )


def links(page):
    return [link.get("href") for link in page.one("main").all("a")]


def address(link):
    """Return a link's address without its query, and the query."""
    url, _, query = link.get("href").partition("?")
    return url, dict(parse_qsl(query))


def test_the_page_right_after_booking_says_what_comes_next(client, bookable_service):
    visit = make_appointment(
        bookable_service,
        local(14, 9),
        patient=make_patient(name="王小明", email="ming@example.com"),
    )

    page = parse(client.get(visit.get_absolute_url()).content)

    assert page.one("h1").text == "Your visit is booked"
    assert page.one("li", aria_current="step").text == "Done"
    lede = page.one("p", class_="lede").text
    assert lede == "Thank you, 王小明. A confirmation is on its way to ming@example.com."
    assert page.one(data_appointment_status="booked").one("section", class_="ticket")
    headings = [item.one("h3").text for item in page.one("ol", class_="path").all("li")]
    assert headings == ["Today", "Before the visit", "On the day"]


@pytest.mark.parametrize(
    ("opened", "day"), [(2026, "December 14 Monday"), (2027, "December 14 Monday 2026")]
)
def test_the_page_names_the_year_if_it_is_another_one(client, visit, opened, day):
    with time_machine.travel(NOW.replace(year=opened), tick=False):
        page = parse(client.get(visit.get_absolute_url()).content)

    assert page.one("p", class_="ticket__day").text == day


def test_the_page_shows_when_where_and_the_reference(client, visit):
    page = parse(client.get(visit.get_absolute_url()).content)

    ticket = page.one("section", class_="ticket")
    assert page.one("h1").text == "Your visit"
    assert ticket.one("p", class_="ticket__day").text == "December 14 Monday"
    assert ticket.one("p", class_="ticket__time").text == "9:00 am to 10:00 am"
    assert ticket.all("time")[0].get("datetime") == "2026-12-14T09:00:00-05:00"
    assert "Clinic time: Eastern (EST)" in ticket.text
    facts = {
        row.one("dt").text: row.one("dd").text
        for row in ticket.all("div")
        if row.all("dt") and not row.all("div")
    }
    assert facts == {
        "Status": "Booked",
        "Visit": f"First consultation with {visit.practitioner.full_name}",
        "Where": "100 Sample Street",
        "Reference": visit.spoken_reference,
    }
    assert links(page)[:3] == [
        f"/appointments/{visit.reference}/calendar.ics",
        f"/appointments/{visit.reference}/reschedule/",
        f"/appointments/{visit.reference}/cancel/",
    ]
    assert "tel:911" in links(page)


def test_a_visit_to_come_can_be_put_into_web_calendars(client, visit):
    page = parse(client.get(visit.get_absolute_url()).content)

    google, outlook = (a for a in page.all("a") if a.get("rel") == "noreferrer noopener")
    assert (google.text, outlook.text) == ("Add to Google Calendar", "Add to Outlook")
    assert address(google) == (
        "https://calendar.google.com/calendar/render",
        {
            "action": "TEMPLATE",
            "text": "Visit to Integrative Med Solutions",
            "dates": "20261214T140000Z/20261214T150000Z",
            "location": "100 Sample Street",
        },
    )
    assert address(outlook) == (
        "https://outlook.live.com/calendar/0/deeplink/compose",
        {
            "path": "/calendar/action/compose",
            "rru": "addevent",
            "subject": "Visit to Integrative Med Solutions",
            "startdt": "2026-12-14T14:00:00Z",
            "enddt": "2026-12-14T15:00:00Z",
            "location": "100 Sample Street",
        },
    )
    assert "+" not in google.get("href") + outlook.get("href")


@pytest.mark.parametrize("status", ["arrived", "fulfilled", "cancelled", "noshow"])
def test_no_other_visit_can_be_put_into_web_calendars(client, bookable_service, status):
    visit = make_appointment(bookable_service, local(14, 9), status=status)

    page = parse(client.get(visit.get_absolute_url()).content)

    assert [link for link in links(page) if link.startswith("https://")] == []


def test_the_page_tells_no_reason_and_no_medicines(client, visit):
    page = client.get(visit.get_absolute_url()).content.decode()

    assert "secret" not in page


@pytest.mark.parametrize("page", ["", "cancel/", "reschedule/", "calendar.ics"])
def test_the_pages_stay_out_of_caches_and_search(client, visit, page):
    response = client.get(f"{visit.get_absolute_url()}{page}")

    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("page", ["", "cancel/", "reschedule/", "calendar.ics"])
def test_an_unknown_reference_or_a_mere_hold_has_no_page(client, bookable_service, page):
    held = make_appointment(bookable_service, local(14, 9), status=AppointmentStatus.PENDING)

    for reference in (held.reference, uuid.uuid4(), "1", "x" * 36, str(held.pk)):
        assert client.get(f"/appointments/{reference}/{page}").status_code == 404


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("booked", "Booked"),
        ("arrived", "Arrived"),
        ("fulfilled", "Done"),
        ("cancelled", "Cancelled"),
        ("noshow", "Did not come"),
    ],
)
def test_the_page_names_each_status(client, bookable_service, status, words):
    visit = make_appointment(bookable_service, local(14, 9), status=status)

    page = parse(client.get(visit.get_absolute_url()).content)

    assert len(page.all(data_appointment_status=status)) == 1
    assert page.one("span", class_="status").text == words


def test_a_past_visit_offers_no_calendar_and_no_cancelling(client, visit):
    with time_machine.travel(local(15, 9), tick=False):
        page = parse(client.get(visit.get_absolute_url()).content)

    assert links(page) == ["tel:911", "/book/", "tel:+12125550100"]


def test_the_calendar_file_holds_the_visit(client, visit):
    response = client.get(f"{visit.get_absolute_url()}calendar.ics")

    calendar = icalendar.Calendar.from_ical(response.content)
    event = calendar.events[0]
    assert response["Content-Type"] == "text/calendar; method=PUBLISH; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="visit.ics"'
    assert (calendar["METHOD"], event["SEQUENCE"]) == ("PUBLISH", 0)
    assert event["UID"] == event_uid(visit)
    assert (event.start, event.end) == (local(14, 9), local(14, 10))
    assert b"secret" not in response.content


def test_the_calendar_file_of_a_cancelled_visit_takes_it_out(client, bookable_service):
    visit = make_appointment(bookable_service, local(14, 9), status="cancelled")

    response = client.get(f"{visit.get_absolute_url()}calendar.ics")

    calendar = icalendar.Calendar.from_ical(response.content)
    assert response["Content-Type"] == "text/calendar; method=CANCEL; charset=utf-8"
    assert (calendar["METHOD"], calendar.events[0]["STATUS"]) == ("CANCEL", "CANCELLED")


@pytest.mark.parametrize("method", ["get", "head"])
def test_asking_whether_to_cancel_changes_nothing(client, visit, method):
    response = getattr(client, method)(f"{visit.get_absolute_url()}cancel/")

    visit.refresh_from_db()
    assert (response.status_code, visit.status, visit.sequence) == (200, "booked", 0)


def test_cancelling_asks_first(client, visit):
    page = parse(client.get(f"{visit.get_absolute_url()}cancel/").content)

    assert page.one("h1").text == "Cancel your visit?"
    assert page.one("form").get("method") == "post"
    assert page.one("button").text == "Cancel Monday’s visit"
    assert visit.get_absolute_url() in links(page)


def test_cancelling_frees_the_time_and_shows_it(client, visit):
    response = client.post(f"{visit.get_absolute_url()}cancel/")

    visit.refresh_from_db()
    page = parse(client.get(response["Location"]).content)
    assert (response.status_code, response["Location"]) == (302, visit.get_absolute_url())
    assert (visit.status, visit.cancelled_by, visit.cancelled_at) == ("cancelled", "patient", NOW)
    assert page.one("h1").text == "Your visit is cancelled"
    assert len(page.all(data_appointment_status="cancelled")) == 1
    assert "/book/" in links(page)


def test_a_visit_that_was_moved_since_the_question_is_not_cancelled_unasked(client, visit):
    url = f"{visit.get_absolute_url()}cancel/"
    asked = parse(client.get(url).content)
    wednesday = {"starts_at": local(16, 9), "override": True}
    actions.reschedule(reference=visit.reference, now=NOW, by=DESK, **wednesday)

    told = client.post(url, {"sequence": asked.one("input", name="sequence").get("value")})

    page = parse(told.content)
    assert told.status_code == 409
    assert "so nothing was cancelled" in page.one("p", role="alert").text
    assert "Cancel Wednesday’s visit" in [button.text for button in page.all("button")]
    assert Appointment.objects.get().status == "booked"
    client.post(url, {"sequence": page.one("input", name="sequence").get("value")})
    assert Appointment.objects.get().status == "cancelled"


def test_cancelling_twice_is_cancelling_once(client, visit):
    client.post(f"{visit.get_absolute_url()}cancel/")

    response = client.post(f"{visit.get_absolute_url()}cancel/")

    assert response["Location"] == visit.get_absolute_url()
    assert Appointment.objects.get().sequence == 1


def test_cancelling_too_late_is_refused_with_the_phone_number(client, visit):
    with time_machine.travel(local(13, 9), tick=False):
        response = client.post(f"{visit.get_absolute_url()}cancel/")

    visit.refresh_from_db()
    page = parse(response.content)
    assert (response.status_code, visit.status) == (409, "booked")
    assert page.one("h1").text == "This visit cannot be cancelled online"
    assert (
        "Visits can be moved or cancelled online until 24 hours before they start. "
        "For this one, that was until Sunday, December 13, 9:00 am." in page.one("main").text
    )
    assert page.one("main").all("form") == []
    assert "tel:+12125550100" in links(page)


def test_the_page_says_until_when_it_can_be_changed(client, visit):
    page = parse(client.get(visit.get_absolute_url()).content)

    buttons = [link.text for link in page.one("main").all("a", class_="btn--line")]
    assert buttons == ["Move this visit", "Cancel this visit"]
    assert (
        "You can move or cancel it here until Sunday, December 13, 9:00 am."
        in page.one("main").text
    )


def test_the_question_says_until_when_it_can_be_changed(client, visit):
    page = parse(client.get(f"{visit.get_absolute_url()}cancel/").content)

    limit = "You can move or cancel it here until Sunday, December 13, 9:00 am."
    assert limit in page.one("main").text


def test_the_page_says_when_it_is_too_late_to_change_it(client, visit):
    with time_machine.travel(local(13, 9), tick=False):
        page = parse(client.get(visit.get_absolute_url()).content)

    assert (
        "It is too late to move or cancel online. "
        "Visits can be moved or cancelled online until 24 hours before they start. "
        "For this one, that was until Sunday, December 13, 9:00 am." in page.one("main").text
    )
    assert page.one("main").all("a", class_="btn--line") == []
    assert "tel:+12125550100" in links(page)


def test_a_visit_booked_too_late_to_change_names_no_limit_that_was_past(client, visit):
    Appointment.objects.filter(pk=visit.pk).update(booked_at=local(13, 9, 30))
    with time_machine.travel(local(13, 10), tick=False):
        page = parse(client.get(visit.get_absolute_url()).content)

    told = page.one("main").text
    assert "Visits can be moved or cancelled online until 24 hours before they start." in told
    assert "that was until" not in told


def test_a_visit_that_can_be_changed_until_it_starts_says_so(client, visit, bookable_service):
    bookable_service.cancel_notice_minutes = 0
    bookable_service.save()

    with time_machine.travel(local(14, 9), tick=False):
        page = parse(client.get(f"{visit.get_absolute_url()}cancel/").content)

    assert page.one("h1").text == "This visit cannot be cancelled online"
    assert page.one("main").all("form") == []


def test_a_visit_that_took_place_cannot_be_cancelled(client, bookable_service):
    visit = make_appointment(bookable_service, local(14, 9), status="fulfilled")

    response = client.post(f"{visit.get_absolute_url()}cancel/")

    assert response.status_code == 409
    assert "This visit can no longer be cancelled." in parse(response.content).one("main").text


def test_the_page_of_a_moved_visit_says_from_when(client, visit):
    actions.reschedule(reference=visit.reference, starts_at=local(14, 10), now=NOW, by=PATIENT)
    later = NOW + timedelta(minutes=11)

    news = parse(client.get(visit.get_absolute_url()).content)
    with time_machine.travel(later, tick=False):
        page = parse(client.get(visit.get_absolute_url()).content)

    assert news.one("h1").text == news.one("title").text.split(" - ")[0]
    assert news.one("h1").text == "Your visit has a new time"
    assert page.one("h1").text == "Your visit"
    assert "Moved from Monday, December 14, 9:00 am." in page.one("main").text


def test_the_page_of_a_visit_with_another_practitioner_says_who_it_was_with(client, visit):
    other = make_practitioner(name="Dr. Other")
    visit.service.practitioners.add(other)
    make_available_time(visit.service, practitioner=other)
    actions.reschedule(
        reference=visit.reference,
        starts_at=visit.starts_at,
        practitioners=[other],
        now=NOW,
        by=DESK,
    )

    page = parse(client.get(visit.get_absolute_url()).content)

    old = visit.practitioner.full_name
    assert f"Moved from Monday, December 14, 9:00 am, with {old}." in page.one("main").text


def test_a_visit_that_was_moved_and_cancelled_is_told_as_cancelled(client, visit):
    actions.reschedule(reference=visit.reference, starts_at=local(14, 10), now=NOW, by=PATIENT)
    actions.cancel(reference=visit.reference, now=NOW, by=PATIENT)

    page = parse(client.get(visit.get_absolute_url()).content)

    assert page.one("h1").text == "Your visit is cancelled"


def test_the_page_leads_to_booking_for_someone_else_and_names_nobody(client, visit):
    visit.condition_slug = "spasms"
    visit.save()

    page = parse(client.get(visit.get_absolute_url()).content)

    hrefs = {link.text: link.get("href") for link in page.one("main").all("a")}
    assert hrefs["Book for someone else in your family"] == "/book/?condition=spasms"
    assert hrefs["mail it to you again"] == "/appointments/find/"
