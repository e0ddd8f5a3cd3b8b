"""Whatever a reader would notice between two documents, staff are told."""

from dataclasses import replace

import pytest

from conditions.differences import differences
from conditions.evidence import EvidenceLevel
from conditions.models import (
    Aspect,
    BodyArea,
    CareLevel,
    CautionAdvice,
    CautionBasis,
    CautionKind,
    Condition,
    RelatedKind,
    RemedyKind,
    SelfCareKind,
    Treatment,
)
from conditions.pages import condition_page, treatment_page

from .factories import NOW
from .whole import make_whole_condition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CHOICES = {
    "aspect": Aspect,
    "body_area": BodyArea,
    "with_kind": CautionKind,
    "advice": CautionAdvice,
    "basis": CautionBasis,
    "level": EvidenceLevel,
    ("red_flags", "level"): CareLevel,
    ("self_care", "kind"): SelfCareKind,
    ("related", "kind"): RelatedKind,
    ("remedies", "kind"): RemedyKind,
}


def variants(part, lists=()):
    """Yield all that a document becomes by one change: a value, an entry dropped, two swapped.

    Each comes with the names that lead to the change.
    """
    if isinstance(part, dict):
        for name, value in part.items():
            for names, other in variants(value, (*lists, name)):
                yield names, {**part, name: other}
    elif isinstance(part, list):
        for place, entry in enumerate(part):
            yield lists, part[:place] + part[place + 1 :]
            for names, other in variants(entry, lists):
                yield names, [*part[:place], other, *part[place + 1 :]]
        yield lists, part[::-1]
    else:
        for other in other_values(part, lists):
            yield lists, other


def other_values(value, names):
    choices = CHOICES.get(names[-2:]) or CHOICES.get(names[-1])
    if choices is not None:
        return [str(choice) for choice in choices if choice != value]
    if isinstance(value, bool):
        return [not value]
    if names[-1] == "review_due_on":
        return ["2031-01-01"]
    if isinstance(value, str):
        return [f"<p>More.</p>{value}" if names[-1] == "body" else f"{value}-other"]
    return [(value or 0) + 1]


def is_seen(names):
    """Say whether a reader sees it; if not, it is a name that programs find something by."""
    return names[-1] not in {"code", "version", "key"} and names[-2:] != (
        "medicine_classes",
        "slug",
    )


def page_of(document):
    """Return all that is drawn of the document, and what the glossary explains."""
    if "offers" in document:
        live = [{"slug": topic["slug"], "title": "A page"} for topic in document["related"]]
        offered = [{"slug": offer["treatment"], "title": "A page"} for offer in document["offers"]]
        page = condition_page(
            document,
            live_conditions=live,
            live_treatments=offered,
            review=None,
            today=NOW.date(),
        )
    else:
        page = treatment_page(document, review=None, today=NOW.date())
    return replace(page, glossary=None), page.glossary.entries


@pytest.mark.parametrize("kind", [Condition, Treatment])
def test_every_change_that_a_page_shows_is_in_the_difference(kind):
    article = make_whole_condition()
    if kind is Treatment:
        article = Treatment.objects.get()
    document = article.revisions.get().document
    shown = page_of(document)

    changes = [
        (names, bool(differences(document, other)))
        for names, other in variants(document)
        if page_of(other) != shown
    ]

    assert [names for names, is_told in changes if not is_told and is_seen(names)] == []
    assert len({names for names, is_told in changes if is_told}) > 40


def test_sources_of_one_title_are_told_apart():
    sources = [
        {"key": "a", "title": "Magnesium", "url": "https://a.example/"},
        {"key": "b", "title": "Magnesium", "url": "https://b.example/"},
    ]
    claim = {"label": "Cramp", "text": "It helps.", "level": "low"}
    old, new = (
        {"sources": sources, "may_help": [{**claim, "sources": [key]}]} for key in ("a", "b")
    )

    (change,) = differences(old, new)

    assert [words.text for words in change.words if words.kind != "same"] == [
        "(https://a.example/)",
        "(https://b.example/)",
    ]


def test_what_an_entry_is_about_is_told_when_only_that_changed():
    topic = {"kind": "related", "question": "", "text": "It is alike."}
    old = {
        "sections": [{"aspect": "outlook", "heading": "In time", "body": "<p>It goes.</p>"}],
        "images": [{"aspect": "overview", "name": "0a1b", "alt": "A calf", "caption": ""}],
        "related": [{"slug": "migraine", **topic}],
    }
    new = {
        "sections": [{**old["sections"][0], "aspect": "prevention"}],
        "images": [{**old["images"][0], "aspect": "causes", "name": "2c3d"}],
        "related": [{"slug": "sciatica", **topic}],
    }

    changes = differences(old, new)

    assert [(change.label, change.kinds) for change in changes] == [
        ("Section “In time”", ("changed",)),
        ("Image", ("changed",)),
        ("Related topic “sciatica”", ("changed",)),
    ]
    gone, came = (
        ["".join(words.text for words in change.words if words.kind != kind) for change in changes]
        for kind in ("added", "removed")
    )
    assert [text.split("\n")[0] for text in gone] == [
        f"Shown under: {Aspect.OUTLOOK.label}",
        f"Shown under: {Aspect.OVERVIEW.label}",
        "Article: migraine",
    ]
    assert [text.split("\n")[0] for text in came] == [
        f"Shown under: {Aspect.PREVENTION.label}",
        f"Shown under: {Aspect.CAUSES.label}",
        "Article: sciatica",
    ]
