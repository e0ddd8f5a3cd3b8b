"""Who wrote and checked an article, when it is due, and what changed."""

from datetime import date, timedelta

import pytest

from conditions.models import Condition, RedFlag, Review, Revision
from conditions.publishing import publish, republish, roll_back
from tests.html_tree import parse

from .factories import (
    NOW,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_self_care,
)

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


def sign(article, *, number=1, **kwargs):
    defaults = {"reviewer": "Dr. Lisanti", "reviewed_on": date(2026, 11, 9)}
    revision = article.revisions.get(number=number)
    Review.objects.create(revision=revision, **defaults | kwargs)


def publish_clinical_change(condition, **kwargs):
    make_self_care(condition, title="Stretch")
    return live(condition, **kwargs)


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

    assert review_line(page) == [
        "Reviewed Nov 9, 2026 by Dr. Lisanti",
        "Written by A. Writer",
        NEXT,
    ]
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


NEXT = "Next review by Dec 7, 2027"
CHANGED = "Some of the advice here has changed since that review. Updated December 7, 2026"


def test_review_stays_on_a_page_whose_advice_did_not_change(client):
    condition = make_live_condition(title="Before")
    sign(condition, next_on=date(2027, 11, 9))
    Condition.objects.update(title="After")
    live(condition)

    page = read(client, condition)

    assert page.one("h1").text == "After"
    assert review_line(page) == [
        "Reviewed Nov 9, 2026 by Dr. Lisanti",
        "Next review by Nov 9, 2027",
    ]


@pytest.mark.parametrize(
    ("own", "shown"),
    [(date(2026, 12, 15), "Dec 15, 2026"), (date(2028, 1, 1), "Nov 9, 2027")],
    ids=["earlier", "later"],
)
def test_day_that_was_set_since_the_review_counts_if_it_is_earlier(client, own, shown):
    condition = make_live_condition()
    sign(condition, next_on=date(2027, 11, 9))
    Condition.objects.update(review_due_on=own)
    live(condition)

    assert review_line(read(client, condition))[1] == f"Next review by {shown}"


def test_review_settles_the_day_of_the_page_that_was_read(client):
    condition = make_live_condition(review_due_on=date(2026, 12, 15))
    sign(condition, next_on=date(2027, 11, 9))

    assert review_line(read(client, condition))[1] == "Next review by Nov 9, 2027"


@pytest.mark.parametrize(("note", "end"), [("New: a stretch.", ": New: a stretch."), ("", "")])
def test_page_says_that_its_advice_changed_since_the_review(client, note, end):
    condition = make_live_condition()
    sign(condition, next_on=date(2027, 11, 9))
    publish_clinical_change(condition, note=note)

    page = read(client, condition)

    assert review_line(page) == [
        "Reviewed Nov 9, 2026 by Dr. Lisanti",
        "Next review by Nov 9, 2027",
        f"{CHANGED}{end}",
    ]
    facts = {
        row.one("dt").text: row.one("dd").text
        for row in page.one("dl", class_="facts").children
        if row.tag == "div"
    }
    assert facts["Last review"] == ("November 9, 2026. Some of the advice here has changed since")
    assert facts["Updated"] == "December 7, 2026"


def test_review_outlives_an_update_of_shared_facts(client):
    condition = make_live_condition()
    sign(condition)
    RedFlag.objects.update(label="New label")
    republish([condition], by="tests", now=NOW)

    assert review_line(read(client, condition)) == [
        "Reviewed Nov 9, 2026 by Dr. Lisanti",
        NEXT,
        f"{CHANGED}: Warning signs, cautions or sources brought up to date.",
    ]


def test_treatment_keeps_its_review_too(client):
    treatment = make_live_treatment()
    sign(treatment)
    treatment.sections.update(body="<p>Other.</p>")
    live(treatment)

    assert review_line(read(client, treatment)) == ["Reviewed Nov 9, 2026 by Dr. Lisanti", NEXT]


def test_newest_review_shows_after_going_back_to_an_older_edition(client):
    condition = make_live_condition()
    sign(condition)
    publish_clinical_change(condition)
    sign(condition, number=2, reviewer="Dr. Kim", reviewed_on=date(2026, 12, 1))
    before = review_line(read(client, condition))
    roll_back(condition, to=condition.revisions.get(number=1), by="tests", now=NOW)

    after = review_line(read(client, condition))

    assert before == ["Reviewed Dec 1, 2026 by Dr. Kim", NEXT]
    assert after == ["Reviewed Dec 1, 2026 by Dr. Kim", NEXT, CHANGED]


def test_page_is_as_reviewed_again_once_it_went_back(client):
    condition = make_live_condition()
    sign(condition)
    publish_clinical_change(condition)
    roll_back(condition, to=condition.revisions.get(number=1), by="tests", now=NOW)

    assert review_line(read(client, condition)) == [
        "Reviewed Nov 9, 2026 by Dr. Lisanti",
        NEXT,
    ]


@pytest.mark.parametrize(
    "edition",
    [
        {"publish_at": NOW + timedelta(days=1)},
        {"publish_at": NOW + timedelta(days=1), "withdrawn_at": NOW},
    ],
    ids=["scheduled", "withdrawn"],
)
def test_review_of_an_edition_that_never_was_on_the_site_does_not_count(client, edition):
    condition = make_live_condition()
    document = condition.revisions.get().document
    Revision.objects.create(
        condition=condition, number=2, document=document, by_name="tests", **edition
    )
    sign(condition, number=2)

    assert "Sample, awaiting clinical review" in review_line(read(client, condition))


def test_review_of_another_article_does_not_count(client):
    sign(make_live_condition())

    page = read(client, make_live_condition())

    assert "Sample, awaiting clinical review" in review_line(page)


def test_review_of_a_day_to_come_does_not_count(client):
    condition = make_live_condition()
    sign(condition, reviewer="Dr. Kim", reviewed_on=date(2026, 12, 8))
    sign(condition)

    assert review_line(read(client, condition)) == ["Reviewed Nov 9, 2026 by Dr. Lisanti", NEXT]


def test_overdue_review_of_an_older_edition_says_so(client):
    condition = make_live_condition()
    sign(condition, reviewed_on=date(2025, 11, 9), next_on=date(2026, 11, 9))
    publish_clinical_change(condition)

    assert review_line(read(client, condition)) == [
        "Reviewed Nov 9, 2025 by Dr. Lisanti",
        "The next review was due Nov 9, 2026. We are checking this page again.",
        CHANGED,
    ]
