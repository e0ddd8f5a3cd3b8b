from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conditions.models import Review, Revision
from conditions.publishing import publish, unpublish
from tests.html_tree import parse

from .factories import (
    NOW,
    make_condition,
    make_live_condition,
    make_twice_published,
)
from .staff import make_staff, page_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 12, 7)


@pytest.fixture
def author(client):
    """A member of staff who may neither publish nor sign, signed in."""
    user = make_staff("ann", group="Author")
    client.force_login(user)
    return user


def add_revision(condition, number, **kwargs):
    document = condition.revisions.first().document
    defaults = {"number": number, "document": document, "publish_at": NOW, "by_name": "tests"}
    return Revision.objects.create(condition=condition, **defaults | kwargs)


def rows_of(response):
    """Return the cells of each row of the list of revisions, from the name on."""
    table = parse(response.text).one("div", class_="revisions")
    return [
        [cell.text for cell in row.children if cell.tag in ("th", "td")][2:]
        for row in table.one("tbody").all("tr")
    ]


def compare(client, article, old, new):
    return client.get(page_url(article, "difference"), {"old": old, "new": new}, follow=True)


def changes_of(response):
    page = parse(response.text)
    return [
        (name.text, words.text)
        for name, words in zip(
            page.one("dl", class_="changes").all("dt"),
            page.one("dl", class_="changes").all("dd"),
            strict=True,
        )
    ]


def test_list_says_what_became_of_each_revision(client, staff):
    condition = make_twice_published()
    add_revision(condition, 3, publish_at=NOW + timedelta(days=1))
    add_revision(condition, 4, publish_at=NOW + timedelta(days=2), withdrawn_at=NOW)

    rows = rows_of(client.get(page_url(condition, "editions")))

    assert [row[:2] for row in rows] == [
        ["Draft", "the same as the live page"],
        ["Revision 4", "withdrawn"],
        ["Revision 3", "scheduled for December 8, 2026, 7:00 AM"],
        ["Revision 2", "live now appeared December 7, 2026, 7:01 AM"],
        ["Revision 1", "older appeared December 7, 2026, 7:00 AM"],
    ]
    assert rows[3][2:4] == ["December 7, 2026, 7:01 AM by tests", "Clearer first words."]


def test_list_says_when_the_draft_appears(client, staff):
    condition = make_live_condition()
    type(condition).objects.update(lede="For later.")
    condition.refresh_from_db()
    publish(condition, by=staff, now=NOW, publish_at=NOW + timedelta(days=1))

    rows = rows_of(client.get(page_url(condition, "editions")))

    assert rows[0][1] == "the same as revision 2, scheduled for December 8, 2026, 7:00 AM"
    assert rows[1][2] == "December 7, 2026, 7:00 AM by Jo Kim"


def test_list_says_that_the_article_is_off_the_site(client, staff):
    condition = make_twice_published()
    unpublish(condition, by="tests", now=NOW + timedelta(minutes=1))

    rows = rows_of(client.get(page_url(condition, "editions")))

    assert [row[1] for row in rows] == [
        "not on the site",
        "taken off the site appeared December 7, 2026, 7:01 AM",
        "older appeared December 7, 2026, 7:00 AM",
    ]


def test_list_shows_reviews(client, staff):
    condition = make_live_condition()
    Review.objects.create(
        revision=condition.revisions.get(),
        reviewer="Dr. Kim",
        reviewed_on=TODAY,
        next_on=date(2027, 12, 7),
        note="All sources read.",
    )

    rows = rows_of(client.get(page_url(condition, "editions")))

    assert rows[1][4] == (
        "Dr. Kim, Dec 7, 2026: the whole article. All sources read. (next by Dec 7, 2027)"
    )


def test_list_of_a_draft_says_that_nothing_was_published(client, staff):
    condition = make_condition()

    response = client.get(page_url(condition, "editions"))

    assert rows_of(response) == [["Draft", "not on the site", *rows_of(response)[0][2:]]]
    assert "Nothing was published yet." in response.text
    assert "Checked, still right" not in response.text


def test_list_takes_the_same_queries_for_more_revisions(client, staff):
    condition = make_live_condition()
    url = page_url(condition, "editions")
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in (2, 3):
        Review.objects.create(
            revision=add_revision(condition, number), reviewer="Dr. Kim", reviewed_on=TODAY
        )

    with CaptureQueriesContext(connection) as more:
        client.get(url)

    assert len(more) == len(few)


def test_list_offers_what_the_person_may_do(client, author):
    page = client.get(page_url(make_twice_published(), "editions")).text

    assert "Show what differs" in page
    assert "Go back to it" not in page
    assert "Checked, still right" not in page


def test_difference_between_two_revisions(client, staff):
    condition = make_twice_published()

    response = compare(client, condition, 1, 2)

    assert changes_of(response) == [
        ("First paragraph (changed)", "[removed: Old ] [added: New ]words here.")
    ]
    page = parse(response.text).one("dl", class_="changes")
    assert page.one("del").text == "[removed: Old ]"
    assert page.one("ins").text == "[added: New ]"


def test_difference_between_the_live_page_and_the_draft(client, staff):
    condition = make_twice_published()
    condition.sections.update(body="<p>Text, and <em>more</em>.</p>")

    response = compare(client, condition, 2, "draft")

    assert changes_of(response) == [
        (
            "Section “What is going on” (changed)",
            "What is going on [removed: Text.] [added: Text, and more.]",
        )
    ]


def test_difference_of_what_is_the_same_says_so(client, staff):
    condition = make_twice_published()
    document = condition.revisions.first().document
    add_revision(condition, 3, document=document | {"red_flags": bumped(document["red_flags"])})

    same, unseen = compare(client, condition, 2, 2), compare(client, condition, 2, 3)

    assert "They are the same, word for word." in same.text
    assert "A reader would see no difference." in unseen.text


def bumped(red_flags):
    return [flag | {"version": flag["version"] + 1} for flag in red_flags]


def test_difference_is_escaped(client, staff):
    condition = make_live_condition(lede="<script>alert(1)</script>")
    type(condition).objects.update(lede="<img src=x onerror=alert(2)>")

    response = compare(client, condition, 1, "draft")

    assert "<script>alert" not in response.text
    assert "<img" not in response.text
    assert "&lt;img " in response.text


@pytest.mark.parametrize(
    ("old", "new"), [("", ""), ("1", "99"), ("-1", "draft"), ("²", "1"), ("9" * 30, "draft")]
)
def test_difference_asks_for_versions_that_exist(client, staff, old, new):
    condition = make_live_condition()

    response = compare(client, condition, old, new)

    assert response.redirect_chain == [(page_url(condition, "editions"), 302)]
    assert "Choose two versions to compare." in response.text


def test_difference_of_a_document_that_is_not_as_expected(client, staff):
    condition = make_live_condition()
    document = condition.revisions.get().document
    odd = {"names": "x", "offers": {"a": [None]}, "sources": [1, None], "images": [3]}
    # As editions may be that were published before PostgreSQL demanded more.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for rule in ("well_formed", "well_formed_condition", "images_are_described"):
            cursor.execute(
                f"ALTER TABLE conditions_revision DROP CONSTRAINT conditions_revision_{rule}"
            )
    add_revision(condition, 2, document=document | odd)

    assert compare(client, condition, 1, 2).status_code == 200


@pytest.mark.parametrize(("page", "args"), [("roll_back", [1]), ("checked", [])])
def test_authors_can_neither_roll_back_nor_sign(client, author, page, args):
    condition = make_twice_published()
    url = page_url(condition, page, *args)

    assert [client.get(url).status_code, client.post(url).status_code] == [403, 403]
    assert condition.revisions.count() == 2
    assert not Review.objects.exists()


def test_revision_in_the_admin_leads_to_its_page_and_to_the_others(client, staff):
    condition = make_live_condition()
    revision = condition.revisions.get()

    page = client.get(reverse("admin:conditions_revision_change", args=[revision.pk])).text

    assert f'href="{page_url(condition, "edition", 1)}"' in page
    assert f'href="{page_url(condition, "editions")}"' in page
