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
        "booking.add_mailoptout",
        "booking.add_notavailabletime",
        "booking.change_appointment",
        "booking.change_messagewords",
        "booking.change_notavailabletime",
        "booking.change_patient",
        "booking.change_waitlistentry",
        "booking.delete_mailoptout",
        "booking.delete_notavailabletime",
        "booking.see_every_diary",
        "booking.view_appointment",
        "booking.view_availabletime",
        "booking.view_busycalendar",
        "booking.view_location",
        "booking.view_mailoptout",
        "booking.view_message",
        "booking.view_messagewords",
        "booking.view_notavailabletime",
        "booking.view_patient",
        "booking.view_practitioner",
        "booking.view_service",
        "booking.view_waitlistentry",
        "booking.view_waitlistoffer",
        "clinic.view_clinic",
    ]


PARTS = [
    "amount",
    "caution",
    "claim",
    "conditionname",
    "conditionredflag",
    "illustration",
    "relatedtopic",
    "section",
    "selfcareitem",
]


def content_models():
    return [model._meta.model_name for model in apps.get_app_config("conditions").get_models()]


def granted(actions, *others):
    return sorted(
        [
            "clinic.view_clinic",
            *others,
            *(f"conditions.{act}_{m}" for act, models in actions.items() for m in models),
        ]
    )


def test_author_writes_drafts_and_sees_the_rest():
    drafts = [*PARTS, "condition", "treatment", "image", "source"]

    assert permissions_of("Author") == granted(
        {"add": drafts, "change": drafts, "delete": PARTS, "view": content_models()}
    )


def test_content_writes_and_publishes_and_leaves_signing():
    written = [model for model in content_models() if model not in ("redflag", "review")]

    assert permissions_of("Content") == granted(
        {
            "add": written,
            "change": written,
            "delete": [*PARTS, "emptysearch", "image"],
            "view": content_models(),
            "publish": ["condition", "treatment"],
        },
        "clinic.add_export",
    )


def test_clinical_reviewer_writes_publishes_and_signs():
    assert permissions_of("Clinical reviewer") == granted(
        {
            "add": content_models(),
            "change": content_models(),
            "delete": [*PARTS, "emptysearch", "image"],
            "view": content_models(),
            "publish": ["condition", "treatment"],
            "sign": ["clinical"],
        },
        "clinic.add_export",
    )


def test_migrating_again_brings_back_what_is_missing_and_keeps_what_was_added():
    group = Group.objects.get(name="Front desk")
    before = permissions_of("Front desk")
    group.permissions.remove(Permission.objects.get(codename="change_appointment"))
    group.permissions.add(Permission.objects.get(codename="view_user"))

    call_command("migrate", verbosity=0)

    assert permissions_of("Front desk") == sorted([*before, "auth.view_user"])
