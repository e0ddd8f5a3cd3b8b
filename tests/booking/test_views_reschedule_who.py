"""With whom a moved visit is: the same practitioner, unless the patient asks for others' times."""

from datetime import time

import pytest

from booking.models import Appointment
from booking.templatetags.clinic_times import iso_utc
from tests.html_tree import parse

from .factories import local, make_appointment, make_available_time, make_practitioner
from .test_views_reschedule import links, move, slots, url


@pytest.fixture
def visit(bookable_service):
    """A visit on Monday in a week, at 10 am."""
    return make_appointment(bookable_service, local(14, 10))


@pytest.fixture
def colleague(visit):
    """Someone else who offers the service, on Tuesdays."""
    colleague = make_practitioner(name="Dr. Other")
    visit.service.practitioners.add(colleague)
    make_available_time(visit.service, practitioner=colleague, weekday=1)
    return colleague


def test_forged_fields_reach_nothing(client, visit, colleague):
    client.post(
        url(visit),
        {
            "start": iso_utc(local(21, 9)),
            "practitioner": colleague.pk,
            "service": "other",
            "override": "on",
            "reference": "x",
        },
    )

    assert Appointment.objects.get().practitioner == visit.practitioner


def test_the_visits_own_practitioner_is_kept(client, visit, colleague):
    page = parse(client.get(url(visit)).content)
    refused = move(client, visit, local(22, 9))

    assert f"With {visit.practitioner.full_name}." in page.one("main").text
    assert links(page)["Show other practitioners’ times too"] == "?with=anyone"
    assert page.one("div", class_="week").all("li")[1].text == "Tue December 8 Closed"
    assert refused.status_code == 409


def test_others_times_are_shown_when_asked_for(client, visit, colleague):
    page = parse(client.get(url(visit, "?with=anyone")).content)
    moved = move(client, visit, local(22, 9), "?with=anyone&from=2026-12-22")

    visit.refresh_from_db()
    assert page.one("div", class_="week").all("li")[1].text == "Tue December 8 5 free"
    around = [link.get("href") for link in page.one("div", class_="bar").all("a")]
    assert around == ["?with=anyone&from=2026-12-14"]
    assert moved.status_code == 302
    assert (visit.practitioner, visit.starts_at) == (colleague, local(22, 9))


def test_the_own_practitioner_comes_first_among_all(client, visit, colleague):
    make_available_time(visit.service, practitioner=colleague, start_time=time(9))

    move(client, visit, local(21, 9), "?with=anyone")
    same = move(client, visit, local(21, 9), "?with=anyone")

    moved = Appointment.objects.get()
    assert (moved.practitioner, moved.sequence) == (visit.practitioner, 1)
    assert same.status_code == 302


def test_a_practitioner_who_left_is_replaced(client, visit, colleague):
    visit.practitioner.is_active = False
    visit.practitioner.save()

    page = parse(client.get(url(visit)).content)
    move(client, visit, local(22, 9))

    assert slots(page)[0] == iso_utc(local(8, 9))
    assert "With whoever is free then" in page.one("main").text
    assert Appointment.objects.get().practitioner == colleague
