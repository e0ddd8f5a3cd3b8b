"""Hours in the practitioner's form: weekly ones, extra ones, and what is odd about them."""

import re
from datetime import date, time

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from booking.admin.hours import overlapping
from booking.models import AvailableTime, Service
from tests.html_tree import parse

from .factories import local, make_appointment, make_available_time, make_location, make_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def change_url(appointment):
    return reverse("admin:booking_appointment_change", args=[appointment.pk])


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_owner_adds_weekly_hours(admin_client):
    service = make_service()
    practitioner = service.practitioner
    prefix = "available_times"

    response = admin_client.post(
        f"/admin/booking/practitioner/{practitioner.pk}/change/",
        {
            "name": "Dr. New",
            "slug": practitioner.slug,
            "is_active": "on",
            f"{prefix}-TOTAL_FORMS": 1,
            f"{prefix}-INITIAL_FORMS": 0,
            f"{prefix}-2-TOTAL_FORMS": 0,
            f"{prefix}-2-INITIAL_FORMS": 0,
            f"{prefix}-0-practitioner": practitioner.pk,
            f"{prefix}-0-weekday": 0,
            f"{prefix}-0-start_time": "09:00",
            f"{prefix}-0-end_time": "12:00",
            f"{prefix}-0-location": service.location.pk,
        },
    )

    assert response.status_code == 302
    assert [str(hours) for hours in practitioner.available_times.all()] == [
        "Monday 9:00 am to 12:00 pm"
    ]
    assert Service.objects.get().practitioner.name == "Dr. New"
    assert said(response)[:-1] == []


def save_practitioner(client, practitioner, *hours, extra=(), **fields):
    """Save the practitioner's form with these hours on Mondays, these extra ones, and no others."""
    practitioner.available_times.all().delete()
    location = practitioner.services.get().location
    data = {"name": practitioner.name, "slug": practitioner.slug, "is_active": "on"}
    data |= {"available_times-TOTAL_FORMS": len(hours), "available_times-INITIAL_FORMS": 0}
    data |= {"available_times-2-TOTAL_FORMS": len(extra), "available_times-2-INITIAL_FORMS": 0}
    rows = [(f"available_times-{n}", "weekday", 0, times) for n, times in enumerate(hours)]
    rows += [(f"available_times-2-{n}", "on", on, times) for n, (on, *times) in enumerate(extra)]
    for prefix, name, day, (start, end) in rows:
        data |= {
            f"{prefix}-practitioner": practitioner.pk,
            f"{prefix}-{name}": day,
            f"{prefix}-start_time": start,
            f"{prefix}-end_time": end,
            f"{prefix}-location": location.pk,
        }
    return client.post(f"/admin/booking/practitioner/{practitioner.pk}/change/", data | fields)


def test_every_box_of_a_row_says_what_it_is(admin_client):
    practitioner = make_available_time(make_service()).practitioner

    page = parse(admin_client.get(f"/admin/booking/practitioner/{practitioner.pk}/change/").content)

    row = page.one("tr", id="available_times-0")
    boxes = [box for kind in ("select", "input") for box in row.all(kind)]
    shown = [box.get("aria-label") for box in boxes if box.get("type") != "hidden"]
    assert shown == [
        "Weekday",
        "Location",
        "From",
        "Until",
        "Overnight",
        "Valid from",
        "Valid until",
        "Delete these hours",
    ]


def test_hours_that_end_before_they_begin_are_asked_about(admin_client):
    practitioner = make_service().practitioner

    response = save_practitioner(admin_client, practitioner, ("09:00", "12:00"), ("13:00", "05:00"))

    assert response.status_code == 200
    assert "This is not after “from”. Is it am or pm?" in response.text
    assert practitioner.available_times.count() == 0


def test_hours_that_end_being_valid_before_they_begin_are_refused(admin_client):
    practitioner = make_service().practitioner
    valid = {
        "available_times-0-valid_from_on": "2027-02-01",
        "available_times-0-valid_until_on": "2027-01-01",
    }

    response = save_practitioner(admin_client, practitioner, ("09:00", "12:00"), **valid)

    assert response.status_code == 200
    assert "“Valid until” must not be before “valid from”." in response.text
    assert practitioner.available_times.count() == 0


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_hours_at_the_ends_of_the_calendar_are_saved(admin_client, day):
    practitioner = make_service().practitioner
    valid = {f"available_times-0-valid_{name}_on": day for name in ("from", "until")}

    response = save_practitioner(
        admin_client, practitioner, ("09:00", "12:00"), ("11:00", "17:00"), **valid
    )

    assert response.status_code == 302
    assert practitioner.available_times.count() == 2


def test_hours_into_the_night_are_saved_when_they_are_meant(admin_client):
    practitioner = make_service().practitioner

    save_practitioner(
        admin_client, practitioner, ("20:00", "02:00"), **{"available_times-0-overnight": "on"}
    )
    page = admin_client.get(f"/admin/booking/practitioner/{practitioner.pk}/change/").text

    assert [str(hours) for hours in practitioner.available_times.all()] == [
        "Monday 8:00 pm to 2:00 am"
    ]
    assert re.search(r'name="available_times-0-overnight"[^>]* checked', page)


def test_changed_hours_name_the_visits_they_leave_out(admin_client):
    service = make_service()
    left_out = make_appointment(service, local(14, 12, 30))
    make_appointment(service, local(14, 9))
    make_appointment(service, local(14, 15), status="cancelled")

    response = save_practitioner(admin_client, service.practitioner, ("09:00", "12:00"))

    assert said(response)[0] == (
        "1 visit is booked outside the hours. It was not cancelled; please call the "
        f'patient or cancel: <a href="{change_url(left_out)}">Mon, Dec 14, 2026, 12:30 pm EST '
        f"({left_out.spoken_reference})</a>."
    )


def test_visits_of_someone_who_left_are_named(admin_client):
    service = make_service()
    visit = make_appointment(service, local(14, 9))

    response = save_practitioner(
        admin_client, service.practitioner, ("09:00", "12:00"), is_active=""
    )

    assert said(response)[0].startswith("1 visit is booked with someone who is not active.")
    assert visit.spoken_reference in said(response)[0]


def test_extra_hours_are_for_one_day(admin_client):
    service = make_service()

    save_practitioner(
        admin_client,
        service.practitioner,
        ("09:00", "12:00"),
        extra=[("2026-12-12", "10:00", "14:00")],
    )
    page = admin_client.get(f"/admin/booking/practitioner/{service.practitioner.pk}/change/").text

    assert [(hours.weekday, hours.on) for hours in AvailableTime.objects.order_by("pk")] == [
        (0, None),
        (None, date(2026, 12, 12)),
    ]
    assert 'name="available_times-2-0-on" value="2026-12-12"' in page
    assert 'name="available_times-1-weekday"' in page
    assert 'name="available_times-2-2-on"' not in page


def test_hours_need_their_day(admin_client):
    service = make_service()

    response = save_practitioner(
        admin_client,
        service.practitioner,
        ("09:00", "12:00"),
        extra=[("", "10:00", "14:00")],
        **{"available_times-0-weekday": ""},
    )

    assert response.text.count("This field is required.") == 2
    assert not AvailableTime.objects.exists()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"available_times-0-end_time": ""}, "This field is required."),
        ({"available_times-0-overnight": "on"}, "These hours end on the same day"),
    ],
)
def test_hours_that_contradict_themselves_are_asked_about(admin_client, answer, words):
    practitioner = make_service().practitioner

    response = save_practitioner(admin_client, practitioner, ("09:00", "12:00"), **answer)

    assert words in response.text
    assert practitioner.available_times.count() == 0


def test_hours_where_anothers_count_are_refused(admin_client):
    service = make_service()
    by_phone = make_location(name="By phone", kind="phone", same_hours_as=service.location)

    response = save_practitioner(
        admin_client,
        service.practitioner,
        ("09:00", "12:00"),
        **{"available_times-0-location": by_phone.pk},
    )

    assert "Visits at By phone take place in the hours of Sampletown clinic" in response.text
    assert not AvailableTime.objects.exists()


def test_hours_that_are_open_twice_are_named(admin_client):
    service = make_service()

    response = save_practitioner(
        admin_client,
        service.practitioner,
        ("09:00", "12:00"),
        ("12:00", "14:00"),
        extra=[("2026-12-14", "11:00", "12:00")],
    )

    assert said(response)[0] == (
        "These hours are open at the same time: Monday 9:00 am to 12:00 pm at Sampletown clinic, "
        "and 2026-12-14 11:00 am to 12:00 pm at Sampletown clinic."
    )
    assert len(said(response)) == 2


def weekly(weekday, start, end, **kwargs):
    return AvailableTime(weekday=weekday, start_time=time(start), end_time=time(end), **kwargs)


def once(day, start, end):
    return AvailableTime(on=date(2026, 12, day), start_time=time(start), end_time=time(end))


JANUARY = {"valid_from_on": date(2027, 1, 1), "valid_until_on": date(2027, 1, 31)}
FEBRUARY = {"valid_from_on": date(2027, 2, 1)}
# No Monday among them: they are a Tuesday and a Wednesday.
TWO_DAYS = {"valid_from_on": date(2026, 12, 8), "valid_until_on": date(2026, 12, 9)}


@pytest.mark.parametrize(
    ("one", "other", "is_open_twice"),
    [
        (weekly(0, 9, 12), weekly(0, 9, 12), True),
        (weekly(0, 9, 12), weekly(0, 11, 14), True),
        (weekly(0, 9, 12), weekly(0, 12, 14), False),
        (weekly(0, 9, 12), weekly(1, 9, 12), False),
        (weekly(6, 20, 2), weekly(0, 1, 3), True),
        (weekly(0, 1, 3), weekly(6, 20, 2), True),
        (weekly(6, 20, 2), weekly(0, 2, 3), False),
        (weekly(0, 0, 0), weekly(0, 23, 1), True),
        (weekly(0, 9, 12, **JANUARY), weekly(0, 9, 12, **FEBRUARY), False),
        (weekly(0, 9, 12, **JANUARY), weekly(0, 9, 12), True),
        (weekly(6, 20, 2, **JANUARY), weekly(0, 1, 3, **FEBRUARY), True),
        (weekly(0, 9, 12, **TWO_DAYS), weekly(0, 9, 12), False),
        (once(7, 9, 12), weekly(0, 11, 12), True),
        (once(8, 9, 12), weekly(0, 11, 12), False),
        (once(7, 9, 12), weekly(0, 9, 12, **JANUARY), False),
        (once(7, 9, 12), once(14, 9, 12), False),
        (once(7, 20, 2), once(8, 1, 3), True),
    ],
)
def test_overlapping_hours_are_found(one, other, is_open_twice):
    assert overlapping([one, other]) == ([(one, other)] if is_open_twice else [])
