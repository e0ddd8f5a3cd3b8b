"""The screen for places: zone, shared hours and public holidays."""

from datetime import date

import pytest
from django.contrib.messages import get_messages

from booking.admin.location import country_names, subdivision_names
from booking.models import Location

from .factories import (
    local,
    make_appointment,
    make_available_time,
    make_location,
    make_service,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def url(place):
    return f"/admin/booking/location/{place.pk}/change/"


def save(client, place, **answers):
    data = {
        "name": place.name,
        "slug": place.slug,
        "kind": place.kind,
        "address": place.address,
        "time_zone": place.time_zone,
        "holiday_country": place.holiday_country,
        "holiday_subdivision": place.holiday_subdivision,
    }
    return client.post(url(place), data | answers)


def errors(response):
    return {name: list(words) for name, words in response.context["adminform"].form.errors.items()}


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def labels(response, name):
    return [label for _, label in response.context["adminform"].form.fields[name].choices]


def test_countries_and_states_have_names():
    countries = country_names()

    assert [countries[code] for code in ("US", "AG", "CD", "VC")] == [
        "United States",
        "Antigua and Barbuda",
        "DR Congo",
        "Saint Vincent and the Grenadines",
    ]
    assert subdivision_names("US")["NY"] == "New York"
    assert subdivision_names("DE")["BY"] == "Bayern"
    assert subdivision_names("DE")["Augsburg"] == "Augsburg"
    assert subdivision_names("XX") == {}


def test_new_place_begins_on_the_clinics_clock(admin_client):
    form = admin_client.get("/admin/booking/location/add/").context["adminform"].form

    assert form["time_zone"].value() == "America/New_York"


def test_place_is_added_with_a_country_then_a_state(admin_client):
    answers = {
        "name": "Pier",
        "slug": "pier",
        "kind": "in_person",
        "time_zone": "America/New_York",
        "holiday_country": "US",
    }

    admin_client.post("/admin/booking/location/add/", answers)
    place = Location.objects.get(slug="pier")
    page = admin_client.get(url(place))
    save(admin_client, place, holiday_subdivision="NY")

    place.refresh_from_db()
    assert (place.holiday_country, place.holiday_subdivision) == ("US", "NY")
    assert "New York" in labels(page, "holiday_subdivision")


def test_holidays_to_come_are_listed_for_fourteen_months(admin_client):
    place = make_location(holiday_country="US")

    days = labels(admin_client.get(url(place)), "worked")

    assert days[0] == "Fri, Dec 25, 2026: Christmas Day"
    assert days[1] == "Fri, Jan 1, 2027: New Year's Day"
    assert days[-1].endswith("Martin Luther King Jr. Day")
    assert len(days) == 18


def test_worked_holiday_is_kept_and_past_ones_are_not_lost(admin_client):
    past, christmas, new_year = date(2026, 7, 4), date(2026, 12, 25), date(2027, 1, 1)
    place = make_location(holiday_country="US", worked_holidays=[past, christmas])

    page = admin_client.get(url(place)).text
    save(admin_client, place, worked=["2027-01-01"])

    place.refresh_from_db()
    assert place.worked_holidays == [past, new_year]
    assert 'value="2026-12-25" id="id_worked_0" checked' in page
    assert "2026-07-04" not in page


def test_ticks_count_for_the_days_of_both_countries(admin_client):
    place = make_location(
        holiday_country="US", worked_holidays=[date(2026, 12, 25), date(2027, 7, 5)]
    )

    response = save(admin_client, place, holiday_country="GB", worked=["2026-12-25"])

    place.refresh_from_db()
    assert response.status_code == 302
    assert place.worked_holidays == [date(2026, 12, 25)]
    assert sorted(place.holidays(date(2026, 12, 24), date(2026, 12, 28))) == [
        date(2026, 12, 26),
        date(2026, 12, 28),
    ]


def test_state_of_another_country_is_asked_for_again(admin_client):
    place = make_location(holiday_country="US", holiday_subdivision="NY")

    response = save(admin_client, place, holiday_country="GB")

    words = "Choose a state of this country, or the whole country."
    assert errors(response) == {"holiday_subdivision": [words]}
    assert "Scotland" in labels(response, "holiday_subdivision")


def test_visits_that_a_holiday_hits_are_named(admin_client):
    service = make_service()
    place = service.location
    by_phone = make_location(kind="phone", same_hours_as=place)
    hit = [
        make_appointment(service, local(25, 9)),
        make_appointment(service, local(25, 11), location=by_phone),
    ]
    make_appointment(service, local(24, 9))
    make_appointment(make_service(), local(25, 9))

    response = save(admin_client, place, holiday_country="US")
    worked = save(admin_client, place, holiday_country="US", worked=["2026-12-25"])

    assert said(response)[0].startswith("2 visits are booked on a public holiday.")
    assert all(visit.spoken_reference in said(response)[0] for visit in hit)
    assert len(said(worked)) == 3  # of these, two from before: each says that it was saved


def test_place_with_hours_of_its_own_cannot_share_anothers(admin_client):
    service = make_service()
    make_available_time(service)
    host = make_location()

    response = save(admin_client, service.location, same_hours_as=host.pk)

    assert errors(response)["same_hours_as"] == [
        f"{service.practitioner} has hours here (Monday 9:00 am to 12:00 pm), which would no "
        "longer count: take them out of the practitioner’s page first, or leave this empty."
    ]


def test_place_whose_hours_others_share_keeps_its_own_and_its_zone(admin_client):
    host, other = make_location(), make_location()
    make_location(name="By phone", kind="phone", same_hours_as=host)

    shared = save(admin_client, host, same_hours_as=other.pk)
    moved = save(admin_client, host, time_zone="America/Chicago")

    assert errors(shared)["same_hours_as"] == [
        "“By phone” takes its hours from here, so this place needs hours of its own."
    ]
    assert errors(moved)["time_zone"] == [
        "“By phone” takes its hours from here, and its zone is America/New_York. To change both, "
        "empty “same hours as” of “By phone” for now, and choose it again afterwards."
    ]


def test_shared_hours_come_with_the_holidays(admin_client):
    host = make_location(name="Clinic", holiday_country="US")
    phone = make_location(kind="phone")

    twice = save(admin_client, phone, same_hours_as=host.pk, holiday_country="US")
    once = save(admin_client, phone, same_hours_as=host.pk)

    assert errors(twice)["holiday_country"] == [
        "The public holidays of Clinic count here too: leave this empty."
    ]
    assert once.status_code == 302
    assert Location.objects.get(pk=phone.pk).same_hours_as == host


def test_new_zone_names_the_visits_outside_the_hours(admin_client):
    service = make_service()
    make_available_time(service)
    visit = make_appointment(service, local(14, 11))

    response = save(admin_client, service.location, time_zone="America/Los_Angeles")

    assert said(response)[0].startswith("1 visit is booked outside the hours.")
    assert visit.spoken_reference in said(response)[0]


def test_front_desk_reads_a_place(front_desk):
    place = make_location(name="Pier clinic", holiday_country="US", holiday_subdivision="NY")

    page = front_desk.get(url(place)).text

    assert "Pier clinic" in page
    assert "<select" not in page
