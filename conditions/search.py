"""Search over the live articles: what the words say, then names that are spelled nearly so."""

import re
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import (
    SearchQuery,
    SearchRank,
    SearchVector,
    TrigramSimilarity,
    TrigramWordSimilarity,
)
from django.db.models import F, FloatField, Func, Q, Value
from django.db.models.fields import TextField
from django.db.models.functions import Cast, Greatest

from .models import Condition

MAX_LENGTH = 100
WORD = re.compile(r"\w+(?:['’]\w+)*")
# Measured on misspelled names ("twiches"): PostgreSQL's own cuts of 0.3 and 0.6 miss them.
SIMILARITY = 0.35
WORD_SIMILARITY = 0.45


def clean_query(text: str) -> str:
    """Return what to search for: printable, single spaces, at most MAX_LENGTH characters."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:MAX_LENGTH].strip()


def search(query: str, *, now: datetime) -> list[Condition]:
    """Return the live articles that match, best first: all words, or else any, or else alike.

    `query` comes from `clean_query`. At most three queries, whatever there is to find.
    """
    if not query:
        return []
    # Without signs: PostgreSQL takes some for operators, and too many of them for an error.
    words = WORD.findall(query)
    if not words:
        return []
    return (
        _by_words(" ".join(words), query, now=now)
        or _by_words(" or ".join(words), query, now=now)
        or _by_likeness(query, now=now)
    )


def search_terms(query: str) -> list[str]:
    """Return the words to mark in results: those with three letters or more, longest first."""
    return sorted({word for word in query.split() if len(word) >= 3}, key=lambda w: (-len(w), w))


class _BestOfNames(Func):
    """The greatest likeness of a text to any name in a JSON array: _BestOfNames(names, text)."""

    output_field = FloatField()

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        names, names_params = compiler.compile(self.source_expressions[0])
        text, text_params = compiler.compile(self.source_expressions[1])
        sql = (
            f"(SELECT MAX({self.function}({text}, name)) "  # noqa: S608 (compiled expressions)
            f"FROM jsonb_array_elements_text({names}) AS name)"
        )
        return sql, (*text_params, *names_params)


class _NameSimilarity(_BestOfNames):
    function = "similarity"


class _NameWordSimilarity(_BestOfNames):
    function = "word_similarity"


def _by_words(websearch: str, query: str, *, now: datetime) -> list[Condition]:
    vector = (
        SearchVector("live_title", weight="A", config="english")
        + SearchVector(Cast("live_names", TextField()), weight="B", config="english")
        + SearchVector("live_summary", weight="C", config="english")
    )
    asked = SearchQuery(websearch, config="english", search_type="websearch")
    return list(
        Condition.objects.published(now)
        .annotate(
            words=vector, names_text=Cast("live_names", TextField()), rank=SearchRank(vector, asked)
        )
        .filter(Q(words=asked) | Q(live_title__icontains=query) | Q(names_text__icontains=query))
        .order_by("-rank", "live_title", "pk")
    )


def _by_likeness(query: str, *, now: datetime) -> list[Condition]:
    names = F("live_names")
    return list(
        Condition.objects.published(now)
        .annotate(
            likeness=Greatest(
                TrigramSimilarity("live_title", query), _NameSimilarity(names, Value(query))
            ),
            word_likeness=Greatest(
                TrigramWordSimilarity(query, "live_title"),
                _NameWordSimilarity(names, Value(query)),
            ),
        )
        .filter(Q(likeness__gte=SIMILARITY) | Q(word_likeness__gte=WORD_SIMILARITY))
        .order_by(Greatest("likeness", "word_likeness").desc(), "live_title", "pk")
    )
