"""What a search finds among the cautions: those with a medicine, a health problem or pregnancy."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from .cautions import Document, kinds_in, kinds_meant, with_known
from .medicines import Kind, Match, Reading, read_medicines
from .models import CautionKind
from .searchable import FoundPage, Result

_WORD = re.compile(r"[^\W_]+")
_ABOUT_PEOPLE = {
    CautionKind.CONDITION: "",
    CautionKind.PREGNANCY: "pregnant pregnancy breastfeeding nursing",
    CautionKind.ALLERGY: "",
    CautionKind.SURGERY: "surgery operation",
}
# What people ask around the word that counts: "is it safe when I am pregnant".
_WORDS_AROUND = """
    a about after all allowed am an and any are at be before but by can do does during for from
    good had has have having how i i'm if in is it me my not of ok okay on or planned safe safely
    should so some take taken takes taking that the them there this to use used using what when
    where which while who with without you your
"""
_AROUND = frozenset(_WORDS_AROUND.split())


@dataclass(frozen=True)
class CautionsFound:
    """The pages whose cautions concern what was searched for."""

    results: tuple[Result, ...] = ()
    is_all: bool = False
    """Whether that is all of the query, or a part of it."""
    shown_for: str = ""
    """The medicine that was found instead of a misspelled one."""


def find_cautions(
    words: Sequence[str], pages: Sequence[FoundPage], known: Iterable[Kind]
) -> CautionsFound:
    """Return where the cautions name what somebody takes or has, in the order of the pages.

    If that is all that was asked for, the page with the most of them comes first. It tells of a
    medicine that is `known`, but in no caution, that it is in none.
    """
    in_pages = kinds_in(chain(*(page.owners for page in pages)))
    named = {kind.key for kind in in_pages}
    kinds = with_known(in_pages, known)
    reading = read_medicines(" ".join(words), kinds)
    is_all = bool(reading.matches) and not reading.unknown
    in_cautions = tuple(
        match for match in reading.matches if any(kind.key in named for kind in match.kinds)
    )
    if is_all and not in_cautions:
        return _none_names(pages, reading.matches)
    # A guess counts if it is the whole query: in a sentence too many words are like a medicine.
    matches = tuple(match for match in in_cautions if is_all or not match.is_guess)
    if matches:
        slugs = kinds_meant(Reading(matches, ()), frozenset(), kinds)
        found = _found(
            pages,
            ", ".join(match.name for match in matches),
            lambda caution: not slugs.isdisjoint(_slugs(caution)),
            is_all=is_all,
        )
        return replace(found, shown_for=_first_guess(matches))
    asked = [word for word in words if word.casefold() not in _AROUND]
    if not asked:
        return CautionsFound()
    exact = _found(pages, " ".join(asked), lambda caution: _is_about(caution, asked), is_all=True)
    if exact.results:
        return exact
    return _found(pages, " ".join(asked), lambda caution: _is_within(caution, asked), is_all=False)


def _found(
    pages: Sequence[FoundPage],
    what: str,
    concerns: Callable[[Document], bool],
    *,
    is_all: bool,
) -> CautionsFound:
    found = []
    for page in pages:
        owners = [owner for owner, cautions in page.owners if any(map(concerns, cautions))]
        if owners:
            once = ", ".join(dict.fromkeys(owners))
            found.append((len(owners), _result(page, f"Cautions that concern {what}: {once}")))
    if is_all:
        found.sort(key=lambda entry: entry[0], reverse=True)
    results = tuple(result for _number, result in found)
    return CautionsFound(results, is_all=is_all)


def _none_names(pages: Sequence[FoundPage], matches: Sequence[Match]) -> CautionsFound:
    """Return the pages with cautions, most of them first, and say that none is about the medicines."""
    what = " or ".join(match.name for match in matches)
    summary = f"No caution here names {what}. That does not mean that there is none: ask us."
    with_most = sorted(pages, key=_number_of_owners, reverse=True)
    results = tuple(_result(page, summary) for page in with_most if _number_of_owners(page))
    return CautionsFound(results, is_all=True, shown_for=_first_guess(matches))


def _number_of_owners(page: FoundPage) -> int:
    return sum(bool(cautions) for _owner, cautions in page.owners)


def _first_guess(matches: Iterable[Match]) -> str:
    return next((match.name for match in matches if match.is_guess), "")


def _result(page: FoundPage, summary: str) -> Result:
    return Result(
        name=page.cautions_heading,
        place=page.result.name,
        summary=summary,
        url=f"{page.result.url}cautions/",
    )


def _slugs(caution: Document) -> Iterable[str]:
    return (entry["slug"] for entry in caution.get("medicine_classes", []))


def _is_about(caution: Document, asked: Iterable[str]) -> bool:
    """Say whether each word that was asked for is one of the caution's."""
    names = _words_of(caution)
    return bool(names) and all(_is_one_of(word.casefold(), names) for word in asked)


def _is_within(caution: Document, asked: Iterable[str]) -> bool:
    """Say whether the query names all that the caution is about: kidney disease."""
    typed = [word.casefold() for word in asked]
    names = [word for word in _words_in(caution["with_what"]) if word not in _AROUND]
    return (
        caution["with_kind"] in _ABOUT_PEOPLE
        and bool(names)
        and all(_is_one_of(name, typed) for name in names)
    )


def _words_of(caution: Document) -> list[str]:
    also = _ABOUT_PEOPLE.get(caution["with_kind"])
    return [] if also is None else [*_words_in(caution["with_what"]), *also.split()]


def _words_in(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _is_one_of(word: str, others: Iterable[str]) -> bool:
    """Say whether the word is one of the others: also as one of many, or many of one."""
    return any(word.removesuffix("s") == other.removesuffix("s") for other in others)
