"""Whoever has a visit to come is booked another by phone only after a question that says so."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User

from booking.models import Appointment, AuditEntry, Practitioner

from .desk import ADD, send
from .factories import NOW, local, make_appointment, make_patient, make_practitioner

pytestmark = pytest.mark.usefixtures("bookable_service")
TEN = local(7, 10)
NEXT_WEEK = local(14, 10)
MISSING = "Ana Example already has a visit to come: tick it if you want to book another"


def again(response):
    return response.context["again"]


def test_a_caller_who_was_just_booked_is_booked_again_only_if_staff_say_so(front_desk):
    send(front_desk, TEN)
    first = Appointment.objects.get()

    asked = send(front_desk, NEXT_WEEK)

    assert Appointment.objects.count() == 1
    assert again(asked).words == [
        f"Mon, Dec 7, 2026, 10:00 am EST ({first.spoken_reference}), First consultation, "
        f"with {first.practitioner.name}. Just booked, by desk"
    ]
    assert MISSING in asked.text
    assert "Error: Book a visit by phone" in asked.text
    assert AuditEntry.objects.filter(visit_number=first.pk, note__contains="told before").exists()

    response = send(front_desk, NEXT_WEEK, again=again(asked).token)

    assert response.status_code == 302
    assert Appointment.objects.count() == 2


def test_a_tick_holds_for_the_visits_that_were_told_alone(front_desk):
    send(front_desk, TEN)
    token = again(send(front_desk, NEXT_WEEK)).token
    send(front_desk, NEXT_WEEK, again=token)

    asked = send(front_desk, local(21, 10), again=token)

    assert len(again(asked).words) == 2
    assert Appointment.objects.count() == 2


def test_the_tick_stays_when_something_else_is_missing(front_desk):
    send(front_desk, TEN)
    token = again(send(front_desk, NEXT_WEEK)).token

    page = send(front_desk, NEXT_WEEK, again=token, consent="")

    assert f'name="again" value="{token}" checked' in page.text
    assert MISSING not in page.text


def test_a_visit_of_somebody_who_was_found_counts_and_is_not_called_new(
    front_desk, bookable_service
):
    ana = make_patient()
    for number in range(7):
        made = NOW - timedelta(days=number + 1)
        make_appointment(bookable_service, local(14 + number, 9), patient=ana, booked_at=made)

    asked = send(front_desk, TEN, patient=ana.pk)

    assert "Just booked" not in asked.text
    assert len(again(asked).words) == 5
    assert "and 2 more" in asked.text


@pytest.mark.parametrize(
    ("starts_at", "status"), [(local(14, 9), "cancelled"), (local(6, 9), "fulfilled")]
)
def test_what_is_over_or_cancelled_asks_nothing(front_desk, bookable_service, starts_at, status):
    make_appointment(bookable_service, starts_at, patient=make_patient(), status=status)

    assert send(front_desk, TEN).status_code == 302


def test_a_family_under_one_address_is_asked_nothing(front_desk, bookable_service):
    make_appointment(bookable_service, local(14, 9), patient=make_patient(name="Ben Example"))

    assert send(front_desk, TEN).status_code == 302


def test_nobody_reads_of_a_visit_in_a_diary_they_may_not_see(client, bookable_service):
    make_appointment(bookable_service, local(14, 9), patient=make_patient())
    user = User.objects.create_user("dr", is_staff=True)
    user.groups.add(Group.objects.get(name="Practitioner"))
    client.force_login(user)
    Practitioner.objects.filter(services=bookable_service).update(user=user)
    assert again(send(client, TEN)) is not None

    other = make_practitioner()
    other.services.add(bookable_service)
    Appointment.objects.update(practitioner=other)

    assert send(client, TEN).status_code == 302


def test_browsers_keep_nothing_of_the_form(front_desk):
    page = front_desk.get(ADD)

    assert "no-store" in page["Cache-Control"]
    assert 'class="desk" autocomplete="off"' in page.text
    for name in ("name", "email", "phone"):
        (field,) = (line for line in page.text.split("<input") if f'name="{name}"' in line)
        assert 'autocomplete="off"' in field
