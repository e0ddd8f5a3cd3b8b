import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic.models import Clinic
from conditions.models import Condition, Review, Revision, Treatment
from conditions.publishing import publish, unpublish

from .factories import (
    NOW,
    link_red_flag,
    make_caution,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_red_flag,
    make_remedy,
    make_self_care,
    make_source,
    make_treatment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def read(client, article, status=200):
    response = client.get(article.get_absolute_url())
    assert response.status_code == status
    return response.content.decode()


def make_every_part():
    """Return a live article that has everything an article can have."""
    source = make_source(url="https://example.org/trial", year=2020, identifier="doi:1")
    herbs = make_live_treatment(title="Herbs", slug="herbs")
    condition = make_condition(names=["Cramp"], title="Spasms", red_flags=[])
    for level in ("emergency", "urgent", "see_doctor"):
        flag = make_red_flag(code=f"sign.{level}", level=level)
        link_red_flag(condition, flag, qualifier="together with spasms")
    for kind in ("do", "dont", "now"):
        make_self_care(condition, kind=kind, title="", text=f"text of {kind}", level="low")
    remedy = make_remedy(treatment=herbs, name="Yarrow", latin_name="Achillea", part_used="Herb")
    other = make_remedy(treatment=herbs, name="Rosemary", tradition="Baths", note="Smells good.")
    for kind in ("medicine", "surgery"):
        make_caution(remedy=remedy, with_kind=kind, basis="theoretical", sources=[source])
    make_claim(condition=condition, treatment=herbs, text="Some herbs.")
    make_claim(condition=condition, treatment=herbs, remedy=remedy, level="low", sources=[source])
    make_claim(condition=condition, treatment=herbs, remedy=other, level="none_found")
    publish(condition, by="tests", now=NOW)
    return condition


def test_article_shows_its_red_flags_before_the_first_paragraph(client):
    Clinic.objects.create(emergency_number="000")

    html = read(client, make_every_part())

    card = html.index('data-care-level="emergency"')
    call = html.index('href="tel:000"', card)
    flag = html.index('data-red-flag="sign.emergency"')
    lede = html.index('class="lede"')
    assert card < call < flag < lede
    assert "Call 000 now for this sign" in html
    assert "together with spasms" in html[flag:lede]


def test_article_card_links_to_the_emergency_number_alone(client):
    html = read(client, make_every_part())

    card = re.search(r'<section class="redflag".*?</section>', html, re.DOTALL).group()
    assert re.findall(r'href="([^"]*)"', card) == ["tel:911"]


def test_article_marks_every_flag_under_its_level(client):
    html = read(client, make_every_part())

    marks = re.findall(r'data-(?:care-level|red-flag)="([^"]*)"', html)
    assert marks == [
        "emergency",
        "sign.emergency",
        "urgent",
        "sign.urgent",
        "see_doctor",
        "sign.see_doctor",
    ]


def test_article_shows_every_part(client):
    html = read(client, make_every_part())

    for words in (
        "Also called Cramp.",
        "<strong>Do not</strong> text of dont",
        "text of do<",
        "text of now",
        "Some herbs.",
        "Achillea, herb",
        "not shown in people",
        'id="source-1"',
        'href="https://example.org/trial"',
        "A few studies.",
        "More about herbs",
    ):
        assert words in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "java\tscript:x"])
def test_article_follows_no_unsafe_address_of_a_source(client, url):
    condition = make_every_part()
    document = condition.revisions.get().document
    document["sources"][0]["url"] = url
    Revision.objects.create(
        condition=condition, number=2, document=document, publish_at=NOW, by_name="SQL"
    )

    html = read(client, condition)

    assert url not in html
    assert document["sources"][0]["title"] in html


def test_article_contents_lead_to_headings_that_exist(client):
    html = read(client, make_every_part())

    anchors = re.findall(r'<li><a href="#([^"]+)">', html)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert anchors
    assert set(anchors) <= set(ids)
    assert len(ids) == len(set(ids))


def test_article_leads_to_booking_with_its_slug(client):
    condition = make_every_part()

    html = read(client, condition)

    assert (
        html.count('href="/book/') == html.count(f'href="/book/?condition={condition.slug}"') == 5
    )


def test_article_shows_the_revision_and_not_the_draft(client):
    condition = make_live_condition(title="Published title", names=["Published name"])
    Condition.objects.update(title="SECRET", summary="SECRET", lede="SECRET")
    condition.names.update(name="SECRET")
    condition.sections.update(heading="SECRET", body="SECRET")
    condition.red_flag_links.update(qualifier="SECRET")

    html = read(client, condition)

    assert "Published title" in html
    assert "SECRET" not in html
    assert b"SECRET" not in client.get(reverse("conditions:list")).content
    assert "Nothing found" in client.get(reverse("conditions:list"), {"q": "secret"}).text


@pytest.mark.parametrize("make", [make_condition, make_treatment], ids=["condition", "treatment"])
def test_draft_is_not_found(client, make):
    article = make(title="Unseen")

    read(client, article, status=404)
    for name in ("conditions:list", "conditions:treatment-list"):
        assert b"Unseen" not in client.get(reverse(name)).content


def test_article_taken_off_is_gone(client):
    condition = make_live_condition()
    unpublish(condition, by="tests", now=NOW)

    read(client, condition, status=410)


def test_article_waits_for_its_moment(client):
    condition = make_live_condition(now=NOW + timedelta(hours=1))

    read(client, condition, status=404)


def test_article_does_not_link_to_a_treatment_that_was_taken_off(client):
    condition = make_every_part()
    Treatment.objects.filter(slug="herbs").update(unpublish_at=NOW)

    html = read(client, condition)

    assert "/treatments/herbs/" not in html
    assert "Herbs</h3>" in html


def test_article_nobody_reviewed_says_so(client):
    assert "Sample, awaiting clinical review" in read(client, make_live_condition())


def test_article_names_its_reviewer_and_the_next_review(client):
    condition = make_live_condition()
    Review.objects.create(
        revision=condition.revisions.get(),
        reviewer="Dr. Lisanti",
        reviewed_on=date(2026, 11, 9),
        next_on=date(2027, 11, 9),
    )

    html = read(client, condition)

    assert "by Dr. Lisanti" in html
    assert "Nov 9, 2026" in html
    assert "Next review by" in html
    assert "awaiting" not in html


def test_article_says_when_its_review_is_overdue(client):
    condition = make_live_condition()
    Review.objects.create(
        revision=condition.revisions.get(),
        reviewer="Dr. Lisanti",
        reviewed_on=date(2025, 11, 9),
        next_on=date(2026, 11, 9),
    )

    assert "We are checking this page again" in read(client, condition)


def test_article_review_without_a_next_date_leaves_the_articles_own(client):
    condition = make_live_condition(review_due_on=date(2027, 3, 9))
    Review.objects.create(
        revision=condition.revisions.get(), reviewer="Dr. A", reviewed_on=date(2026, 11, 9)
    )

    assert '<time datetime="2027-03-09">Mar 9, 2027</time>' in read(client, condition)


def test_article_partial_review_does_not_sign_the_page(client):
    condition = make_live_condition()
    Review.objects.create(
        revision=condition.revisions.get(),
        reviewer="Dr. A",
        reviewed_on=date(2026, 11, 9),
        scope="partial",
    )

    assert "awaiting clinical review" in read(client, condition)


def test_article_words_cannot_inject(client):
    attack = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    document = make_every_part().revisions.get().document
    evil = make_condition()
    document |= {"title": attack, "lede": attack, "summary": attack, "names": [attack]}
    for section in document["sections"]:
        section |= {"heading": attack, "body": attack + '<a href="javascript:alert(1)">x</a>'}
    for flag in document["red_flags"]:
        flag |= {"statement": attack, "qualifier": attack, "label": attack}
    Revision.objects.create(
        condition=evil, number=1, document=document, publish_at=NOW, by_name="tests"
    )

    pages = [
        read(client, evil),
        client.get(reverse("conditions:list")).content.decode(),
        client.get(reverse("conditions:list"), {"q": "script"}).content.decode(),
    ]

    for html in pages:
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "javascript:" not in html


@pytest.mark.parametrize("number", [1, 3])
def test_article_takes_two_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        condition = make_every_part() if not Treatment.objects.exists() else make_live_condition()

    with django_assert_num_queries(2):
        read(client, condition)


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_two_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        make_live_condition(names=["Cramp"])

    with django_assert_num_queries(2):
        client.get(reverse("conditions:list"))


@pytest.mark.parametrize("number", [1, 3])
def test_treatments_take_two_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        treatment = make_live_treatment()

    with django_assert_num_queries(2):
        client.get(reverse("conditions:treatment-list"))
    with django_assert_num_queries(2):
        read(client, treatment)


def test_reading_pages_set_no_cookie_and_do_not_vary_by_one(client):
    condition = make_live_condition()
    treatment = make_live_treatment()

    for url in (
        reverse("conditions:list"),
        reverse("conditions:treatment-list"),
        condition.get_absolute_url(),
        treatment.get_absolute_url(),
    ):
        response = client.get(url)
        assert response.cookies == {}
        assert "Cookie" not in response.get("Vary", "")


def test_article_is_not_sent_again_until_it_changes(client):
    condition = make_live_condition()
    url = condition.get_absolute_url()
    etag = client.get(url)["ETag"]

    assert client.get(url, headers={"if-none-match": etag}).status_code == 304

    publish(make_changed(condition), by="tests", now=NOW)

    assert client.get(url, headers={"if-none-match": etag}).status_code == 200


def make_changed(condition):
    condition.title = "Another title"
    condition.save()
    return condition


def test_list_shows_titles_names_and_areas(client):
    make_live_condition(title="Spasms", names=["charley horse"], body_area="legs_feet")

    html = client.get(reverse("conditions:list")).content.decode()

    assert ">Spasms</a>" in html
    assert ">Charley horse: see Spasms</a>" in html
    assert 'id="area-legs_feet"' in html
    assert '<a href="#C">C</a>' in html
    assert '<span class="hide">Nothing under </span>A' in html


def test_list_without_articles_works(client):
    assert client.get(reverse("conditions:list")).status_code == 200
    assert b"being written" in client.get(reverse("conditions:treatment-list")).content


@pytest.mark.parametrize("slug", ["nope", "x" * 300])
def test_unknown_article_is_not_found(client, slug):
    assert client.get(f"/conditions/{slug}/").status_code == 404
    assert client.get(f"/treatments/{slug}/").status_code == 404


def test_reading_pages_refuse_a_post(client):
    assert client.post(reverse("conditions:list")).status_code == 405
