"""The front desk finds a patient, corrects and notes, books, and merges: with scripts and without."""

import pytest

from booking.models import Appointment, Patient, PatientNote
from tests.booking.factories import make_patient

from . import steps

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_a_misspelled_name_to_one_record(desk, assert_sound):
    ana = make_patient(name="Ana María Example", email="ana@example.com")
    twin = make_patient(name="Anna Maria Exmple", email="other@example.org")
    desk.goto("/admin/booking/patient/")
    assert_sound()

    desk.locator("#searchbar").fill("maria exmaple")
    with desk.expect_navigation():
        desk.locator("#searchbar").press("Enter")
    assert "maria" not in desk.url.lower()
    assert "Like what you typed" in desk.locator("#result_list").inner_text()
    assert_sound()
    steps.follow(desk.get_by_role("link", name="Ana María Example"))
    assert_sound()

    desk.get_by_label("New note").fill("Uses the side door.\n<b>Rings</b> twice.")
    steps.press(desk, "Add the note")
    assert "<b>Rings</b> twice." in desk.locator("#notes").inner_text()
    steps.follow(desk.get_by_role("button", name="Strike out"))
    assert "Struck out by desk" in desk.locator("#notes").inner_text()
    assert_sound()

    desk.locator("[name=email]").fill("half@")
    steps.press(desk, "Save")
    assert "Nothing was done yet" in desk.locator("[data-error-summary]").inner_text()
    assert_sound()
    desk.locator("[name=email]").fill("new@example.com")
    steps.press(desk, "Save")
    assert "Changed: email." in desk.locator(".messagelist").inner_text()

    steps.follow(desk.get_by_role("link", name="see what merging would do"))
    assert_sound()
    desk.locator("[name=phone][value=gone]").check()
    steps.press(desk, "Merge into one record")

    assert "this is the one record now" in desk.locator(".messagelist").inner_text()
    assert list(Patient.objects.filter(pk__in=(ana.pk, twin.pk))) == [ana]
    assert PatientNote.objects.get().struck_by_name == "desk"
    desk.goto(f"/admin/booking/patient/{twin.pk}/change/")
    assert f"/patient/{ana.pk}/" in desk.url


def test_two_strangers_are_not_merged_by_accident(desk, assert_sound):
    ana = make_patient()
    make_patient(name="Bo Other", email="bo@example.net", phone="+13125550188")
    desk.goto(f"/admin/booking/patient/{ana.pk}/merge/")
    assert_sound()
    desk.get_by_label("Name, email, phone or reference").fill("bo othr")
    steps.press(desk, "Find")
    assert_sound()
    steps.follow(desk.get_by_role("link", name="Bo Other"))
    assert "This looks like two people." in desk.locator(".patient__loud").inner_text()

    steps.press(desk, "Merge into one record")

    assert "Make sure that they are one person" in desk.locator("[data-error-summary]").inner_text()
    assert_sound()
    assert Patient.objects.filter(pk=ana.pk).exists()


def test_a_visit_is_booked_for_the_patient_whose_page_it_was(desk, assert_sound):
    ana = make_patient()
    desk.goto(f"/admin/booking/patient/{ana.pk}/change/")
    steps.follow(desk.get_by_role("link", name="Book a visit"))
    assert "Ana" not in desk.url
    desk.get_by_label("I asked: none of these").check()
    desk.locator("[data-slot]").last.check()
    desk.get_by_label("I told the caller what we keep").check()
    steps.press(desk, "Book this visit")

    visit = Appointment.objects.get()
    assert visit.patient == ana
    desk.goto(f"/admin/booking/patient/{ana.pk}/change/")
    assert "Booked" in desk.locator("[data-appointment-status=booked]").inner_text()
    assert_sound()
