from datetime import date
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection

from conditions.models import (
    Aspect,
    Condition,
    ConditionName,
    FormerSlug,
    MedicineClass,
    Review,
    Section,
)
from conditions.models.revision import LAST_MOMENT

from .constraints import breaks
from .factories import (
    NOW,
    make_acupoint,
    make_caution,
    make_claim,
    make_condition,
    make_live_condition,
    make_red_flag,
    make_remedy,
    make_section,
    make_self_care,
    make_source,
    make_treatment,
)

pytestmark = pytest.mark.django_db


def test_source_address_must_be_https():
    with breaks("source_url_is_https"):
        make_source(url="http://example.org/")


def test_condition_kind_must_be_known():
    with breaks("condition_kind_is_known"):
        make_condition(kind="rumor")


def test_condition_body_area_must_be_known():
    with breaks("condition_body_area_is_known"):
        make_condition(body_area="soul")


def test_condition_name_stands_once():
    condition = make_condition(names=["cramp"])

    with breaks("conditionname_once"):
        ConditionName.objects.create(condition=condition, name="cramp")


def test_section_belongs_to_one_article():
    with breaks("section_has_one_article"):
        make_section(condition=make_condition(), treatment=make_treatment(), aspect=Aspect.CAUSES)


def test_section_belongs_to_an_article():
    with breaks("section_has_one_article"):
        make_section()


def test_section_aspect_must_be_known():
    with breaks("section_aspect_is_known"):
        make_section(condition=make_condition(), aspect="gossip")


def test_section_aspect_stands_once_in_a_condition():
    condition = make_condition()

    with breaks("section_condition_aspect_once"):
        make_section(condition=condition, aspect=Aspect.OVERVIEW)


def test_section_aspect_stands_once_in_a_treatment():
    treatment = make_treatment()

    with breaks("section_treatment_aspect_once"):
        make_section(treatment=treatment, aspect=Aspect.WHAT_HAPPENS)


def test_self_care_kind_must_be_known():
    with breaks("selfcareitem_kind_is_known"):
        make_self_care(make_condition(), kind="maybe")


def test_self_care_level_must_be_known():
    with breaks("selfcareitem_level_is_known"):
        make_self_care(make_condition(), level="certain")


@pytest.mark.parametrize("text", ["do not smoke", "Don't smoke", "don’t smoke", " Never smoke"])
def test_self_care_to_leave_is_stored_without_do_not(text):
    with breaks("selfcareitem_leaves_out_do_not"):
        make_self_care(make_condition(), kind="dont", text=text)


def test_self_care_to_leave_may_begin_like_never():
    item = make_self_care(make_condition(), kind="dont", text="nevertheless smoke")

    assert item.pk is not None


def test_remedy_kind_must_be_known():
    with breaks("remedy_kind_is_known"):
        make_remedy(kind="crystal")


def test_remedy_acupoint_needs_its_who_code():
    with breaks("remedy_point_has_code"):
        make_acupoint(who_code="")


@pytest.mark.parametrize("cun", ["-0.5", "6.5"])
def test_remedy_lies_on_the_back(cun):
    with breaks("remedy_midline_on_the_back"):
        make_acupoint(midline_cun=cun)


def test_claim_needs_a_condition_or_a_label():
    with breaks("claim_condition_or_label"):
        make_claim(treatment=make_treatment())


def test_claim_has_no_label_beside_its_condition():
    with breaks("claim_condition_or_label"):
        make_claim(treatment=make_treatment(), condition=make_condition(), label="Pain")


def test_claim_level_must_be_known():
    with breaks("claim_level_is_known"):
        make_claim(treatment=make_treatment(), label="Pain", level="certain")


def test_caution_belongs_to_one_owner():
    with breaks("caution_has_one_owner"):
        make_caution(remedy=make_remedy(), treatment=make_treatment())


@pytest.mark.parametrize(
    ("field", "rule"), [("with_kind", "kind"), ("advice", "advice"), ("basis", "basis")]
)
def test_caution_words_must_be_known(field, rule):
    with breaks(f"caution_{rule}_is_known"):
        make_caution(treatment=make_treatment(), **{field: "rumor"})


def test_kind_of_medicine_is_no_part_of_itself():
    kind = MedicineClass.objects.create(slug="thinners", name="Blood thinners")

    with breaks("medicineclass_not_part_of_itself"):
        MedicineClass.objects.filter(pk=kind.pk).update(part_of=kind)


def test_kind_of_medicine_is_no_part_of_its_parts():
    wide = MedicineClass.objects.create(slug="wide", name="Heart medicines")
    middle = MedicineClass.objects.create(slug="middle", name="Water pills", part_of=wide)
    narrow = MedicineClass.objects.create(slug="narrow", name="Loop pills", part_of=middle)
    narrow.full_clean()
    wide.part_of = narrow

    with pytest.raises(ValidationError) as refused:
        wide.full_clean()

    assert refused.value.message_dict == {
        "part_of": [
            "Loop pills is a part of Heart medicines already. Choose another kind, or none."
        ]
    }


def test_starter_kinds_of_medicine_of_before_become_part_of_wider_ones():
    for slug in ("warfarin", "blood-thinners", "ppis"):
        MedicineClass.objects.create(slug=slug, name=slug)
    migration = import_module("conditions.migrations.0012_starter_kinds_are_part_of_wider")

    migration.set_wider_kinds(apps, None)

    wider = MedicineClass.objects.exclude(part_of=None).values_list("slug", "part_of__slug")
    assert list(wider) == [("warfarin", "blood-thinners")]


@pytest.mark.parametrize("slug", ["", "a b", "a/b", "../x", "ü", "<script>", "Cramps"])
@pytest.mark.parametrize("make", [make_condition, make_treatment])
def test_slug_is_one(make, slug):
    with breaks("[a-z]+_slug_is_one"):
        make(slug=slug)


@pytest.mark.parametrize("make", [make_condition, make_treatment])
def test_slug_with_capital_letters_is_asked_for_in_small_ones(make):
    article = make(slug="cramps")
    article.slug = "Cramps"

    with pytest.raises(ValidationError) as refused:
        article.clean()

    assert refused.value.message_dict == {"slug": ["Use small letters: cramps."]}


def test_slugs_of_before_get_small_letters_and_the_old_ones_lead_there(client):
    drop_rule = "ALTER TABLE conditions_condition DROP CONSTRAINT conditions_condition_slug_is_one"
    with connection.cursor() as cursor:
        cursor.execute(drop_rule)
    make_live_condition(slug="neck-pain", title="Neck pain")
    shouted = make_live_condition(slug="other", title="Other")
    single = make_live_condition(slug="jaw", title="Jaw pain")
    Condition.objects.filter(pk=shouted.pk).update(slug="Neck-Pain")
    Condition.objects.filter(pk=single.pk).update(slug="TMJ")
    migration = import_module("conditions.migrations.0017_slugs_in_small_letters")

    migration.to_small_letters(apps, None)

    shouted.refresh_from_db()
    single.refresh_from_db()
    assert (shouted.slug, single.slug) == ("neck-pain-2", "tmj")
    with time_machine.travel(NOW):
        assert client.get("/conditions/Neck-Pain/").url == "/conditions/neck-pain-2/"
        assert client.get("/conditions/TMJ/").url == "/conditions/tmj/"


def test_former_slug_is_one():
    with breaks("formerslug_slug_is_one"):
        FormerSlug.objects.create(slug="../x", condition=make_condition())


@pytest.mark.parametrize("make", [make_condition, make_treatment])
def test_article_ends_in_a_year_that_python_knows(make):
    with breaks("[a-z]+_ends_in_time"):
        make(unpublish_at=LAST_MOMENT)


def test_section_body_is_cleaned_when_saved():
    section = make_section(
        condition=make_condition(),
        aspect=Aspect.CAUSES,
        body='<p onclick="x()">Hi<script>alert(1)</script></p>',
    )

    assert Section.objects.get(pk=section.pk).body == "<p>Hi</p>"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: make_source(title="A", publisher="B"), "A (B)"),
        (lambda: make_red_flag(label="Fever", code="fever"), "Fever (fever)"),
        (lambda: make_condition(title="Cramp"), "Cramp"),
        (lambda: make_condition(names=["Knot"]).names.get(), "Knot"),
        (
            lambda: make_condition(red_flags=[make_red_flag(label="Fever")]).red_flag_links.get(),
            "Fever",
        ),
        (lambda: make_condition().sections.get(), "What is going on"),
        (lambda: make_self_care(make_condition(), title="", text="Rest."), "Rest."),
        (lambda: make_remedy(name="Yarrow"), "Yarrow"),
        (lambda: make_claim(treatment=make_treatment(), label="Pain", text="Yes."), "Yes."),
        (lambda: make_caution(treatment=make_treatment()), "Blood thinners: Ask first"),
        (lambda: make_live_condition(title="Cramp").revisions.get(), "Cramp, revision 1"),
        (lambda: Review(reviewer="Dr. A", reviewed_on=date(2026, 12, 1)), "Dr. A, 2026-12-01"),
    ],
)
def test_records_say_what_they_are(make, words):
    assert str(make()) == words
