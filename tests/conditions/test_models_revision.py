from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from conditions.documents import freeze
from conditions.models import Review, Revision
from conditions.models.revision import CONDITION_PARTS, LAST_MOMENT, TREATMENT_PARTS, WORDS
from tests.copies import taken_back

from .constraints import breaks
from .factories import NOW, make_condition, make_live_condition, make_live_treatment, make_treatment

pytestmark = pytest.mark.django_db


def revision_of(**kwargs):
    defaults = {"number": 1, "publish_at": NOW, "by_name": "tests"}
    if "document" not in kwargs:
        defaults["document"] = freeze(make_treatment()) | freeze(make_condition())
    return Revision.objects.create(**defaults | kwargs)


@pytest.fixture(scope="module")
def drafts(django_db_setup, django_db_blocker):
    """Make a condition and a treatment for all tests of this file; none of them changes it."""
    with taken_back(django_db_blocker):
        yield make_condition(), make_treatment()


@pytest.fixture(scope="module")
def documents(drafts, django_db_blocker):
    with django_db_blocker.unblock():
        return [freeze(draft) for draft in drafts]


@pytest.fixture
def condition(drafts):
    return drafts[0]


@pytest.fixture
def treatment(drafts):
    return drafts[1]


@pytest.fixture
def of_condition(documents):
    """The document of the condition, to be changed at will."""
    return deepcopy(documents[0])


@pytest.fixture
def of_treatment(documents):
    return deepcopy(documents[1])


def test_revision_belongs_to_an_article():
    with breaks("revision_has_one_article"):
        revision_of()


def test_revision_belongs_to_one_article():
    with breaks("revision_has_one_article"):
        revision_of(condition=make_condition(), treatment=make_treatment())


@pytest.mark.parametrize("part", [*WORDS, *CONDITION_PARTS])
def test_revision_of_a_condition_is_whole(of_condition, condition, part):
    document = of_condition
    del document[part]

    with breaks("revision_"):
        revision_of(condition=condition, document=document)


@pytest.mark.parametrize("part", [*WORDS, *TREATMENT_PARTS])
def test_revision_of_a_treatment_is_whole(of_treatment, treatment, part):
    document = of_treatment
    del document[part]

    with breaks("revision_"):
        revision_of(treatment=treatment, document=document)


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
def test_revision_of_a_condition_holds_what_the_gate_demands(
    of_condition, condition, rule, changes
):
    document = of_condition | changes

    with breaks(f"revision_({rule}|has_overview)"):
        revision_of(condition=condition, document=document)


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("may_help_has_sources", {"may_help": [claim()]}),
        ("uses_have_cautions", {"remedies": [{"cautions": [], "no_cautions_signed_by": ""}]}),
    ],
)
def test_revision_of_a_treatment_holds_what_the_gate_demands(
    of_treatment, treatment, rule, changes
):
    document = of_treatment | changes

    with breaks(f"revision_{rule}"):
        revision_of(treatment=treatment, document=document)


@pytest.mark.parametrize("value", [None, 5, "text", [None], [5], [{}], {}])
@pytest.mark.parametrize(
    "part", ["red_flags", "self_care", "offers", "sections", "related", "names"]
)
def test_revision_of_a_condition_is_well_formed(of_condition, condition, part, value):
    signed = {"reason": "For this test.", "signed_by": "Dr. Test"}
    document = of_condition | {"no_emergency": signed, part: value}

    with breaks("revision_(well_formed|has_)"):
        revision_of(condition=condition, document=document)


@pytest.mark.parametrize("value", [None, 5, "text", [None], [5], [{}], {}])
@pytest.mark.parametrize("part", ["remedies", "may_help", "cautions", "sources", "glossary"])
def test_revision_of_a_treatment_is_well_formed(of_treatment, treatment, part, value):
    document = of_treatment | {part: value}

    with breaks("revision_(well_formed|may_help|uses)"):
        revision_of(treatment=treatment, document=document)


def test_revision_appears_in_a_year_that_python_knows():
    with breaks("revision_appears_in_time"):
        revision_of(condition=make_condition(), publish_at=LAST_MOMENT)


def test_revision_without_an_emergency_sign_holds_a_signed_reason(of_condition, condition):
    signed = {"reason": "Dry skin alone is no emergency.", "signed_by": "Dr. Test"}
    document = of_condition | {"red_flags": [], "no_emergency": signed}

    assert revision_of(condition=condition, document=document).pk


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
