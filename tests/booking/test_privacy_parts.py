"""Nothing that is about a patient is forgotten when they ask for all of it, or to be erased."""

import pytest
from django.apps import apps
from django.db import models

from booking.models import Appointment, Patient
from booking.privacy.parts import LEFT_OUT, PARTS
from booking.privacy.person import Person

from .known import make_known


def about_patients():
    """Return the models that lead to a patient or a visit by their relations, however far."""
    found = {Patient, Appointment}
    every = apps.get_models(include_auto_created=True)
    while more := {model for model in every if _leads_to(model, found)} - found:
        found |= more
    return {model._meta.label for model in found}


def _leads_to(model, others):
    relations = [f for f in model._meta.get_fields() if f.concrete and f.is_relation]
    return any(
        relation.related_model in others
        for relation in relations
        if not isinstance(relation, models.ManyToManyField)
    )


def test_every_model_about_patients_is_in_the_file_and_erased():
    named = {part.model._meta.label for part in PARTS} | set(LEFT_OUT)

    missing = about_patients() - named

    assert missing == set(), (
        f"{missing} lead to patients: add each to PARTS in booking/privacy/parts.py and erase it in "
        "booking/privacy/erasing.py, or name it in LEFT_OUT there with the reason"
    )


def test_whatever_is_left_out_is_there():
    assert set(LEFT_OUT) - about_patients() == set()


@pytest.mark.django_db
def test_the_known_patient_has_some_of_every_part(service, monday_morning):
    person = Person.of(make_known(service).patient)

    empty = [part.name for part in PARTS if not part.find(person).exists()]

    assert empty == [], (
        "the tests of the file and of erasing look at these by what make_known in "
        "tests/booking/known.py makes: make one of each there, with a MARK in its words"
    )
