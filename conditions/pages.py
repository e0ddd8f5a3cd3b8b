"""From a frozen document to what a page shows: order, contents, numbers. No query, no clock."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from .evidence import EvidenceLevel
from .models import (
    Aspect,
    BodyArea,
    CareLevel,
    CautionAdvice,
    CautionBasis,
    CautionKind,
    RemedyKind,
    SelfCareKind,
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

    @property
    def template(self) -> str:
        """Return the name of the template that draws it."""
        return f"conditions/blocks/{self.part}.html"


@dataclass(frozen=True)
class Cited:
    """A sentence with its level of evidence and the numbers of its sources."""

    label: str
    text: str
    level: EvidenceLevel | None
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class ShownRemedy:
    """One row in a list of remedies."""

    facts: Document
    claims: tuple[Cited, ...]

    @property
    def aside(self) -> str:
        """Return the small words under the name: Latin name and part, or pinyin."""
        words = [self.facts["latin_name"], self.facts["part_used"].lower(), self.facts["pinyin"]]
        return ", ".join(filter(None, words))


@dataclass(frozen=True)
class RemedyGroup:
    """The remedies of one kind; `level` is set if every claim in it has the same."""

    kind: RemedyKind
    remedies: tuple[ShownRemedy, ...]
    level: EvidenceLevel | None

    @property
    def heading(self) -> str:
        """Return what the group is called on a page."""
        return _GROUP_HEADINGS[self.kind]


@dataclass(frozen=True)
class Offer:
    """What one treatment offers for a condition; `slug` is "" unless its page is live."""

    anchor: str
    slug: str
    title: str
    claims: tuple[Cited, ...]
    groups: tuple[RemedyGroup, ...]


@dataclass(frozen=True)
class CautionRow:
    """One thing to know before taking something, and what it applies to."""

    what: str
    effect: str
    advice: str
    basis: str
    owners: tuple[str, ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class CautionGroup:
    """The cautions for one kind of reader, such as those who take medicines."""

    heading: str
    rows: tuple[CautionRow, ...]


@dataclass(frozen=True)
class ReviewLine:
    """Who checked the page and when; a page nobody has checked has none."""

    reviewer: str
    reviewed_on: date
    next_on: date | None
    is_overdue: bool


@dataclass(frozen=True)
class ConditionPage:
    """An article about a symptom or condition, ready to draw."""

    title: str
    summary: str
    lede: str
    area: BodyArea
    names: tuple[str, ...]
    flags: Mapping[str, tuple[Flag, ...]]
    blocks: tuple[Block, ...]
    steps: tuple[Cited, ...]
    dos: tuple[Cited, ...]
    donts: tuple[Cited, ...]
    offers: tuple[Offer, ...]
    cautions: tuple[CautionGroup, ...]
    sources: tuple[Document, ...]
    review: ReviewLine | None = field(default=None)


@dataclass(frozen=True)
class TreatmentPage:
    """An article about a treatment, ready to draw."""

    title: str
    summary: str
    lede: str
    blocks: tuple[Block, ...]
    may_help: tuple[Cited, ...]
    own_cautions: tuple[CautionRow, ...]
    groups: tuple[RemedyGroup, ...]
    points: tuple[Document, ...]
    cautions: tuple[CautionGroup, ...]
    sources: tuple[Document, ...]
    review: ReviewLine | None = field(default=None)


_GROUP_HEADINGS = {
    RemedyKind.ACUPOINT: "Points that may be used",
    RemedyKind.NUTRIENT: "Minerals",
    RemedyKind.FOOD: "Foods",
    RemedyKind.HERB: "Herbs",
}
_CAUTION_HEADINGS = (
    ("If you take medicines", {CautionKind.MEDICINE_CLASS, CautionKind.MEDICINE}),
    ("If you have a health problem", {CautionKind.CONDITION}),
    ("If you are pregnant or breastfeeding", {CautionKind.PREGNANCY}),
    ("If you have an allergy", {CautionKind.ALLERGY}),
    ("If you are going to have surgery", {CautionKind.SURGERY}),
    ("For everyone", {CautionKind.GENERAL}),
)


def condition_page(
    document: Document,
    *,
    live_treatments: Iterable[Mapping[str, str]],
    review: Mapping[str, Any] | None,
    today: date,
) -> ConditionPage:
    """Return the page of one frozen article. Treatments that are not live get no link."""
    numbers = _numbers(document)
    flags = flags_of(document)
    live = {treatment["slug"]: treatment["title"] for treatment in live_treatments}
    offers = tuple(_offer(entry, live, numbers) for entry in document["offers"])
    owners = [
        owner
        for offer in document["offers"]
        for owner in [(offer["title"], offer["cautions"]), *_remedy_cautions(offer["remedies"])]
    ]
    care = {kind: tuple(_self_care(document, kind)) for kind in SelfCareKind}
    cautions = _caution_groups(owners, numbers)
    by_level = {
        str(level): tuple(flag for flag in flags if flag.level == level) for level in CareLevel
    }
    present = {
        Aspect.SEE_DOCTOR: by_level["urgent"] + by_level["see_doctor"],
        Aspect.SELF_CARE: document["self_care"],
        Aspect.TREATMENTS: offers,
    }
    extra = {Aspect.TREATMENTS: _caution_blocks(cautions, takes_something=True)}
    return ConditionPage(
        title=document["title"],
        summary=document["summary"],
        lede=document["lede"],
        area=BodyArea(document["body_area"]),
        names=tuple(document["names"]),
        flags=by_level,
        blocks=tuple(_blocks(document, present, extra)),
        steps=care[SelfCareKind.NOW],
        dos=care[SelfCareKind.DO],
        donts=care[SelfCareKind.DONT],
        offers=offers,
        cautions=cautions,
        sources=_sources(document),
        review=review_line(review, today=today),
    )


def treatment_page(
    document: Document, *, review: Mapping[str, Any] | None, today: date
) -> TreatmentPage:
    """Return the page of one frozen treatment."""
    numbers = _numbers(document)
    points = tuple(entry for entry in document["remedies"] if entry["kind"] == RemedyKind.ACUPOINT)
    others = [entry for entry in document["remedies"] if entry["kind"] != RemedyKind.ACUPOINT]
    cautions = _caution_groups(_remedy_cautions(document["remedies"]), numbers)
    own = [(document["title"], document["cautions"])]
    own_rows = [row for group in _caution_groups(own, numbers) for row in group.rows]
    present = {
        Aspect.MAY_HELP: document["may_help"],
        Aspect.RISKS: own_rows,
        Aspect.REMEDIES: others,
        Aspect.POINTS: points,
    }
    extra = {Aspect.REMEDIES: _caution_blocks(cautions, takes_something=bool(others))}
    return TreatmentPage(
        title=document["title"],
        summary=document["summary"],
        lede=document["lede"],
        blocks=tuple(_blocks(document, present, extra)),
        may_help=tuple(_cited(entry, numbers) for entry in document["may_help"]),
        own_cautions=tuple(own_rows),
        groups=_remedy_groups(others, numbers),
        points=points,
        cautions=cautions,
        sources=_sources(document),
        review=review_line(review, today=today),
    )


def review_line(review: Mapping[str, Any] | None, *, today: date) -> ReviewLine | None:
    """Return the newest full review of the page, or None if nobody has signed it yet."""
    if review is None:
        return None
    next_on = date.fromisoformat(review["next_on"]) if review["next_on"] else None
    return ReviewLine(
        reviewer=review["reviewer"],
        reviewed_on=date.fromisoformat(review["reviewed_on"]),
        next_on=next_on,
        is_overdue=next_on is not None and next_on < today,
    )


def _blocks(
    document: Document,
    present: Mapping[Aspect, Any],
    extra: Mapping[Aspect, list[Block]],
) -> Iterator[Block]:
    """Yield the parts in the fixed order of aspects: those with text or with rows of their own."""
    sections = {section["aspect"]: section for section in document["sections"]}
    for aspect in Aspect:
        section = sections.get(aspect)
        if section is not None or present.get(aspect):
            yield Block(
                part=str(aspect) if aspect in present else "text",
                anchor=aspect.value.replace("_", "-"),
                heading=section["heading"] if section else str(aspect.label),
                body=section["body"] if section else "",
            )
        yield from extra.get(aspect, [])
    yield Block(part="sources", anchor="sources", heading="Sources and review")


def _caution_blocks(cautions: tuple[CautionGroup, ...], *, takes_something: bool) -> list[Block]:
    heading = "Before you take anything" if takes_something else "Before you start"
    return [Block(part="cautions", anchor="cautions", heading=heading)] if cautions else []


def _sources(document: Document) -> tuple[Document, ...]:
    """Return the sources; an address that is not one to follow is left out."""
    return tuple(
        {**source, "url": source["url"] if is_safe_href(source["url"]) else ""}
        for source in document["sources"]
    )


def _numbers(document: Document) -> dict[str, int]:
    return {source["key"]: number for number, source in enumerate(document["sources"], start=1)}


def _cited(entry: Document, numbers: Mapping[str, int]) -> Cited:
    return Cited(
        label=entry.get("label", ""),
        text=entry["text"],
        level=EvidenceLevel(entry["level"]),
        numbers=_numbers_of(entry, numbers),
    )


def _numbers_of(entry: Document, numbers: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(sorted(numbers[key] for key in entry["sources"] if key in numbers))


def _self_care(document: Document, kind: SelfCareKind) -> Iterator[Cited]:
    for item in document["self_care"]:
        if item["kind"] == kind:
            level = EvidenceLevel(item["level"]) if item["level"] else None
            yield Cited(label=item["title"], text=item["text"], level=level, numbers=())


def _offer(entry: Document, live: Mapping[str, str], numbers: Mapping[str, int]) -> Offer:
    slug = entry["treatment"]
    return Offer(
        anchor=f"offer-{slug}",
        slug=slug if slug in live else "",
        title=live.get(slug, entry["title"]),
        claims=tuple(_cited(claim, numbers) for claim in entry["claims"]),
        groups=_remedy_groups(entry["remedies"], numbers),
    )


def _remedy_groups(
    entries: Iterable[Document], numbers: Mapping[str, int]
) -> tuple[RemedyGroup, ...]:
    order = list(_GROUP_HEADINGS)
    by_kind = sorted(entries, key=lambda entry: order.index(entry["kind"]))
    groups = []
    for kind, members in groupby(by_kind, key=lambda entry: entry["kind"]):
        remedies = tuple(
            ShownRemedy(entry, tuple(_cited(claim, numbers) for claim in entry.get("claims", [])))
            for entry in members
        )
        levels = {claim.level for remedy in remedies for claim in remedy.claims}
        level = levels.pop() if len(levels) == 1 else None
        groups.append(RemedyGroup(RemedyKind(kind), remedies, level))
    return tuple(groups)


def _remedy_cautions(remedies: Iterable[Document]) -> list[tuple[str, list[Document]]]:
    return [(remedy["name"], remedy["cautions"]) for remedy in remedies]


def _caution_groups(
    owners: Iterable[tuple[str, list[Document]]], numbers: Mapping[str, int]
) -> tuple[CautionGroup, ...]:
    """Gather everyone's cautions by kind of reader; the same words of two owners make one row."""
    names: dict[tuple[str, ...], list[str]] = {}
    cited: dict[tuple[str, ...], set[int]] = {}
    for owner, cautions in owners:
        for caution in cautions:
            words = ("with_kind", "with_what", "effect", "advice", "basis")
            key = tuple(caution[word] for word in words)
            names.setdefault(key, []).append(owner)
            cited.setdefault(key, set()).update(_numbers_of(caution, numbers))
    groups = []
    for heading, kinds in _CAUTION_HEADINGS:
        rows = [
            CautionRow(
                what=what,
                effect=effect,
                advice=str(CautionAdvice(advice).label),
                basis=str(CautionBasis(basis).label) if basis else "",
                owners=tuple(names[kind, what, effect, advice, basis]),
                numbers=tuple(sorted(cited[kind, what, effect, advice, basis])),
            )
            for kind, what, effect, advice, basis in names
            if kind in kinds
        ]
        if rows:
            groups.append(CautionGroup(heading, tuple(sorted(rows, key=lambda row: row.what))))
    return tuple(groups)
