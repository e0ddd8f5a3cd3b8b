from itertools import pairwise

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from booking.availability import find_slots
from booking.models import Appointment, Patient, Practitioner, Service

from .factories import NOW, search_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_in_development(settings):
    settings.DEBUG = True
    with time_machine.travel(NOW, tick=False):
        yield


def seed(**kwargs):
    call_command("seed_load", **kwargs)


def test_seed_load_dry_run_keeps_nothing(capsys):
    seed(practitioners=1, appointments=5, dry_run=True)

    assert (Practitioner.objects.count(), Appointment.objects.count()) == (0, 0)
    assert capsys.readouterr().out.endswith("A dry run: nothing was kept.\n")


def test_seed_load_makes_what_it_is_asked_for(capsys):
    seed(practitioners=3, appointments=250)

    assert (Practitioner.objects.count(), Appointment.objects.count()) == (3, 250)
    assert Practitioner.objects.filter(appointments__isnull=True).count() == 0
    out, err = capsys.readouterr()
    assert out == (
        "Added 3 practitioners (load-1 to load-3), 63 patients and 250 appointments of the "
        "service load-visit.\n"
    )
    assert "seed_load: 100%" in err
    assert "250/250" in err


def test_seed_load_reads_its_options():
    call_command("seed_load", "--practitioners=2", "--appointments=30")

    assert (Practitioner.objects.count(), Appointment.objects.count()) == (2, 30)


def test_seed_load_makes_people_who_do_not_exist():
    seed(practitioners=1, appointments=500)

    assert Patient.objects.exclude(email__endswith="@load.example.org").count() == 0
    assert {
        str(phone.as_e164)[:10] for phone in Patient.objects.values_list("phone", flat=True)
    } == {"+120255501"}


def test_seed_load_never_overlaps_and_leaves_free_times():
    seed(practitioners=1, appointments=300)

    visits = Appointment.objects.order_by("starts_at")
    assert [1 for one, two in pairwise(visits) if two.starts_at < one.ends_at] == []
    assert set(visits.values_list("status", flat=True)) == {"fulfilled", "booked"}
    service = Service.objects.get(slug="load-visit")
    today = NOW.date()
    assert find_slots(search_for(service), first_on=today, last_on=today)


def test_seed_load_twice_adds():
    seed(practitioners=2, appointments=50)

    seed(practitioners=1, appointments=50)

    assert (Practitioner.objects.count(), Appointment.objects.count()) == (3, 100)
    assert Patient.objects.count() == 26
    assert Service.objects.count() == 1


def test_seed_load_spans_the_clock_change():
    with time_machine.travel("2026-10-20T12:00Z", tick=False):
        seed(practitioners=1, appointments=250)

    hours = {visit.starts_local.hour for visit in Appointment.objects.select_related("location")}
    assert hours == set(range(9, 16))


def test_seed_load_refuses_a_real_clinic(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG is off"):
        seed()

    assert Appointment.objects.count() == 0


def test_seed_load_can_be_forced(settings):
    settings.DEBUG = False

    seed(appointments=1, force=True)

    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("number", ["0", "-1", "x", "²"])
def test_seed_load_refuses_odd_numbers(number):
    with pytest.raises(CommandError, match="is not a number from 1 up"):
        call_command("seed_load", f"--appointments={number}")
