"""What seldom happens to an export: files that are gone, filters that no longer mean anything."""

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse

from booking.models import MailOptOut
from clinic.exports import jobs, views, writing
from clinic.exports.columns import columns_of
from clinic.exports.lists import request_as
from clinic.models import Export
from tests.booking.factories import NOW

pytestmark = pytest.mark.django_db
URL = "/admin/export/booking/mailoptout/"


@pytest.fixture(autouse=True)
def _clock(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner(client):
    client.force_login(User.objects.create_superuser("owner"))
    MailOptOut.objects.create(email="ana@example.com")
    return client


@pytest.fixture
def made(owner):
    values = {"model": "booking.mailoptout", "format": "csv", "made_at": NOW}
    return Export.objects.create(by=User.objects.get(), **values)


def test_a_link_to_some_rows_says_in_the_filters_to_which(owner):
    page = owner.get("/admin/export/booking/auditentry/?visit_number=5")

    assert page.context["filters"] == ["visit number: 5"]


def test_filters_that_mean_nothing_any_more_are_told(owner, made):
    made.parameters = "nonsense=1"

    writing.write(made)

    made.refresh_from_db()
    assert (made.state, made.problem) == ("failed", writing.NO_SUCH_LIST)
    assert str(made) == "booking.mailoptout, CSV: failed"


def test_a_list_that_cannot_be_handed_out_at_once_says_why(owner, monkeypatch):
    fail = writing._fail
    monkeypatch.setattr(
        views, "write", lambda export: fail(export, writing.folder() / "x", "Full.")
    )

    response = owner.post(URL, {"format": "csv"}, follow=True)

    assert "Failed. Full." in response.text


def test_one_that_is_over_cannot_be_stopped(owner, made):
    writing.write(made)

    response = owner.post(reverse("export-stop", args=[made.pk]))

    words = [str(message) for message in get_messages(response.wsgi_request)]
    assert words == ["It was over already."]
    assert Export.objects.get().state == "done"


def test_a_file_that_is_gone_is_not_found(owner, made):
    writing.write(made)
    writing.path_of(made).unlink()

    assert owner.get(reverse("export-file", args=[made.pk])).status_code == 404


def test_stopped_at_the_very_end_it_leaves_no_file(owner, made, monkeypatch):
    write_rows = writing._write_rows

    def stop_then(*args):
        write_rows(*args)
        owner.post(reverse("export-stop", args=[made.pk]))

    monkeypatch.setattr(writing, "_write_rows", stop_then)

    writing.write(made)

    assert Export.objects.get().state == "stopped"
    assert list(writing.folder().iterdir()) == []


def test_jobs_are_safe_when_there_is_nothing_to_do(db):
    jobs.write_export(None, pk=0)
    jobs.tidy_exports(timestamp=0)

    assert not Export.objects.exists()


class OddAdmin(admin.ModelAdmin):
    """A list with columns that this project has none of yet."""

    list_display = ("email", "is_known", "partner")

    @admin.display(boolean=True)
    def is_known(self, entry):
        return 1

    def partner(self, entry):
        raise ObjectDoesNotExist


def test_columns_of_yes_and_no_and_of_what_is_not_there(owner):
    columns = columns_of(OddAdmin(MailOptOut, admin.site), request_as(User.objects.get(), ""))

    values = [column.read(MailOptOut.objects.get()) for column in columns]

    assert values[:3] == ["ana@example.com", True, None]
