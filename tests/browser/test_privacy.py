"""The owner answers a patient's requests and turns on a retention rule, as a person does."""

import zipfile
from datetime import timedelta

import pytest

from booking.models import Patient, RetentionRule, RetentionRun, Service
from tests.booking.factories import NOW, make_appointment, make_patient

from . import steps
from .staff import LOOK_NAMES, LOOKS, WIDE, let_in, make_member, soundness, staff_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def patient(site):
    """Somebody whose visit is long over."""
    patient = make_patient(created_at=NOW - timedelta(days=900))
    service = Service.objects.select_related("location").first()
    make_appointment(
        service,
        NOW - timedelta(days=800),
        patient=patient,
        status="fulfilled",
        reason="Calf cramps",
    )
    return patient


@pytest.fixture(params=[*LOOKS, ("dark", WIDE, True)], ids=[*LOOK_NAMES, "wide and dark"])
def owner(request, open_page, site):
    """A page signed in as the owner; what the site's policy refuses is an error."""
    with staff_page(open_page, request.param, accept_downloads=True) as page:
        let_in(page, make_member("olga", "Owner"), site)
        yield page


@pytest.fixture
def assert_sound(request, owner):
    return soundness(owner, request.node.callspec.params["owner"])


def open_tool(page, patient, name):
    page.goto(f"/admin/booking/patient/{patient.pk}/change/")
    steps.follow(page.get_by_role("link", name=name, exact=True))


def test_a_patient_is_held_taken_out_and_erased(owner, assert_sound, patient):
    open_tool(owner, patient, "Set a legal hold")
    assert_sound()
    owner.get_by_label("Reason").fill("Case 4711")
    steps.press(owner, "Set a legal hold")
    assert owner.get_by_text("Under a legal hold: Case 4711").is_visible()
    assert_sound()

    open_tool(owner, patient, "Erase")
    assert "set by olga: Case 4711" in owner.locator(".errornote").inner_text()
    assert owner.get_by_role("button", name="Erase for good").count() == 0
    assert_sound()

    open_tool(owner, patient, "Lift the legal hold")
    assert_sound()
    owner.get_by_label("Reason").fill("Settled")
    steps.press(owner, "Lift a legal hold")

    open_tool(owner, patient, "Everything as a file")
    assert_sound()
    with owner.expect_download() as download:
        owner.get_by_role("button", name="Download the file").click()
    assert download.value.suggested_filename == f"patient-{patient.pk}-2026-12-07.zip"
    with zipfile.ZipFile(download.value.path()) as archive:
        assert "Calf cramps" in archive.read("everything.html").decode()

    open_tool(owner, patient, "Erase")
    steps.press(owner, "Erase for good")
    assert "Nothing was erased." in owner.locator(".errornote").inner_text()
    assert_sound()
    owner.get_by_label("Type the word").fill("erase")
    steps.press(owner, "Erase for good")

    assert owner.get_by_text("Erased on").is_visible()
    assert "Ana Example" not in owner.content()
    assert Patient.objects.get(pk=patient.pk).name == "Erased person"
    assert_sound()


def test_a_retention_rule_is_turned_on_and_run(owner, assert_sound, patient):
    owner.goto("/admin/booking/retentionrun/")
    assert_sound()
    owner.goto("/admin/booking/retentionrule/")
    assert_sound()
    steps.follow(owner.get_by_role("link", name="Reasons and medicines of visits", exact=True))
    assert_sound()
    owner.get_by_label("Keep for").fill("24")
    steps.press(owner, "Save")
    assert "1 to be cleared" in owner.locator("#content").inner_text()
    assert_sound()

    owner.goto("/admin/booking/retentionrule/")
    assert_sound()
    steps.follow(owner.get_by_role("link", name="See and run"))
    steps.press(owner, "Run now")

    assert "1 cleared." in owner.locator(".messagelist").inner_text()
    assert RetentionRun.objects.get().rule == RetentionRule.objects.get()
    assert patient.appointments.get().reason == ""
    assert_sound()


def test_the_list_of_holds_is_sound(owner, assert_sound, patient):
    owner.goto("/admin/booking/legalhold/")

    assert "None yet: set one" in owner.locator("#content").inner_text()
    assert_sound()
