"""PostgreSQL refuses a revision whose levels, kinds or areas are not of the fixed lists."""

from copy import deepcopy

import pytest
from django.db import IntegrityError

from conditions.documents import freeze
from conditions.models import Revision
from tests.copies import taken_back

from .factories import (
    NOW,
    make_caution,
    make_claim,
    make_condition,
    make_remedy,
    make_section,
    make_treatment,
)

pytestmark = pytest.mark.django_db


def make_document():
    """Return a document that has every part of both kinds."""
    treatment = make_treatment()
    remedy = make_remedy(treatment=treatment)
    condition = make_condition()
    make_section(condition=condition, aspect="causes")
    make_claim(treatment=treatment, condition=condition)
    make_claim(treatment=treatment, condition=condition, remedy=remedy)
    make_claim(treatment=treatment, label="Pain")
    make_caution(treatment=treatment)
    make_caution(remedy=remedy)
    document = freeze(treatment) | freeze(condition)
    document["related"] = [{"slug": "other", "kind": "related", "question": "", "text": ""}]
    # The sign that every page needs stays as it is.
    document["red_flags"] *= 2
    return document


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """Make such a document, and a draft of each kind, for all tests of this file."""
    with taken_back(django_db_blocker):
        yield make_document(), make_condition(), make_treatment()


@pytest.fixture
def document(made):
    return made[0]


@pytest.fixture
def condition(made):
    return made[1]


@pytest.fixture
def treatment(made):
    return made[2]


def with_word(document, path, word):
    """Return the document with the word at the place that `path` leads to."""
    changed = deepcopy(document)
    # The sign stands there twice: a copy of one would change both.
    changed["red_flags"][1] = dict(changed["red_flags"][1])
    *steps, last = path.split(".")
    part = changed
    for step in steps:
        part = part[int(step) if step.isdigit() else step]
    part[last] = word
    return changed


def revise(**kwargs):
    return Revision.objects.create(number=1, publish_at=NOW, by_name="tests", **kwargs)


def test_revision_that_has_every_part_is_accepted(document, condition, treatment):
    revise(condition=condition, document=document)
    revise(treatment=treatment, document=document)


@pytest.mark.parametrize(
    "path",
    [
        "kind",
        "body_area",
        "sections.1.aspect",
        "related.0.kind",
        "self_care.0.kind",
        "self_care.0.level",
        "red_flags.1.level",
        "red_flags.1.own_level",
        "offers.0.claims.0.level",
        "offers.0.cautions.0.with_kind",
        "offers.0.cautions.0.advice",
        "offers.0.cautions.0.basis",
        "offers.0.remedies.0.kind",
        "offers.0.remedies.0.claims.0.level",
        "offers.0.remedies.0.cautions.0.with_kind",
        "offers.0.remedies.0.cautions.0.advice",
        "offers.0.remedies.0.cautions.0.basis",
    ],
)
def test_revision_of_a_condition_has_known_words(document, condition, path):
    with pytest.raises(IntegrityError, match=r"revision_well_formed"):
        revise(condition=condition, document=with_word(document, path, "rumor"))


@pytest.mark.parametrize(
    "path",
    [
        "sections.1.aspect",
        "may_help.0.level",
        "cautions.0.with_kind",
        "cautions.0.advice",
        "cautions.0.basis",
        "remedies.0.kind",
        "remedies.0.cautions.0.advice",
    ],
)
def test_revision_of_a_treatment_has_known_words(document, treatment, path):
    with pytest.raises(IntegrityError, match=r"revision_well_formed"):
        revise(treatment=treatment, document=with_word(document, path, "rumor"))


@pytest.mark.parametrize("word", ["", "Low", "low\n", "very low", "slow", None, 5, ["rumor"]])
def test_level_of_a_claim_is_one_of_the_scale(document, condition, word):
    changed = with_word(document, "offers.0.claims.0.level", word)

    with pytest.raises(IntegrityError, match=r"revision_well_formed"):
        revise(condition=condition, document=changed)


@pytest.mark.parametrize(
    "path",
    ["self_care.0.level", "red_flags.1.own_level", "offers.0.cautions.0.basis"],
)
def test_some_words_may_be_left_out(document, condition, path):
    revision = revise(condition=condition, document=with_word(document, path, ""))

    assert Revision.objects.get() == revision
