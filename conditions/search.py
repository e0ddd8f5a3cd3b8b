"""Search over the live pages: what their words say, then names that are spelled nearly so."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from itertools import chain
from typing import Literal, NamedTuple

from django.db import connection

from .caution_search import find_cautions
from .danger import APOSTROPHES
from .medicines import Kind, key_of
from .searchable import FoundPage, FoundRemedy, Named, Result, live_pages
from .site_pages import places_asked_for

MAX_LENGTH = 100
WORD = re.compile(r"\w+(?:'\w+)*")
# Measured on the names of eight starter articles, four treatments and their remedies, with 55
# misspellings and 70 words for which there is no page. Whole names: misspellings from 0.38 ("restliss",
# "migriane"), noise up to 0.31 ("sore throat", for sore jaw). Parts of names: "twiches" 0.55, "cyatica"
# 0.50, "spazms" and "twichs" 0.43, but "parking" 0.50 too (shooting pain) and "cancer" 0.43 (can't
# sleep): no cut parts these. So each word must also look like a whole one of the name, by its letters:
# "cyatica" 0.80, "spazms" 0.83, "parking" 0.73, "cancer" 0.67. For whole names one word is enough, but
# "fever 103" is no feverfew: 0.77.
SIMILARITY = 0.35
WORD_SIMILARITY = 0.42
SAME_LETTERS = 0.78
# Among other words one is corrected from this likeness on: "spazm" and "cyatica" 0.80. Its stem has to be
# closer: "twich" and twitch 0.91, but "crack" and crick 0.80.
CORRECTED_LETTERS = 0.8
CORRECTED_STEM = 0.9
CORRECTED_LENGTH = 5
# From here on a name is the one that was meant: "devil claw", "charly horse".
NEARLY_THE_SAME = 0.6
_LITTLE = frozenset({"and", "are", "for", "from", "that", "the", "what", "with"})

type How = Literal["all words", "some words", "other words", "a name", ""]


@dataclass(frozen=True)
class Answer:
    """What a search found, and how: by all words, by some of them, or by what is spelled alike."""

    results: tuple[Result, ...] = ()
    how: How = ""
    shown_for: str = ""
    """What was found instead of what is misspelled: a name, or "other words"; else ""."""


class _Likeness(NamedTuple):
    """How much a name is like a query, as a whole and in a part of it: 1 is the same."""

    best: float
    whole: float
    part: float


def clean_query(text: str) -> str:
    """Return what to search for: printable, single spaces, at most MAX_LENGTH characters."""
    start = text[: 10 * MAX_LENGTH]
    printable = "".join(character if character.isprintable() else " " for character in start)
    return " ".join(printable.split())[:MAX_LENGTH].strip()


def search_terms(text: str) -> list[str]:
    """Return the words to mark in results, longest first: not the little ones."""
    words = {word for word in text.split() if len(word) >= 3 and word.casefold() not in _LITTLE}
    return sorted(words, key=lambda word: (-len(word), word))


def search(query: str, *, now: datetime, is_danger: bool = False, about: str = "") -> Answer:
    """Return the live pages and remedies that match, best first: all words, or some, or alike.

    `query` comes from `clean_query`. Where it means danger, only what is called so: no page that
    just mentions the words. `about` are words that mean the clinic, such as the practitioner's
    name. Three database queries, whatever there is to find, and three more for misspelled words.
    """
    words = _words_meant(query)
    if not words:
        return Answer()
    pages, known = live_pages(words, now=now)
    likeness = _likeness(" ".join(words), _names(pages))
    pages.sort(key=_scoring(words, pages, likeness), reverse=True)
    named = _remedies_called(words, pages, likeness)
    whole = [page for page in pages if page.has_all or any(_named(page, words))]
    about_it = [page.result for page in whole if page.is_about or any(_named(page, words))]
    places = places_asked_for(words, about=about)
    if is_danger:
        return _answer("all words", places, named, about_it)
    cautions = find_cautions(words, pages, known)
    within = _remedies_within(words, pages, likeness)
    # A name in the query tells more than all of its words somewhere in a text.
    called = [page.result for page in pages if page.is_about or _is_named_within(page, words)]
    mentions = [page.result for page in whole]
    sure = () if cautions.shown_for else cautions.results
    exact = sure if cautions.is_all else ()
    if places or named or mentions or exact:
        return _answer("all words", places, named, about_it, exact, called, within, sure, mentions)
    corrected = _corrected(query, words, pages, known)
    if corrected != query:
        instead = search(corrected, now=now, about=about)
        if instead.results:
            return replace(instead, how="other words", shown_for=corrected)
    some = [page.result for page in pages if page.has_some]
    if some or within or sure:
        return _answer("some words", within, sure, some)
    alike = _alike(pages, likeness)
    if alike.results or not cautions.shown_for:
        return alike
    return _answer("a name", cautions.results, shown_for=cautions.shown_for)


def _words_meant(query: str) -> list[str]:
    """Return the words, and acupuncture if they are about needles, but not about the feeling."""
    # Without signs: PostgreSQL takes some for operators, and too many of them for an error.
    words = WORD.findall(APOSTROPHES.sub("'", query))
    typed = {word.casefold() for word in words}
    has_needles = not typed.isdisjoint({"needle", "needles", "needling"})
    return [*words, "acupuncture"] if has_needles and "pins" not in typed else words


def _corrected(query: str, words: list[str], pages: list[FoundPage], known: list[Kind]) -> str:
    """Return the query with each word that nothing has as the word of a name that is much like it.

    Of a single word, `_alike` tells more.
    """
    if len(words) < 2:
        return query
    unknown = {stem for page in pages for stem in page.asked}.difference(
        *(page.found for page in pages)
    )
    theirs = _words_of(_names(pages))
    others = _words_of(name for kind in known for name in (*kind.names, kind.label))
    for stem in unknown:
        # A stem is how its word begins, but for a "y" at its end.
        typed = next((word for word in words if word.casefold().startswith(stem[:-1])), "")
        if len(typed) < CORRECTED_LENGTH or typed.casefold() in theirs | others:
            continue
        alike = [
            (like, word)
            for word in theirs
            if (like := _slip(typed.casefold(), word)) >= CORRECTED_LETTERS
            or (like := _slip(stem, word)) >= CORRECTED_STEM
        ]
        if alike:
            query = re.sub(rf"\b{typed}\b", max(alike)[1], query)
    return query


def _words_of(names: Iterable[str]) -> set[str]:
    return {word for name in names for word in WORD.findall(name.casefold()) if len(word) > 3}


def _slip(word: str, other: str) -> float:
    """Return how much the words are alike, 1 at most; 0 if not even their length is."""
    is_near = abs(len(word) - len(other)) <= 1
    return SequenceMatcher(None, word, other).ratio() if is_near else 0


def _scoring(
    words: list[str], pages: list[FoundPage], likeness: dict[str, _Likeness]
) -> Callable[[FoundPage], tuple[float, ...]]:
    """Return what orders the pages: their names first, then rare words before common ones."""
    pages_with = Counter(word for page in pages for word in page.found)
    pages_about = Counter(word for page in pages for word in page.found_above)

    def score(page: FoundPage) -> tuple[float, ...]:
        above = sum(1 / pages_about[word] for word in page.found_above)
        rare = sum(1 / pages_with[word] for word in page.found)
        like = max((likeness[name].whole for name in page.names if name in likeness), default=0)
        return (*_named(page, words), above, len(page.found), rare, page.rank + like)

    return score


def _named(page: FoundPage, words: list[str]) -> tuple[bool, int]:
    """Return whether the words are a name of the page, and of how many a part: "head ache"."""
    key = key_of("".join(words))
    parts = sum(_is_called(WORD.findall(name), key) for name in page.names)
    return _is_called(page.names, key), parts if len(words) > 1 else 0


def _is_named_within(page: FoundPage, words: list[str]) -> bool:
    """Say whether a name of the page is a part of the query: acupuncture for migraine."""
    return not _keys_within(words).isdisjoint(map(key_of, page.names))


def _keys_within(words: list[str]) -> set[str]:
    """Return what each few words of the query that stand together may be the name of."""
    return {
        key_of("".join(words[start:end]))
        for start in range(len(words))
        for end in range(start + 1, start + 5)
    }


def _is_called(names: Iterable[str], key: str) -> bool:
    return key in map(key_of, names)


def _names(pages: list[FoundPage]) -> list[str]:
    """Return every name that may be misspelled: none with a digit, as "B12" is no wrong "B6"."""
    names = {name for named in _all_named(pages) for name in named.names}
    return [name for name in names if not re.search(r"\d", name)]


def _likeness(text: str, names: Iterable[str]) -> dict[str, _Likeness]:
    """Return the names that are alike, in one query.

    Words that every text has, such as "the", are like no name.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT name, whole, part
            FROM unnest(%(names)s::text[]) AS name,
                 similarity(name, %(text)s) AS whole, word_similarity(%(text)s, name) AS part
            WHERE (whole >= %(whole)s OR part >= %(part)s)
              AND numnode(plainto_tsquery('english', %(text)s)) > 0
            """,
            {"names": list(names), "text": text, "whole": SIMILARITY, "part": WORD_SIMILARITY},
        )
        rows = cursor.fetchall()
    return {
        name: _Likeness(max(whole, part), whole, part)
        for name, whole, part in rows
        if _looks_like_words_of(name, text, count=any if whole >= SIMILARITY else all)
    }


def _looks_like_words_of(name: str, text: str, *, count: Callable[[Iterable[bool]], bool]) -> bool:
    """Say whether words of the text, any or all, are much like one of the name."""
    theirs = WORD.findall(name.casefold())
    return count(
        any(
            _is_most_of(mine, word) or SequenceMatcher(None, mine, word).ratio() >= SAME_LETTERS
            for word in theirs
        )
        for mine in WORD.findall(text.casefold())
    )


def _is_most_of(start: str, word: str) -> bool:
    """Say whether a word begins so for the most part: "acupunc", but no "fever" in feverfew."""
    return word.startswith(start) and 3 * len(start) >= 2 * len(word)


def _remedies_called(
    words: list[str], pages: list[FoundPage], likeness: dict[str, _Likeness]
) -> list[Result]:
    """Return the remedies of which the whole query is a name, or very nearly one."""
    key = key_of("".join(words))
    meant = {name for name, like in likeness.items() if like.whole >= NEARLY_THE_SAME}
    return _remedies(
        pages,
        lambda remedy: (
            _is_called([*remedy.names, *remedy.codes], key) or not meant.isdisjoint(remedy.names)
        ),
    )


def _remedies_within(
    words: list[str], pages: list[FoundPage], likeness: dict[str, _Likeness]
) -> list[Result]:
    """Return the remedies that are a part of the query, or it of their names: "plaster"."""
    keys = _keys_within(words)
    meant = {name for name, like in likeness.items() if like.part == 1}
    return _remedies(
        pages,
        lambda remedy: (
            not meant.isdisjoint(remedy.names)
            or not keys.isdisjoint(map(key_of, (*remedy.names, *remedy.codes)))
        ),
    )


def _remedies(pages: list[FoundPage], is_meant: Callable[[FoundRemedy], bool]) -> list[Result]:
    """Return where such remedies are described, then the articles that name them."""
    remedies = _all_remedies(pages)
    slugs = {remedy.slug for remedy in remedies if is_meant(remedy)}
    return [remedy.result for remedy in remedies if remedy.slug in slugs]


def _all_remedies(pages: list[FoundPage]) -> list[FoundRemedy]:
    """Return the remedies of all pages, first where they are described."""
    remedies = (remedy for page in pages for remedy in page.remedies)
    return sorted(remedies, key=lambda remedy: remedy.is_elsewhere)


def _all_named(pages: list[FoundPage]) -> list[Named]:
    return [*pages, *_all_remedies(pages)]


def _alike(pages: list[FoundPage], likeness: dict[str, _Likeness]) -> Answer:
    """Return what has a name that is alike: the most alike first, then what has the most of them."""
    found = [
        (max(alike), len(alike), named.result)
        for named in _all_named(pages)
        if (alike := [(likeness[name], name) for name in named.names if name in likeness])
    ]
    if not found:
        return Answer()
    found.sort(key=lambda entry: (entry[0][0].best, entry[1]), reverse=True)
    (_, shown_for), *_ = found[0]
    return _answer("a name", [result for *_, result in found], shown_for=shown_for)


def _answer(how: How, *parts: Iterable[Result], shown_for: str = "") -> Answer:
    """Put the parts one after the other, each address once: where it comes first."""
    once: dict[str, Result] = {}
    for result in chain(*parts):
        once.setdefault(result.url, result)
    return Answer(tuple(once.values()), how, shown_for) if once else Answer()
