"""The conditions page: A to Z with other names, by body area, and by kind. No query."""

import re
import string
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from .models import ArticleKind, BodyArea, Condition


def _words(text: str) -> set[str]:
    """Return the words of a text, "legs" as "leg"."""
    return {word.removesuffix("s") for word in re.findall(r"\w+", text.casefold())}


_AREA_WORDS = {area: _words(str(area.label)) - {"and"} for area in BodyArea}


@dataclass(frozen=True)
class Entry:
    """One line in the A to Z: a title, or another name that points at it."""

    name: str
    see: str
    url: str


@dataclass(frozen=True)
class Letter:
    """One letter with its lines; none is a letter without a link."""

    letter: str
    anchor: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Group:
    """Articles that belong together; `anchor` is what links to them end in."""

    anchor: str
    label: str
    conditions: tuple[Condition, ...]


def letters(conditions: Iterable[Condition]) -> list[Letter]:
    """Return A to Z, each with its entries in order, and what starts otherwise under # if any."""
    found: dict[str, list[Entry]] = {}
    for entry in _entries(conditions):
        found.setdefault(_initial(entry.name), []).append(entry)
    alphabet = [*string.ascii_uppercase, *(["#"] if "#" in found else [])]
    return [
        Letter(
            letter=letter,
            anchor="other" if letter == "#" else letter,
            entries=tuple(sorted(found.get(letter, []), key=lambda entry: entry.name.casefold())),
        )
        for letter in alphabet
    ]


def areas(conditions: Iterable[Condition]) -> list[Group]:
    """Return the body areas that have articles, in their fixed order.

    An article stands in its own area, and in each that one of its other names speaks of: who has
    leg cramps looks under legs, though spasms come in every muscle.
    """
    by_area: dict[BodyArea, list[Condition]] = {}
    for condition in conditions:
        named = _words(" ".join(condition.live_names))
        for area in BodyArea:
            if area == condition.live_area or not named.isdisjoint(_AREA_WORDS[area]):
                by_area.setdefault(area, []).append(condition)
    return [
        Group(anchor=str(area.value), label=str(area.label), conditions=tuple(by_area[area]))
        for area in BodyArea
        if area in by_area
    ]


def kinds(conditions: Iterable[Condition]) -> list[Group]:
    """Return the symptoms, then the conditions, each if there are any."""
    by_kind: dict[str, list[Condition]] = {}
    for condition in conditions:
        by_kind.setdefault(condition.live_kind, []).append(condition)
    return [
        Group(anchor=f"{kind.value}s", label=f"{kind.label}s", conditions=tuple(by_kind[kind]))
        for kind in ArticleKind
        if kind in by_kind
    ]


def _entries(conditions: Iterable[Condition]) -> Iterable[Entry]:
    for condition in conditions:
        url = condition.get_absolute_url()
        yield Entry(name=condition.live_title, see="", url=url)
        for name in condition.live_names:
            if name.casefold() != condition.live_title.casefold():
                yield Entry(name=name[:1].upper() + name[1:], see=condition.live_title, url=url)


def _initial(name: str) -> str:
    letter = unicodedata.normalize("NFKD", name)[:1].upper()
    return letter if letter in string.ascii_uppercase and letter else "#"
