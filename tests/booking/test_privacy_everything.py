"""Everything about one patient as a file, for them."""

import io
import json
import zipfile

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from booking import waitlist
from booking.models import AuditEntry, Patient
from booking.privacy.everything import take_out

from .desk import signed_in
from .factories import NOW, make_details, make_patient, wait
from .known import DETAILS, make_known

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def known(service):
    return make_known(service)


@pytest.fixture
def owner(client):
    client.force_login(User.objects.create_superuser("boss", first_name="Bo", last_name="Ss"))
    return client


def page_of(patient):
    return reverse("admin:booking_patient_everything", args=[patient.pk])


def unpack(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    resources = [entry["resource"] for entry in json.loads(files["everything.json"])["entry"]]
    return resources, files["everything.html"]


def of_type(resources, name):
    return [one for one in resources if one["resourceType"] == name]


def test_the_file_says_who_they_are_in_fhirs_words(known):
    resources, _page = unpack(take_out(known.patient, user=known.staff, now=NOW))

    (patient,) = of_type(resources, "Patient")
    assert patient["name"] == [{"text": "Quintessa Marker"}]
    assert patient["telecom"] == [
        {"system": "email", "value": DETAILS["email"]},
        {"system": "phone", "value": DETAILS["phone"], "extension": "73737373"},
    ]


def test_the_file_has_each_visit_with_its_reason_and_medicines(known):
    resources, _page = unpack(take_out(known.patient, user=known.staff, now=NOW))

    visits = of_type(resources, "Appointment")
    assert [(one["status"], one["start"], one["reason"], one["note"]) for one in visits[:2]] == [
        (
            visit.status,
            visit.starts_at.isoformat().replace("+00:00", "Z"),
            [{"concept": {"text": "Why-marker"}}],
            [{"text": "Medicines: Pill-marker"}],
        )
        for visit in known.patient.appointments.order_by("starts_at")
    ]


def test_the_file_holds_every_kind_of_record(known):
    resources, _page = unpack(take_out(known.patient, user=known.staff, now=NOW))

    text = json.dumps(resources, ensure_ascii=False)
    for words in (
        "urgent",
        "marker-spasms",
        "Said by Quintessa",
        "Quintessa called",
        "Quintessa found another",
        "250 marker queued",
        "A draft's title",
        "Asia/Kathmandu",
        "Marker against the clinic",
        "the visit’s page",
        "Moved for Marker",
        "before@marker.example",
        "quintessa@MARKER.example",
        "2026-12-07",
    ):
        assert words in text


def test_the_page_in_the_file_says_the_same_in_plain_words(known):
    resources, page = unpack(take_out(known.patient, user=known.staff, now=NOW))

    assert "<h2>Visits</h2>" in page
    assert "<dt>reason</dt><dd>Why-marker</dd>" in page
    assert "<dd>Wed, Dec 9, 2026, 10:00 am EST</dd>" in page
    assert page.count("<dl>") == len(resources)


@pytest.mark.parametrize("is_over", [False, True], ids=["waits", "waited"])
def test_the_file_names_nobody_else_with_the_same_address(service, known, is_over):
    entry = wait(service, details=make_details(name="Ben Other", email=DETAILS["email"]))
    if is_over:
        waitlist.leave(reference=entry.reference, now=NOW)

    resources, _page = unpack(take_out(known.patient, user=known.staff, now=NOW))

    assert "Ben Other" not in json.dumps(resources)


def test_what_a_patient_wrote_is_no_markup(service):
    patient = make_patient(name="<script>alert(1)</script>")
    _resources, page = unpack(take_out(patient, user=None, now=NOW))

    assert "<script>" not in page


def test_the_page_says_what_will_be_in_it(owner, known):
    page = owner.get(page_of(known.patient))

    assert [(one.part.name, one.count) for one in page.context["held"]][:2] == [
        ("Name, email address and phone number", 1),
        ("Visits", 2),
    ]


def test_the_download_names_nobody_and_is_kept_nowhere(owner, known):
    answer = owner.post(page_of(known.patient))

    assert answer["Content-Disposition"] == (
        f'attachment; filename="patient-{known.patient.pk}-2026-12-07.zip"'
    )
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == "application/zip"
    resources, _page = unpack(answer.content)
    assert of_type(resources, "Patient")[0]["id"] == str(known.patient.pk)


def test_it_is_noted_who_took_it_out(owner, known):
    owner.post(page_of(known.patient))

    entry = AuditEntry.objects.filter(kind="exported").get()
    assert (entry.by_name, entry.patient_number, entry.note) == (
        "Bo Ss",
        known.patient.pk,
        "everything",
    )


def test_of_somebody_unknown_there_is_no_file(owner):
    assert owner.get("/admin/booking/patient/4711/everything/").status_code == 404
    assert owner.post("/admin/booking/patient/4711/erase/").status_code == 404


PAGES = ("everything", "erase", "hold")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("group", "status"),
    [
        ("Content", 403),
        ("Clinical reviewer", 403),
        ("Front desk", 403),
        ("Practitioner", 403),
        ("Owner", 200),
    ],
)
def test_the_owner_alone_may(client, known, page, group, status):
    user = User.objects.create_user("somebody", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    url = f"/admin/booking/patient/{known.patient.pk}/{page}/"

    answers = client.get(url), client.post(url, {"word": "erase"} if status == 403 else {})

    assert [answer.status_code for answer in answers] == [status, status]
    assert Patient.objects.get(pk=known.patient.pk).erased_at is None


@pytest.mark.parametrize("page", PAGES)
def test_who_sees_their_own_diary_alone_reaches_no_other_patient(known, page):
    client = signed_in("export_patient", "erase_patient", "change_legalhold", "view_patient")

    assert client.get(f"/admin/booking/patient/{known.patient.pk}/{page}/").status_code == 404
    assert client.post(f"/admin/booking/patient/{known.patient.pk}/{page}/").status_code == 404


@pytest.mark.parametrize(
    ("group", "tools"), [("Front desk", 0), ("Owner", 3)], ids=["desk", "owner"]
)
def test_the_patients_page_leads_there_whoever_may(client, known, group, tools):
    user = User.objects.create_user("somebody", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)

    page = client.get(reverse("admin:booking_patient_change", args=[known.patient.pk])).text

    assert sum(f"/{known.patient.pk}/{name}/" in page for name in PAGES) == tools
