"""The file of a long list: written in the background, stopped, failed, and deleted a day later."""

import os
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError, transaction
from django.urls import reverse

from booking.models import AuditEntry, Patient, Practitioner
from booking.privacy.erasing import erase
from clinic.exports import jobs, views, writing
from clinic.models import Export
from tests.booking.factories import NOW, book, make_patient, make_service, make_week

URL = "/admin/export/booking/patient/"


@pytest.fixture(autouse=True)
def _clock(settings):
    # The clock moves by days, and nobody is signed out for that.
    settings.STAFF_IDLE_MINUTES = 400 * 24 * 60
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner(client, db):
    user = User.objects.create_user("owner", is_staff=True)
    rights = ("add_export", "view_patient", "see_every_diary")
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    return client


@pytest.fixture
def waiting(owner):
    """An export of 600 patients that waits for its worker."""
    people = [
        Patient(name=f"Ana {n}", email=f"a{n}@example.com", phone="+12125550123")
        for n in range(600)
    ]
    Patient.objects.bulk_create(people)
    owner.post(URL, {"format": "csv"})
    return Export.objects.select_related("by").get()


def files():
    return sorted(path.name for path in writing.folder().iterdir())


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    return tmp_path / "exports"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_worker_writes_it_and_its_owner_gets_it(owner, run_worker, monkeypatch, file_format):
    Patient.objects.bulk_create(
        Patient(name=f"Ana {n}", email=f"a{n}@example.com", phone="+12125550123") for n in range(3)
    )
    monkeypatch.setattr(views, "AT_ONCE", 1)
    owner.post(URL, {"format": file_format})

    run_worker()

    made = Export.objects.get()
    assert (made.state, made.rows_done, made.rows_all) == ("done", 3, 3)
    page = owner.get(reverse("export-progress", args=[made.pk])).text
    assert "3 rows. The file is kept until" in page
    response = owner.post(reverse("export-file", args=[made.pk]))
    assert len(b"".join(response)) > 100
    assert AuditEntry.objects.get().note.startswith("list of patients, 3 rows, ")
    assert files() == [made.file_name]


@pytest.mark.django_db
def test_it_says_on_the_way_how_far_it_is(waiting, monkeypatch):
    seen = []

    def is_ending():
        seen.append(Export.objects.values_list("state", "rows_done", "rows_all").get())
        return False

    writing.write(waiting, is_ending=is_ending)

    assert seen == [("working", 0, 600), ("working", 250, 600)]
    assert Export.objects.values_list("state", "rows_done").get() == ("done", 600)


@pytest.mark.django_db
def test_stopped_in_the_middle_nothing_is_left(owner, waiting):
    url = reverse("export-stop", args=[waiting.pk])

    writing.write(waiting, is_ending=lambda: owner.post(url) is None)

    assert Export.objects.get().state == "stopped"
    assert files() == []
    assert not AuditEntry.objects.exists()
    page = owner.get(reverse("export-progress", args=[waiting.pk])).text
    assert "Stopped." in page
    assert "Try again" in page


@pytest.mark.django_db
def test_stopped_before_it_begins_it_is_not_written(owner, waiting):
    owner.post(reverse("export-stop", args=[waiting.pk]))

    writing.write(waiting)

    assert (Export.objects.get().state, files()) == ("stopped", [])


@pytest.mark.django_db
@pytest.mark.parametrize("lost", ["add_export", "view_patient"])
def test_rights_count_as_they_are_when_it_is_written(waiting, lost):
    waiting.by.user_permissions.remove(Permission.objects.get(codename=lost))

    writing.write(Export.objects.select_related("by").get())

    made = Export.objects.get()
    assert (made.state, made.problem) == ("failed", writing.NOT_ALLOWED)
    assert files() == []


@pytest.mark.django_db
def test_rows_are_those_that_its_owner_sees_when_it_is_written(owner):
    service = make_service()
    make_week(service)
    visit = book(service)
    user = User.objects.get()
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["add_export", "view_appointment"])
    )

    def rows():
        made = Export.objects.create(
            by=User.objects.get(), model="booking.appointment", format="csv", made_at=NOW
        )
        writing.write(made)
        return Export.objects.values_list("state", "rows_done").get(pk=made.pk)

    assert rows() == ("done", 0)
    Practitioner.objects.filter(pk=visit.practitioner_id).update(user=user)
    assert rows() == ("done", 1)


@pytest.mark.django_db
def test_an_error_is_told_in_a_sentence_and_can_be_tried_again(owner, waiting, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(writing, "columns_of", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            writing.write(waiting)
    page = owner.get(reverse("export-progress", args=[waiting.pk]))
    assert "The site could not write it." in page.text
    assert files() == []

    owner.post(reverse("export-again", args=[waiting.pk]))

    writing.write(Export.objects.select_related("by").latest("pk"))
    assert sorted(Export.objects.values_list("state", flat=True)) == ["done", "failed"]


@pytest.mark.django_db
def test_a_worker_that_is_told_to_end_says_so(waiting):
    writing.write(waiting, is_ending=lambda: True)

    made = Export.objects.get()
    assert (made.state, made.problem) == ("failed", "The site was restarted meanwhile.")
    assert files() == []


@pytest.mark.django_db
def test_a_worker_that_died_is_noticed_and_its_file_deleted(owner, waiting):
    writing._take(waiting)
    path = writing.path_of(waiting)
    path.write_text("half")
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    later = NOW + timedelta(hours=2)

    with time_machine.travel(later, tick=False):
        page = owner.get(reverse("export-progress", args=[waiting.pk])).text
        jobs.tidy(now=later)

    assert jobs.DIED in page
    assert "Try again" in page
    made = Export.objects.get()
    assert (made.state, made.problem, files()) == ("failed", jobs.DIED, [])


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "is_there"), [(23, True), (25, False)])
def test_a_file_is_deleted_after_a_day(owner, waiting, hours, is_there):
    writing.write(waiting)
    path = writing.path_of(waiting)
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    url = reverse("export-progress", args=[waiting.pk])
    later = NOW + timedelta(hours=hours)

    with time_machine.travel(later, tick=False):
        owner.force_login(waiting.by)
        before = owner.get(url).status_code
        jobs.tidy(now=later)

    assert before == (200 if is_there else 404)
    assert (path.exists(), Export.objects.exists()) == (is_there, is_there)


@pytest.mark.django_db
def test_what_is_being_written_is_left_alone(waiting, folder):
    writing._take(waiting)
    writing.path_of(waiting).write_text("half")
    aid = folder / "aid of XlsxWriter"
    aid.write_text("half")
    os.utime(aid, (NOW.timestamp(), NOW.timestamp()))

    jobs.tidy(now=NOW)

    assert len(files()) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"state": "lost"}, "clinic_export_state_known"),
        ({"format": "exe"}, "clinic_export_format_known"),
        ({"state": "done"}, "clinic_export_done_has_file"),
        ({"rows_done": 9999}, "clinic_export_rows"),
    ],
)
def test_the_database_refuses_what_cannot_be(waiting, values, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Export.objects.update(**values)


@pytest.mark.django_db(transaction=True)
def test_a_list_of_persons_goes_once_one_of_them_is_erased(owner, waiting):
    writing.write(waiting)
    download = reverse("export-file", args=[waiting.pk])
    assert b"Ana 7," in owner.get(download).getvalue()

    erase(Patient.objects.get(name="Ana 7").pk, user=None, now=NOW)

    assert owner.get(download).status_code == 404
    assert (files(), Export.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_a_list_that_is_being_written_while_one_is_erased_is_stopped(waiting, monkeypatch):
    tell = writing._tell

    def tell_and_erase(export):
        tell(export)
        if export.rows_done == 250:
            erase(Patient.objects.get(name="Ana 7").pk, user=None, now=NOW)

    monkeypatch.setattr(writing, "_tell", tell_and_erase)

    writing.write(waiting)

    assert (Export.objects.get().state, files()) == ("stopped", [])


@pytest.mark.django_db(transaction=True)
def test_a_list_that_names_nobody_stays(owner):
    owner.get("/admin/")
    content = Export.objects.create(
        by=User.objects.get(),
        model="booking.service",
        format="csv",
        state="done",
        file_name="services.csv",
        made_at=NOW,
        finished_at=NOW,
    )
    writing.path_of(content).write_text("Services")

    erase(make_patient().pk, user=None, now=NOW)

    assert files() == ["services.csv"]
