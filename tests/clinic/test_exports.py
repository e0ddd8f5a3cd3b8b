"""Lists of the admin as files: what the page promises, who may, and what stands in the audit."""

import csv
import stat
from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

from booking.models import Appointment, AuditEntry, Practitioner
from clinic.exports import views
from clinic.exports.writing import folder
from clinic.models import Export
from tests.booking.factories import (
    NOW,
    book,
    local,
    make_details,
    make_practitioner,
    make_service,
    make_week,
)

pytestmark = [pytest.mark.usefixtures("monday_morning"), pytest.mark.django_db]

VISITS = "/admin/export/booking/appointment/"
PATIENTS = "/admin/export/booking/patient/"


@pytest.fixture
def monday_morning(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def service(monday_morning, db):
    service = make_service()
    make_week(service)
    return service


@pytest.fixture
def visit(service):
    return book(service, details=make_details(name="=1+1", reason="Cramps.", medicines="Zinc"))


@pytest.fixture
def owner(client, monday_morning, db):
    user = User.objects.create_user("owner", is_staff=True)
    user.groups.add(Group.objects.get(name="Owner"))
    client.force_login(user)
    return client


def rows(response):
    """Return the rows of a CSV file by their headings."""
    text = response.body.decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def export(browser, url, file_format="csv"):
    return read(browser.post(url, {"format": file_format}))


def read(response):
    """Keep the file that is handed out, to its end, which closes it."""
    response.body = b"".join(response) if response.streaming else b""
    return response


def test_the_page_says_what_will_be_in_the_file(owner, visit):
    page = owner.get(f"{VISITS}?day=all")

    assert page.context["count"] == 1
    assert page.context["filters"] == ["day: Any day"]
    assert page.context["columns"][:4] == ["When", "Patient", "Status", "Service"]
    assert "This list names people." in page.text
    assert not Export.objects.exists()


def test_a_short_list_is_handed_out_at_once(owner, visit):
    response = export(owner, VISITS)

    (row,) = rows(response)
    assert (row["Patient"], row["Status"], row["Phone"]) == ("'=1+1", "Booked", "(212) 555-0123")
    assert row["Starts at"] == "2026-12-09T10:00:00-05:00"
    assert response["Content-Disposition"] == 'attachment; filename="appointments-2026-12-07.csv"'
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_what_patients_wrote_and_secrets_are_not_in_it(owner, visit):
    text = export(owner, VISITS).body.decode()

    assert "Cramps" not in text
    assert "Zinc" not in text
    assert str(visit.reference) not in text
    assert visit.spoken_reference in text


def test_the_filters_and_the_search_of_the_list_count(owner, service, visit):
    other = book(
        service, starts_at=local(10, 9), details=make_details(name="Ben", email="b@b.example")
    )
    practitioner = make_practitioner()

    def found(query):
        return [row["Reference"] for row in rows(export(owner, VISITS + query))]

    searched = owner.post("/admin/booking/appointment/", {"q": "ben", "search_for": "Search"})
    assert found(searched["Location"].removeprefix("/admin/booking/appointment/")) == [
        other.spoken_reference
    ]
    assert found(f"?practitioner__id__exact={practitioner.pk}") == []
    assert found("?day=tomorrow") == []
    assert found("?o=-1") == [other.spoken_reference, visit.spoken_reference]
    assert "ben" not in str(Export.objects.values_list("parameters", "found"))


@pytest.mark.parametrize(
    "query", ["?nonsense=1", "?starts_at__year=x", "?q=ben", "?found=over", "?found=forged"]
)
def test_filters_that_make_no_sense_lead_back_to_the_list(owner, visit, query):
    response = owner.get(VISITS + query)

    assert response["Location"] == "/admin/booking/appointment/"


def test_an_unknown_list_or_format_is_no_error(owner, visit):
    assert owner.get("/admin/export/booking/nothing/").status_code == 404
    assert owner.get("/admin/export/booking/screening/").status_code == 404
    assert "Choose CSV or Excel." in export(owner, VISITS, "exe").text


def test_an_export_of_persons_is_one_entry_in_the_audit(owner, visit):
    export(owner, PATIENTS)
    export(owner, "/admin/export/conditions/source/")

    noted = AuditEntry.objects.values_list("kind", "patient_number", "visit_number", "note")
    assert list(noted) == [("exported", None, None, "list of patients, 1 row, CSV")]


def test_the_file_is_readable_by_nobody_else_on_the_machine(owner, visit):
    export(owner, VISITS)

    path = folder() / Export.objects.get().file_name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder().stat().st_mode) == 0o700
    assert len(path.stem) >= 43


@pytest.mark.parametrize(
    ("group", "lists"),
    [
        ("Front desk", {"booking.appointment": 403, "conditions.source": 403}),
        ("Practitioner", {"booking.appointment": 403, "conditions.condition": 403}),
        ("Author", {"booking.appointment": 403, "conditions.source": 403}),
        ("Content", {"booking.appointment": 403, "conditions.source": 200}),
        ("Clinical reviewer", {"booking.patient": 403, "conditions.source": 200}),
        ("Owner", {"booking.appointment": 200, "booking.auditentry": 200}),
    ],
)
def test_who_may_export_which_list(client, group, lists):
    user = User.objects.create_user("somebody", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)

    answers = {
        label: client.get(reverse("export", args=label.split("."))).status_code for label in lists
    }

    assert answers == lists
    link = "Export this list" in client.get("/admin/conditions/source/").text
    assert link == (group in ("Content", "Clinical reviewer", "Owner"))


def test_a_practitioner_who_may_export_takes_out_their_own_diary(client, visit):
    user = User.objects.create_user("nora", is_staff=True)
    given = ("view_appointment", "add_export")
    user.user_permissions.set(Permission.objects.filter(codename__in=given))
    client.force_login(user)

    assert rows(export(client, VISITS)) == []
    Practitioner.objects.filter(pk=visit.practitioner_id).update(user=user)
    assert len(rows(export(client, VISITS))) == 1


def test_the_file_is_handed_to_its_owner_alone(owner, visit, admin_client):
    export(owner, VISITS)
    url = reverse("export-file", args=[Export.objects.get().pk])

    assert read(owner.get(url)).body == read(owner.post(url)).body != b""
    assert admin_client.get(url).status_code == 404
    page = reverse("export-progress", args=[Export.objects.get().pk])
    assert admin_client.get(page).status_code == 404


@pytest.mark.parametrize("lost", ["add_export", "view_appointment", "see_every_diary"])
def test_whoever_lost_a_right_gets_no_file(client, visit, lost):
    user = User.objects.create_user("somebody", is_staff=True)
    rights = {"add_export", "view_appointment", "see_every_diary"}
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    assert len(rows(export(client, VISITS))) == 1
    user.user_permissions.remove(Permission.objects.get(codename=lost))

    assert client.get(reverse("export-file", args=[Export.objects.get().pk])).status_code == 403


def test_a_long_list_leads_to_a_page_with_how_far_it_is(owner, visit, monkeypatch):
    monkeypatch.setattr(views, "AT_ONCE", 0)

    response = owner.post(f"{VISITS}?day=all", {"format": "xlsx"}, follow=True)

    made = Export.objects.get()
    assert response.redirect_chain == [(reverse("export-progress", args=[made.pk]), 302)]
    assert '<progress value="0" max="1"' in response.text
    assert (made.state, made.parameters) == ("waiting", "day=all")
    again = owner.post(VISITS, {"format": "csv"}, follow=True)
    assert "Wait for it, or stop it" in again.text
    assert Export.objects.count() == 1


def test_own_exports_are_listed_and_an_empty_list_says_what_to_do(owner, visit):
    url = reverse("exports")
    assert "choose “Export this list”" in owner.get(url).text

    export(owner, VISITS)

    assert "Appointments, CSV" in owner.get(url).text


def test_looking_at_the_pages_changes_nothing(owner, visit):
    export(owner, VISITS)
    before = list(Export.objects.values()), AuditEntry.objects.count(), Appointment.objects.count()

    for name in ("export-progress", "export-file"):
        read(owner.get(reverse(name, args=[Export.objects.get().pk])))
    owner.get(VISITS)

    assert owner.get(reverse("export-stop", args=[Export.objects.get().pk])).status_code == 405
    after = list(Export.objects.values()), AuditEntry.objects.count(), Appointment.objects.count()
    assert after == before
