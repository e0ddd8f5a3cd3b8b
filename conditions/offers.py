"""From a frozen document to what a treatment offers: claims, remedies, amounts. No query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from .evidence import EvidenceLevel
from .models import RemedyKind

type Document = Mapping[str, Any]


@dataclass(frozen=True)
class Cited:
    """A sentence with its level of evidence and the numbers of its sources."""

    label: str
    text: str
    level: EvidenceLevel | None
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class ShownAmount:
    """How much of something a food holds or a person needs, and the numbers of its sources."""

    label: str
    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class ShownRemedy:
    """One row in a list of remedies."""

    facts: Document
    claims: tuple[Cited, ...]
    amounts: tuple[ShownAmount, ...]

    @property
    def aside(self) -> str:
        """Return the small words under the name: Latin name and part, or pinyin."""
        words = [self.facts["latin_name"], self.facts["part_used"].lower(), self.facts["pinyin"]]
        return ", ".join(filter(None, words))

    @property
    def is_offered(self) -> bool:
        """Say whether the clinic uses it; editions from before this was asked held only such."""
        return bool(self.facts.get("is_offered", True))

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """Return the facts that herbs alone have, each with its name."""
        return tuple((name, self.facts[key]) for key, name in _HERB_FACTS if self.facts.get(key))


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


_GROUP_HEADINGS = {
    RemedyKind.ACUPOINT: "Points that may be used",
    RemedyKind.NUTRIENT: "Nutrients and supplements",
    RemedyKind.FOOD: "Foods",
    RemedyKind.HERB: "Herbs",
}
_HERB_FACTS = (
    ("forms", "Taken as"),
    ("pregnancy", "In pregnancy"),
    ("allergy_family", "Plant family"),
)


def source_numbers(document: Document) -> dict[str, int]:
    """Return the number under which the page lists each source, by the source's key."""
    return {source["key"]: number for number, source in enumerate(document["sources"], start=1)}


def numbers_of(entry: Document, numbers: Mapping[str, int]) -> tuple[int, ...]:
    """Return the numbers of an entry's sources, in order."""
    return tuple(sorted(numbers[key] for key in entry["sources"] if key in numbers))


def cited(entry: Document, numbers: Mapping[str, int]) -> Cited:
    """Return a frozen claim as it is shown."""
    return Cited(
        label=entry.get("label", ""),
        text=entry["text"],
        level=EvidenceLevel(entry["level"]),
        numbers=numbers_of(entry, numbers),
    )


def shown_offer(entry: Document, live: Mapping[str, str], numbers: Mapping[str, int]) -> Offer:
    """Return a frozen offer as it is shown; `live` holds the titles of live treatments."""
    slug = entry["treatment"]
    return Offer(
        anchor=f"offer-{slug}",
        slug=slug if slug in live else "",
        title=live.get(slug, entry["title"]),
        claims=tuple(cited(claim, numbers) for claim in entry["claims"]),
        groups=remedy_groups(entry["remedies"], numbers),
    )


def remedy_groups(
    entries: Iterable[Document], numbers: Mapping[str, int]
) -> tuple[RemedyGroup, ...]:
    """Return frozen remedies by kind, points first and herbs last."""
    order = list(_GROUP_HEADINGS)
    by_kind = sorted(entries, key=lambda entry: order.index(entry["kind"]))
    groups = []
    for kind, members in groupby(by_kind, key=lambda entry: entry["kind"]):
        remedies = tuple(_shown_remedy(entry, numbers) for entry in members)
        levels = {claim.level for remedy in remedies for claim in remedy.claims}
        level = levels.pop() if len(levels) == 1 else None
        groups.append(RemedyGroup(RemedyKind(kind), remedies, level))
    return tuple(groups)


def _shown_remedy(entry: Document, numbers: Mapping[str, int]) -> ShownRemedy:
    return ShownRemedy(
        facts=entry,
        claims=tuple(cited(claim, numbers) for claim in entry.get("claims", [])),
        amounts=tuple(
            ShownAmount(
                label=row["label"],
                text=_amount(row, holds=entry["kind"] == RemedyKind.FOOD),
                numbers=numbers_of(row, numbers),
            )
            for row in entry.get("amount_rows", [])
        ),
    )


def _amount(row: Document, *, holds: bool) -> str:
    """Return an amount in words. What a food `holds` varies; a limit is what it says."""
    figures = _figure(row["low"])
    if row["high"] is not None:
        figures += f" to {_figure(row['high'])}"
    elif holds:
        figures = f"about {figures}"
    return f"{figures} {row['unit']} {row['per']}"


def _figure(number: float) -> str:
    return f"{number:,.2f}".rstrip("0").rstrip(".")
