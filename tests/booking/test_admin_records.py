"""The screens for patients, practitioners, services and locations."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from booking.models import NotAvailableTime, Patient, Service

from .factories import (
    NOW,
    local,
    make_appointment,
    make_patient,
    make_service,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def make_visit(service, starts_at=None, **kwargs):
    return make_appointment(service, starts_at or local(8, 10, 30), **kwargs)


def change_url(appointment):
    return reverse("admin:booking_appointment_change", args=[appointment.pk])


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def listed(response):
    return [row.pk for row in response.context["cl"].result_list]


def test_patients_are_found_by_phone_and_cannot_be_added(front_desk):
    wanted = make_patient()
    make_patient(name="Bo", phone="+13125550188")

    response = front_desk.get("/admin/booking/patient/", {"q": "212-555-0123"})
    by_name = front_desk.get("/admin/booking/patient/", {"q": "bo"})

    assert listed(response) == [wanted.pk]
    assert [row.name for row in by_name.context["cl"].result_list] == ["Bo"]
    assert front_desk.get("/admin/booking/patient/add/").status_code == 403
    assert (
        front_desk.post(f"/admin/booking/patient/{wanted.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )


def test_patient_can_be_corrected(front_desk):
    patient = make_patient()

    front_desk.post(
        f"/admin/booking/patient/{patient.pk}/change/",
        {"name": "Ana Example", "email": "new@example.com", "phone": "212 555 0199 x7"},
    )

    patient = Patient.objects.get()
    assert (patient.email, patient.phone_display) == ("new@example.com", "(212) 555-0199 ext. 7")


@pytest.mark.parametrize("model", ["practitioner", "location", "service", "notavailabletime"])
def test_owner_screens_open(admin_client, model):
    service = make_service()
    closure = NotAvailableTime.objects.create(starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    pk = {
        "practitioner": service.practitioner.pk,
        "location": service.location.pk,
        "service": service.pk,
        "notavailabletime": closure.pk,
    }[model]

    base = f"/admin/booking/{model}/"

    for path in ("", "add/", f"{pk}/change/"):
        assert admin_client.get(base + path).status_code == 200


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


def save_practitioner(client, practitioner, *hours, **fields):
    """Save the practitioner's form with these weekly hours on Mondays, and no others."""
    practitioner.available_times.all().delete()
    location = practitioner.services.get().location
    data = {"name": practitioner.name, "slug": practitioner.slug, "is_active": "on"} | fields
    data |= {"available_times-TOTAL_FORMS": len(hours), "available_times-INITIAL_FORMS": 0}
    for number, (start, end) in enumerate(hours):
        data |= {
            f"available_times-{number}-practitioner": practitioner.pk,
            f"available_times-{number}-weekday": 0,
            f"available_times-{number}-start_time": start,
            f"available_times-{number}-end_time": end,
            f"available_times-{number}-location": location.pk,
        }
    return client.post(f"/admin/booking/practitioner/{practitioner.pk}/change/", data)


def test_hours_that_end_before_they_begin_are_asked_about(admin_client):
    practitioner = make_service().practitioner

    response = save_practitioner(admin_client, practitioner, ("09:00", "12:00"), ("13:00", "05:00"))

    assert response.status_code == 200
    assert "This is before “from”. Is it am or pm?" in response.text
    assert practitioner.available_times.count() == 0


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
    left_out = make_visit(service, local(14, 12, 30))
    make_visit(service, local(14, 9))
    make_visit(service, local(14, 15), status="cancelled")

    response = save_practitioner(admin_client, service.practitioner, ("09:00", "12:00"))

    assert said(response)[0] == (
        "1 visit is booked outside the weekly hours. It was not cancelled; please call the "
        f'patient or cancel: <a href="{change_url(left_out)}">Mon, Dec 14, 2026, 12:30 pm EST '
        f"({left_out.spoken_reference})</a>."
    )


def test_visits_of_someone_who_left_are_named(admin_client):
    service = make_service()
    visit = make_visit(service, local(14, 9))

    response = save_practitioner(
        admin_client, service.practitioner, ("09:00", "12:00"), is_active=""
    )

    assert said(response)[0].startswith("1 visit is booked with someone who is not active.")
    assert visit.spoken_reference in said(response)[0]
