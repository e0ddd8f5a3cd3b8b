"""Legal holds: set and lifted by the owner with a reason, and kept."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from booking.errors import HoldChanged
from booking.models import AuditEntry, LegalHold, Patient
from booking.privacy.erasing import erase
from booking.privacy.holds import lift_hold, open_hold, put_hold

from .factories import NOW, make_patient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def patient():
    return make_patient()


@pytest.fixture
def owner(client):
    user = User.objects.create_user("olga", first_name="Olga", last_name="Owner", is_staff=True)
    user.groups.add(Group.objects.get(name="Owner"))
    client.force_login(user)
    return client


def page_of(patient, name="hold"):
    return f"/admin/booking/patient/{patient.pk}/{name}/"


def put(patient):
    return put_hold(patient, reason="Case 4711, asked by counsel", by_name="Olga", now=NOW)


def test_the_owner_sets_a_hold_with_a_reason(owner, patient):
    answer = owner.post(page_of(patient), {"reason": "Case 4711", "hold": ""}, follow=True)

    hold = open_hold(patient)
    assert (hold.reason, hold.set_at, hold.set_by_name) == ("Case 4711", NOW, "Olga Owner")
    assert "Under a legal hold: Case 4711" in answer.text


def test_back_brings_no_reason_into_the_form_that_lifts(owner, patient):
    page = owner.get(page_of(patient))

    assert '<form method="post" autocomplete="off"' in page.text
    assert "no-store" in page["Cache-Control"]


def test_the_owner_lifts_a_hold_with_a_reason_and_it_is_kept(owner, patient):
    hold = put(patient)

    owner.post(page_of(patient), {"reason": "Settled", "hold": hold.pk})

    hold.refresh_from_db()
    assert (hold.lifted_at, hold.lifted_by_name, hold.lifted_reason) == (
        NOW,
        "Olga Owner",
        "Settled",
    )
    listed = owner.get(reverse("admin:booking_legalhold_changelist")).text
    assert "Case 4711, asked by counsel" in listed


def test_setting_and_lifting_are_noted(owner, patient):
    owner.post(page_of(patient), {"reason": "Case 4711", "hold": ""})
    owner.post(page_of(patient), {"reason": "Settled", "hold": open_hold(patient).pk})

    noted = AuditEntry.objects.filter(kind="changed").order_by("pk")
    assert list(noted.values_list("note", "patient_number")) == [
        ("Legal hold set", patient.pk),
        ("Legal hold lifted", patient.pk),
    ]


def test_a_hold_needs_a_reason(owner, patient):
    answer = owner.post(page_of(patient), {"reason": " ", "hold": ""})

    assert "Say why." in answer.text
    assert not LegalHold.objects.exists()


def test_what_somebody_did_meanwhile_is_not_undone(owner, patient):
    put(patient)

    answer = owner.post(page_of(patient), {"reason": "Another case", "hold": ""})

    assert (answer.status_code, "Somebody changed this meanwhile" in answer.text) == (409, True)
    assert open_hold(patient).reason == "Case 4711, asked by counsel"


def test_a_held_patient_cannot_be_erased_and_the_page_says_why(owner, patient):
    put(patient)

    page = owner.get(page_of(patient, "erase"))
    answer = owner.post(page_of(patient, "erase"), {"word": "erase"})

    assert "set by Olga: Case 4711, asked by counsel" in page.text
    assert answer.status_code == 409
    assert Patient.objects.get().name == "Ana Example"


def test_who_was_held_can_be_erased_and_the_reason_goes_too(patient):
    lift_hold(put(patient), reason="Settled with Ana", by_name="Olga", now=NOW)

    erase(patient.pk, user=None, now=NOW)

    hold = LegalHold.objects.get()
    assert (hold.reason, hold.lifted_reason, hold.set_by_name) == (
        "Erased person",
        "Erased person",
        "Olga",
    )


def test_a_hold_that_was_lifted_is_not_lifted_again(patient):
    hold = put(patient)
    assert str(hold) == "in force"
    lift_hold(hold, reason="Settled", by_name="Olga", now=NOW)

    with pytest.raises(HoldChanged):
        lift_hold(hold, reason="Settled twice", by_name="Olga", now=NOW)

    hold.refresh_from_db()
    assert (str(hold), hold.lifted_reason) == ("lifted", "Settled")


def test_an_erased_person_cannot_be_held(owner, patient):
    erase(patient.pk, user=None, now=NOW)

    page = owner.get(page_of(patient))
    owner.post(page_of(patient), {"reason": "Case 4711", "hold": ""})

    assert 'name="reason"' not in page.text
    assert not LegalHold.objects.exists()


def test_an_empty_list_says_how_to_begin(owner):
    page = owner.get(reverse("admin:booking_legalhold_changelist"))

    assert "None yet: set one" in page.text


def test_nobody_edits_or_deletes_a_hold_in_the_admin(owner, patient):
    hold = put(patient)

    for page in ("change", "delete"):
        owner.post(reverse(f"admin:booking_legalhold_{page}", args=[hold.pk]), {"post": "yes"})

    assert LegalHold.objects.get().reason == "Case 4711, asked by counsel"
