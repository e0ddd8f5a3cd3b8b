import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def permissions_of(name):
    permissions = Group.objects.get(name=name).permissions.select_related("content_type")
    return sorted(f"{p.content_type.app_label}.{p.codename}" for p in permissions)


def test_front_desk_handles_appointments_and_closures_and_reads_the_rest():
    assert permissions_of("Front desk") == [
        "booking.add_notavailabletime",
        "booking.change_appointment",
        "booking.change_notavailabletime",
        "booking.change_patient",
        "booking.delete_notavailabletime",
        "booking.view_appointment",
        "booking.view_availabletime",
        "booking.view_location",
        "booking.view_message",
        "booking.view_notavailabletime",
        "booking.view_patient",
        "booking.view_practitioner",
        "booking.view_service",
        "clinic.view_clinic",
    ]


def test_content_writes_articles_deletes_only_parts_and_sees_no_patient():
    models = [model._meta.model_name for model in apps.get_app_config("conditions").get_models()]

    expected = [
        f"conditions.{act}_{model}" for act in ("add", "change", "view") for model in models
    ]

    parts = ("caution", "claim", "conditionname", "conditionredflag", "section", "selfcareitem")
    images = ("illustration", "image")
    expected += [f"conditions.delete_{part}" for part in (*parts, *images)]
    assert permissions_of("Content") == sorted([*expected, "clinic.view_clinic"])


def test_migrating_again_brings_back_what_is_missing_and_keeps_what_was_added():
    group = Group.objects.get(name="Front desk")
    before = permissions_of("Front desk")
    group.permissions.remove(Permission.objects.get(codename="change_appointment"))
    group.permissions.add(Permission.objects.get(codename="view_user"))

    call_command("migrate", verbosity=0)

    assert permissions_of("Front desk") == sorted([*before, "auth.view_user"])
