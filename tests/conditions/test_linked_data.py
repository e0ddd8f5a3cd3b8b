import json
from datetime import date, timedelta

import pytest
from django.utils.safestring import SafeString

from clinic.models import Clinic
from conditions.linked_data import clinic_data
from conditions.models import Review, Revision
from conditions.publishing import publish, unpublish
from conditions.templatetags.machines import json_ld
from tests.html_tree import parse

from .factories import (
    NOW,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_remedy,
    make_source,
    make_treatment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ROOT = "https://clinic.example"


@pytest.fixture(autouse=True)
def _site_url(settings):
    settings.SITE_URL = ROOT


def read_data(client, path):
    block = parse(client.get(path).content).one("script", type="application/ld+json")
    return json.loads("".join(block.pieces))


def read_page(client, article):
    return read_data(client, article.get_absolute_url())["@graph"][0]


def make_offer(level, *, title, remedy=False):
    """Return a live condition with one claim of that level for a live treatment."""
    treatment = make_live_treatment(title=title)
    condition = make_condition()
    used = make_remedy(treatment=treatment) if remedy else None
    sources = [make_source()]
    make_claim(condition=condition, treatment=treatment, remedy=used, level=level, sources=sources)
    publish(condition, by="tests", now=NOW)
    return condition, treatment


def test_article_says_what_it_is_about(client):
    condition = make_live_condition(title="Spasms", summary="Why.", names=["Cramp"], author="Dr. L")

    page = read_page(client, condition)

    assert page == {
        "@type": "MedicalWebPage",
        "name": "Spasms",
        "description": "Why.",
        "url": ROOT + condition.get_absolute_url(),
        "inLanguage": "en-US",
        "dateModified": "2026-12-07T12:00:00+00:00",
        "author": {"@type": "Person", "name": "Dr. L"},
        "publisher": {"@id": f"{ROOT}/#clinic"},
        "about": {
            "@type": "MedicalSignOrSymptom",
            "name": "Spasms",
            "alternateName": ["Cramp"],
        },
    }


def test_article_is_also_called_by_synonyms_alone(client):
    condition = make_condition(title="Carpal tunnel", names=["CTS", "dropping things"])
    condition.names.filter(name="dropping things").update(is_synonym=False)
    publish(condition, by="tests", now=NOW)

    page = read_page(client, condition)
    line = "Also called CTS.</p>"

    assert page["about"]["alternateName"] == ["CTS"]
    assert line in client.get(condition.get_absolute_url()).content.decode()
    index = client.get("/conditions/").content.decode()
    assert "Dropping things: see Carpal tunnel" in index


def test_article_that_changed_since_its_review_names_both_days(client):
    condition = make_live_condition(now=NOW - timedelta(days=9))
    Review.objects.create(
        revision=condition.revisions.get(), reviewer="Dr. Lisanti", reviewed_on=date(2026, 12, 1)
    )
    condition.self_care_items.update(text="Other advice.")
    publish(condition, by="tests", now=NOW)

    page = read_page(client, condition)

    assert page["reviewedBy"] == {"@type": "Person", "name": "Dr. Lisanti"}
    assert (page["lastReviewed"], page["dateModified"]) == (
        "2026-12-01",
        "2026-12-07T12:00:00+00:00",
    )


def test_article_of_a_condition_is_about_a_condition(client):
    page = read_page(client, make_live_condition(kind="condition"))

    assert page["about"]["@type"] == "MedicalCondition"


def test_article_says_the_way_to_it(client):
    condition = make_live_condition(title="Spasms")

    way = read_data(client, condition.get_absolute_url())["@graph"][1]

    assert way["@type"] == "BreadcrumbList"
    assert [(step["position"], step["name"], step["item"]) for step in way["itemListElement"]] == [
        (1, "Home", f"{ROOT}/"),
        (2, "Conditions", f"{ROOT}/conditions/"),
        (3, "Spasms", ROOT + condition.get_absolute_url()),
    ]


def test_treatment_is_about_a_therapy(client):
    treatment = make_live_treatment(title="Acupuncture")

    page, way = read_data(client, treatment.get_absolute_url())["@graph"]

    assert page["about"] == {"@type": "MedicalTherapy", "name": "Acupuncture"}
    assert way["itemListElement"][1]["item"] == f"{ROOT}/treatments/"


def test_article_names_its_review_only_if_there_is_one(client):
    condition = make_live_condition()
    before = read_page(client, condition)
    Review.objects.create(
        revision=condition.revisions.get(), reviewer="Dr. Lisanti", reviewed_on=date(2026, 12, 1)
    )

    after = read_page(client, condition)

    assert before.keys() & {"lastReviewed", "reviewedBy"} == set()
    assert after["lastReviewed"] == "2026-12-01"
    assert after["reviewedBy"] == {"@type": "Person", "name": "Dr. Lisanti"}


def test_article_cites_its_sources(client):
    condition = make_condition()
    condition.sources.add(
        make_source(
            title="A", publisher="B", year=2020, url="https://x.example", identifier="doi:1"
        ),
        make_source(title="C", publisher="D"),
    )
    publish(condition, by="tests", now=NOW)

    assert read_page(client, condition)["citation"] == [
        {
            "@type": "CreativeWork",
            "name": "A",
            "publisher": {"@type": "Organization", "name": "B"},
            "datePublished": "2020",
            "url": "https://x.example",
            "identifier": "doi:1",
        },
        {
            "@type": "CreativeWork",
            "name": "C",
            "publisher": {"@type": "Organization", "name": "D"},
        },
    ]


@pytest.mark.parametrize("level", ["moderate", "high"])
def test_article_lists_a_treatment_that_is_well_studied(client, level):
    condition, treatment = make_offer(level, title="Acupuncture")

    assert read_page(client, condition)["about"]["possibleTreatment"] == [
        {
            "@type": "MedicalTherapy",
            "name": "Acupuncture",
            "url": ROOT + treatment.get_absolute_url(),
        }
    ]


@pytest.mark.parametrize("level", ["against", "none_found", "traditional_only", "very_low", "low"])
def test_article_lists_no_treatment_that_is_not(client, level):
    condition, _ = make_offer(level, title="Acupuncture")

    assert "possibleTreatment" not in read_page(client, condition)["about"]


def test_article_lists_no_treatment_for_one_of_its_remedies(client):
    condition, _ = make_offer("high", title="Nutrition", remedy=True)

    assert "possibleTreatment" not in read_page(client, condition)["about"]


def test_article_lists_no_treatment_that_is_off_the_site(client):
    condition, treatment = make_offer("high", title="SECRET")
    unpublish(treatment, by="tests", now=NOW)

    assert "SECRET" not in json.dumps(read_page(client, condition))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://x.example", "/x", " https://x", ""])
def test_article_cites_no_address_but_https(client, url):
    document = make_live_condition().revisions.get().document
    source = {"key": "a", "title": "A", "publisher": "B", "year": None, "identifier": ""}
    condition = make_condition()
    Revision.objects.create(
        condition=condition,
        number=1,
        document=document | {"sources": [source | {"url": url}]},
        publish_at=NOW,
        by_name="SQL",
    )

    (citation,) = read_page(client, condition)["citation"]

    assert "url" not in citation


def test_article_written_before_authors_were_kept_has_none(client):
    document = make_live_condition().revisions.get().document
    del document["author"]
    condition = make_condition()
    Revision.objects.create(
        condition=condition, number=1, document=document, publish_at=NOW, by_name="SQL"
    )

    assert "author" not in read_page(client, condition)


def test_home_says_which_clinic_it_is(client, django_assert_num_queries):
    Clinic.objects.create(
        name="Riverside", facts_are_sample=False, phone="+12125550123", email="a@b.example",
        street="5 Mill Lane", city="Riverside", state="NY", postal_code="10001",
    )  # fmt: skip

    with django_assert_num_queries(4):
        data = read_data(client, "/")

    assert data == {
        "@context": "https://schema.org",
        "@type": "MedicalClinic",
        "@id": f"{ROOT}/#clinic",
        "name": "Riverside",
        "url": f"{ROOT}/",
        "telephone": "+12125550123",
        "email": "a@b.example",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "5 Mill Lane",
            "addressLocality": "Riverside",
            "addressRegion": "NY",
            "postalCode": "10001",
        },
    }


@pytest.mark.parametrize("make", [make_live_condition, make_live_treatment])
def test_clinic_is_described_on_the_home_page_alone(client, make):
    article = make().get_absolute_url()

    pages = ["/", "/conditions/", "/treatments/", "/contact/", article]
    described = [path for path in pages if '"MedicalClinic"' in client.get(path).text]

    assert described == ["/"]


def test_sample_facts_are_not_told_to_machines():
    data = clinic_data(Clinic(), root=ROOT)

    assert data.keys() == {"@context", "@type", "@id", "name", "url"}


@pytest.mark.parametrize("make", [make_live_condition, make_live_treatment])
def test_no_page_claims_to_answer_questions(client, make):
    assert "FAQPage" not in client.get(make().get_absolute_url()).text


@pytest.mark.parametrize(
    "words",
    [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]>",
        "\u2028\u2029 & \"quotes\" 'too'",
        "\x01\x1f\x7f",
        "飞扬 \U0001f33f",
    ],
)
def test_data_block_survives_any_words(words):
    html = json_ld({"name": words})

    body = html.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert isinstance(html, SafeString)
    assert json.loads(body) == {"name": words}
    assert set(body) & set("<>&\u2028\u2029") == set()


@pytest.mark.parametrize(
    ("make", "field"), [(make_condition, "condition"), (make_treatment, "treatment")]
)
def test_words_written_into_the_database_stay_words(client, make, field):
    attack = '</script><script>alert(1)</script><!--"\u2028><img src=x onerror=alert(1)>'
    live = make_live_condition() if field == "condition" else make_live_treatment()
    evil = make()
    Revision.objects.create(
        number=1,
        document=live.revisions.get().document
        | {"title": attack, "summary": attack, "author": attack, "names": [attack]},
        publish_at=NOW,
        by_name="SQL",
        **{field: evil},
    )

    response = client.get(evil.get_absolute_url())

    page = parse(response.content)
    assert read_page(client, evil)["name"] == attack
    assert [script.get("type") for script in page.all("script")] == ["application/ld+json"]
    assert page.all("img") == []
    assert page.one("meta", property="og:title").get("content").startswith(attack)
    assert page.one("meta", property="og:description").get("content") == attack
    assert page.one("link", rel="canonical").get("href") == ROOT + evil.get_absolute_url()
