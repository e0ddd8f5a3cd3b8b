"""A practitioner sees and changes the visits of their own diary, and nobody else's."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from booking.models import Message

from .desk import CALLER, draw, hidden
from .factories import (
    book,
    make_details,
    make_practitioner,
    make_service,
    make_week,
)
from .journeys import make_red_flags

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

OWN, OTHER = "Own Patient", "Foreign Person"


@pytest.fixture
def user():
    user = User.objects.create_user("practitioner", is_staff=True)
    user.groups.add(Group.objects.get(name="Practitioner"))
    return user


@pytest.fixture
def client(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def service(db, user):
    """A visit that the practitioner and a colleague offer."""
    make_red_flags()
    service = make_service(practitioner=make_practitioner(name="Dr. Own", user=user))
    make_week(service)
    colleague = make_practitioner(name="Dr. Colleague")
    service.practitioners.add(colleague)
    make_week(service, practitioner=colleague)
    return service


@pytest.fixture
def own(service, user):
    details = make_details(name=OWN, email="own@example.com")
    return book(service, practitioners=[user.practitioner], details=details)


@pytest.fixture
def foreign(service):
    colleague = service.practitioners.get(name="Dr. Colleague")
    details = make_details(name=OTHER, email="foreign@example.com")
    return book(service, practitioners=[colleague], details=details)


@pytest.mark.parametrize("name", ["appointment", "patient", "message"])
def test_lists_hold_the_own_diary_alone(client, own, foreign, name):
    page = client.get(reverse(f"admin:booking_{name}_changelist"))

    listed = page.context["cl"].result_list
    expected = {"appointment": [own], "patient": [own.patient], "message": list(own.messages.all())}
    assert list(listed) == expected[name]
    assert OTHER not in page.text


@pytest.mark.parametrize("page", ["change", "history"])
def test_what_is_in_another_diary_does_not_exist(client, own, foreign, page):
    message = Message.objects.get(appointment=foreign)
    records = [
        ("appointment", foreign.pk),
        ("patient", foreign.patient_id),
        ("message", message.pk),
    ]

    answers = [
        client.get(reverse(f"admin:booking_{name}_{page}", args=[pk])) for name, pk in records
    ]

    assert [(a.status_code, a.headers["Location"]) for a in answers] == [(302, "/admin/")] * 3


@pytest.mark.parametrize("page", ["move", "articles", "calendar"])
def test_pages_of_a_visit_in_another_diary_do_not_exist(client, own, foreign, page):
    addresses = [
        reverse(f"admin:booking_appointment_{page}", args=[visit.pk]) for visit in (own, foreign)
    ]

    statuses = [client.get(url).status_code for url in addresses]

    # Articles are for visits that were booked, which both are.
    assert statuses == [200, 404]


def test_actions_do_nothing_to_another_diary(client, own, foreign):
    chosen = {"_selected_action": [own.pk, foreign.pk], "action": "cancel", "post": "yes"}
    url = reverse("admin:booking_appointment_changelist")

    client.post(url, chosen | {"asked_by": "staff", "confirmed": "yes"})

    foreign.refresh_from_db()
    assert foreign.status == "booked"


def test_the_form_for_callers_books_into_the_own_diary_alone(client, service, user):
    page = draw(client, find="")

    assert list(page.context["times"].practitioners) == [user.practitioner]


def test_a_forged_practitioner_is_refused(client, service):
    colleague = service.practitioners.get(name="Dr. Colleague")
    url = reverse("admin:booking_appointment_add")
    start = {"start": "2026-12-09T15:00:00Z", "practitioner": colleague.slug, "book": "Book"}

    client.post(url, CALLER | hidden(client.get(url)) | start)

    assert not colleague.appointments.exists()


def test_the_form_for_callers_finds_the_own_patients_alone(client, own, foreign):
    found = [draw(client, find=name).context["found"] for name in (OWN, OTHER)]

    assert found == [[own.patient], []]


def test_a_forged_patient_is_refused(client, own, foreign):
    page = draw(client, patient=str(foreign.patient_id))

    assert OTHER not in page.text


@pytest.mark.parametrize("name", ["admin:index", "admin:booking_appointment_agenda"])
def test_whoever_has_no_diary_yet_reads_why_all_is_empty(client, user, name):
    url = reverse(name)

    assert "You see no visits and no patients yet" in client.get(url).text

    make_practitioner(name="Dr. Own", user=user)
    assert "You see no visits" not in client.get(url).text
