"""What to know before taking something: everyone's cautions, and what fits one reader. No query."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from .medicines import Kind, Reading
from .models import CautionAdvice, CautionBasis, CautionKind, RemedyKind

type Document = Mapping[str, Any]
type Owners = Iterable[tuple[str, Iterable[Document]]]

_FOR_EVERYONE = "For everyone"
_HEADINGS = (
    ("If you take medicines", {CautionKind.MEDICINE_CLASS, CautionKind.MEDICINE}),
    ("If you have a health problem", {CautionKind.CONDITION}),
    ("If you are pregnant or breastfeeding", {CautionKind.PREGNANCY}),
    ("If you have an allergy", {CautionKind.ALLERGY}),
    ("If you are going to have surgery", {CautionKind.SURGERY}),
    (_FOR_EVERYONE, {CautionKind.GENERAL}),
)
# No slug of a kind of medicine has a colon.
_REMEDY = "remedy:"
_ABOUT_MEDICINES = {CautionKind.MEDICINE_CLASS, CautionKind.MEDICINE}


@dataclass(frozen=True)
class CautionNote:
    """One thing to know before taking something, and which things it applies to."""

    effect: str
    advice: str
    basis: str
    owners: tuple[str, ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class CautionRow:
    """All that there is to know for who takes or has one thing."""

    what: str
    notes: tuple[CautionNote, ...]
    names: tuple[str, ...] = ()
    """The first names of the medicines that it is about."""


@dataclass(frozen=True)
class CautionGroup:
    """The cautions for one kind of reader, such as those who take medicines."""

    heading: str
    rows: tuple[CautionRow, ...]

    @property
    def is_for_everyone(self) -> bool:
        """Whether it holds whatever a reader takes or has."""
        return self.heading == _FOR_EVERYONE


@dataclass(frozen=True)
class Reader:
    """What somebody says about themselves. `has` are health problems and allergies.

    `kinds` are keys of kinds of medicine, `remedies` names of what the page is about.
    """

    kinds: frozenset[str] = frozenset()
    remedies: frozenset[str] = frozenset()
    takes_medicines: bool = False
    has: frozenset[str] = frozenset()
    is_pregnant: bool = False
    has_surgery: bool = False


def caution_owners(document: Document) -> list[tuple[str, list[Document]]]:
    """Return all cautions of a frozen article or treatment, under the name of what they are about."""
    if "offers" not in document:
        own = (document["title"], document["cautions"])
        return [own, *remedy_cautions(document["remedies"])]
    return [
        owner
        for offer in document["offers"]
        for owner in [(offer["title"], offer["cautions"]), *remedy_cautions(offer["remedies"])]
    ]


def remedy_cautions(remedies: Iterable[Document]) -> list[tuple[str, list[Document]]]:
    """Return the cautions of each remedy under its name."""
    return [(remedy["name"], remedy["cautions"]) for remedy in remedies]


def heading_of(document: Document) -> str:
    """Return what the cautions of a frozen article or treatment are headed by."""
    return "Before you take anything" if remedies_of(document) else "Before you start"


def remedies_of(document: Document) -> list[Kind]:
    """Return what the frozen article or treatment names that can be taken, by its names."""
    offers = document.get("offers", [document])
    return [
        remedy_kind(remedy["slug"], remedy["name"], remedy["latin_name"])
        for offer in offers
        for remedy in offer["remedies"]
        if remedy["kind"] != RemedyKind.ACUPOINT
    ]


def remedy_kind(slug: str, name: str, latin_name: str) -> Kind:
    """Return a remedy as something that people may write among their medicines."""
    return Kind(f"{_REMEDY}{slug}", name, (latin_name,))


def is_remedy(kind: Kind) -> bool:
    """Return whether it comes from `remedy_kind`."""
    return kind.key.startswith(_REMEDY)


def caution_groups(owners: Owners, numbers: Mapping[str, int]) -> tuple[CautionGroup, ...]:
    """Gather everyone's cautions by kind of reader, each thing that they take or have once.

    The same words of two owners make one note.
    """
    owned = [(owner, caution) for owner, cautions in owners for caution in cautions]
    groups = []
    for heading, kinds in _HEADINGS:
        about: dict[str, list[tuple[str, Document]]] = {}
        for owner, caution in owned:
            if caution["with_kind"] in kinds:
                about.setdefault(caution["with_what"], []).append((owner, caution))
        if about:
            rows = (_row(what, about[what], numbers) for what in sorted(about))
            groups.append(CautionGroup(heading, tuple(rows)))
    return tuple(groups)


def _row(
    what: str, owned: Iterable[tuple[str, Document]], numbers: Mapping[str, int]
) -> CautionRow:
    names: dict[str, None] = {}
    notes: dict[tuple[str, str, str], tuple[list[str], set[int]]] = {}
    for owner, caution in owned:
        names |= dict.fromkeys(name for kind in _kinds_of(caution) for name in kind.examples)
        words = (caution["effect"], caution["advice"], caution["basis"])
        owners, cited = notes.setdefault(words, ([], set()))
        owners.append(owner)
        cited.update(numbers[source] for source in caution["sources"] if source in numbers)
    return CautionRow(
        what=what,
        notes=tuple(
            CautionNote(
                effect=effect,
                advice=str(CautionAdvice(advice).label),
                basis=str(CautionBasis(basis).label) if basis else "",
                owners=tuple(owners),
                numbers=tuple(sorted(cited)),
            )
            for (effect, advice, basis), (owners, cited) in notes.items()
        ),
        names=tuple(names),
    )


def fitting_owners(owners: Owners, reader: Reader) -> list[tuple[str, list[Document]]]:
    """Return what concerns the reader, what concerns everyone, and all of a remedy that is taken."""
    return [
        (
            owner,
            [caution for caution in cautions if owner in reader.remedies or fits(caution, reader)],
        )
        for owner, cautions in owners
    ]


def fits(caution: Document, reader: Reader) -> bool:
    """Return whether the caution concerns the reader; if in doubt, it does."""
    kind = caution["with_kind"]
    if concerns_medicines(caution, reader):
        return True
    if kind == CautionKind.PREGNANCY:
        return reader.is_pregnant
    if kind == CautionKind.SURGERY:
        return reader.has_surgery
    return kind == CautionKind.GENERAL or caution["with_what"] in reader.has


def concerns_medicines(caution: Document, reader: Reader) -> bool:
    """Return whether it is what the reader takes that makes the caution concern them.

    One about medicines that does not say which kinds concerns everybody who takes any. One about an
    illness concerns who takes a medicine for it.
    """
    slugs = {entry["slug"] for entry in caution.get("medicine_classes", [])}
    if slugs:
        return not reader.kinds.isdisjoint(slugs)
    return caution["with_kind"] in _ABOUT_MEDICINES and reader.takes_medicines


def kinds_in(owners: Owners) -> list[Kind]:
    """Return the kinds of medicine that the cautions name, by their label."""
    kinds = {
        kind.key: kind
        for _owner, cautions in owners
        for caution in cautions
        for kind in _kinds_of(caution)
    }
    return sorted(kinds.values(), key=lambda kind: kind.label)


def with_known(kinds: Iterable[Kind], known: Iterable[Kind]) -> list[Kind]:
    """Return the kinds of a document and those the clinic knows: each once, with every name."""
    joined = {kind.key: kind for kind in known}
    for kind in kinds:
        if other := joined.get(kind.key):
            names = tuple(dict.fromkeys((*kind.names, *other.names)))
            kind = replace(kind, names=names, part_of=other.part_of)
        joined[kind.key] = kind
    return list(joined.values())


def things_in(owners: Owners, kind: CautionKind) -> list[str]:
    """Return what the cautions of one kind are about, each once, in order."""
    return sorted(
        {
            caution["with_what"]
            for _owner, cautions in owners
            for caution in cautions
            if caution["with_kind"] == kind
        }
    )


def about_medicines(owners: Owners) -> bool:
    """Return whether any of the cautions is about medicines."""
    return any(
        caution["with_kind"] in _ABOUT_MEDICINES
        for _owner, cautions in owners
        for caution in cautions
    )


def kinds_meant(reading: Reading, ticked: Set[str], kinds: Iterable[Kind]) -> frozenset[str]:
    """Return the kinds that somebody takes: those of each name, with the wider ones.

    Who names a whole kind may take what is a part of it: "blood thinners" may be warfarin.
    """
    wider = {kind.key: kind.part_of for kind in kinds}
    named = {kind.key for match in reading.matches for kind in match.kinds}
    whole = ticked | {
        kind.key for match in reading.matches if match.is_kind for kind in match.kinds
    }
    parts = {key for key in wider if not whole.isdisjoint(_chain(key, wider))}
    return frozenset(key for start in named | whole | parts for key in _chain(start, wider))


def _chain(key: str, wider: Mapping[str, str]) -> list[str]:
    """Return the kind and all that it is a part of, however they may go in a circle."""
    chain: list[str] = []
    while key and key not in chain:
        chain.append(key)
        key = wider.get(key, "")
    return chain


def _kinds_of(caution: Document) -> Iterator[Kind]:
    for entry in caution.get("medicine_classes", []):
        yield Kind(entry["slug"], entry["name"], tuple(entry["names"]))
