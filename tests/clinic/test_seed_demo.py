from io import StringIO

import pytest
from django.core.management import call_command

from booking.models import Appointment, Patient, Service
from clinic.models import Clinic
from conditions.models import Condition
from tests.starter import seed

pytestmark = pytest.mark.django_db


def seed_demo(**options):
    output = StringIO()
    call_command("seed_demo", stdout=output, **options)
    return output.getvalue()


def test_seed_demo_makes_a_working_clinic_without_patients(client):
    output = seed_demo()

    assert output == (
        "Clinic: sample facts created.\n"
        "Articles: 12 added and published, the others left alone.\n"
        "Booking: the practitioner, services and hours are there.\n"
    )
    assert client.get("/conditions/spasms-and-twitches/").status_code == 200
    assert Service.objects.bookable().count() >= 2
    assert (Patient.objects.count(), Appointment.objects.count()) == (0, 0)


def test_seed_demo_dry_run_keeps_nothing():
    output = seed_demo(dry_run=True)

    assert output.endswith("A dry run: nothing was kept.\n")
    assert (Clinic.objects.count(), Condition.objects.count(), Service.objects.count()) == (0, 0, 0)


def test_seed_demo_never_overwrites_what_staff_changed():
    seed()
    Clinic.objects.update(name="Harbor Clinic")
    Service.objects.update(name="Visit")
    counts = Condition.objects.count(), Service.objects.count()

    output = seed_demo()

    assert output.startswith("Clinic: already there.\n")
    assert Clinic.objects.get().name == "Harbor Clinic"
    assert set(Service.objects.values_list("name", flat=True)) == {"Visit"}
    assert (Condition.objects.count(), Service.objects.count()) == counts
