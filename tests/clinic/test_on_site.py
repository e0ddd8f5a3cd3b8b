"""The admin's way from a record to its page on the site, which may be a patient's own."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from booking.models import Appointment, Patient, Practitioner, WaitlistEntry
from tests.booking.factories import book, make_practitioner, make_service, make_week, wait

from .staff import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def way_to(model, pk):
    return f"/admin/r/{ContentType.objects.get_for_model(model).pk}/{pk}/"


def browser_of(**kwargs):
    client = Client()
    client.force_login(make_staff(**kwargs))
    return client


@pytest.mark.parametrize("group", ["Author", "Content", "Practitioner", "Front desk", "Owner"])
def test_no_number_leads_to_a_patients_own_page(group):
    service = make_service()
    make_week(service)
    visit, entry = book(service), wait(service)
    client = browser_of(group=group)

    ways = [way_to(Appointment, visit.pk), way_to(WaitlistEntry, entry.pk)]

    assert [client.get(way).status_code for way in ways] == [404, 404]


def test_whoever_may_see_a_record_is_led_to_its_page():
    practitioner = make_practitioner()
    way = way_to(Practitioner, practitioner.pk)
    desk, author = browser_of(group="Front desk"), browser_of(username="sam", group="Author")

    assert desk.get(way).url == practitioner.get_absolute_url()
    assert author.get(way).status_code == 404


@pytest.mark.parametrize("pk", ["0", "x", "9" * 30])
@pytest.mark.parametrize("model", [Practitioner, Patient, Permission])
def test_what_has_no_page_leads_nowhere(model, pk):
    client = browser_of(is_superuser=True)

    assert client.get(way_to(model, pk)).status_code == 404
    assert client.get(f"/admin/r/{'9' * 30}/{pk}/").status_code == 404
