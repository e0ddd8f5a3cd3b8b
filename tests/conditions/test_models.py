from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from conditions.documents import freeze
from conditions.models import (
    Aspect,
    CareLevel,
    ConditionName,
    ConditionRedFlag,
    FormerSlug,
    RedFlag,
    Review,
    Revision,
    Section,
    most_urgent,
)
from conditions.models.revision import CONDITION_PARTS, LAST_MOMENT, TREATMENT_PARTS, WORDS

from .factories import (
    NOW,
    link_red_flag,
    make_acupoint,
    make_caution,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_red_flag,
    make_remedy,
    make_section,
    make_self_care,
    make_source,
    make_treatment,
)

pytestmark = pytest.mark.django_db


def breaks(constraint):
    return pytest.raises(IntegrityError, match=f"conditions_{constraint}")


def revision_of(**kwargs):
    document = freeze(make_treatment()) | freeze(make_condition())
    defaults = {"number": 1, "document": document, "publish_at": NOW, "by_name": "tests"}
    return Revision.objects.create(**defaults | kwargs)


def test_source_address_must_be_https():
    with breaks("source_url_is_https"):
        make_source(url="http://example.org/")


def test_red_flag_level_must_be_known():
    with breaks("redflag_level_is_known"):
        make_red_flag(level="mild")


@pytest.mark.parametrize("field", ["statement", "question"])
def test_red_flag_must_have_words(field):
    with breaks("redflag_has_words"):
        make_red_flag(**{field: ""})


def test_red_flag_version_starts_at_one():
    flag = make_red_flag()

    with breaks("redflag_version_is_positive"):
        RedFlag.objects.filter(pk=flag.pk).update(version=0)


def test_red_flag_of_an_article_is_linked_once():
    flag = make_red_flag()
    condition = make_condition(red_flags=[flag])

    with breaks("conditionredflag_once"):
        link_red_flag(condition, flag)


def test_red_flag_of_an_article_has_a_known_level():
    condition = make_condition()

    with breaks("conditionredflag_level_is_known"):
        link_red_flag(condition, make_red_flag(), level="mild")


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


def test_revision_belongs_to_an_article():
    with breaks("revision_has_one_article"):
        revision_of()


def test_revision_belongs_to_one_article():
    with breaks("revision_has_one_article"):
        revision_of(condition=make_condition(), treatment=make_treatment())


@pytest.mark.parametrize("part", [*WORDS, *CONDITION_PARTS])
def test_revision_of_a_condition_is_whole(part):
    document = freeze(make_condition())
    del document[part]

    with breaks("revision_"):
        revision_of(condition=make_condition(), document=document)


@pytest.mark.parametrize("part", [*WORDS, *TREATMENT_PARTS])
def test_revision_of_a_treatment_is_whole(part):
    document = freeze(make_treatment())
    del document[part]

    with breaks("revision_"):
        revision_of(treatment=make_treatment(), document=document)


def claim(**kwargs):
    return {"text": "It helps.", "level": "low", "sources": []} | kwargs


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("has_words", {"title": " "}),
        ("has_words", {"summary": ""}),
        ("has_words", {"title": ["A list"]}),
        ("review_is_due", {"review_due_on": ""}),
        ("review_is_due", {"review_due_on": 2027}),
        ("images_are_described", {"images": [{"is_decorative": False, "alt": " "}]}),
        ("has_overview", {"sections": [{"aspect": "overview", "body": "<p> </p>"}]}),
        ("has_self_care", {"self_care": [{"text": ""}], "sections": "overview"}),
        ("has_emergency", {"red_flags": [{"level": "urgent"}]}),
        ("has_emergency", {"red_flags": [], "no_emergency": {"reason": "None", "signed_by": ""}}),
        ("claims_have_sources", {"offers": [{"claims": [claim()], "remedies": []}]}),
        (
            "claims_have_sources",
            {"offers": [{"claims": [], "remedies": [{"claims": [claim()], "cautions": [{}]}]}]},
        ),
        (
            "remedies_have_cautions",
            {"offers": [{"claims": [], "remedies": [{"claims": [], "cautions": []}]}]},
        ),
    ],
)
def test_revision_of_a_condition_holds_what_the_gate_demands(rule, changes):
    document = freeze(make_condition()) | changes

    with breaks(f"revision_({rule}|has_overview)"):
        revision_of(condition=make_condition(), document=document)


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("may_help_has_sources", {"may_help": [claim()]}),
        ("uses_have_cautions", {"remedies": [{"cautions": [], "no_cautions_signed_by": ""}]}),
    ],
)
def test_revision_of_a_treatment_holds_what_the_gate_demands(rule, changes):
    document = freeze(make_treatment()) | changes

    with breaks(f"revision_{rule}"):
        revision_of(treatment=make_treatment(), document=document)


@pytest.mark.parametrize("value", [None, 5, "text", [None], [5], [{}], {}])
@pytest.mark.parametrize(
    "part", ["red_flags", "self_care", "offers", "sections", "related", "names"]
)
def test_revision_of_a_condition_is_well_formed(part, value):
    signed = {"reason": "For this test.", "signed_by": "Dr. Test"}
    document = freeze(make_condition()) | {"no_emergency": signed, part: value}

    with breaks("revision_(well_formed|has_)"):
        revision_of(condition=make_condition(), document=document)


@pytest.mark.parametrize("value", [None, 5, "text", [None], [5], [{}], {}])
@pytest.mark.parametrize("part", ["remedies", "may_help", "cautions", "sources", "glossary"])
def test_revision_of_a_treatment_is_well_formed(part, value):
    document = freeze(make_treatment()) | {part: value}

    with breaks("revision_(well_formed|may_help|uses)"):
        revision_of(treatment=make_treatment(), document=document)


@pytest.mark.parametrize("slug", ["", "a b", "a/b", "../x", "ü", "<script>"])
@pytest.mark.parametrize("make", [make_condition, make_treatment])
def test_slug_is_one(make, slug):
    with breaks("[a-z]+_slug_is_one"):
        make(slug=slug)


def test_former_slug_is_one():
    with breaks("formerslug_slug_is_one"):
        FormerSlug.objects.create(slug="../x", condition=make_condition())


@pytest.mark.parametrize("make", [make_condition, make_treatment])
def test_article_ends_in_a_year_that_python_knows(make):
    with breaks("[a-z]+_ends_in_time"):
        make(unpublish_at=LAST_MOMENT)


def test_revision_appears_in_a_year_that_python_knows():
    with breaks("revision_appears_in_time"):
        revision_of(condition=make_condition(), publish_at=LAST_MOMENT)


def test_revision_without_an_emergency_sign_holds_a_signed_reason():
    signed = {"reason": "Dry skin alone is no emergency.", "signed_by": "Dr. Test"}
    document = freeze(make_condition()) | {"red_flags": [], "no_emergency": signed}

    assert revision_of(condition=make_condition(), document=document).pk


def test_revision_scheduled_may_be_withdrawn_and_nothing_else():
    revision = revision_of(condition=make_condition())
    rows = Revision.objects.filter(pk=revision.pk)

    rows.update(withdrawn_at=NOW - timedelta(hours=1))

    assert rows.filter(withdrawn_at__isnull=False).exists()
    with pytest.raises(IntegrityError, match="A revision is never changed"):
        rows.update(withdrawn_at=None)


@pytest.mark.parametrize(
    "changes",
    [
        {"withdrawn_at": NOW},
        {"withdrawn_at": NOW - timedelta(hours=1), "note": "Something else too."},
        {"publish_at": NOW + timedelta(days=1)},
    ],
)
def test_revision_that_appeared_is_never_changed(changes):
    revision = revision_of(condition=make_condition())

    with pytest.raises(IntegrityError, match="A revision is never changed"):
        Revision.objects.filter(pk=revision.pk).update(**changes)


def test_revision_number_stands_once_for_a_condition():
    condition = make_live_condition()

    with breaks("revision_condition_number"):
        revision_of(condition=condition)


def test_revision_number_stands_once_for_a_treatment():
    treatment = make_live_treatment()

    with breaks("revision_treatment_number"):
        revision_of(treatment=treatment)


def test_revision_cannot_be_changed():
    revision = make_live_condition().revisions.get()

    with transaction.atomic(), pytest.raises(IntegrityError, match="never changed or deleted"):
        Revision.objects.filter(pk=revision.pk).update(note="Changed.")


def test_revision_cannot_be_deleted():
    revision = make_live_condition().revisions.get()

    with transaction.atomic(), pytest.raises(IntegrityError, match="never changed or deleted"):
        revision.delete()


def test_condition_with_a_revision_cannot_be_deleted():
    condition = make_live_condition()

    with pytest.raises(ProtectedError):
        condition.delete()


def test_review_scope_must_be_known():
    revision = make_live_condition().revisions.get()

    with breaks("review_scope_is_known"):
        Review.objects.create(
            revision=revision, reviewer="Dr. A", reviewed_on=date(2026, 12, 1), scope="half"
        )


def test_review_is_followed_by_a_later_one():
    revision = make_live_condition().revisions.get()

    with breaks("review_next_is_later"):
        Review.objects.create(
            revision=revision,
            reviewer="Dr. A",
            reviewed_on=date(2026, 12, 1),
            next_on=date(2026, 12, 1),
        )


@pytest.mark.parametrize(
    ("field", "value"),
    [("statement", "Other words"), ("question", "Other words?"), ("level", "urgent")],
)
def test_red_flag_gets_a_new_version_when_its_meaning_changes(field, value):
    flag = make_red_flag()

    setattr(flag, field, value)
    flag.save(update_fields=[field])

    flag.refresh_from_db()
    assert (getattr(flag, field), flag.version) == (value, 2)


def test_red_flag_keeps_its_version_when_only_its_label_changes():
    flag = make_red_flag()

    flag.label = "Another label"
    flag.save()

    flag.refresh_from_db()
    assert (flag.label, flag.version) == ("Another label", 1)


def test_red_flag_level_can_be_raised_in_an_article():
    flag = make_red_flag(level="see_doctor")

    link = link_red_flag(make_condition(), flag, level="emergency")

    link.full_clean()
    assert link.effective_level == CareLevel.EMERGENCY


def test_red_flag_level_cannot_be_lowered_in_an_article():
    link = ConditionRedFlag(
        condition=make_condition(), red_flag=make_red_flag(), level="see_doctor"
    )

    with pytest.raises(ValidationError, match="Only a clinical reviewer"):
        link.full_clean()
    assert link.effective_level == CareLevel.EMERGENCY


def test_red_flag_level_is_lowered_in_an_article_once_it_is_signed():
    link = ConditionRedFlag(
        condition=make_condition(),
        red_flag=make_red_flag(),
        level="see_doctor",
        lowered_by="Dr. Test",
    )

    link.full_clean()

    assert link.effective_level == CareLevel.SEE_DOCTOR


def test_most_urgent_is_the_first_level_there_is():
    assert most_urgent(["see_doctor", "urgent"]) == CareLevel.URGENT


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
