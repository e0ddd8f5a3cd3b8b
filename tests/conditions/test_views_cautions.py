import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from conditions.models import Caution, Condition, FormerSlug, MedicineClass, Revision
from conditions.publishing import publish, unpublish
from tests.copies import fill
from tests.html_tree import parse

from .factories import (
    NOW,
    make_caution,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_remedy,
    make_source,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SECRET = "xyzalol"


def make_kind(slug, name, *names):
    return MedicineClass.objects.create(slug=slug, name=name, names="\n".join(names))


def make_article():
    """Return a live article with a caution of every kind."""
    source = make_source(title="A trial", url="https://example.org/trial")
    herbs = make_live_treatment(title="Herbs")
    yarrow = make_remedy(treatment=herbs, name="Yarrow")
    thinners = make_kind("thinners", "Blood thinners", "warfarin", "Coumadin", "Eliquis")
    steroids = make_kind("steroids", "Steroids", "prednisone")
    for kind, what, classes in (
        ("medicine_class", "Thinners of blood", [thinners]),
        ("medicine_class", "Cortisone", [steroids]),
        ("medicine", "Any medicine you take", []),
        ("condition", "Gallstones", []),
        ("pregnancy", "Pregnancy", []),
        ("surgery", "Planned surgery", []),
        ("allergy", "Daisy family", []),
        ("general", "Children", []),
    ):
        effect = f"Effect on {what}."
        caution = make_caution(remedy=yarrow, with_kind=kind, with_what=what, effect=effect)
        caution.medicine_classes.set(classes)
        caution.sources.set([source] if classes else [])
    condition = make_condition(title="Spasms")
    make_claim(condition=condition, treatment=herbs, remedy=yarrow)
    publish(condition, by="tests", now=NOW)
    return condition


@pytest.fixture
def article():
    fill(make_article)
    return Condition.objects.get(title="Spasms")


def url_of(article):
    return f"{article.get_absolute_url()}cautions/"


def ask(client, article, status=200, **answers):
    response = client.post(url_of(article), answers)
    assert response.status_code == status
    return parse(response.content)


def shown(page):
    """Return what the cautions in the answer are about."""
    result = page.one("section", id="result")
    return {term.text.partition(" Medicines such as")[0] for term in result.all("dt")}


def test_page_shows_all_cautions_by_what_readers_know_of_themselves(client, article):
    page = parse(client.get(url_of(article)).content)

    section = page.one("section", aria_labelledby="all-title")
    assert [heading.text for heading in section.all("summary")] == [
        "If you take medicines",
        "If you have a health problem",
        "If you are pregnant or breastfeeding",
        "If you have an allergy",
        "If you are going to have surgery",
        "For everyone",
    ]
    assert (
        "Thinners of blood Medicines such as warfarin, Coumadin, Eliquis Yarrow: Ask first."
        in section.text
    )
    assert "This list is not complete" in section.text
    assert page.one("h1").text == "Before you take anything: what fits you"
    assert page.all("section", id="result") == []


def test_form_asks_for_what_the_article_has_cautions_about(client, article):
    page = parse(client.get(url_of(article)).content)

    boxes = [(box.get("name"), box.get("value")) for box in page.all("input", type="checkbox")]
    assert boxes == [
        ("kinds", "thinners"),
        ("kinds", "steroids"),
        ("kinds", "other"),
        ("problems", "Gallstones"),
        ("situation", "pregnant"),
        ("situation", "surgery"),
        ("allergies", "Daisy family"),
    ]
    assert page.one("textarea").get("name") == "medicines"
    assert "Such as warfarin, Coumadin, Eliquis" in page.one("form", method="post").text


def test_form_offers_a_kind_without_names_by_its_own(client):
    treatment = make_live_treatment()
    caution = make_caution(treatment=treatment)
    caution.medicine_classes.add(make_kind("thinners", "Blood thinners"))
    publish(treatment, by="tests", now=NOW)

    page = parse(client.get(url_of(treatment)).content)

    labels = [label.text for label in page.all("label", class_="choice")]
    assert labels == ["Blood thinners", "Another medicine"]


@pytest.mark.parametrize(
    ("answers", "about"),
    [
        (
            {"medicines": "Coumadin 5 mg"},
            {"Thinners of blood", "Any medicine you take", "Children"},
        ),
        ({"kinds": "steroids"}, {"Cortisone", "Any medicine you take", "Children"}),
        ({"kinds": "other"}, {"Any medicine you take", "Children"}),
        ({"medicines": SECRET}, {"Any medicine you take", "Children"}),
        ({"problems": "Gallstones"}, {"Gallstones", "Children"}),
        ({"situation": ["pregnant", "surgery"]}, {"Pregnancy", "Planned surgery", "Children"}),
        ({"allergies": "Daisy family"}, {"Daisy family", "Children"}),
    ],
)
def test_answer_shows_what_fits_and_what_is_for_everyone(client, article, answers, about):
    page = ask(client, article, **answers)

    assert shown(page) == about
    assert page.all("section", aria_labelledby="all-title") == []


def test_answer_says_what_was_read_and_what_was_not(client, article):
    page = ask(client, article, medicines="cumadin 5mg, prednisone, <b>xyz</b>")

    result = page.one("section", id="result").text
    assert "cumadinRead as Coumadin. Is that right? Blood thinners" in result
    assert "prednisoneSteroids" in result
    assert (
        "“xyz” is not on this list, or we do not know the word. Ask us or your pharmacist."
        in result
    )


def test_empty_answer_never_says_that_all_is_well(client):
    treatment = make_live_treatment()
    caution = make_caution(treatment=treatment)
    caution.medicine_classes.add(make_kind("thinners", "Blood thinners"))
    publish(treatment, by="tests", now=NOW)

    page = ask(client, treatment, kinds="other")

    result = page.one("section", id="result").text
    assert "Nothing on this list matches what you told us." in result
    assert "the list is not complete. Ask us or your pharmacist first." in result
    assert "safe" not in page.one("main").text.lower()


def test_answers_stay_in_the_form(client, article):
    page = ask(client, article, medicines="<i>warfarin", kinds=["steroids"], situation="surgery")

    ticked = [
        box.get("value")
        for box in page.all("input", type="checkbox")
        if "checked" in box.attributes
    ]
    assert page.one("textarea").text == "<i>warfarin"
    assert ticked == ["steroids", "surgery"]


def test_answer_lists_the_sources_it_cites(client, article):
    told = ask(client, article, kinds="steroids")
    untold = ask(client, article, problems="Gallstones")

    cited = {link.get("href") for link in told.all("a") if "#source" in link.get("href")}
    assert cited == {f"#{told.one('section', aria_labelledby='sources-title').one('li').get('id')}"}
    assert untold.all("section", aria_labelledby="sources-title") == []


def test_answer_is_kept_nowhere(client, article, caplog):
    caplog.set_level(logging.DEBUG)

    response = client.post(url_of(article), {"medicines": SECRET, "kinds": "nonsense"})

    assert response.status_code == 422
    assert SECRET not in caplog.text
    for answers in ({"medicines": SECRET}, {"kinds": "nonsense"}):
        response = client.post(url_of(article), answers)
        assert "no-store" in response.headers["Cache-Control"]
        assert response.cookies == {}
        assert "ETag" not in response.headers
        assert "Location" not in response.headers


def test_page_itself_is_a_reading_page(client, article):
    response = client.get(url_of(article))

    again = client.get(url_of(article), headers={"if-none-match": response.headers["ETag"]})
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.cookies == {}
    assert "Cookie" not in response.headers.get("Vary", "")
    assert again.status_code == 304


def test_page_is_not_for_search_engines(client, article, settings):
    page = parse(client.get(url_of(article)).content)

    assert page.one("meta", name="robots").get("content") == "noindex"
    canonical = f"{settings.SITE_URL}{article.get_absolute_url()}"
    assert page.one("link", rel="canonical").get("href") == canonical


def test_an_address_with_answers_does_not_filter(client, article):
    page = parse(client.get(url_of(article) + "?medicines=warfarin&kinds=thinners").content)

    assert page.all("section", id="result") == []
    assert page.one("textarea").text == ""
    assert "warfarin&" not in page.one("form", method="post").get("action")


def test_form_needs_no_token(article):
    response = Client(enforce_csrf_checks=True).post(url_of(article), {"kinds": "steroids"})

    assert response.status_code == 200
    assert response.cookies == {}


@pytest.mark.parametrize(
    ("answers", "field", "words"),
    [
        ({"medicines": "x" * 2001}, "#id_medicines", "Shorten the list of your medicines"),
        ({"medicines": "a\0b"}, "#id_medicines", "Type this again"),
        ({"kinds": "nonsense"}, "#id_kinds_0", "We could not read all your ticks."),
        ({"kinds": "a\0"}, "#id_kinds_0", "We could not read all your ticks."),
        ({"problems": "Other"}, "#id_problems_0", "We could not read all your ticks."),
        ({"situation": "x"}, "#id_situation_0", "We could not read all your ticks."),
        ({"allergies": "y"}, "#id_allergies_0", "We could not read all your ticks."),
    ],
)
def test_what_cannot_be_read_is_said_and_everything_shown(client, article, answers, field, words):
    page = ask(client, article, 422, **answers)

    link = page.one("div", role="alert").one("a")
    assert page.one("title").text.startswith("Error: ")
    assert (link.get("href"), link.text[: len(words)]) == (field, words)
    assert len(page.one("section", aria_labelledby="all-title").all("summary")) == 6


def test_text_of_two_thousand_characters_is_read(client, article):
    assert shown(ask(client, article, medicines="warfarin " * 222)) >= {"Thinners of blood"}


def test_documents_from_before_the_kinds_show_more_rather_than_less(client):
    article = make_article()
    revision = Revision.objects.get(condition=article)
    document = revision.document
    for caution in document["offers"][0]["remedies"][0]["cautions"]:
        del caution["medicine_classes"]
    Revision.objects.create(
        condition=article, number=2, document=document, publish_at=NOW, by_name="old"
    )

    page = ask(client, article, medicines="Coumadin")

    assert shown(page) == {"Thinners of blood", "Cortisone", "Any medicine you take", "Children"}
    assert page.one("section", id="result").all("li")[0].text.startswith("Coumadin")
    assert "no caution on this page names it" in page.one("main").text


def test_treatment_has_the_page_too(client):
    treatment = make_live_treatment(title="Needles")
    make_caution(treatment=treatment, with_kind="condition", with_what="Hemophilia")
    publish(treatment, by="tests", now=NOW)

    page = ask(client, treatment, problems="Hemophilia")

    assert page.one("h3").text == "If you have a health problem"
    assert reverse("conditions:treatment-cautions", args=[treatment.slug]) == url_of(treatment)


def test_article_without_cautions_says_so_and_asks_nothing(client):
    condition = make_live_condition()

    page = parse(client.get(url_of(condition)).content)

    assert "That does not mean that there are none." in page.one("main").text
    assert page.all("form", method="post") == []


def test_what_is_not_live_is_not_found(client):
    draft = make_condition()
    scheduled = make_condition()
    publish(scheduled, by="tests", now=NOW + timedelta(days=1))
    gone = make_live_condition()
    unpublish(gone, by="tests", now=NOW)

    for article, status in ((draft, 404), (scheduled, 404), (gone, 410)):
        assert client.get(url_of(article)).status_code == status
        assert client.post(url_of(article)).status_code == status


def test_answer_knows_medicines_of_which_the_page_has_no_caution(client, article):
    make_kind("sleep", "Sleep medicines", "zolpidem", "Ambien")

    page = ask(client, article, medicines="ambein 10mg, Zolpidem, warfarin, xyz")

    read = [item.text for item in page.one("section", id="result").all("ul")[0].all("li")]
    without = "We know it, and no caution on this page names it."
    assert [without in text for text in read] == [True, True, False]
    assert "Read as Ambien. Is that right? Sleep medicines" in read[0]
    assert "“xyz” is not on this list" in page.one("main").text
    assert shown(page) == {"Thinners of blood", "Any medicine you take", "Children"}


def test_answer_knows_the_newest_names_and_the_parts_of_a_kind(client, article):
    MedicineClass.objects.filter(slug="thinners").update(names="warfarin\nSavaysa")
    make_kind("warfarin", "Vitamin K blockers", "warfarin")
    wide = make_kind("wide", "Medicines against clots")
    MedicineClass.objects.filter(slug="thinners").update(part_of=wide)

    for medicines in ("savaysa", "medicines against clots"):
        page = ask(client, article, medicines=medicines)

        assert "Thinners of blood" in shown(page)
        assert "no caution on this page" not in page.one("main").text


def test_answer_shows_all_about_a_remedy_of_the_page_that_is_taken(client, article):
    page = ask(client, article, medicines="yarow")

    assert "Read as Yarrow." in page.one("main").text
    assert "Daisy family" in shown(page)
    assert "Gallstones" in shown(page)


def test_answer_shows_an_illness_to_who_takes_a_medicine_for_it(client, article):
    caution = Caution.objects.get(with_kind="condition")
    caution.medicine_classes.add(make_kind("bile", "Bile medicines", "ursodiol"))
    publish(article, by="tests", now=NOW)

    assert "Gallstones" in shown(ask(client, article, medicines="ursodiol"))
    assert "Gallstones" in shown(ask(client, article, kinds="bile"))
    assert "Gallstones" not in shown(ask(client, article, medicines="prednisone"))


def test_form_ticks_only_kinds_that_the_page_has_cautions_about(client, article):
    make_kind("sleep", "Sleep medicines", "zolpidem")

    page = ask(client, article, kinds="steroids")

    ticks = [box.get("value") for box in page.all("input", name="kinds")]
    assert ticks == ["thinners", "steroids", "other"]


def test_old_address_leads_to_the_new_cautions_in_one_hop(client, article):
    FormerSlug.objects.create(slug="old", condition=article)

    for old in ("/conditions/old/cautions/", "/conditions/OLD/cautions/"):
        for response in (client.get(old), client.post(old, {"medicines": SECRET})):
            assert (response.status_code, response.url) == (301, url_of(article))


def test_page_takes_two_queries_and_an_answer_one_more(client, article, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get(url_of(article))
    with django_assert_num_queries(3):
        client.post(url_of(article), {"medicines": "warfarin, prednisone", "kinds": "other"})


def test_page_refuses_other_methods(client, article):
    assert client.put(url_of(article)).status_code == 405
    assert client.head(url_of(article)).status_code == 200


def test_form_that_tells_nothing_is_asked_again(client, article):
    response = client.post(url_of(article), {"medicines": "  "})

    assert response.status_code == 422
    assert "Tell us at least one thing" in response.text
