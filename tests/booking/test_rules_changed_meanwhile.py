"""Staff change who offers a visit, and where, while somebody fills in the form for it."""

import pytest

from booking.models import Appointment, Practitioner
from booking.templatetags.clinic_times import iso_utc
from tests.html_tree import parse

from .factories import (
    local,
    make_appointment,
    make_available_time,
    make_practitioner,
)
from .journeys import (
    ANSWERS,
    choose_time,
    held_token,
    pass_screening,
    send_details,
    step_url,
)

TIME = local(7, 10)


def left_the_clinic(service, practitioner):
    Practitioner.objects.filter(pk=practitioner.pk).update(is_active=False)


def gave_the_visit_up(service, practitioner):
    service.practitioners.remove(practitioner)


@pytest.fixture
def colleague(bookable_service):
    """Someone who offers the same visit at the same hours, and comes second."""
    colleague = make_practitioner(name="Dr. Zed")
    bookable_service.practitioners.add(colleague)
    make_available_time(bookable_service, practitioner=colleague)
    return colleague


def booked():
    return Appointment.objects.filter(status="booked")


@pytest.mark.parametrize("is_held", [True, False])
@pytest.mark.parametrize("happens", [left_the_clinic, gave_the_visit_up])
def test_nobody_is_booked_but_whom_the_page_named(
    visitor, bookable_service, colleague, happens, is_held
):
    named = Appointment.objects.get().practitioner
    if not is_held:
        Appointment.objects.all().delete()
    happens(bookable_service, named)

    refused = send_details(visitor, bookable_service)

    assert refused.status_code == 409
    assert not booked().exists()
    assert parse(refused.content).one("input", name="name").get("value") == ANSWERS["name"]
    # The same time is free with somebody else, and whoever chooses it now gets it.
    assert send_details(visitor, bookable_service, start=iso_utc(TIME)).status_code == 302
    assert booked().get().practitioner == colleague


def test_a_time_that_was_taken_is_had_with_someone_else_if_chosen_again(
    visitor, bookable_service, colleague
):
    named = Appointment.objects.get().practitioner
    Appointment.objects.all().delete()
    make_appointment(bookable_service, TIME, practitioner=named)

    refused = send_details(visitor, bookable_service)

    offered = [one.get("value") for one in parse(refused.content).all("input", name="start")]
    assert iso_utc(TIME) in offered
    assert send_details(visitor, bookable_service, start=iso_utc(TIME)).status_code == 302
    assert booked().filter(practitioner=colleague).count() == 1


@pytest.mark.parametrize("is_held", [True, False])
def test_nobody_is_booked_but_where_the_page_said(client, bookable_service, video, is_held):
    pass_screening(client, bookable_service)
    url = step_url(bookable_service, "times") + "?location=video"
    client.post(url, {"start": iso_utc(TIME)})
    assert Appointment.objects.get().location == video
    if not is_held:
        Appointment.objects.all().delete()
    bookable_service.other_locations.remove(video)

    refused = send_details(client, bookable_service)

    assert refused.status_code == 409
    assert not booked().exists()
    assert send_details(client, bookable_service, start=iso_utc(TIME)).status_code == 302
    assert booked().get().location == bookable_service.location


def test_a_name_in_the_address_that_changed_loses_no_held_time(visitor, bookable_service):
    Practitioner.objects.update(slug="renamed")
    bookable_service.location.slug = "moved"
    bookable_service.location.save()

    assert send_details(visitor, bookable_service).status_code == 302


def test_a_page_that_was_drawn_before_the_hold_moved_books_whom_it_names(
    visitor, bookable_service, colleague
):
    named = Appointment.objects.get().practitioner
    drawn = held_token(visitor).sign()
    # Another tab has the browser's newest hold, so that of this form keeps its reference.
    choose_time(visitor, bookable_service, local(7, 9))
    url = step_url(bookable_service, "times") + f"?practitioner={colleague.slug}"
    visitor.post(url, {"start": iso_utc(TIME), "hold": drawn, "change": "yes"})
    assert Appointment.objects.get().practitioner == colleague

    send_details(visitor, bookable_service, hold=drawn)

    assert booked().get().practitioner == named
