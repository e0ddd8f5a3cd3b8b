"""A long list as a file: its page follows the worker, with scripts and without."""

import csv

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import expect

from booking.models import Patient
from clinic.models import Export

from . import steps

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 600


@pytest.fixture
def exporter(desk):
    """Somebody at the front desk who may export, in a clinic with many patients."""
    permission = Permission.objects.get(codename="add_export")
    User.objects.get(username="desk").user_permissions.add(permission)
    Patient.objects.bulk_create(
        Patient(name=f"Ana {n}", email=f"ana{n}@example.com", phone="+12125550123")
        for n in range(ROWS)
    )
    desk.goto("/admin/booking/patient/")
    steps.follow(desk.get_by_role("link", name="Export this list"))
    return desk


def test_a_long_export_shows_how_far_it_is_and_ends_in_a_file(
    exporter, assert_sound, run_worker, tmp_path
):
    assert_sound()
    assert f"{ROWS}" in exporter.locator(".export-facts dd").first.inner_text()
    steps.press(exporter, "CSV")
    assert_sound()
    expect(exporter.locator("[data-export-rows]")).to_have_text(f"0 of {ROWS} rows.")

    Export.objects.update(rows_done=250)
    expect(exporter.locator("progress")).to_have_js_property("value", 250)
    expect(exporter.locator("[data-export-rows]")).to_have_text(f"250 of {ROWS} rows.")

    run_worker()
    expect(exporter.get_by_role("button", name="Download (CSV)")).to_be_visible()
    expect(exporter.get_by_role("status")).to_have_text("Done.")
    assert_sound()
    with exporter.expect_download() as download:
        exporter.get_by_role("button", name="Download (CSV)").click()

    path = tmp_path / "patients.csv"
    download.value.save_as(path)
    assert download.value.suggested_filename == "patients-2026-12-07.csv"
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert len(rows) == ROWS
    assert rows[0]["Phone"] == "(212) 555-0123"


def test_a_long_export_is_stopped(exporter, assert_sound, run_worker):
    steps.press(exporter, "Excel (.xlsx)")

    steps.press(exporter, "Stop")

    expect(exporter.get_by_role("status")).to_have_text("Stopped.")
    assert_sound()
    run_worker()
    assert Export.objects.get().state == "stopped"
    exporter.goto("/admin/exports/")
    assert_sound()
    assert "Stopped" in exporter.locator("#content table").inner_text()
