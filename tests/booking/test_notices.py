"""What staff are mailed when a patient does something."""

from datetime import timedelta

import pytest

from booking import actions
from booking.actors import PATIENT
from booking.models import Message
from clinic.models import Clinic

from .factories import DESK, NOW, book, local, make_service, make_week

pytestmark = pytest.mark.django_db

DO = {
    "notice_booked": lambda service, by: book(service, starts_at=local(9, 10), by=by),
    "notice_moved": lambda service, by: actions.reschedule(
        reference=book(service, starts_at=local(9, 10), by=DESK).reference,
        starts_at=local(10, 10),
        now=NOW,
        by=by,
    ),
    "notice_cancelled": lambda service, by: actions.cancel(
        reference=book(service, starts_at=local(9, 10), by=DESK).reference, now=NOW, by=by
    ),
}
KINDS = pytest.mark.parametrize("kind", DO)


@pytest.fixture
def service():
    service = make_service(slug="first-consultation", cancel_notice_minutes=60)
    make_week(service)
    return service


def notices():
    found = Message.objects.filter(kind__startswith="notice").order_by("pk")
    return list(found.values_list("kind", "to_email", "sequence"))


@KINDS
def test_staff_hear_of_what_a_patient_does(service, monday_morning, kind):
    Clinic.objects.create(notices_to="desk@clinic.example")

    visit = DO[kind](service, PATIENT)

    assert notices() == [(kind, "desk@clinic.example", visit.sequence)]


@KINDS
def test_staff_hear_nothing_of_what_they_do_themselves(service, monday_morning, kind):
    Clinic.objects.create(notices_to="desk@clinic.example")

    DO[kind](service, DESK)

    assert notices() == []


@KINDS
def test_nobody_hears_anything_while_no_address_is_set(service, monday_morning, kind):
    DO[kind](service, PATIENT)

    assert notices() == []


def test_a_form_sent_twice_tells_staff_once(service, monday_morning):
    Clinic.objects.create(notices_to="desk@clinic.example")
    visit = book(service, starts_at=local(9, 10), by=DESK)

    for later in (0, 1):
        at = NOW + timedelta(minutes=later)
        actions.cancel(reference=visit.reference, now=at, by=PATIENT)

    assert [kind for kind, *_ in notices()] == ["notice_cancelled"]
