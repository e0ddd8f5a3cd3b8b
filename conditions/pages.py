"""From a frozen document to what a page shows: order, contents, numbers. No query, no clock."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from .cautions import (
    CautionGroup,
    CautionRow,
    caution_groups,
    caution_owners,
    heading_of,
    remedy_cautions,
)
from .clinical import clinical_changes
from .diagram import BackDiagram, back_diagram, top_down
from .documents import synonyms
from .evidence import EvidenceLevel
from .glossary import Glossary
from .models import (
    Aspect,
    BodyArea,
    CareLevel,
    RelatedKind,
    RemedyKind,
    SelfCareKind,
)
from .offers import (
    Cited,
    Offer,
    RemedyGroup,
    cited,
    remedy_groups,
    shown_offer,
    source_numbers,
)
from .red_flags import Flag, flags_of
from .rich_text import is_safe_href

type Document = Mapping[str, Any]


@dataclass(frozen=True)
class Block:
    """One part of a page: an entry in the contents, and the template part that draws it."""

    part: str
    anchor: str
    heading: str
    body: str = ""
    images: tuple[Document, ...] = ()

    @property
    def template(self) -> str:
        """Return the name of the template that draws it."""
        return f"conditions/blocks/{self.part}.html"


@dataclass(frozen=True)
class ReviewLine:
    """Who checked the page and when; a page nobody has checked has none."""

    reviewer: str
    reviewed_on: date
    is_before_changes: bool
    """Whether clinical parts of the page differ from what was checked."""


@dataclass(frozen=True)
class RelatedPage:
    """Another live article; how to tell the two apart, if they get mixed up."""

    slug: str
    title: str
    question: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ArticlePage:
    """What the pages of conditions and of treatments have in common."""

    title: str
    summary: str
    lede: str
    blocks: tuple[Block, ...]
    cautions: tuple[CautionGroup, ...]
    points: tuple[Document, ...]
    diagram: BackDiagram | None
    glossary: Glossary
    sources: tuple[Document, ...]
    author: str
    review: ReviewLine | None
    due_on: date | None
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class ConditionPage(ArticlePage):
    """An article about a symptom or condition, ready to draw."""

    area: BodyArea
    synonyms: tuple[str, ...]
    flags: Mapping[str, tuple[Flag, ...]]
    steps: tuple[Cited, ...]
    dos: tuple[Cited, ...]
    donts: tuple[Cited, ...]
    offers: tuple[Offer, ...]
    confused: tuple[RelatedPage, ...]
    related: tuple[RelatedPage, ...]


@dataclass(frozen=True, kw_only=True)
class TreatmentPage(ArticlePage):
    """An article about a treatment, ready to draw."""

    flags: tuple[Flag, ...]
    may_help: tuple[Cited, ...]
    own_cautions: tuple[CautionRow, ...]
    groups: tuple[RemedyGroup, ...]

    @property
    def opening(self) -> tuple[Block, ...]:
        """Return the blocks that stand beside the contents: all before the points."""
        return tuple(takewhile(lambda block: block.part not in _CLOSING, self.blocks))

    @property
    def closing(self) -> tuple[Block, ...]:
        """Return the blocks that have the whole width: the points, and what follows them."""
        return self.blocks[len(self.opening) :]


_CLOSING = ("points", "glossary", "sources")


def condition_page(
    document: Document,
    *,
    live_treatments: Iterable[Mapping[str, str]],
    live_conditions: Iterable[Mapping[str, str]] = (),
    review: Mapping[str, Any] | None,
    today: date,
) -> ConditionPage:
    """Return the page of one frozen article.

    Treatments that are not live get no link; topics that are not live are left out.
    """
    numbers = source_numbers(document)
    live = {treatment["slug"]: treatment["title"] for treatment in live_treatments}
    remedies = [remedy for offer in document["offers"] for remedy in offer["remedies"]]
    flags = _by_level(flags_of(document))
    cautions = caution_groups(caution_owners(document), numbers)
    related = _related(document, live_conditions)
    shared = _shared(document, remedies, review, today)
    present = {
        Aspect.SEE_DOCTOR: flags["urgent"] + flags["see_doctor"],
        Aspect.SELF_CARE: document["self_care"],
        Aspect.TREATMENTS: document["offers"],
        Aspect.POINTS: shared["diagram"],
    }
    return ConditionPage(
        **shared,
        area=BodyArea(document["body_area"]),
        synonyms=tuple(synonyms(document)),
        flags=flags,
        blocks=tuple(
            _blocks(document, present, _beside(_caution_blocks(cautions, document), related))
        ),
        steps=_self_care(document, SelfCareKind.NOW),
        dos=_self_care(document, SelfCareKind.DO),
        donts=_self_care(document, SelfCareKind.DONT),
        offers=tuple(shown_offer(entry, live, numbers) for entry in document["offers"]),
        confused=related[RelatedKind.CONFUSED],
        related=related[RelatedKind.RELATED],
        cautions=cautions,
    )


def treatment_page(
    document: Document, *, review: Mapping[str, Any] | None, today: date
) -> TreatmentPage:
    """Return the page of one frozen treatment."""
    numbers = source_numbers(document)
    shared = _shared(document, document["remedies"], review, today)
    others = [entry for entry in document["remedies"] if entry["kind"] != RemedyKind.ACUPOINT]
    cautions = caution_groups(remedy_cautions(document["remedies"]), numbers)
    own = [(document["title"], document["cautions"])]
    own_rows = [row for group in caution_groups(own, numbers) for row in group.rows]
    present = {
        Aspect.MAY_HELP: document["may_help"],
        Aspect.RISKS: own_rows,
        Aspect.REMEDIES: others,
        Aspect.POINTS: shared["points"],
    }
    extra = {Aspect.REMEDIES: _caution_blocks(cautions, document)}
    return TreatmentPage(
        **shared,
        blocks=tuple(_blocks(document, present, extra)),
        flags=_by_level(flags_of(document))[CareLevel.EMERGENCY],
        may_help=tuple(cited(entry, numbers) for entry in document["may_help"]),
        own_cautions=tuple(own_rows),
        groups=remedy_groups(others, numbers),
        cautions=cautions,
    )


def anchors(page: ArticlePage) -> set[str]:
    """Return the parts of the page that a link can name."""
    found = {"main", *(block.anchor for block in page.blocks)}
    found |= {f"source-{number}" for number, _ in enumerate(page.sources, start=1)}
    if isinstance(page, ConditionPage):
        found |= {offer.anchor for offer in page.offers}
        found |= {"red-flags"} if page.flags[CareLevel.EMERGENCY] else set()
        found |= {"right-now"} if page.steps else set()
    if isinstance(page, TreatmentPage):
        remedies = [remedy.facts for group in page.groups for remedy in group.remedies]
        found |= {"red-flags"} if page.flags else set()
        found |= {f"remedy-{facts['slug']}" for facts in [*remedies, *page.points]}
    return found


def _shared(
    document: Document,
    remedies: Iterable[Document],
    review: Mapping[str, Any] | None,
    today: date,
) -> dict[str, Any]:
    """Return what every page shows; editions of before may lack an author, a day and a glossary."""
    line = review_line(review, document)
    due_on = next_review_on(review, document)
    points = [entry for entry in remedies if entry["kind"] == RemedyKind.ACUPOINT]
    return {
        "title": document["title"],
        "summary": document["summary"],
        "lede": document["lede"],
        "points": top_down(points),
        "diagram": back_diagram(points),
        "glossary": Glossary(document.get("glossary", [])),
        "sources": shown_sources(document),
        "author": document.get("author", ""),
        "review": line,
        "due_on": due_on,
        "is_overdue": due_on is not None and due_on < today,
    }


def review_line(review: Mapping[str, Any] | None, document: Document) -> ReviewLine | None:
    """Return the article's newest full review, or None if nobody has signed one yet."""
    if review is None:
        return None
    return ReviewLine(
        reviewer=review["reviewer"],
        reviewed_on=date.fromisoformat(review["reviewed_on"]),
        is_before_changes=bool(clinical_changes(document, review["document"])),
    )


def next_review_on(review: Mapping[str, Any] | None, document: Document) -> date | None:
    """Return by when the page is checked again: the review's day or the page's, if that is earlier.

    The page's day counts from the edition on that brings it; one that the reviewer read in the
    page is settled by the day that the review set.
    """
    own = _day(document.get("review_due_on"))
    if review is None:
        return own
    of_review = _day(review["next_on"])
    if of_review and own == _day(review["document"].get("review_due_on")):
        return of_review
    return min(filter(None, (own, of_review)), default=None)


def _day(text: str | None) -> date | None:
    """Return the day, or None for what is no day, which PostgreSQL cannot tell by a pattern."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _blocks(
    document: Document,
    present: Mapping[Aspect, Any],
    extra: Mapping[Aspect, list[Block]],
) -> Iterator[Block]:
    """Yield the parts in the fixed order of aspects: those with text, images or rows of their own."""
    sections = {section["aspect"]: section for section in document["sections"]}
    for aspect in Aspect:
        section = sections.get(aspect)
        images = tuple(image for image in document.get("images", []) if image["aspect"] == aspect)
        if section is not None or images or present.get(aspect):
            yield Block(
                part=str(aspect) if aspect in present else "text",
                anchor=aspect.value.replace("_", "-"),
                heading=section["heading"] if section else str(aspect.label),
                body=section["body"] if section else "",
                images=images,
            )
        yield from extra.get(aspect, [])
    if document.get("glossary"):
        yield Block(part="glossary", anchor="words", heading="Words explained")
    yield Block(part="sources", anchor="sources", heading="Sources and review")


def _related(
    document: Document, live_conditions: Iterable[Mapping[str, str]]
) -> dict[RelatedKind, tuple[RelatedPage, ...]]:
    """Return the related topics that are live, by kind, under the titles they have now."""
    titles = {condition["slug"]: condition["title"] for condition in live_conditions}
    entries = [entry for entry in document.get("related", []) if entry["slug"] in titles]
    return {
        kind: tuple(
            RelatedPage(
                slug=entry["slug"],
                title=titles[entry["slug"]],
                question=entry["question"],
                text=entry["text"],
            )
            for entry in entries
            if entry["kind"] == kind
        )
        for kind in RelatedKind
    }


def _beside(
    cautions: list[Block], related: Mapping[RelatedKind, tuple[RelatedPage, ...]]
) -> dict[Aspect, list[Block]]:
    """Return the parts of a condition's page that are no aspect, by the one each comes after."""
    confused = Block(part="confused", anchor="confused", heading="Often confused")
    others = Block(part="related", anchor="related", heading="Also worth reading")
    return {
        Aspect.SYMPTOMS: [confused] if related[RelatedKind.CONFUSED] else [],
        Aspect.TREATMENTS: cautions,
        Aspect.VISIT: [others] if related[RelatedKind.RELATED] else [],
    }


def _caution_blocks(cautions: tuple[CautionGroup, ...], document: Document) -> list[Block]:
    heading = heading_of(document)
    return [Block(part="cautions", anchor="cautions", heading=heading)] if cautions else []


def shown_sources(document: Document) -> tuple[Document, ...]:
    """Return the sources; an address that is not one to follow is left out."""
    return tuple(
        {**source, "url": source["url"] if is_safe_href(source["url"]) else ""}
        for source in document["sources"]
    )


def _by_level(flags: Iterable[Flag]) -> dict[str, tuple[Flag, ...]]:
    flags = tuple(flags)
    return {str(level): tuple(flag for flag in flags if flag.level == level) for level in CareLevel}


def _self_care(document: Document, kind: SelfCareKind) -> tuple[Cited, ...]:
    return tuple(
        Cited(
            label=item["title"],
            text=item["text"],
            level=EvidenceLevel(item["level"]) if item["level"] else None,
            numbers=(),
        )
        for item in document["self_care"]
        if item["kind"] == kind
    )
