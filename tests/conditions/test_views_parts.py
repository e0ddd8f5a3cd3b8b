"""What an article's page shows around its text: other topics, words, points, amounts."""

from datetime import timedelta

import pytest
from django.urls import reverse

from conditions.models import Amount, Aspect, GlossaryTerm, RelatedTopic, Revision
from conditions.publishing import publish, unpublish
from tests.html_tree import parse

from .factories import (
    NOW,
    make_acupoint,
    make_caution,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_remedy,
    make_section,
    make_source,
    make_treatment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def _site_url(settings):
    settings.SITE_URL = "https://clinic.example"


def read(client, article):
    response = client.get(article.get_absolute_url())
    assert response.status_code == 200
    return parse(response.content)


def live(article, **kwargs):
    publish(article, by="tests", now=NOW, **kwargs)
    return article


def put_live(condition, number=2, **changes):
    """Write a document with changes straight into the database."""
    document = condition.revisions.latest("number").document | changes
    Revision.objects.create(
        condition=condition, number=number, document=document, publish_at=NOW, by_name="SQL"
    )


def make_related(condition, other, **kwargs):
    return RelatedTopic.objects.create(condition=condition, other=other, **kwargs)


def confuse(condition, other):
    words = {"question": "Cramp or restless legs?", "text": "One eases when you walk."}
    return make_related(condition, other, kind="confused", **words)


def headings(page):
    return [heading.text for heading in page.one("main").all("h2")]


def contents(page):
    return [link.text for link in page.all("nav", aria_labelledby="toc-title")[0].all("a")]


# Related topics


def test_topics_that_get_mixed_up_are_told_apart(client):
    condition = make_condition()
    confuse(condition, make_live_condition(slug="restless-legs", title="Restless legs"))

    page = read(client, live(condition))

    (section,) = page.all("section", class_="apart")
    assert section.one("h3").text == "Cramp or restless legs?"
    assert section.all("p")[0].text == "One eases when you walk."
    assert section.one("a").get("href") == "/conditions/restless-legs/"
    assert "Restless legs" in section.one("a").text
    assert "Often confused" in contents(page)
    assert "Also worth reading" not in contents(page)


def test_related_topics_are_listed_under_their_live_title(client):
    condition = make_condition()
    other = make_live_condition(slug="migraine", title="Migraine")
    make_related(condition, other)
    live(condition)
    other.title = "SECRET"
    other.save()

    page = read(client, condition)

    (link,) = page.all("a", href="/conditions/migraine/")
    assert link.text == "Migraine"
    assert link.get("data-address") == "https://clinic.example/conditions/migraine/"
    assert "Also worth reading" in contents(page)


def test_topics_that_are_not_live_leave_no_trace(client):
    condition = make_condition()
    taken_off = make_live_condition(title="SECRET one")
    confuse(condition, taken_off)
    make_related(condition, make_condition(title="SECRET two"))
    make_related(condition, make_live_condition(title="SECRET 3", now=NOW + timedelta(days=1)))
    unpublish(taken_off, by="tests", now=NOW)

    page = read(client, live(condition))

    assert "SECRET" not in page.text
    assert "Often confused" not in headings(page)
    assert "Also worth reading" not in headings(page)


# Glossary


def test_word_is_explained_at_its_first_use_and_in_a_list(client):
    GlossaryTerm.objects.create(term="twitch", forms="twitches", definition="A quick flicker.")
    condition = make_condition(lede="Twitches are common. A twitch stops.", title="Twitch")
    make_claim(condition=condition, treatment=make_live_treatment(), text="No twitch.")

    page = read(client, live(condition))

    (button,) = page.all("button", popovertarget="term-1")
    assert button.text == "Twitches"
    assert page.one("span", id="term-1").text == "Twitch A quick flicker."
    assert "Words explained" in contents(page)
    assert page.all("dt")[0].text == "Twitch"


@pytest.mark.parametrize("part", ["lede", "body", "claim", "step", "related"])
def test_word_is_explained_in_every_running_text(client, part):
    GlossaryTerm.objects.create(term="tetany", definition="Cramps.")
    words = dict.fromkeys(("lede", "body", "claim", "step", "related"), "Plain.")
    words[part] = "This is tetany."
    condition = make_condition(lede=words["lede"])
    condition.sections.update(body=f"<p>{words['body']}</p>")
    condition.self_care_items.update(kind="now", text=words["step"])
    make_claim(condition=condition, treatment=make_live_treatment(), text=words["claim"])
    other = make_live_condition()
    make_related(condition, other, kind="confused", question="Which?", text=words["related"])

    page = read(client, live(condition))

    assert [button.text for button in page.all("button", class_="term")] == ["tetany"]


def test_treatment_explains_its_words_too(client):
    GlossaryTerm.objects.create(term="meridian", definition="A line.")

    page = read(client, make_live_treatment(lede="A meridian."))

    assert page.one("button", class_="term").text == "meridian"
    assert headings(page).index("Words explained") < headings(page).index("Sources and review")


def test_glossary_cannot_inject(client):
    attack = "<script>alert(1)</script>"
    condition = make_live_condition()
    entry = {"term": "first", "forms": [attack], "definition": attack}
    put_live(condition, glossary=[entry], lede=f"{attack} first")

    html = client.get(condition.get_absolute_url()).text

    assert "<script>alert" not in html
    assert 'popovertarget="term-1"' in html


# Points


def make_article_with_points(**kwargs):
    acupuncture = make_live_treatment(title="Acupuncture")
    condition = make_condition()
    used = make_acupoint(treatment=acupuncture, slug="ub-18", **kwargs)
    make_acupoint(treatment=acupuncture, other_code="UB23", who_code="BL23", level_with="L2")
    make_claim(condition=condition, treatment=acupuncture, remedy=used)
    return live(condition)


def test_article_draws_the_points_that_it_names_and_no_others(client):
    page = read(client, make_article_with_points())

    assert "UB18 (BL18) level with T9." in page.one("desc").text
    assert [point.text for point in page.all("text", class_="b-text")] == [
        "T9",
        "UB18",
        "1.5 cun",
    ]
    (row,) = page.one("tbody").all("tr")
    assert row.one("th").text.split() == ["UB18", "BL18,", "Ganshu"]
    assert "Points on the back" in contents(page)


def test_article_whose_points_lie_elsewhere_draws_nothing(client):
    page = read(client, make_article_with_points(level_with="", midline_cun=None))

    assert page.all("desc") == []
    assert "Points on the back" not in contents(page)


def test_treatment_marks_each_remedy_and_point(client):
    treatment = make_treatment()
    make_acupoint(treatment=treatment, slug="ub-18")
    make_remedy(treatment=treatment, slug="yarrow")
    make_section(treatment=treatment, aspect=Aspect.VISIT, body="<p>At the end.</p>")

    page = read(client, live(treatment))

    assert [node.tag for node in page.all(id="remedy-ub-18")] == ["tr"]
    assert [node.tag for node in page.all(id="remedy-yarrow")] == ["li"]
    assert [text for text in headings(page) if text in contents(page)] == contents(page)


# Remedies


def test_remedy_shows_its_amounts_with_their_sources(client):
    nutrition = make_live_treatment()
    nut = make_remedy(treatment=nutrition, kind="food", name="Almonds")
    source = make_source()
    Amount.objects.create(remedy=nut, label="Magnesium", low=80, per="in 1 ounce", source=source)
    condition = make_condition()
    make_claim(condition=condition, treatment=nutrition, remedy=nut)

    page = read(client, live(condition))

    (amount,) = page.one("ul", class_="amounts").all("li")
    assert " ".join(amount.text.split()) == "Magnesium: about 80 mg in 1 ounce (source 1)"
    assert amount.one("a").get("href") == "#source-1"


def test_herb_shows_forms_pregnancy_and_family_and_whether_it_is_used(client):
    herbs = make_live_treatment()
    words = {"forms": "Tea", "pregnancy": "Avoid it.", "allergy_family": "Daisy family"}
    kava = make_remedy(treatment=herbs, name="Kava", is_offered=False, **words)
    condition = make_condition()
    make_claim(condition=condition, treatment=herbs, remedy=kava)

    page = read(client, live(condition))

    facts = page.one("dl", class_="details")
    assert [term.text for term in facts.all("dt")] == [
        "Taken as:",
        "In pregnancy:",
        "Plant family:",
    ]
    assert [fact.text for fact in facts.all("dd")] == ["Tea", "Avoid it.", "Daisy family"]
    assert "We do not use it here." in page.text


# The rest


def test_image_stands_under_its_section(client):
    condition = make_live_condition()
    image = {
        "aspect": "causes",
        "name": "ab" * 20,
        "width": 800,
        "height": 600,
        "alt": "A calf",
        "is_decorative": False,
        "caption": "Where it cramps",
        "credit": "",
    }
    put_live(condition, images=[image])

    page = read(client, condition)

    assert page.one("img").get("alt") == "A calf"
    assert "What can set it off" in contents(page)


def test_article_without_emergency_signs_shows_no_empty_card(client):
    condition = make_live_condition()
    reason = {"reason": "None is known.", "signed_by": "Dr. Lisanti"}
    put_live(condition, red_flags=[], no_emergency=reason)

    assert read(client, condition).all("section", class_="redflag") == []


@pytest.mark.parametrize("make", [make_live_condition, make_live_treatment])
def test_article_asks_whether_it_helped(client, make):
    article = make()

    form = read(client, article).one("form")

    assert form.get("action") == f"{article.get_absolute_url()}feedback/"
    assert form.get("method") == "post"
    assert {field.get("name") for field in form.all("textarea") + form.all("input")} == {
        "helpful",
        "text",
        "website",
    }


def test_cautions_lead_to_those_that_fit(client):
    herbs = make_live_treatment()
    condition = make_condition()
    make_claim(condition=condition, treatment=herbs)
    make_caution(treatment=herbs)

    page = read(client, live(condition))

    assert len(page.all("a", href=f"{condition.get_absolute_url()}cautions/")) == 1


def test_links_carry_their_whole_address_for_paper(client):
    condition = make_condition()
    condition.sections.update(body='<p><a href="/contact/">Find us</a></p>')

    page = read(client, live(condition))

    (link,) = page.one("main").all("a", href="/contact/")
    assert link.get("data-address") == "https://clinic.example/contact/"
    assert f"https://clinic.example{condition.get_absolute_url()}" in page.text


NEW_KEYS = ("author", "images", "glossary", "related", "no_emergency")


def test_edition_from_before_these_parts_is_still_drawn(client):
    herbs = make_live_treatment()
    herb = make_remedy(treatment=herbs, name="Yarrow")
    condition = make_condition()
    make_claim(condition=condition, treatment=herbs, remedy=herb)
    document = live(condition).revisions.get().document
    for key in NEW_KEYS:
        del document[key]
    for key in ("amount_rows", "forms", "pregnancy", "allergy_family", "is_offered"):
        del document["offers"][0]["remedies"][0][key]
    Revision.objects.create(
        condition=condition, number=2, document=document, publish_at=NOW, by_name="SQL"
    )

    page = read(client, condition)

    assert "Yarrow" in page.text
    assert page.all("img") == []


@pytest.mark.parametrize("number", [1, 3])
def test_article_with_every_part_takes_two_queries(client, django_assert_num_queries, number):
    GlossaryTerm.objects.create(term="paragraph", definition="Words.")
    condition = make_condition()
    for _ in range(number):
        make_related(condition, make_live_condition())
    live(condition)

    with django_assert_num_queries(2):
        client.get(reverse("conditions:detail", args=[condition.slug]))


def test_article_changes_its_etag_with_the_title_of_a_related_one(client):
    condition = make_condition()
    other = make_live_condition()
    make_related(condition, other)
    url = live(condition).get_absolute_url()
    etag = client.get(url)["ETag"]
    assert client.get(url)["ETag"] == etag

    other.title = "Another title"
    other.save()
    live(other)

    assert client.get(url)["ETag"] != etag
