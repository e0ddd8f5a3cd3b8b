"""Who wrote and checked an article, when it is due, and what changed."""

from datetime import date

import pytest

from conditions.models import Review, Revision
from conditions.publishing import publish
from tests.html_tree import parse

from .factories import NOW, make_condition, make_live_condition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def read(client, article):
    response = client.get(article.get_absolute_url())
    assert response.status_code == 200
    return parse(response.content)


def live(article, **kwargs):
    publish(article, by="tests", now=NOW, **kwargs)
    return article


def make_due(condition, day):
    """Write an edition straight into the database, because nobody may publish what is overdue."""
    document = condition.revisions.get().document | {"review_due_on": day}
    Revision.objects.create(
        condition=condition, number=2, document=document, publish_at=NOW, by_name="SQL"
    )


def sign(article, **kwargs):
    defaults = {"reviewer": "Dr. Lisanti", "reviewed_on": date(2026, 11, 9)}
    Review.objects.create(revision=article.revisions.get(), **defaults | kwargs)


def review_line(page):
    spans = page.one("p", class_="review").children
    return [" ".join(span.text.split()) for span in spans if span.tag == "span"]


def test_article_nobody_checked_names_its_author_and_the_day_it_is_due(client):
    page = read(client, make_live_condition(author="Dr. Lisanti"))

    assert review_line(page) == [
        "Sample, awaiting clinical review",
        "Written by Dr. Lisanti",
        "Next review by Dec 7, 2027",
    ]


def test_article_by_one_person_names_them_once(client):
    condition = make_live_condition(author="Dr. Lisanti")
    sign(condition, next_on=date(2027, 11, 9))

    page = read(client, condition)

    assert review_line(page) == [
        "Written and reviewed by Dr. Lisanti, Nov 9, 2026",
        "Next review by Nov 9, 2027",
    ]
    assert "Written and reviewed by" in [term.text for term in page.all("dt")]


def test_article_by_two_people_names_both(client):
    condition = make_live_condition(author="A. Writer")
    sign(condition)

    page = read(client, condition)

    assert review_line(page) == ["Reviewed Nov 9, 2026 by Dr. Lisanti", "Written by A. Writer"]
    assert {"Written by", "Reviewed by"} <= {term.text for term in page.all("dt")}


def test_article_nobody_checked_in_time_says_so_and_keeps_its_warnings(client):
    condition = make_live_condition()
    make_due(condition, "2026-12-06")

    page = read(client, condition)

    assert review_line(page)[1] == (
        "A review was due Dec 6, 2026. We are checking this page again."
    )
    assert len(page.all("section", class_="redflag")) == 1


def test_article_is_not_overdue_on_the_day_itself(client):
    condition = make_live_condition()
    make_due(condition, "2026-12-07")

    assert "checking this page again" not in read(client, condition).text


@pytest.mark.parametrize(("note", "lines"), [("New: a caution.", 1), ("", 0)])
def test_article_says_what_changed(client, note, lines):
    condition = make_live_condition()
    condition.lede = "New words."
    condition.save()
    live(condition, note=note)

    changes = [line for line in review_line(read(client, condition)) if line.startswith("Updated")]

    assert changes == ["Updated December 7, 2026: New: a caution."][:lines]


def test_first_edition_has_changed_nothing(client):
    page = read(client, live(make_condition(), note="First words."))

    assert "First words." not in page.text
