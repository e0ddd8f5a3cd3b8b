import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic.models import Clinic


@pytest.mark.django_db
def test_current_is_a_sample_until_someone_sets_the_clinic_up():
    clinic = Clinic.objects.current()

    assert clinic.pk == 1
    assert clinic._state.adding
    assert clinic.facts_are_sample
    assert Clinic.objects.count() == 0


@pytest.mark.django_db
def test_current_is_the_saved_row():
    Clinic.objects.create(name="Harbor Clinic", facts_are_sample=False)

    clinic = Clinic.objects.current()

    assert (clinic.name, clinic.facts_are_sample) == ("Harbor Clinic", False)


@pytest.mark.django_db
def test_database_keeps_a_second_row_out():
    Clinic.objects.create()

    with pytest.raises(IntegrityError, match="clinic_clinic_single_row"), transaction.atomic():
        Clinic.objects.create(pk=2)


def test_links_call_the_numbers():
    clinic = Clinic(emergency_number="112", crisis_number="116123", phone="+12025550143")

    assert (clinic.emergency_tel, clinic.crisis_tel) == ("tel:112", "tel:116123")
    assert (clinic.phone_tel, clinic.phone_display) == ("tel:+12025550143", "(202) 555-0143")


def test_sample_phone_number_can_be_shown_and_linked():
    clinic = Clinic()

    assert (clinic.phone_tel, clinic.phone_display) == ("tel:+12125550100", "(212) 555-0100")


def test_address_is_two_lines_or_one():
    clinic = Clinic(street="1 Pier Road", city="Portsmouth", state="NH", postal_code="03801")

    assert clinic.address_lines == ["1 Pier Road", "Portsmouth, NH 03801"]
    assert clinic.address_line == "1 Pier Road, Portsmouth, NH 03801"


@pytest.mark.parametrize("number", ["", "nine", "9-1-1", "11", "9" * 16, "٩١١"])
def test_emergency_number_is_digits(number):
    clinic = Clinic(emergency_number=number)

    with pytest.raises(ValidationError) as refusal:
        clinic.clean_fields()

    assert "emergency_number" in refusal.value.message_dict
