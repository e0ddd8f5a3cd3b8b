"""Search over the live pages: what their words say, then names that are spelled nearly so."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import chain
from typing import Any, Literal, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import connection
from django.db.models import F, Func, IntegerField, JSONField, Q, TextField, Value

from .models import Condition, RemedyKind, Treatment

MAX_LENGTH = 100
WORD = re.compile(r"\w+(?:['’]\w+)*")
# Measured on the names of eight starter articles, four treatments and their remedies, with 55
# misspellings and 70 words for which there is no page. Whole names: misspellings from 0.38 ("restliss",
# "migriane"), noise up to 0.31 ("sore throat", for sore jaw). Parts of names: "twiches" 0.55, "cyatica"
# 0.50, "spazms" and "twichs" 0.43, but "parking" 0.50 too (shooting pain) and "cancer" 0.43 (can't
# sleep): no cut parts these. So each word must also look like a whole one of the name, by its letters:
# "cyatica" 0.80, "spazms" 0.83, "parking" 0.73, "cancer" 0.67.
SIMILARITY = 0.35
WORD_SIMILARITY = 0.42
SAME_LETTERS = 0.78
# From here on a name is the one that was meant: "devil claw", "charly horse".
NEARLY_THE_SAME = 0.6
_LITTLE = frozenset({"and", "are", "for", "from", "that", "the", "what", "with"})

type How = Literal["all words", "some words", "a name", ""]


@dataclass(frozen=True)
class Result:
    """One line of the results: a live page, or what one of its remedies is called there."""

    name: str
    place: str
    """The title of the page for a remedy; "" if the result is the page itself."""
    summary: str
    url: str


@dataclass(frozen=True)
class Answer:
    """What a search found, and how: by all words, by some of them, or by a name that is alike."""

    results: tuple[Result, ...] = ()
    how: How = ""
    shown_for: str = ""
    """The name that was found instead of the misspelled one; "" unless `how` is "a name"."""


class _Likeness(NamedTuple):
    """How much a name is like a query, as a whole and in a part of it: 1 is the same."""

    best: float
    whole: float
    part: float


@dataclass(frozen=True)
class _Named:
    """What can be found by its names: a page, or a remedy on it."""

    result: Result
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Remedy(_Named):
    slug: str
    codes: tuple[str, ...]
    """What only an exact query means: BL14 is no misspelled BL13."""
    is_elsewhere: bool
    """Whether an article names it that does not describe it."""


@dataclass(frozen=True)
class _Page(_Named):
    """A live page with what matched: which of the words, and how well."""

    remedies: tuple[_Remedy, ...]
    has_all: bool
    has_some: bool
    found: tuple[str, ...]
    rank: float


def clean_query(text: str) -> str:
    """Return what to search for: printable, single spaces, at most MAX_LENGTH characters."""
    start = text[: 10 * MAX_LENGTH]
    printable = "".join(character if character.isprintable() else " " for character in start)
    return " ".join(printable.split())[:MAX_LENGTH].strip()


def search_terms(text: str) -> list[str]:
    """Return the words to mark in results, longest first: not the little ones."""
    words = {word for word in text.split() if len(word) >= 3 and word.casefold() not in _LITTLE}
    return sorted(words, key=lambda word: (-len(word), word))


def search(query: str, *, now: datetime) -> Answer:
    """Return the live pages and remedies that match, best first: all words, or some, or alike.

    `query` comes from `clean_query`. Three database queries, whatever there is to find.
    """
    # Without signs: PostgreSQL takes some for operators, and too many of them for an error.
    words = WORD.findall(query)
    if not words:
        return Answer()
    pages = _live_pages(words, now=now)
    likeness = _likeness(" ".join(words), _names(pages))
    pages_with = Counter(word for page in pages for word in page.found)

    def score(page: _Page) -> tuple[float, ...]:
        rare = sum(1 / pages_with[word] for word in page.found)
        like = max((likeness[name].whole for name in page.names if name in likeness), default=0)
        return (*_named(page, words), len(page.found), rare, page.rank + like)

    pages.sort(key=score, reverse=True)
    whole = [page.result for page in pages if page.has_all or any(_named(page, words))]
    named = _remedies_called(words, pages, likeness)
    within = _remedies_within(words, pages, likeness)
    if whole or named:
        return _answer("all words", named, whole, within)
    some = [page.result for page in pages if page.has_some]
    if some or within:
        return _answer("some words", within, some)
    return _alike(pages, likeness)


def _live_pages(words: list[str], *, now: datetime) -> list[_Page]:
    conditions = _matched(Condition.objects.published(now), words).annotate(
        remedy_slugs=_in_document("$.offers[*].remedies[*].slug"),
        remedy_names=_in_document("$.offers[*].remedies[*].name"),
    )
    treatments = _matched(Treatment.objects.published(now), words).annotate(
        live_remedies=F("revisions__document__remedies")
    )
    return [
        *(_page(condition, _remedies_of_condition(condition)) for condition in conditions),
        *(_page(treatment, _remedies_of_treatment(treatment)) for treatment in treatments),
    ]


def _matched(articles: Any, words: list[str]) -> Any:
    """Add how the words match live articles: all of them, which, which above the text."""
    text = " ".join(words)
    vector, asked = F("revisions__search"), SearchVector(Value(text), config="english")
    some = " or ".join(word for word in words if word.casefold() != "or")
    return articles.annotate(
        vector=vector,
        has_all=Q(vector=SearchQuery(text, config="english")),
        asked=Func(asked, function="length", output_field=IntegerField()),
        found=_WordsFound(vector, asked),
        found_above=_WordsFound(Func(vector, Value("{a,b,c}"), function="ts_filter"), asked),
        rank=SearchRank(vector, SearchQuery(some, config="english", search_type="websearch")),
    ).order_by("live_title", "pk")


class _WordsFound(Func):
    """The words of one text search vector that are in another, too."""

    template = "ARRAY(SELECT unnest(tsvector_to_array(%(expressions)s)))"
    arg_joiner = ")) INTERSECT SELECT unnest(tsvector_to_array("
    output_field = ArrayField(TextField())


def _in_document(path: str) -> Func:
    """Return all that a jsonpath finds in the live document, as a list."""
    return Func(
        F("revisions__document"),
        Value(path),
        function="jsonb_path_query_array",
        output_field=JSONField(),
    )


def _page(article: Condition | Treatment, remedies: Iterable[_Remedy]) -> _Page:
    match: Any = article
    return _Page(
        result=Result(
            name=article.live_title,
            place="",
            summary=article.live_summary,
            url=article.get_absolute_url(),
        ),
        names=(article.live_title, *(article.live_names or ())),
        remedies=tuple(remedies),
        has_all=match.has_all,
        # A word in the text alone may stand there by chance.
        has_some=bool(match.found_above) or len(match.found) * 2 > match.asked,
        found=tuple(match.found),
        rank=match.rank,
    )


def _remedies_of_treatment(treatment: Any) -> Iterable[_Remedy]:
    for facts in treatment.live_remedies:
        names = [facts["name"], facts["pinyin"], facts["latin_name"]]
        codes = [facts["other_code"], facts["who_code"], facts["english_name"]]
        about = [str(RemedyKind(facts["kind"]).label), *codes, facts["latin_name"]]
        yield _Remedy(
            slug=facts["slug"],
            is_elsewhere=False,
            result=Result(
                name=f"{facts['name']} ({facts['pinyin']})" if facts["pinyin"] else facts["name"],
                place=treatment.live_title,
                summary=", ".join(filter(None, about)),
                url=f"{treatment.get_absolute_url()}#remedy-{facts['slug']}",
            ),
            names=tuple(filter(None, names)),
            codes=tuple(filter(None, codes)),
        )


def _remedies_of_condition(condition: Any) -> Iterable[_Remedy]:
    for slug, name in zip(condition.remedy_slugs, condition.remedy_names, strict=True):
        yield _Remedy(
            slug=slug,
            is_elsewhere=True,
            result=Result(
                name=name,
                place=condition.live_title,
                summary=condition.live_summary,
                url=condition.get_absolute_url(),
            ),
            names=(name,),
            codes=(),
        )


def _key(text: str) -> str:
    """Return a name without what people write in different ways: UB 13, ub-13, Ub13."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum())


def _named(page: _Page, words: list[str]) -> tuple[bool, int]:
    """Return whether the words are a name of the page, and of how many a part: "head ache"."""
    key = _key("".join(words))
    parts = sum(_is_called(WORD.findall(name), key) for name in page.names)
    return _is_called(page.names, key), parts if len(words) > 1 else 0


def _is_called(names: Iterable[str], key: str) -> bool:
    return key in map(_key, names)


def _names(pages: list[_Page]) -> list[str]:
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
        if whole >= SIMILARITY or _looks_like_words_of(name, text)
    }


def _looks_like_words_of(name: str, text: str) -> bool:
    """Say whether each word of the text begins one of the name, or has nearly its letters."""
    theirs = WORD.findall(name.casefold())
    return all(
        any(
            word.startswith(mine) or SequenceMatcher(None, mine, word).ratio() >= SAME_LETTERS
            for word in theirs
        )
        for mine in WORD.findall(text.casefold())
    )


def _remedies_called(
    words: list[str], pages: list[_Page], likeness: dict[str, _Likeness]
) -> list[Result]:
    """Return the remedies of which the whole query is a name, or very nearly one."""
    key = _key("".join(words))
    meant = {name for name, like in likeness.items() if like.whole >= NEARLY_THE_SAME}
    return _remedies(
        pages,
        lambda remedy: (
            _is_called([*remedy.names, *remedy.codes], key) or not meant.isdisjoint(remedy.names)
        ),
    )


def _remedies_within(
    words: list[str], pages: list[_Page], likeness: dict[str, _Likeness]
) -> list[Result]:
    """Return the remedies that are a part of the query, or it of their names: "plaster"."""
    keys = {
        _key("".join(words[start:end]))
        for start in range(len(words))
        for end in range(start + 1, start + 5)
    }
    meant = {name for name, like in likeness.items() if like.part == 1}
    return _remedies(
        pages,
        lambda remedy: (
            not meant.isdisjoint(remedy.names)
            or not keys.isdisjoint(map(_key, (*remedy.names, *remedy.codes)))
        ),
    )


def _remedies(pages: list[_Page], is_meant: Callable[[_Remedy], bool]) -> list[Result]:
    """Return where such remedies are described, then the articles that name them."""
    remedies = _all_remedies(pages)
    slugs = {remedy.slug for remedy in remedies if is_meant(remedy)}
    return [remedy.result for remedy in remedies if remedy.slug in slugs]


def _all_remedies(pages: list[_Page]) -> list[_Remedy]:
    """Return the remedies of all pages, first where they are described."""
    remedies = (remedy for page in pages for remedy in page.remedies)
    return sorted(remedies, key=lambda remedy: remedy.is_elsewhere)


def _all_named(pages: list[_Page]) -> list[_Named]:
    return [*pages, *_all_remedies(pages)]


def _alike(pages: list[_Page], likeness: dict[str, _Likeness]) -> Answer:
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
    return Answer(results=tuple(once.values()), how=how, shown_for=shown_for)
