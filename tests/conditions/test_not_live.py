"""What is not live is nowhere: one of each kind is made, and every place is looked at."""

from datetime import timedelta

import pytest
import time_machine

from conditions.models import FormerSlug, Revision, Treatment
from conditions.publishing import publish, unpublish

from .factories import (
    NOW,
    make_claim,
    make_condition,
    make_red_flag,
    make_source,
    make_treatment,
)

pytestmark = pytest.mark.django_db
WORD = "Hiddenword"
STATES = ["draft", "scheduled", "taken-off", "withdrawn"]
PLACES = [
    "/",
    "/conditions/",
    f"/conditions/?q={WORD}",
    "/conditions/?q=hiddnword",
    f"/conditions/?q={WORD}name",
    "/treatments/",
    "/conditions/feed/",
    "/sitemap.xml",
    "/book/",
]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def write_revision(article, **kwargs):
    """Publish the article's document at another moment than the one far away, as if planned."""
    publish(article, by="tests", now=NOW + timedelta(days=300))
    scheduled = article.revisions.get()
    revision = Revision(
        number=2,
        document=scheduled.document,
        by_name="tests",
        **{article.revision_field: article},
        **kwargs,
    )
    revision.save()


def hide(article, state):
    """Bring an article into one of the states in which nobody may see it."""
    if state == "scheduled":
        write_revision(article, publish_at=NOW + timedelta(hours=1))
    if state == "withdrawn":
        at = NOW - timedelta(hours=1)
        write_revision(article, publish_at=at, withdrawn_at=at - timedelta(hours=1))
    if state == "taken-off":
        publish(article, by="tests", now=NOW - timedelta(days=1))
        unpublish(article, by="tests", now=NOW - timedelta(hours=1))


def make_hidden_condition(state):
    flag = make_red_flag(code="hidden.flag", statement=f"{WORD} flag")
    names = [f"{WORD}name"]
    slug = f"hiddenword-{state}"
    condition = make_condition(title=WORD, summary=WORD, slug=slug, names=names, red_flags=[flag])
    FormerSlug.objects.create(slug="hiddenword-old", condition=condition)
    hide(condition, state)
    return condition


def make_hidden_treatment(state):
    treatment = make_treatment(title=WORD, summary=WORD, slug=f"hiddenword-{state}")
    FormerSlug.objects.create(slug="hiddenword-old", treatment=treatment)
    hide(treatment, state)
    return treatment


HIDDEN = pytest.mark.parametrize(
    "make", [make_hidden_condition, make_hidden_treatment], ids=["condition", "treatment"]
)


@HIDDEN
@pytest.mark.parametrize("state", STATES)
def test_hidden_article_is_in_no_list(client, make, state):
    make(state)

    for place in PLACES:
        response = client.get(place)

        assert response.status_code == 200, place
        # What was searched for stands in the page's own title and field.
        shown = response.text.replace(f"“{WORD}", "").replace(f'value="{WORD}', "")
        assert WORD.lower() not in shown.lower(), place


@HIDDEN
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("tail", ["", "card.png"], ids=["page", "card"])
def test_hidden_article_has_no_page_and_no_card(client, make, state, tail):
    url = make(state).get_absolute_url()

    response = client.get(url + tail)

    status = 410 if state == "taken-off" and not tail else 404
    assert response.status_code == status
    assert WORD not in response.text
    assert "application/ld+json" not in response.text


@HIDDEN
@pytest.mark.parametrize("state", STATES)
def test_old_address_of_a_hidden_article_leads_nowhere(client, make, state):
    article = make(state)
    url = article.get_absolute_url().replace(article.slug, "hiddenword-old")

    response = client.get(url)

    assert response.status_code == (410 if state == "taken-off" else 404)
    assert WORD not in response.text


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("old", [False, True], ids=["slug", "old slug"])
def test_hidden_article_is_not_known_to_booking(client, state, old):
    condition = make_hidden_condition(state)
    slug = "hiddenword-old" if old else condition.slug

    response = client.get("/book/", {"condition": slug})

    assert response.context["condition"] == response.context["condition_title"] == ""
    assert "hiddenword" not in response.text.lower()


@pytest.mark.parametrize("state", STATES)
def test_hidden_treatment_is_in_no_article(client, state):
    treatment = make_treatment(title="Shown", slug="hiddenword")
    publish(treatment, by="tests", now=NOW - timedelta(days=2))
    condition = make_condition()
    claim = {"condition": condition, "treatment": treatment, "level": "high"}
    make_claim(sources=[make_source()], **claim)
    publish(condition, by="tests", now=NOW)
    hidden = make_hidden_treatment(state)
    # The article's frozen offer now points at the hidden one.
    Treatment.objects.filter(pk=treatment.pk).update(slug="elsewhere")
    Treatment.objects.filter(pk=hidden.pk).update(slug="hiddenword")

    html = client.get(condition.get_absolute_url()).text

    assert "/treatments/hiddenword/" not in html
    assert WORD not in html
    assert "possibleTreatment" not in html


@pytest.mark.parametrize("place", ["/", "/conditions/", "/conditions/feed/", "/sitemap.xml"])
def test_scheduled_article_appears_by_itself(client, clock, place):
    condition = make_hidden_condition("scheduled")
    before = client.get(place)

    clock.shift(timedelta(hours=1))

    after = client.get(place, headers={"if-none-match": before.headers["ETag"]})
    assert condition.slug not in before.text
    assert condition.slug in after.text


@HIDDEN
def test_scheduled_article_can_be_read_by_itself(client, clock, make):
    url = make("scheduled").get_absolute_url()
    before = [client.get(url).status_code, client.get(f"{url}card.png").status_code]

    clock.shift(timedelta(hours=1))

    assert before == [404, 404]
    assert [client.get(url).status_code, client.get(f"{url}card.png").status_code] == [200, 200]
