from datetime import date, timedelta

import pytest
from django.urls import reverse

from conditions.documents import freeze
from conditions.gate import Failure, address_problem, failures
from conditions.models import (
    Aspect,
    Condition,
    FormerSlug,
    Illustration,
    Image,
    Remedy,
    Treatment,
)

from .factories import (
    NOW,
    link_red_flag,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_red_flag,
    make_remedy,
    make_section,
    make_source,
    make_treatment,
)

pytestmark = pytest.mark.django_db


def failures_of(article, now=NOW):
    article = type(article).objects.get(pk=article.pk)
    return failures(article, freeze(article), now)


def make_image():
    return Image.objects.create(name="x", file="x.png", width=1, height=1, title="X")


@pytest.mark.parametrize("make", [make_condition, make_treatment], ids=["condition", "treatment"])
def test_whole_article_has_no_failures(make):
    assert failures_of(make()) == []


def test_bare_condition_has_all_failures_at_once():
    condition = Condition.objects.create(slug="bare", title="")

    assert failures_of(condition) == [
        Failure("It has no title.", "#id_title"),
        Failure("It has no summary.", "#id_summary"),
        Failure("It has no section “What is going on”.", "#sections-group"),
        Failure("It says nothing about self-care.", "#self_care_items-group"),
        Failure("It has no red flag of its own at emergency level.", "#red_flag_links-group"),
        Failure("It has no day for the next review.", "#id_review_due_on"),
    ]


def test_bare_treatment_has_all_failures_at_once():
    treatment = Treatment.objects.create(slug="bare", title="Bare")

    assert failures_of(treatment) == [
        Failure("It has no summary.", "#id_summary"),
        Failure("It has no section “What happens”.", "#sections-group"),
        Failure("It has no day for the next review.", "#id_review_due_on"),
    ]


def test_treatment_may_have_an_overview_instead():
    treatment = make_treatment()
    treatment.sections.update(aspect=Aspect.OVERVIEW)

    assert failures_of(treatment) == []


def test_self_care_may_be_a_section():
    condition = make_condition()
    condition.self_care_items.all().delete()
    make_section(condition=condition, aspect=Aspect.SELF_CARE)

    assert failures_of(condition) == []


@pytest.mark.parametrize(
    ("signed_by", "expected"),
    [
        ("Dr. Test", []),
        (
            "",
            [
                Failure(
                    "A clinical reviewer has not signed why it has no emergency sign of its own.",
                    "#id_no_emergency_reason",
                )
            ],
        ),
    ],
    ids=["signed", "not signed"],
)
def test_reason_for_no_emergency_flag_needs_a_signature(signed_by, expected):
    condition = make_condition(
        red_flags=[], no_emergency_reason="It never is.", no_emergency_signed_by=signed_by
    )
    link_red_flag(condition, make_red_flag(level="urgent"))

    assert failures_of(condition) == expected


def test_clinic_wide_emergencies_do_not_take_the_place_of_a_reason():
    flag = make_red_flag(is_global=True)
    condition = make_condition(red_flags=[])
    document = freeze(condition)

    refused = failures(condition, document, NOW)
    link_red_flag(condition, flag)

    assert [entry["code"] for entry in document["red_flags"]] == [flag.code]
    assert refused == [
        Failure("It has no red flag of its own at emergency level.", "#red_flag_links-group")
    ]
    assert failures_of(condition) == []


def test_flag_that_a_reviewer_lowered_is_no_emergency():
    condition = make_condition(red_flags=[])
    link_red_flag(condition, make_red_flag(), level="urgent", lowered_by="Dr. Test")

    assert [failure.field for failure in failures_of(condition)] == ["#red_flag_links-group"]


def test_claim_without_sources_is_named_with_its_row_in_the_form():
    condition = make_condition()
    herbs = make_live_treatment(title="Herbs", position=1)
    needles = make_live_treatment(title="Needles", position=2)
    remedy = make_remedy(treatment=herbs)
    make_claim(
        condition=condition, treatment=needles, text="Needles work.", level="low", position=0
    )
    sourced = {"sources": [make_source()], "level": "high", "position": 1}
    make_claim(condition=condition, treatment=needles, text="So it is.", **sourced)
    make_claim(
        condition=condition,
        treatment=herbs,
        remedy=remedy,
        text="The herb works.",
        level="against",
        position=2,
    )

    assert failures_of(condition) == [
        Failure("This claim needs a source: The herb works.", "#claims-2"),
        Failure("This claim needs a source: Needles work.", "#claims-0"),
    ]


def test_claim_of_a_treatment_is_named_with_its_row_in_the_form():
    treatment = make_treatment()
    make_claim(treatment=treatment, condition=make_condition())
    make_claim(treatment=treatment, label="Sleep", position=1)
    make_claim(treatment=treatment, label="Pain", text="It works.", level="low", position=2)

    assert failures_of(treatment) == [Failure("This claim needs a source: It works.", "#claims-1")]


def test_claim_of_a_document_needs_a_level():
    treatment = make_treatment()
    make_claim(treatment=treatment, label="Pain", text="It works.")
    document = freeze(treatment)
    document["may_help"][0]["level"] = ""

    assert failures(treatment, document, NOW) == [
        Failure("This claim needs a level of evidence: It works.", "#claims-0")
    ]


@pytest.mark.parametrize("shown_by", ["treatment", "condition"])
def test_remedy_without_cautions_links_to_its_own_page(shown_by):
    treatment = make_live_treatment()
    remedy = make_remedy(treatment=treatment, name="Yarrow")
    article = treatment
    if shown_by == "condition":
        article = make_condition()
        make_claim(condition=article, treatment=treatment, remedy=remedy)
    Remedy.objects.update(no_cautions_signed_by="", no_cautions_signed_on=None)

    page = reverse("admin:conditions_remedy_change", args=[remedy.pk])
    assert failures_of(article) == [
        Failure(
            "“Yarrow” has no cautions, and nobody signed that none are known.",
            f"{page}#cautions-group",
        )
    ]


def test_remedy_of_a_document_whose_row_is_gone_has_no_page():
    treatment = make_treatment()
    remedy = make_remedy(treatment=treatment, no_cautions_signed_by="", no_cautions_signed_on=None)
    document = freeze(treatment)
    remedy.delete()

    assert [failure.field for failure in failures(treatment, document, NOW)] == [""]


@pytest.mark.parametrize(
    ("shown", "fields"),
    [
        ({"alt": "A calf muscle."}, []),
        ({"is_decorative": True}, []),
        ({}, ["#illustrations-0"]),
        ({"alt": "\u200b"}, ["#illustrations-0"]),
    ],
    ids=["described", "decorative", "neither", "invisible"],
)
def test_images_need_words_unless_they_are_decoration(shown, fields):
    condition = make_condition()
    Illustration.objects.create(condition=condition, image=make_image(), aspect="overview", **shown)

    assert [failure.field for failure in failures_of(condition)] == fields


def test_review_comes_after_the_day_of_publishing():
    condition = make_condition(review_due_on=NOW.date())

    assert [failure.field for failure in failures_of(condition)] == ["#id_review_due_on"]
    assert failures_of(condition, now=NOW - timedelta(days=1)) == []


def test_offer_of_a_draft_is_refused():
    condition = make_condition()
    make_claim(condition=condition, treatment=make_treatment(title="Herbs"))

    assert failures_of(condition) == [
        Failure("The treatment “Herbs” is not published yet.", "#claims-group")
    ]


@pytest.mark.parametrize(
    ("body", "is_fine"),
    [
        ("<h3>One</h3><p>x</p><h3>Two</h3>", True),
        ("<h3>One</h3><h4>Two</h4><h4>Three</h4><h3>Four</h3>", True),
        ("<h4>One</h4>", False),
        ("<h3>One</h3><h5>Two</h5>", False),
        ("<h2>One</h2>", False),
        ("<h3> </h3><p>x</p>", False),
        ("<h3><strong></strong></h3><p>x</p>", False),
    ],
)
def test_headings_come_in_order(body, is_fine):
    condition = make_condition()
    document = freeze(condition)
    document["sections"][0]["body"] = f"<p>x</p>{body}"

    found = failures(condition, document, NOW)

    assert [failure.field for failure in found] == ([] if is_fine else ["#sections-0"])


def test_heading_of_a_section_has_words():
    condition = make_condition()
    condition.sections.update(heading="\u200b")

    assert failures_of(condition) == [Failure("A section has an empty heading.", "#sections-0")]


def test_address_of_another_is_taken():
    make_condition(slug="taken")
    mover = make_live_condition(slug="moved-away", title="Cramp")
    FormerSlug.objects.create(slug="former", condition=mover)
    condition = make_condition()

    assert address_problem(condition, "taken") == "Another page has the address “taken”."
    assert address_problem(condition, "former") == (
        "This is the old address of another page, and leads there. Choose another one."
    )
    assert address_problem(mover, "former") == ""
    assert address_problem(make_treatment(), "former") == ""
    assert address_problem(condition, "free") == ""


def test_address_that_was_anothers_keeps_a_draft_off_the_site():
    FormerSlug.objects.create(slug="former", condition=make_live_condition())

    assert [f.field for f in failures_of(make_condition(slug="former"))] == ["#id_slug"]


def test_review_day_is_the_clinics_day():
    late_evening = NOW.replace(hour=3)
    condition = make_condition(review_due_on=date(2026, 12, 7))

    assert failures_of(condition, now=late_evening) == []


def test_address_that_the_site_uses_is_taken():
    assert address_problem(make_condition(), "feed") == (
        "The site uses this word in an address of its own. Choose another one."
    )
