from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from conditions.models import Condition, Treatment
from conditions.publishing import publish, unpublish

from .admin_pages import run_on_list
from .factories import (
    NOW,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_live_with_text,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_address_changes_after_a_question(client, staff):
    condition = make_live_condition(slug="cramp")
    url = reverse("admin:conditions_condition_address", args=[condition.pk])

    assert "/conditions/cramp/" in client.get(url).text
    asked = client.post(url, {"slug": "leg-cramp"})
    assert "leads visitors to the new one" in asked.text
    assert Condition.objects.get().slug == "cramp"

    done = client.post(url, {"slug": "leg-cramp", "confirmed": "yes"}, follow=True)

    assert "The address changed from cramp to leg-cramp." in done.text
    assert Condition.objects.get().slug == "leg-cramp"
    assert [former.slug for former in condition.former_slugs.all()] == ["cramp"]


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("taken", "Another page has the address"),
        ("cramp", "That is its address already."),
        ("not a slug", "Write small letters, digits and hyphens, such as leg-cramps."),
    ],
)
def test_address_that_cannot_be_is_refused(client, staff, slug, words):
    make_condition(slug="taken")
    condition = make_live_condition(slug="cramp")
    url = reverse("admin:conditions_condition_address", args=[condition.pk])

    response = client.post(url, {"slug": slug, "confirmed": "yes"})

    assert words in response.text
    assert Condition.objects.get(pk=condition.pk).slug == "cramp"


def test_address_that_was_taken_in_the_meantime_is_refused(client, staff, monkeypatch):
    make_condition(slug="taken")
    condition = make_live_condition(slug="cramp")
    url = reverse("admin:conditions_condition_address", args=[condition.pk])
    monkeypatch.setattr("conditions.admin.on_site.address_problem", lambda article, slug: "")

    response = client.post(url, {"slug": "taken", "confirmed": "yes"})

    assert "Another page has the address “taken”." in response.text


def site_url(article):
    return reverse(f"admin:conditions_{article._meta.model_name}_site", args=[article.pk])


def test_page_comes_off_the_site_now(client, staff):
    treatment = make_live_treatment()

    assert "Now: Live." in client.get(site_url(treatment)).text
    response = client.post(site_url(treatment), {"_take_off": "yes", "at": ""}, follow=True)

    assert "The page is off the site." in response.text
    assert [entry.user for entry in LogEntry.objects.all()] == [staff]
    assert not Treatment.objects.published(timezone.now()).exists()


def test_page_that_is_off_the_site_leads_to_what_puts_it_back(client, staff):
    gone, draft = make_live_condition(), make_condition()
    unpublish(gone, by="tests", now=NOW)

    off, new = client.get(site_url(gone)).text, client.get(site_url(draft)).text

    revisions = reverse("admin:conditions_condition_editions", args=[gone.pk])
    assert "Now: Off the site." in off
    assert f'again, <a href="{revisions}">go back to one of its revisions</a>' in off
    for article, page in ((gone, off), (draft, new)):
        form = reverse("admin:conditions_condition_change", args=[article.pk])
        assert f'<a href="{form}#publishing">publish the draft</a>' in page
        assert 'id="publishing"' in client.get(form).text
    assert "go back to one" not in new


@pytest.mark.parametrize("make", [make_condition, make_live_condition, make_live_treatment])
def test_form_leads_to_the_site_only_if_the_page_is_there(client, staff, make):
    article = make()
    is_live = make is not make_condition
    name = f"admin:conditions_{article._meta.model_name}_change"

    page = client.get(reverse(name, args=[article.pk])).text

    assert ("View on site" in page) is is_live


def test_page_names_those_that_link_to_it_before_it_comes_off(client, staff):
    treatment = make_live_treatment(slug="cupping")
    link = '<p><a href="/treatments/cupping/">x</a></p>'
    linking = make_live_with_text(link, title="<b>Sciatica</b>")
    form = f'<a href="{reverse("admin:conditions_condition_change", args=[linking.pk])}">'
    listed = f"{form}&lt;b&gt;Sciatica&lt;/b&gt;</a>"

    assert listed in client.get(site_url(treatment)).text
    assert listed in run_on_list(client, "unpublish_articles", treatment).text
    assert "These pages link there." not in client.get(site_url(linking)).text


def test_page_comes_off_the_site_at_a_time_unless_it_stays(client, staff):
    condition = make_live_condition()
    at = {"_take_off": "yes", "at": "2026-12-24T09:30"}

    response = client.post(site_url(condition), at, follow=True)

    assert "It comes off the site on December 24, 2026, 9:30 AM." in response.text
    assert not Condition.objects.published(NOW + timedelta(days=30)).exists()

    client.post(site_url(condition), {"_stay": ""})

    assert Condition.objects.published(NOW + timedelta(days=30)).exists()


def test_page_cannot_come_off_in_the_past(client, staff):
    condition = make_live_condition()

    response = client.post(site_url(condition), {"_take_off": "", "at": "2026-12-01T09:30"})

    assert "That time has passed." in response.text
    assert Condition.objects.published(timezone.now()).exists()


def test_page_cannot_come_off_in_a_year_that_nothing_can_reckon_with(client, staff):
    condition = make_live_condition()

    response = client.post(site_url(condition), {"_take_off": "", "at": "9999-12-31T23:59"})

    assert "Choose a time in the next ten years." in response.text
    assert Condition.objects.get().unpublish_at is None


@pytest.mark.parametrize("number", ["9" * 5000, "²", "-1", ""])
def test_odd_number_of_an_edition_is_not_found(client, staff, number):
    condition = make_live_condition()

    assert client.post(site_url(condition), {"_withdraw": number}).status_code == 404


def test_scheduled_edition_is_withdrawn(client, staff):
    condition = make_condition()
    publish(condition, by="tests", now=NOW, publish_at=NOW + timedelta(days=1))

    assert "Withdraw revision 1" in client.get(site_url(condition)).text
    response = client.post(site_url(condition), {"_withdraw": "1"}, follow=True)

    assert "Revision 1 is withdrawn and will not appear." in response.text
    assert not Condition.objects.published(NOW + timedelta(days=2)).exists()


def test_edition_that_has_appeared_is_not_withdrawn(client, staff):
    condition = make_live_condition()

    response = client.post(site_url(condition), {"_withdraw": "1"}, follow=True)

    assert "Revision 1 is not scheduled any more." in response.text
    assert not LogEntry.objects.exists()
    assert Condition.objects.published(timezone.now()).exists()


@pytest.mark.parametrize("number", ["7", "x"])
def test_unknown_edition_is_not_found(client, staff, number):
    condition = make_live_condition()

    assert client.post(site_url(condition), {"_withdraw": number}).status_code == 404


@pytest.mark.parametrize("view", ["site", "address"])
def test_pages_about_the_site_need_the_right_to_publish(client, staff, view):
    condition = make_live_condition()
    Permission.objects.filter(codename="publish_condition").delete()
    url = reverse(f"admin:conditions_condition_{view}", args=[condition.pk])

    assert client.get(url).status_code == 403
    assert client.post(url, {"slug": "x", "_take_off": ""}).status_code == 403
