"""The starter content can be opened in the admin and saved as it is: a record of each kind."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.urls import reverse

from .staff import typed_in

pytestmark = pytest.mark.django_db
MODELS = [
    "clinic.clinic",
    "booking.location",
    "booking.practitioner",
    "booking.service",
    "booking.notavailabletime",
    "conditions.condition",
    "conditions.treatment",
    "conditions.herb",
    "conditions.food",
    "conditions.nutrient",
    "conditions.acupoint",
    "conditions.redflag",
    "conditions.source",
]


def test_a_starter_record_of_each_kind_can_be_saved_as_it_is(admin_client):
    call_command("seed_demo", verbosity=0)
    refused = []

    for label in MODELS:
        record = admin.site.get_model_admin(apps.get_model(label)).model.objects.first()
        url = reverse(f"admin:{label.replace('.', '_')}_change", args=[record.pk])
        sent = typed_in(admin_client.get(url))
        response = admin_client.post(url, sent | {"_continue": "Save and continue editing"})
        if response.status_code != 302:
            refused.append(f"{label}: {record}")

    words = {entry.get_change_message() for entry in LogEntry.objects.all()}
    assert (refused, words) == ([], {"No fields changed."})
