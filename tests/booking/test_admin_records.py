"""The screens for patients, practitioners, services and locations."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from booking import actions
from booking.models import AvailableTime, NotAvailableTime, Practitioner

from .desk import search
from .factories import (
    DESK,
    NOW,
    TEN,
    book,
    local,
    make_appointment,
    make_patient,
    make_practitioner,
    make_service,
    make_week,
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

    response = search(front_desk, "/admin/booking/patient/", "212-555-0123")
    by_name = search(front_desk, "/admin/booking/patient/", "bo")

    assert listed(response) == [wanted.pk]
    assert [row.name for row in by_name.context["cl"].result_list] == ["Bo"]
    assert front_desk.get("/admin/booking/patient/add/").status_code == 403
    assert (
        front_desk.post(f"/admin/booking/patient/{wanted.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )


def test_who_is_in_the_history_of_a_visit_is_not_deleted(admin_client):
    service = make_service()
    make_week(service)
    left, colleague = service.practitioner, make_practitioner()
    service.practitioners.add(colleague)
    make_week(service, practitioner=colleague)
    visit = book(service)
    actions.reschedule(
        reference=visit.reference, starts_at=TEN, practitioners=[colleague], now=NOW, by=DESK
    )
    AvailableTime.objects.filter(practitioner=left).delete()

    asked = admin_client.get(f"/admin/booking/practitioner/{left.pk}/delete/")
    admin_client.post(f"/admin/booking/practitioner/{left.pk}/delete/", {"post": "yes"})

    assert asked.context["protected"] != []
    assert set(Practitioner.objects.all()) == {left, colleague}


def test_patients_abroad_are_shown_with_their_country(front_desk):
    make_patient(phone="+81312345678")

    page = front_desk.get("/admin/booking/patient/").content.decode()

    assert '<td class="field-phone_display">+81 3-1234-5678</td>' in page


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
