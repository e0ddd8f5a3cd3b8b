"""The secret address of a practitioner's calendar, in the admin."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import ActionLocation
from django.contrib.auth.models import Group, Permission, User
from django.contrib.messages import get_messages
from django.test import Client

from booking.models import Practitioner

from .factories import make_practitioner

pytestmark = pytest.mark.django_db
ROLES = ["Front desk", "Content", "Clinical reviewer", "Author"]


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = "https://clinic.example.org"


@pytest.fixture
def practitioner():
    return make_practitioner(name="Dr. Lisanti")


@pytest.fixture
def editor():
    """A browser of somebody who may change practitioners, and nothing else."""
    user = User.objects.create_user("editor", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_practitioner"))
    return signed_in(user)


def signed_in(user, **kwargs):
    client = Client(**kwargs)
    client.force_login(user)
    return client


def url_of(practitioner):
    return f"/admin/booking/practitioner/{practitioner.pk}/change/"


def run(client, practitioner, action, **answer):
    data = {
        f"{ActionLocation.CHANGE_FORM.value}-action": action,
        "_selected_action": practitioner.pk,
    }
    response = client.post(url_of(practitioner), data | answer)
    practitioner.refresh_from_db()
    return response


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_address_is_made_and_shown_with_who_may_have_it(editor, practitioner):
    before = editor.get(url_of(practitioner)).text
    made = run(editor, practitioner, "renew_feed")
    after = editor.get(url_of(practitioner)).text

    assert "None yet: choose" in before
    assert "Give this address to the practitioner alone" in before
    assert said(made) == ["The calendar has a new address: see “Calendar” below."]
    assert len(practitioner.feed_token) == 43
    assert f"https://clinic.example.org/calendars/{practitioner.feed_token}.ics" in after
    assert editor.get(practitioner.feed_url).status_code == 200


def test_renewing_asks_first_and_ends_the_old_address(editor, practitioner):
    practitioner.renew_feed()
    old = practitioner.feed_url

    asked = run(editor, practitioner, "renew_feed")
    assert "Renew the calendar’s address?" in asked.text
    assert practitioner.feed_url == old
    run(editor, practitioner, "renew_feed", confirmed="yes")

    assert practitioner.feed_url not in ("", old)
    assert editor.get(old).status_code == 404
    assert editor.get(practitioner.feed_url).status_code == 200


def test_stopping_asks_first_and_leaves_no_address(editor, practitioner):
    practitioner.renew_feed()
    old = practitioner.feed_url

    asked = run(editor, practitioner, "stop_feed")
    assert "Stop the calendar’s address?" in asked.text
    assert practitioner.feed_url == old
    stopped = run(editor, practitioner, "stop_feed", confirmed="yes")
    again = run(editor, practitioner, "stop_feed", confirmed="yes")

    assert said(stopped) == ["The calendar has no address any more."]
    assert said(again)[-1] == "The calendar has no address."
    assert practitioner.feed_url == ""
    assert editor.get(old).status_code == 404


def test_the_admins_own_log_says_that_it_was_done_and_no_address(editor, practitioner):
    run(editor, practitioner, "renew_feed")
    made = practitioner.feed_token
    run(editor, practitioner, "stop_feed", confirmed="yes")

    notes = [entry.change_message for entry in LogEntry.objects.order_by("pk")]
    assert notes == [
        "Made a new address of the calendar.",
        "Stopped the address of the calendar.",
    ]
    assert not any(made in note for note in notes)


def test_address_of_somebody_who_is_not_active_can_be_made(editor, practitioner):
    Practitioner.objects.update(is_active=False)

    run(editor, practitioner, "renew_feed")

    assert editor.get(practitioner.feed_url)["Content-Type"].startswith("text/calendar")


@pytest.mark.parametrize("role", ROLES)
def test_no_other_role_sees_or_changes_the_address(practitioner, role):
    practitioner.renew_feed()
    before = practitioner.feed_token
    user = User.objects.create_user("somebody", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = signed_in(user)

    page = client.get(url_of(practitioner))
    for action in ("renew_feed", "stop_feed"):
        run(client, practitioner, action, confirmed="yes")

    assert page.status_code == (200 if role == "Front desk" else 403)
    assert before not in page.text
    assert "Give this address" not in page.text
    assert practitioner.feed_token == before


def test_address_changes_by_a_form_of_this_site_alone(practitioner):
    boss = User.objects.create_superuser("boss")
    strict = signed_in(boss, enforce_csrf_checks=True)

    refused = run(strict, practitioner, "renew_feed")

    assert (refused.status_code, practitioner.feed_token) == (403, "")


def test_a_new_practitioner_has_no_address(admin_client):
    add = "/admin/booking/practitioner/add/"
    rows = {"available_times-TOTAL_FORMS": 0, "available_times-INITIAL_FORMS": 0}
    rows |= {"available_times-2-TOTAL_FORMS": 0, "available_times-2-INITIAL_FORMS": 0}

    page = admin_client.get(add).text
    admin_client.post(add, rows | {"name": "Dr. New", "slug": "dr-new"})

    assert "Give this address" not in page
    assert Practitioner.objects.get(slug="dr-new").feed_url == ""


def test_saving_a_form_that_was_read_earlier_revives_no_old_address(practitioner, rf):
    practitioner.renew_feed()
    stale = Practitioner.objects.get()
    practitioner.renew_feed()
    page = admin.site._registry[Practitioner]
    form = page.get_form(rf.get("/"), stale, fields=["title"])({"title": "Doctor"}, instance=stale)

    page.save_model(rf.post("/"), form.save(commit=False), form, change=True)

    saved = Practitioner.objects.get()
    assert (saved.title, saved.feed_token) == ("Doctor", practitioner.feed_token)
