from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from conditions.addresses import Gone, where_now
from conditions.models import Condition, FormerSlug, Revision
from conditions.publishing import unpublish
from conditions.red_flags import flags_for_screening
from tests.html_tree import parse

from .factories import (
    NOW,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_red_flag,
    make_treatment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LATER = NOW + timedelta(minutes=1)
LIVE = [make_live_condition, make_live_treatment]
DRAFT = [make_condition, make_treatment]
KINDS = ["condition", "treatment"]


def former(article, slug):
    return FormerSlug.objects.create(slug=slug, **{article.revision_field: article})


def old_address(article, slug):
    return article.get_absolute_url().replace(article.slug, slug)


def take_off(article, *, replaced_by=None):
    type(article).objects.filter(pk=article.pk).update(replaced_by=replaced_by)
    unpublish(article, by="tests", now=NOW)


@pytest.mark.parametrize("make", LIVE, ids=KINDS)
def test_address_in_capital_letters_leads_to_the_article_in_one_hop(client, make):
    article = make(slug="jaw-pain")
    former(article, "tmj")

    answers = [client.get(old_address(article, slug)) for slug in ("Jaw-Pain", "TMJ", "Tmj")]

    assert {(answer.status_code, answer.url) for answer in answers} == {
        (301, article.get_absolute_url())
    }
    assert client.get(old_address(article, "JAW")).status_code == 404


@pytest.mark.parametrize("make", LIVE, ids=KINDS)
@pytest.mark.parametrize("page", ["", "cautions/", "feedback/thanks/"])
def test_address_without_its_slash_leads_to_the_article_in_one_hop(client, make, page):
    article = make(slug="jaw-pain")
    former(article, "tmj")

    for slug in ("jaw-pain", "Jaw-Pain", "tmj", "TMJ"):
        answer = client.get(f"{old_address(article, slug)}{page}?a=1".replace("/?", "?"))
        assert (answer.status_code, answer.url) == (301, f"{article.get_absolute_url()}{page}?a=1")
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.cookies == {}


@pytest.mark.parametrize("make", LIVE, ids=KINDS)
def test_address_without_its_slash_says_that_the_article_is_gone(client, make):
    article = make()
    take_off(article)

    assert client.get(article.get_absolute_url().rstrip("/")).status_code == 410


@pytest.mark.parametrize("make", DRAFT, ids=KINDS)
def test_address_without_its_slash_leads_to_no_draft(client, make):
    article = make()

    answer = client.get(article.get_absolute_url().rstrip("/"), follow=True)

    assert answer.status_code == 404


@pytest.mark.parametrize("address", ["/conditions", "/conditions/feed", "/treatments", "/contact"])
def test_other_address_without_its_slash_leads_to_its_page(client, address):
    answer = client.get(f"{address}?a=1")

    assert (answer.status_code, answer.url) == (301, f"{address}/?a=1")
    assert client.get(answer.url).status_code == 200


def test_old_address_that_had_capital_letters_leads_on(client):
    jaw = make_live_condition(slug="jaw")
    make_live_condition(slug="tmj")
    FormerSlug.objects.create(slug="TMJ", condition=jaw)

    assert client.get("/conditions/TMJ/").url == "/conditions/jaw/"


@pytest.mark.parametrize("make", DRAFT, ids=KINDS)
def test_address_in_capital_letters_leads_to_no_draft(client, make):
    article = make(slug="secret")

    assert client.get(old_address(article, "SECRET")).status_code == 404


@pytest.mark.parametrize("make", LIVE, ids=KINDS)
def test_old_address_leads_to_the_article_in_one_hop(client, make):
    article = make()
    former(article, "old")
    former(article, "older")

    answers = [client.get(old_address(article, slug)) for slug in ("old", "older")]

    assert [(answer.status_code, answer.url) for answer in answers] == [
        (301, article.get_absolute_url())
    ] * 2
    assert client.get(answers[0].url).status_code == 200
    assert answers[0].headers["Cache-Control"] == "no-cache"
    assert answers[0].cookies == {}


def test_old_address_keeps_the_query(client):
    condition = make_live_condition()
    former(condition, "old")

    response = client.get("/conditions/old/?a=1&b=%3Cx%3E")

    assert response.url == f"{condition.get_absolute_url()}?a=1&b=%3Cx%3E"


def test_old_address_belongs_to_one_kind_of_article(client):
    former(make_live_condition(), "old")

    assert client.get("/treatments/old/").status_code == 404


def test_live_article_wins_over_an_old_address(client):
    live = make_live_condition(slug="same")
    former(make_live_condition(), "same")

    assert client.get(live.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("make", DRAFT, ids=KINDS)
def test_old_address_of_a_draft_leads_nowhere(client, make):
    article = make()
    former(article, "old")

    assert client.get(old_address(article, "old")).status_code == 404
    assert client.get(article.get_absolute_url()).status_code == 404


def test_draft_does_not_stand_in_the_way_of_an_old_address(client):
    live = make_live_condition()
    former(live, "same")
    make_condition(slug="same", replaced_by=make_live_condition())

    assert client.get("/conditions/same/").url == live.get_absolute_url()


@pytest.mark.parametrize("make", LIVE, ids=KINDS)
def test_article_taken_off_says_so(client, make):
    article = make(title="SECRET")
    former(article, "old")
    take_off(article)

    for url in (article.get_absolute_url(), old_address(article, "old")):
        response = client.get(url)
        page = parse(response.content)
        assert response.status_code == 410
        assert page.one("h1").text == "This page is no longer here"
        assert page.one("main").all("a", href="/conditions/")
        assert page.one("meta", name="robots").get("content") == "noindex"
        assert "SECRET" not in response.text
        assert response.cookies == {}


@pytest.mark.parametrize("make", LIVE, ids=KINDS)
def test_article_taken_off_leads_to_what_replaced_it(client, make):
    live, middle, first = make(), make(), make()
    take_off(middle, replaced_by=live)
    take_off(first, replaced_by=middle)
    former(first, "old")

    for url in (first.get_absolute_url(), old_address(first, "old")):
        response = client.get(url)
        assert (response.status_code, response.url) == (301, live.get_absolute_url())


def test_replacement_that_is_live_again_is_not_followed_on(client):
    condition = make_live_condition(replaced_by=make_live_condition())

    assert client.get(condition.get_absolute_url()).status_code == 200


def test_replacements_in_a_ring_end(client):
    first, second = make_live_condition(), make_live_condition()
    take_off(first, replaced_by=second)
    take_off(second, replaced_by=first)

    assert client.get(first.get_absolute_url()).status_code == 410


def test_replacement_that_is_a_draft_is_not_shown(client):
    condition = make_live_condition()
    take_off(condition, replaced_by=make_condition())

    assert client.get(condition.get_absolute_url()).status_code == 410


def test_withdrawn_revision_leaves_no_trace(client):
    condition = make_live_condition()
    Revision.objects.filter(condition=condition).update(withdrawn_at=NOW - timedelta(minutes=1))

    assert client.get(condition.get_absolute_url()).status_code == 404


def test_old_address_refuses_a_post(client):
    former(make_live_condition(), "old")

    assert client.post("/conditions/old/").status_code == 405


def test_where_now_finds_live_articles_gone_ones_and_none():
    live, gone = make_live_condition(), make_live_condition()
    take_off(gone)

    assert where_now(Condition, live.slug, now=LATER) == live
    assert where_now(Condition, gone.slug, now=LATER) == Gone()
    assert where_now(Condition, "never", now=LATER) is None


def test_screening_asks_the_flags_of_the_article_that_moved():
    condition = make_live_condition(title="Spasms", red_flags=[make_red_flag(code="a.b")])
    former(condition, "old")

    flags = flags_for_screening("old", now=LATER)

    assert flags == flags_for_screening(condition.slug, now=LATER)
    assert (flags.condition, flags.title) == (condition.slug, "Spasms")
    assert [flag.code for flag in flags.flags] == ["a.b"]


def test_screening_of_an_article_taken_off_asks_the_clinic_wide_flags():
    everywhere = make_red_flag(is_global=True)
    condition = make_live_condition()
    former(condition, "old")
    take_off(condition)

    for slug in (condition.slug, "old"):
        flags = flags_for_screening(slug, now=LATER)
        assert flags.condition == ""
        assert [flag.code for flag in flags.flags] == [everywhere.code]


def test_booking_carries_the_present_slug(client):
    condition = make_live_condition(title="Spasms")
    former(condition, "old")

    response = client.get("/book/?condition=old")

    assert response.context["condition"] == condition.slug
    assert response.context["condition_title"] == "Spasms"


@pytest.mark.parametrize("make", DRAFT, ids=KINDS)
def test_slug_that_was_another_pages_address_is_refused(make):
    other, article = make(), make()
    former(other, "taken")
    article.slug = "taken"

    with pytest.raises(ValidationError, match="old address of another page") as refused:
        article.full_clean()

    assert list(refused.value.message_dict) == ["slug"]


def test_slug_may_return_to_its_own_old_address():
    condition = make_condition()
    former(condition, "mine")
    former(make_treatment(), "other")
    condition.slug = "mine"
    condition.full_clean()

    condition.slug = "other"
    condition.full_clean()


def test_slug_that_the_site_uses_itself_is_refused():
    condition = make_condition(slug="feed")

    with pytest.raises(ValidationError, match="uses this word") as refused:
        condition.full_clean()

    assert list(refused.value.message_dict) == ["slug"]


def test_slug_that_is_none_gets_one_message():
    condition = make_condition(slug="x")
    condition.slug = "not a slug"

    with pytest.raises(ValidationError) as refused:
        condition.full_clean()

    assert len(refused.value.message_dict["slug"]) == 1


@pytest.mark.parametrize("make", DRAFT, ids=KINDS)
def test_old_address_that_is_another_pages_address_now_is_refused(make):
    article = make()
    other = make(slug="taken")

    with pytest.raises(ValidationError, match="Another page has this address now"):
        FormerSlug(slug=other.slug, **{article.revision_field: article}).full_clean()

    FormerSlug(slug="free", **{article.revision_field: article}).full_clean()
