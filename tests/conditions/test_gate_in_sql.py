"""PostgreSQL refuses what `gate.lacking` refuses, and takes what that takes."""

import sys
from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from conditions.documents import freeze
from conditions.gate import lacking
from conditions.models import Revision
from conditions.models.document_rules import WORDLESS
from conditions.publishing import withdraw
from conditions.rich_text import has_words
from tests.copies import taken_back

from .constraints import before, breaks
from .factories import (
    NOW,
    make_claim,
    make_condition,
    make_remedy,
    make_source,
    make_treatment,
)

pytestmark = pytest.mark.django_db

IMAGE = {
    "aspect": "overview",
    "name": "0" * 40,
    "width": 400,
    "height": 300,
    "alt": "A calf",
    "is_decorative": False,
    "caption": "",
    "credit": "",
}
MISSING = object()


def make_article(kind):
    """Return a draft that offers something, or uses it, and its document with an image."""
    treatment = make_treatment()
    remedy = make_remedy(treatment=treatment)
    cited = {"level": "low", "sources": [make_source()]}
    make_claim(treatment=treatment, label="Pain", **cited)
    article = treatment
    if kind == "condition":
        article = make_condition()
        make_claim(condition=article, treatment=treatment, **cited)
        make_claim(condition=article, treatment=treatment, remedy=remedy, **cited)
    return article, freeze(article) | {"images": [dict(IMAGE)]}


@pytest.fixture(scope="module")
def articles(django_db_setup, django_db_blocker):
    """Make one of each kind for all tests of this file; none of them changes it."""
    with taken_back(django_db_blocker):
        yield {kind: make_article(kind) for kind in ("condition", "treatment")}


def changed(document, path, value):
    document = deepcopy(document)
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    part = document
    for step in steps:
        part = part[step]
    part.pop(last) if value is MISSING else part.__setitem__(last, value)
    return document


def is_refused(article, document):
    try:
        with transaction.atomic():
            revise(article, document)
    except IntegrityError:
        return True
    return False


def revise(article, document, publish_at=NOW):
    return Revision.objects.create(
        **{article.revision_field: article},
        number=1,
        document=document,
        publish_at=publish_at,
        by_name="SQL",
    )


OF_ALL = [
    ("title", "—", False),
    ("title", "5", True),
    ("title", "肌肉痉挛", True),
    ("title", "Crampe à la jambe", True),
    ("summary", "<b></b>", False),
    ("summary", "<b>\n</b>\n", False),
    ("summary", "&nbsp;&#8203;", False),
    ("summary", "Pain & more", True),
    ("summary", "For pain of 3 < 5", True),
    ("sections.0.body", "<p>&nbsp;</p>", False),
    ("sections.0.body", "", False),
    ("sections.0.body", "\n<p>\n<em>a</em></p>", True),
    ("sections.0.heading", "", False),
    ("sections.0.heading", "\u200b", False),
    ("sections.0.body", "<p>a</p>\n<h3>One</h3>\n<p>x</p><h3>Two</h3>", True),
    ("sections.0.body", "<p>a</p><h3>One</h3><h4>Two</h4>\n<h5>3</h5><h3>Four</h3>", True),
    ("sections.0.body", "<p>a</p><h2>One</h2>", False),
    ("sections.0.body", "<p>a</p>\n<h4>One</h4>", False),
    ("sections.0.body", "<p>a</p><h3>One</h3>\n<p>b</p><h5>Two</h5>", False),
    ("sections.0.body", "<p>a</p><h3></h3>", False),
    ("sections.0.body", '<p>a</p><h3 class="x">\n<em>&nbsp;</em></h3><p>b</p>', False),
    ("images.0.alt", "", False),
    ("images.0.alt", "\u200b", False),
    ("images.0", IMAGE | {"alt": "", "is_decorative": True}, True),
    ("images.0", IMAGE | {"alt": "", "is_decorative": None}, False),
    ("review_due_on", "", False),
]
OF_CONDITIONS = [
    *OF_ALL,
    ("sections", [], False),
    ("self_care", [], False),
    ("self_care.0.text", "…", False),
    ("red_flags", [], False),
    ("red_flags.0.level", "urgent", False),
    ("red_flags.0.is_linked", True, True),
    # As a clinic-wide sign comes into an article that does not link it.
    ("red_flags.0.is_linked", False, False),
    ("red_flags.0.statement", "", False),
    ("red_flags.0.question", "—", False),
    ("offers.0.claims.0.sources", [], False),
    ("offers.0.claims.0", {"text": "By tradition.", "level": "none_found", "sources": []}, True),
    ("offers.0.claims.0.sources.0", "gone", False),
    ("offers.0.remedies.0.claims.0.sources", [], False),
    ("offers.0.remedies.0.claims.0.sources.0", "gone", False),
    ("offers.0.remedies.0.no_cautions_signed_by", "-", False),
    ("offers.0.remedies.0.no_cautions_signed_by", MISSING, False),
]
OF_TREATMENTS = [
    *OF_ALL,
    ("sections", [], False),
    ("sections.0.aspect", "overview", True),
    ("sections.0.aspect", "risks", False),
    ("may_help.0.sources", [], False),
    ("may_help.0.sources.0", "gone", False),
    ("remedies.0.no_cautions_signed_by", " ", False),
    ("remedies.0.no_cautions_signed_by", MISSING, False),
]


@pytest.mark.parametrize(
    ("kind", "path", "value", "is_fine"),
    [
        *(("condition", *case) for case in OF_CONDITIONS),
        *(("treatment", *case) for case in OF_TREATMENTS),
    ],
)
def test_gate_and_postgresql_refuse_the_same(articles, kind, path, value, is_fine):
    article, document = articles[kind]

    document = changed(document, path, value)

    assert bool(lacking(article, document)) is not is_fine
    assert is_refused(article, document) is not is_fine


@pytest.mark.parametrize(
    ("reason", "signed_by", "is_fine"),
    [("It never is.", "Dr. Test", True), ("—", "Dr. Test", False), ("It never is.", ".", False)],
)
def test_reason_for_no_emergency_sign_of_its_own_has_words(articles, reason, signed_by, is_fine):
    article, document = articles["condition"]
    signed = {"reason": reason, "signed_by": signed_by}
    document = document | {"red_flags": [], "no_emergency": signed}

    assert bool(lacking(article, document)) is not is_fine
    assert is_refused(article, document) is not is_fine


@pytest.mark.parametrize("day", ["2027-99-99", "2027-02-30", "2027-1-1", "20270101", None, 2027])
def test_day_of_the_next_review_is_one(articles, day):
    article, document = articles["treatment"]

    with breaks("revision_review_is_due"):
        revise(article, document | {"review_due_on": day})


def test_every_letter_and_digit_is_a_word():
    letters = "".join(filter(str.isalnum, map(chr, range(sys.maxunicode))))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT jsonb_path_query_array(to_jsonb(string_to_array(%s, NULL)), %s::jsonpath)",
            [letters, f'$[*] ? (@ like_regex "^{WORDLESS}$" flag "s")'],
        )
        (missed,) = cursor.fetchone()

    assert missed == "[]"


@pytest.mark.parametrize("text", ["—", "\u200b", "\ufeff", "\xa0", "…", "( )", "<b class='x'></b>"])
def test_signs_are_no_words(articles, text):
    article, document = articles["treatment"]

    assert not has_words(text)
    with breaks("revision_has_words"):
        revise(article, document | {"title": text})


def test_scheduled_edition_that_is_older_than_a_rule_can_be_withdrawn():
    article, document = make_article("condition")
    document["red_flags"] = []
    with before("has_emergency"):
        edition = revise(article, document, publish_at=NOW + timedelta(days=1))

    withdraw(edition, by="tests", now=NOW)

    assert Revision.objects.get().withdrawn_at == NOW
    with breaks("revision_has_emergency"):
        revise(make_condition(), document)
