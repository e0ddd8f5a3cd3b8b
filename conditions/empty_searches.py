"""Counts the searches that found nothing, so that staff see what is missing; never whose they were."""

import logging
import unicodedata
from datetime import date, timedelta

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest

from .models import EmptySearch

logger = logging.getLogger(__name__)

MAX_ROWS = 1000
MAX_WORDS = 6
MAX_LENGTH = 60
# What nobody asked for in this time makes place for another, however often it was before.
KEPT_FOR = timedelta(days=30)

# PostgreSQL counts, so two searches at the same moment are two. The limit may be overrun by as many
# rows as searches come in that moment, which costs less than making them wait for one another.
_COUNT = """
INSERT INTO conditions_emptysearch AS row (query, times, last_on)
SELECT %(query)s::text, 1, %(on)s
WHERE (SELECT count(*) FROM conditions_emptysearch) < %(max_rows)s
   OR EXISTS (SELECT FROM conditions_emptysearch WHERE query = %(query)s::text)
ON CONFLICT (query) DO UPDATE SET times = row.times + 1, last_on = excluded.last_on
"""


def is_asked_by_a_person(request: HttpRequest) -> bool:
    """Say whether someone asked for the page: not a browser in advance, nor a program by HEAD."""
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return request.method == "GET" and not any("prefetch" in value.lower() for value in purposes)


def count_empty_search(query: str, *, on: date) -> None:
    """Count a search that found nothing, unless it could hold something about a person.

    Never raises: a page that finds nothing is still worth showing.
    """
    words = " ".join(unicodedata.normalize("NFKC", query).casefold().split())
    if not words or _may_name_a_person(words):
        return
    try:
        with transaction.atomic():
            _count(words, on)
    except DatabaseError as error:
        logger.warning("An empty search could not be counted: %s", type(error).__name__)


def _may_name_a_person(words: str) -> bool:
    """Say whether it may be a phone number, a day of birth, an address or a story."""
    return (
        sum(character.isdigit() for character in words) >= 4
        or "@" in words
        or len(words.split()) > MAX_WORDS
        or len(words) > MAX_LENGTH
    )


def _count(words: str, on: date) -> None:
    values: dict[str, str | date | int] = {"query": words, "on": on, "max_rows": MAX_ROWS}
    with connection.cursor() as cursor:
        # Someone else's lock on the row is not worth waiting for.
        cursor.execute("SET LOCAL lock_timeout = '200ms'")
        cursor.execute(_COUNT, values)
        if cursor.rowcount == 0:
            _make_place(on)
            cursor.execute(_COUNT, values)


def _make_place(on: date) -> None:
    """Leave out what nobody asks for any longer; if that is too little, what fewest asked for."""
    EmptySearch.objects.filter(last_on__lt=on - KEPT_FOR).delete()
    by_times = EmptySearch.objects.order_by("-times", "-last_on", "-pk")
    EmptySearch.objects.filter(pk__in=by_times.values("pk")[MAX_ROWS - 1 :]).delete()
