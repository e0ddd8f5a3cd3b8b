"""The starter content is complete: eight articles in one shape, four treatments, remedies as data."""

import re
from itertools import combinations

import pytest
from django.db.models import Count, Min

from conditions.documents import synonyms
from conditions.evidence import NEEDS_SOURCE
from conditions.listing import areas
from conditions.medicine_check import check_medicines
from conditions.models import Caution, Condition, MedicineClass, Remedy, RemedyKind, Revision

from .factories import NOW

CONDITIONS = [
    "spasms-and-twitches", "migraine", "sciatica", "neck-pain", "insomnia", "jaw-pain",
    "restless-legs", "carpal-tunnel",
]  # fmt: skip
TREATMENTS = ["acupuncture", "clinical-nutrition", "botanical-medicine", "manual-therapy"]
SHAPE = [
    "overview", "symptoms", "causes", "outlook", "see_doctor", "self_care", "usual_care",
    "treatments", "visit",
]  # fmt: skip
# Those that the clinic itself uses.
BOTANICALS = {"rosemary", "celery-seed", "cramp-bark", "yarrow", "devils-claw"}
FOODS = {"broccoli", "almonds", "flaxseed"}
MINERALS = {"calcium", "potassium", "magnesium", "iron"}
POINTS = {"BL13", "BL14", "BL15", "BL18", "BL20", "BL23"}


pytestmark = [pytest.mark.usefixtures("starter"), pytest.mark.django_db]


def document_of(kind, slug):
    return Revision.objects.get(**{f"{kind}__slug": slug}).document


def remedies_of(document):
    return [remedy for offer in document["offers"] for remedy in offer["remedies"]]


def claims_of(document):
    owners = [*document["offers"], *remedies_of(document)]
    return [claim for owner in owners for claim in owner["claims"]]


def test_starter_has_the_eight_articles_and_the_four_treatments():
    assert {*Condition.objects.published(NOW).values_list("slug", flat=True)} == {*CONDITIONS}
    published = Revision.objects.filter(treatment__isnull=False)
    assert {*published.values_list("treatment__slug", flat=True)} == {*TREATMENTS}


@pytest.mark.parametrize("slug", CONDITIONS)
def test_starter_articles_have_one_shape(slug):
    document = document_of("condition", slug)

    aspects = [section["aspect"] for section in document["sections"]]
    assert [aspect for aspect in aspects if aspect in SHAPE] == SHAPE
    assert {item["kind"] for item in document["self_care"]} >= {"do", "dont"}
    assert {offer["treatment"] for offer in document["offers"]} <= {*TREATMENTS}
    assert 0 < len(synonyms(document)) < len(document["names"])
    assert document["related"]
    assert document["review_due_on"]
    assert len(document["offers"]) >= 2
    assert len(document["sources"]) >= 3


@pytest.mark.parametrize("slug", CONDITIONS)
def test_starter_claims_have_the_sources_that_their_level_needs(slug):
    document = document_of("condition", slug)

    keys = {source["key"] for source in document["sources"]}
    assert [claim["text"] for claim in claims_of(document) if not {*claim["sources"]} <= keys] == []
    assert [
        claim["text"]
        for claim in claims_of(document)
        if claim["level"] in NEEDS_SOURCE and not claim["sources"]
    ] == []
    assert {source["url"][:8] for source in document["sources"]} <= {"https://", ""}


def test_starter_remedies_are_rows_with_their_facts():
    remedies = {remedy.slug: remedy for remedy in Remedy.objects.all()}
    points = {row.who_code: row for row in remedies.values() if row.kind == RemedyKind.ACUPOINT}

    assert BOTANICALS | {"chinese-herbal-plaster"} | FOODS | MINERALS <= {*remedies}
    assert {*points} == POINTS
    assert all(remedies[slug].latin_name and remedies[slug].part_used for slug in BOTANICALS)
    assert all(remedies[slug].pregnancy for slug in BOTANICALS)
    assert all(remedies[slug].amount_rows.exists() for slug in FOODS)
    assert all(row.other_code and row.pinyin and row.level_with for row in points.values())
    assert {code for code, row in points.items() if row.over_lung.startswith("Yes")} >= {
        "BL13", "BL14", "BL15",
    }  # fmt: skip


def test_starter_remedies_have_cautions_with_sources_or_a_signature():
    for remedy in Remedy.objects.all():
        cautions = list(remedy.cautions.all())
        assert cautions or remedy.no_cautions_signed_by, remedy
        for caution in cautions:
            # What somebody found or stated, somebody can be asked for.
            assert caution.basis in {"", "theoretical"} or caution.sources.exists(), caution


@pytest.mark.parametrize(
    ("generic", "brand"),
    [
        ("warfarin", "Coumadin"),
        ("clopidogrel", "Plavix"),
        ("sertraline", "Zoloft"),
        ("levothyroxine", "Synthroid"),
        ("methotrexate", "Trexall"),
    ],
)
def test_starter_kinds_of_medicine_hold_generic_and_brand_names(generic, brand):
    kinds = [kind.names.splitlines() for kind in MedicineClass.objects.all()]

    assert any(generic in names and brand in names for names in kinds)


@pytest.mark.parametrize("slug", CONDITIONS)
def test_starter_articles_ask_the_global_flags_and_their_own(slug):
    document = document_of("condition", slug)

    flags = document["red_flags"]
    assert {flag["level"] for flag in flags} == {"emergency", "urgent", "see_doctor"}
    assert len({flag["code"] for flag in flags}) == len(flags)
    assert all(flag["statement"] and "?" in flag["question"] for flag in flags)
    assert any("988" in flag["statement"] or "{crisis}" in flag["statement"] for flag in flags)


def test_starter_medicines_have_one_name_in_the_box_and_in_its_form():
    about_medicines = Caution.objects.filter(with_kind__startswith="medicine")
    about_one_kind = about_medicines.alias(kinds=Count("medicine_classes")).filter(kinds=1)
    pairs = about_one_kind.annotate(kind=Min("medicine_classes__name")).values_list(
        "with_what", "kind"
    )

    assert {
        (shown, kind)
        for shown, kind in pairs
        if shown.split()[0] == kind.split()[0] and not shown.startswith(kind)
    } == set()


def test_starter_cautions_name_one_illness_each():
    """Two boxes of the cautions' form must not ask for the same illness in other words."""
    illnesses = set(
        Caution.objects.filter(with_kind="condition").values_list("with_what", flat=True)
    )
    things = {
        illness: {thing.strip().casefold() for thing in re.split(r",? or |, ", illness)}
        for illness in illnesses
    }

    assert [
        (one, two) for one, two in combinations(sorted(illnesses), 2) if things[one] & things[two]
    ] == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Keppra", {"Rosemary", "Yarrow"}),
        ("blood thinner", {"Celery seed", "Devil's claw", "Broccoli", "Rosemary", "Yarrow"}),
        ("blood pressure pills", {"Potassium", "Celery seed", "Devil's claw"}),
        ("water pill", {"Potassium", "Magnesium", "Celery seed"}),
        ("oxycodone", {"Valerian", "Yarrow"}),
        ("Benadryl", {"Valerian", "Yarrow"}),
        ("metformin", {"Devil's claw", "Rosemary"}),
        ("antibiotics", {"Calcium", "Magnesium"}),
        ("Excedrin", {"Rosemary", "Yarrow", "Flaxseed"}),
        ("Isentress", {"Magnesium"}),
        ("methotrexate", {"Acupuncture"}),
    ],
)
def test_starter_cautions_are_found_by_what_patients_write(written, expected):
    check = check_medicines(written)

    owners = {str(caution.remedy or caution.treatment) for caution in check.about_medicines}
    assert expected <= owners
    assert check.reading.unknown == ()


def test_starter_points_are_not_to_be_avoided_but_a_needle_that_goes_too_deep_is():
    cautions = Caution.objects.filter(remedy__kind="acupoint")

    assert len(cautions) == 6
    assert {caution.advice for caution in cautions} == {"ask_first"}
    assert all("goes too deep" in caution.effect for caution in cautions)


def test_starter_hiv_medicines_have_the_timing_of_their_own():
    check = check_medicines("Isentress")

    assert [caution.with_what for caution in check.about_medicines] == [
        "Raltegravir (an HIV medicine) or baloxavir (a flu medicine)"
    ]


def test_starter_articles_are_found_by_each_part_of_the_body_that_they_are_about():
    found = {
        area.label: {condition.slug for condition in area.conditions}
        for area in areas(Condition.objects.published(NOW))
    }

    assert found == {
        "Muscles and nerves": {"spasms-and-twitches", "sciatica", "neck-pain", "carpal-tunnel"},
        "Head, face and jaw": {"migraine", "jaw-pain", "neck-pain"},
        "Neck and back": {"neck-pain", "sciatica", "spasms-and-twitches"},
        "Arms and hands": {"carpal-tunnel", "neck-pain"},
        "Legs and feet": {"restless-legs", "sciatica", "spasms-and-twitches"},
        "Sleep and mood": {"insomnia", "restless-legs"},
    }
