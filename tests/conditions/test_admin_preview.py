from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from clinic.models import Clinic
from conditions.models import Review, Revision
from conditions.publishing import publish
from tests.html_tree import parse

from .factories import (
    NOW,
    make_acupoint,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_treatment,
)
from .staff import page_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def clinic():
    return Clinic.objects.create()


def open_page(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status
    return response


def main_of(response):
    return parse(response.text).one("main").text


def banner_of(response):
    return parse(response.text).one("aside", aria_label="Preview").text


def test_preview_draws_the_draft_as_its_page_will_be(client, editor):
    treatment = make_live_treatment(title="Herbs")
    condition = make_live_condition(title="Cramp", lede="Old words.")
    make_claim(condition=condition, treatment=treatment)
    type(condition).objects.update(lede="New words, not yet out.")

    preview = open_page(client, page_url(condition, "preview"))
    public = open_page(client, condition.get_absolute_url())

    assert "New words, not yet out." in main_of(preview)
    assert "New words" not in public.text
    condition.refresh_from_db()
    publish(condition, by="tests", now=NOW + timedelta(seconds=1))
    assert main_of(preview) == main_of(open_page(client, condition.get_absolute_url()))


def test_preview_of_a_treatment_draws_its_points(client, editor):
    treatment = make_treatment(title="Acupuncture")
    make_acupoint(treatment=treatment)

    preview = open_page(client, page_url(treatment, "preview"))

    publish(treatment, by="tests", now=NOW)
    public = open_page(client, treatment.get_absolute_url())
    assert "Ganshu" in main_of(preview)
    assert main_of(preview) == main_of(public)


def test_preview_says_what_it_is_and_leads_back(client, editor):
    condition = make_condition()

    preview = open_page(client, page_url(condition, "preview"))

    banner = parse(preview.text).one("aside", aria_label="Preview")
    assert banner.one("strong").text == "Draft: not on the site"
    assert [link.get("href") for link in banner.all("a")] == [
        page_url(condition, "change"),
        page_url(condition, "editions"),
    ]
    assert [link.get("target") for link in banner.all("a")] == [None, None]


def test_preview_says_where_the_draft_stands_already(client, editor):
    condition = make_live_condition()
    live = banner_of(open_page(client, page_url(condition, "preview")))
    type(condition).objects.update(lede="For later.")
    condition.refresh_from_db()
    publish(condition, by="tests", now=NOW, publish_at=NOW + timedelta(days=1))
    later = banner_of(open_page(client, page_url(condition, "preview")))

    assert "Draft: the same as the live page" in live
    assert "Draft: the same as revision 2, scheduled for December 8, 2026, 7:00 AM" in later


@pytest.mark.parametrize("make", [make_condition, make_treatment])
def test_form_leads_to_the_preview_and_to_the_revisions(client, editor, make):
    article = make()

    page = parse(open_page(client, page_url(article, "change")).text)

    tools = page.one("ul", class_="object-tools")
    assert [(link.text, link.get("href")) for link in tools.all("a")][:2] == [
        ("Preview the draft", page_url(article, "preview")),
        ("Revisions", page_url(article, "editions")),
    ]


def test_preview_is_not_for_search_engines_or_caches(client, editor):
    preview = open_page(client, page_url(make_condition(), "preview"))

    page = parse(preview.text)
    assert preview["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in preview["Cache-Control"]
    assert "ETag" not in preview
    assert page.one("meta", name="robots").get("content") == "noindex, nofollow"
    assert page.all("link", rel="canonical") == page.all("link", rel="alternate") == []
    assert "application/ld+json" not in preview.text
    assert 'property="og:' not in preview.text


@pytest.mark.parametrize("page", ["preview", "edition", "editions", "difference"])
def test_pages_of_an_article_are_for_staff_who_may_see_it(client, page):
    condition = make_live_condition()
    url = page_url(condition, page, *([1] if page == "edition" else []))

    signed_out = client.get(url)
    client.force_login(User.objects.create_user("desk", is_staff=True))
    not_allowed = client.get(url)

    assert signed_out.status_code == 302
    assert signed_out.url == f"{reverse('admin:login')}?next={url}"
    assert not_allowed.status_code == 403


def test_preview_of_nothing_is_not_found(client, editor):
    condition = make_live_condition()

    open_page(client, reverse("admin:conditions_condition_preview", args=[0]), status=404)
    open_page(client, page_url(condition, "edition", 2), status=404)


def test_preview_shows_the_review_as_the_page_will(client, editor):
    condition = make_live_condition()
    revision = condition.revisions.get()
    unsigned = open_page(client, page_url(condition, "preview"))
    Review.objects.create(
        revision=revision, reviewer="Dr. Kim", reviewed_on=NOW.date(), next_on=NOW.date() + YEAR
    )

    same = open_page(client, page_url(condition, "preview"))
    type(condition).objects.update(title="Other words")
    reworded = open_page(client, page_url(condition, "preview"))
    condition.self_care_items.update(text="Other advice.")
    changed = open_page(client, page_url(condition, "preview"))

    words = "Some of the advice here has changed since that review."
    assert "Sample, awaiting clinical review" in main_of(unsigned)
    assert ["by Dr. Kim" in main_of(page) for page in (same, reworded, changed)] == [True] * 3
    assert [words in main_of(page) for page in (same, reworded, changed)] == [False, False, True]


def test_preview_of_a_scheduled_revision(client, editor):
    condition = make_live_condition(lede="Live words.")
    live = condition.revisions.get()
    scheduled = Revision.objects.create(
        condition=condition,
        number=2,
        document=live.document | {"lede": "Words of tomorrow."},
        publish_at=NOW + timedelta(days=1),
        by_name="tests",
    )
    Review.objects.create(revision=scheduled, reviewer="Dr. Kim", reviewed_on=NOW.date())

    preview = open_page(client, page_url(condition, "edition", 2))

    assert "Revision 2: scheduled for December 8, 2026, 7:00 AM" in banner_of(preview)
    assert "Words of tomorrow." in main_of(preview)
    assert "by Dr. Kim" in main_of(preview)
    assert "no-store" in preview["Cache-Control"]
    assert "Words of tomorrow" not in open_page(client, condition.get_absolute_url()).text


def test_preview_of_a_title_with_markup_is_inert(client, editor):
    condition = make_condition(title="</title><script>alert(1)</script>")

    preview = open_page(client, page_url(condition, "preview"))

    assert "<script>alert" not in preview.text
