"""The way back to an older revision: the question, and what is done after it."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection

from clinic.models import Clinic
from conditions.gate import Failure
from conditions.publishing import NotPublishable, publish, roll_back, unpublish
from tests.html_tree import parse

from .factories import NOW, make_live_treatment, make_red_flag, make_twice_published
from .staff import page_url
from .test_admin_editions import add_revision, changes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def go_back(client, article, number):
    """Open the question, and say yes."""
    url = page_url(article, "roll_back", number)
    asked = client.get(url)
    shown = asked.context["digest"] if asked.status_code == 200 else ""
    return client.post(url, {"shown": shown}, follow=True)


def test_roll_back_asks_and_shows_what_visitors_lose(client, staff):
    condition = make_twice_published()

    response = client.get(page_url(condition, "roll_back", 1))

    assert changes_of(response) == [
        ("First paragraph (changed)", "[removed: New ] [added: Old ]words here.")
    ]
    assert condition.revisions.count() == 2


def test_roll_back_says_what_is_still_going_to_appear(client, staff):
    condition = make_twice_published()
    add_revision(condition, 3, publish_at=NOW + timedelta(days=1))

    asked = client.get(page_url(condition, "roll_back", 1))
    done = go_back(client, condition, 1)

    words = "is still going to appear on December 8, 2026, 7:00 AM"
    site = page_url(condition, "site")
    assert f"Revision 3 {words}" in parse(asked.text).one("main").text
    assert f'<a href="{site}">withdraw it</a>' in asked.text
    assert f"Revision 3 of “{condition.title}” {words}" in done.text


def test_roll_back_publishes_the_older_revision_again(client, staff):
    condition = make_twice_published()

    response = go_back(client, condition, 1)

    newest = condition.revisions.first()
    condition.refresh_from_db()
    assert "Went back to revision 1, as revision 3. The draft stays as it was." in response.text
    assert (newest.number, newest.document["lede"], newest.by_name) == (3, "Old words here.", "kim")
    assert condition.lede == "New words here."
    assert LogEntry.objects.get().change_message == "Went back to revision 1, as revision 3."


def test_roll_back_leaves_what_was_published_since_the_question(client, staff, clock):
    condition = make_twice_published()
    url = page_url(condition, "roll_back", 1)
    asked = client.get(url)
    type(condition).objects.update(lede="An urgent fix.")
    clock.shift(60)
    publish(condition, by="tests", now=NOW + timedelta(minutes=2))

    typed = {"shown": asked.context["digest"], "note": "Simpler words."}
    refused = client.post(url, typed)

    assert "Nothing was changed: the live page" in refused.text
    assert 'value="Simpler words."' in refused.text
    assert condition.revisions.count() == 3
    (_name, words), *_ = changes_of(refused)
    assert words == "[removed: An urgent fix.] [added: Old words here.]"
    assert client.post(url).context["digest"] == refused.context["digest"]
    go_back(client, condition, 1)
    assert condition.revisions.first().document["lede"] == "Old words here."


def test_roll_back_shows_a_red_flag_that_changed_since_the_question(client, staff):
    flag = make_red_flag(label="Old")
    condition = make_twice_published(red_flags=[flag])
    url = page_url(condition, "roll_back", 1)
    asked = client.get(url)
    type(flag).objects.update(label="New")

    refused = client.post(url, {"shown": asked.context["digest"]}, follow=True)

    assert condition.revisions.count() == 2
    assert "Red flag “New” (changed)" in dict(changes_of(refused))


def test_roll_back_publishes_nothing_that_is_saved_after_the_comparison(client, staff, monkeypatch):
    flag = make_red_flag(label="Old")
    condition = make_twice_published(red_flags=[flag])
    url = page_url(condition, "roll_back", 1)
    asked = client.get(url)

    def saved_meanwhile(*args, **kwargs):
        type(flag).objects.update(label="New")
        return roll_back(*args, **kwargs)

    monkeypatch.setattr("conditions.admin.editions.roll_back", saved_meanwhile)
    refused = client.post(url, {"shown": asked.context["digest"], "note": "Mine"})

    assert "Nothing was changed: the live page" in refused.text
    assert 'value="Mine"' in refused.text
    assert condition.revisions.count() == 2


def test_roll_back_puts_a_treatment_on_the_site_again(client, staff):
    Clinic.objects.create()
    treatment = make_live_treatment()
    unpublish(treatment, by="tests", now=NOW + timedelta(minutes=1))

    asked = client.get(page_url(treatment, "roll_back", 1))
    go_back(client, treatment, 1)

    assert "This puts it back on." in asked.text
    assert client.get(treatment.get_absolute_url()).status_code == 200


def test_roll_back_to_the_same_words_says_so(client, staff):
    condition = make_twice_published()
    add_revision(condition, 3, publish_at=NOW + timedelta(minutes=1))

    response = client.get(page_url(condition, "roll_back", 2))

    assert "Visitors would see no difference from the live page." in response.text


@pytest.mark.parametrize(
    ("number", "state"),
    [(2, "live now"), (3, "scheduled for December 8, 2026, 7:00 AM"), (4, "withdrawn")],
)
def test_there_is_no_way_back_to_what_was_not_replaced(client, staff, number, state):
    condition = make_twice_published()
    add_revision(condition, 3, publish_at=NOW + timedelta(days=1))
    add_revision(condition, 4, publish_at=NOW + timedelta(days=2), withdrawn_at=NOW)

    response = go_back(client, condition, number)

    assert f"Revision {number} is {state}: there is no way back to it." in response.text
    assert condition.revisions.count() == 4


def test_roll_back_says_why_it_is_refused(client, staff, monkeypatch):
    condition = make_twice_published()
    monkeypatch.setattr("conditions.admin.editions.roll_back", refuse)

    response = go_back(client, condition, 1)

    assert (
        "Nothing was changed. Revision 1 can&#x27;t go back on the site: It has no title."
        in response.text
    )


def refuse(article, **kwargs):
    raise NotPublishable(article, [Failure("It has no title.")])


def test_roll_back_to_a_revision_older_than_the_rules_is_refused(client, staff):
    condition = make_twice_published()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE conditions_revision DISABLE TRIGGER USER")
        cursor.execute(
            "ALTER TABLE conditions_revision DROP CONSTRAINT conditions_revision_has_words"
        )
        cursor.execute(
            'UPDATE conditions_revision SET document = document || \'{"summary": ""}\' WHERE number = 1'
        )

    response = go_back(client, condition, 1)

    assert "can&#x27;t go back on the site: It has no summary." in response.text
    assert condition.revisions.count() == 2
