from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from conditions.models import Condition, Revision, Treatment
from conditions.publishing import publish, unpublish
from tests.html_tree import parse

from .admin_pages import change_url, errors_at, form_at, form_data, list_url, run_on_list
from .factories import (
    NOW,
    make_condition,
    make_live_condition,
    make_section,
    make_treatment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_publish_from_the_list(client, staff):
    condition, treatment = make_condition(), make_treatment()

    run_on_list(client, "publish_articles", condition, follow=False)
    run_on_list(client, "publish_articles", treatment, follow=False)

    assert Condition.objects.published(timezone.now()).get() == condition
    assert Treatment.objects.published(timezone.now()).get() == treatment
    assert set(Revision.objects.values_list("created_by", "by_name")) == {(staff.pk, "kim")}


def test_publish_from_the_form_shows_on_the_next_request(client, staff):
    condition = make_live_condition(title="Before")
    url = change_url(condition)
    changed = form_at(client, url, title="After")

    response = client.post(url, changed | {"_publish": "Save and publish"}, follow=True)

    assert response.redirect_chain == [(f"{url}#content-start", 302)]
    assert "is live as revision 2" in response.text
    assert "After" in client.get(condition.get_absolute_url()).text


def test_publish_from_the_form_saves_what_is_not_ready(client, staff):
    condition = make_condition(red_flags=[])
    url = change_url(condition)
    changed = form_at(client, url, title="After")

    response = client.post(url, changed | {"_publish": "Save and publish"}, follow=True)

    condition.refresh_from_db()
    assert "“After” is saved, but it is not ready" in response.text
    assert (condition.title, condition.revisions.count()) == ("After", 0)


def test_publish_says_when_nothing_has_changed(client, staff):
    condition = make_live_condition(title="Cramp")

    response = run_on_list(client, "publish_articles", condition)

    assert "“Cramp”: nothing has changed since revision 1." in response.text
    assert condition.revisions.count() == 1


def test_publish_says_that_it_did_after_it_waited_for_somebody(client, staff):
    condition = make_live_condition(now=timezone.now() + timedelta(seconds=5), title="Before")
    Condition.objects.update(title="After")

    response = run_on_list(client, "publish_articles", condition)

    assert "“After” is live as revision 2." in response.text


def test_publish_leads_to_every_reason_against_it(client, staff):
    condition = Condition.objects.create(slug="bare", title="<b>Bare</b>")

    response = run_on_list(client, "publish_articles", condition)
    url = change_url(condition)
    panel = parse(client.get(url).text).one("section", id="before-publishing")

    (message,) = parse(response.text).one("ul", class_="messagelist").children
    assert message.text == (
        "“<b>Bare</b>” is saved, but it is not ready for the site. See what it needs."
    )
    assert message.one("a").get("href") == f"{url}#before-publishing"
    reasons = {link.get("href"): link.text for link in panel.all("a")}
    assert reasons["#id_summary"] == "It has no summary."
    assert reasons["#red_flag_links-group"] == "It has no red flag of its own at emergency level."
    assert not Revision.objects.exists()


def test_refused_form_lists_its_reasons_once_beside_the_buttons(client, staff):
    condition = make_condition(summary="", red_flags=[])
    url = change_url(condition)
    data = form_at(client, url) | {"_publish": "Save and publish"}

    response = client.post(url, data, follow=True)

    page = parse(response.text)
    assert response.text.count("It has no summary.") == 1
    assert page.one("ul", class_="messagelist").all("ul") == []
    link = page.one("div", class_="publishing__buttons").one("a", class_="not-ready")
    assert link.get("href") == "#before-publishing"
    assert link.text == "Not ready for the site: 2 things to do"


def test_refusal_names_what_the_panel_of_today_cannot_know(client, staff):
    condition = make_condition(review_due_on=date(2026, 12, 20))
    url = change_url(condition)
    data = form_at(client, url) | schedule_button("2026-12-24T09:30")

    response = client.post(url, data, follow=True)

    message = parse(response.text).one("ul", class_="messagelist")
    assert message.one("a").get("href") == f"{url}#id_review_due_on"
    assert "The day for the next review has to come after the day it is published." in message.text
    assert "See what it needs" not in message.text


def test_unpublish_from_the_list(client, staff):
    condition = make_live_condition(title="Cramp")

    asked = run_on_list(client, "unpublish_articles", condition)

    assert "Take this page off the site" in asked.text
    assert "asked the clinic-wide red flags alone" in asked.text
    assert Condition.objects.published(timezone.now()).exists()

    posted = dict(asked.context["posted"])
    client.post(list_url("condition"), posted | {"confirmed": "yes"})

    assert not Condition.objects.published(timezone.now()).exists()


def test_unpublish_from_the_list_says_what_is_not_on_the_site(client, staff):
    response = run_on_list(client, "unpublish_articles", make_condition(title="Cramp"))

    assert "“Cramp” is not on the site." in response.text


def test_viewers_cannot_publish(client, staff):
    Permission.objects.filter(codename="publish_condition").delete()
    condition = make_condition()

    run_on_list(client, "publish_articles", condition, follow=False)

    assert not Revision.objects.exists()


def publish_button(**fields):
    return {"_publish": "Save and publish", **fields}


def schedule_button(at, **fields):
    return {"_schedule": "Save and schedule", "publish_at": at, **fields}


def test_note_goes_with_what_is_published(client, staff):
    condition = make_condition()
    url = change_url(condition)

    client.post(url, form_at(client, url) | publish_button(publish_note="New advice."))

    assert condition.revisions.get().note == "New advice."


def test_new_article_is_saved_and_told_what_it_lacks(client, staff):
    url = reverse("admin:conditions_treatment_add")
    data = form_at(client, url, title="Herbs", slug="herbs") | publish_button()

    response = client.post(url, data, follow=True)

    saved = change_url(Treatment.objects.get(slug="herbs"))
    assert response.redirect_chain == [(f"{saved}#content-start", 302)]
    assert "“Herbs” is saved, but it is not ready" in response.text


def test_schedule_takes_the_clinics_clock(client, staff):
    condition = make_condition()
    url = change_url(condition)

    response = client.post(
        url, form_at(client, url) | schedule_button("2026-12-24T09:30"), follow=True
    )

    revision = condition.revisions.get()
    assert revision.publish_at == datetime(2026, 12, 24, 14, 30, tzinfo=UTC)
    assert "Scheduled as revision 1 for December 24, 2026, 9:30 AM." in response.text
    assert "Scheduled for December 24, 2026, 9:30 AM" in response.text
    assert "Revision 1 appears on December 24, 2026, 9:30 AM." in response.text


WRONG_TIMES = {
    "": "Choose the day and time at which it appears.",
    "2026-12-07T07:00": "That time has passed.",
    "2027-03-14T02:30": "The clocks change then",  # an hour that is skipped
    "2027-11-07T01:30": "The clocks change then",  # an hour that comes twice
    "soon": "Enter a day and a time",
}


def test_schedule_says_what_is_wrong_with_a_time(client, staff):
    url = change_url(make_condition())
    form = form_at(client, url)

    for at, words in WRONG_TIMES.items():
        errors = errors_at(client, url, form | schedule_button(at))
        assert words in " ".join(errors["publish_at"]), at
    assert not Revision.objects.exists()


def test_publish_says_that_a_scheduled_edition_is_still_to_come(client, staff):
    condition = make_condition(title="Cramp")
    publish(condition, by="tests", now=NOW, publish_at=NOW + timedelta(days=1))

    response = run_on_list(client, "publish_articles", condition)

    site = reverse("admin:conditions_condition_site", args=[condition.pk])
    assert "Revision 1 of “Cramp” is still going to appear on December 8, 2026" in response.text
    assert f'<a href="{site}">withdraw it</a>' in response.text


def test_list_names_every_state(client, staff):
    day = timedelta(days=1)
    make_condition(title="A draft")
    make_live_condition(title="Live as it is")
    make_live_condition(title="Changed").sections.update(body="<p>Other.</p>")
    publish(make_condition(title="Scheduled"), by="tests", now=NOW, publish_at=NOW + day)
    twice = make_live_condition(title="New edition")
    Condition.objects.filter(pk=twice.pk).update(lede="Other.")
    publish(twice, by="tests", now=NOW, publish_at=NOW + day)
    unpublish(make_live_condition(title="Off"), by="tests", now=NOW)
    unpublish(make_live_condition(title="Leaving"), by="tests", now=NOW, at=NOW + day)

    response = client.get(list_url("condition"))

    admin = response.context["cl"].model_admin
    states = {article.title: admin.state(article) for article in response.context["cl"].result_list}
    assert states == {
        "A draft": "Draft",
        "Live as it is": "Live",
        "Changed": "Live, changed since published",
        "Scheduled": "Scheduled for December 8, 2026, 7:00 AM",
        "New edition": "Live, a new revision is scheduled for December 8, 2026, 7:00 AM",
        "Off": "Off the site",
        "Leaving": "Live. Comes off the site on December 8, 2026, 7:00 AM",
    }


def test_panel_links_each_failure_to_its_field(client, staff):
    condition = make_condition(summary="", red_flags=[])
    make_section(condition=condition, aspect="causes", body='<p><a href="#nowhere">x</a></p>')

    page = client.get(change_url(condition)).text

    assert '<a href="#id_summary">It has no summary.</a>' in page
    assert 'id="id_summary"' in page
    assert '<a href="#sections-1">A link in “What can set it off” leads nowhere' in page
    assert 'id="sections-1"' in page
    assert (
        '<a href="#red_flag_links-group">It has no red flag of its own at emergency level.</a>'
        in page
    )
    assert 'id="red_flag_links-group"' in page


def test_panel_warns_of_what_is_hard_to_read(client, staff):
    hard = (
        "Physiological abnormalities necessitate multidisciplinary investigation. One. Two. Three."
    )
    condition = make_condition(lede=f"{hard} {' '.join(['word'] * 21)}.")

    page = client.get(change_url(condition)).text

    assert "The saved draft has all it needs." in page
    assert "Reading grade:" in page
    assert "The hardest sentences" in page
    assert "Sentences over 20 words" in page
    assert "Paragraphs over 3 sentences" in page


def test_panel_is_not_on_the_form_of_a_new_article(client, staff):
    page = client.get(reverse("admin:conditions_condition_add")).text

    assert "Before it goes on the site" not in page


def test_panel_of_a_refused_form_tells_of_the_saved_draft(client, staff):
    condition = make_condition()
    url = change_url(condition)

    response = client.post(url, form_at(client, url, title=""))

    assert "The saved draft has all it needs." in response.text


def test_state_on_a_refused_form_is_the_saved_drafts(client, staff):
    condition = make_live_condition(title="Cramp")
    url = change_url(condition)

    response = client.post(url, form_at(client, url, title="Other", summary="x" * 400))

    assert response.status_code == 200
    assert (
        parse(response.text).one("div", class_="field-state").one("div", class_="readonly").text
        == "Live"
    )


def test_day_that_nobody_can_mean_is_refused(client, staff):
    url = change_url(make_condition())
    form = form_at(client, url)

    words = "Choose a day from 2000 on, and in the next ten years at the latest."
    for day in ("0001-01-01", "1999-12-31", "2036-12-09", "9999-12-31"):
        errors = errors_at(client, url, form | {"review_due_on": day})
        assert errors["review_due_on"] == [words], day


def test_form_of_who_may_not_publish_has_no_such_button(client, staff):
    condition = make_condition()
    Permission.objects.filter(codename="publish_condition").delete()
    url = change_url(condition)
    page = client.get(url)

    assert "Save and publish" not in page.text
    client.post(url, form_data(page, title="After") | publish_button())

    assert Condition.objects.get().title == "After"
    assert not Revision.objects.exists()


def test_panel_names_the_revision_that_would_take_the_draft_back(client, staff):
    condition = make_live_condition()
    Condition.objects.filter(pk=condition.pk).update(lede="For later.")
    publish(condition, by="tests", now=NOW, publish_at=NOW + timedelta(days=1))
    condition.self_care_items.update(text="Stretch.")
    url = change_url(condition)

    page = client.get(url)
    panel = parse(page.text).one("section", id="before-publishing")
    response = client.post(url, form_data(page) | publish_button(), follow=True)

    site = reverse("admin:conditions_condition_site", args=[condition.pk])
    reason = "Revision 2 is scheduled, and would take back the self-care steps. Withdraw it first."
    assert [(link.get("href"), link.text) for link in panel.all("a", href=site)] == [(site, reason)]
    messages = parse(response.text).one("ul", class_="messagelist").text
    assert "See what it needs." in messages
    assert reason not in messages
