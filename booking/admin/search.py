"""How the front desk finds people: by parts of a name, an address, a number or a reference.

What is spelled otherwise than typed comes after what has the typed parts, and is marked as such.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import pairwise
from operator import or_
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Case, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Left, Right

from booking.models import Appointment, Patient
from booking.models.appointment import AppointmentQuerySet

from .whose import patients_of, visits_of

LONGEST_TERM = 200
PHONE_LIKE = re.compile(r"[\d\s()/.+-]+")
EXTENSION = re.compile(r"\s*(?:x|ext\.?|#)\s*\d*$", re.I)
# Abroad a number may be written with the 0 that is dialed inside the country alone.
TRUNK_ZERO = re.compile(r"\(0\)")
SHORTEST_PHONE = 7
HEX_DIGITS = "0123456789abcdef"
# Phones type the curly one, forms from elsewhere the straight one.
APOSTROPHES = ("'", "’")
# What stands before a name and is in no record: dropped where a name is there, too.
TITLES = {"mr", "mrs", "ms", "miss", "mx", "dr"}
INITIAL = re.compile(r"[^\W\d_]\.")
WORD = re.compile(r"[^\W_]+")

# From so many on nobody needs those that are only spelled alike.
ENOUGH = 10
NEAR_SHOWN = 20
# How many PostgreSQL hands over by their trigrams, for the count of slips. One slip in the middle of
# a word of four letters leaves a likeness of 0.25, two in nine leave 0.3.
CANDIDATES = 300
LIKENESS = 0.25
MOST_SLIPS, MOST_IN_ALL, FAR = 2, 3, 99
NEAR_WORDS = "Like what you typed"


@dataclass(frozen=True)
class Found:
    """Who has the typed parts, as a condition on patients, and who is spelled alike, the closest first."""

    exact: Q
    near: list[int] = field(default_factory=list)

    def among(self, rows: QuerySet[Any], path: str = "pk") -> QuerySet[Any]:
        """Return those of the rows that are found, in their order, but near misses last.

        `path` leads from a row to its patient. `likeness` is 0 for what has the typed parts.
        """
        exact = Q(**{f"{path}__in": Patient.objects.filter(self.exact).values("pk")})
        return _nearest_last(rows, exact, {path: self.near})


def find_patients(term: str, user: Any) -> Found:
    """Look for whoever is meant among those whom the user may see: their own diary's, or all."""
    return find_among(term, patients_of(user), visits_of(user))


def find_among(
    term: str, patients: QuerySet[Patient], visits: AppointmentQuerySet | None = None
) -> Found:
    """Look for whoever is meant among these; by the reference of one of the visits, too."""
    term = clean_term(term)
    ways: list[tuple[Q, Callable[[QuerySet[Patient]], list[int]]]] = []
    if visits is not None and (spoken := reference_digits(term)):
        named = under_reference(spoken, visits).values("patient")
        ways.append((Q(pk__in=named), partial(_near_reference, spoken, visits)))
    if digits := phone_digits(term):
        ways.append((Q(phone__contains=digits), partial(_near_number, digits)))
    if not ways or reference_digits(term).isalpha():
        words = _words_of(_folded(term))
        exactly = Q(*(_has(word) for word in words)) if words else Q(pk=None)
        ways.append((exactly, partial(_near_words, words)))
    exact = reduce(or_, (condition for condition, _near in ways))
    if patients.filter(exact)[:ENOUGH].count() == ENOUGH:
        return Found(exact)
    others = patients.exclude(exact)
    near = dict.fromkeys(pk for _exact, look in ways for pk in look(others))
    return Found(exact, list(near)[:NEAR_SHOWN])


def find_visits(term: str, visits: QuerySet[Appointment], user: Any) -> QuerySet[Appointment]:
    """Return those of the visits that are found by their patient or their reference.

    They keep their order, but near misses come last. `likeness` is 0 for what has the typed parts.
    """
    found, spoken = find_among(term, patients_of(user)), reference_digits(clean_term(term))
    exact = Q(patient__in=Patient.objects.filter(found.exact).values("pk"))
    near = {"patient": found.near}
    if spoken:
        exact |= Q(pk__in=under_reference(spoken, visits_of(user)).values("pk"))
        near["pk"] = near_references(spoken, visits_of(user))
    return _nearest_last(visits, exact, near)


def _nearest_last(rows: QuerySet[Any], exact: Q, near: dict[str, list[int]]) -> QuerySet[Any]:
    places = [When(**{path: pk}, then=n) for path in near for n, pk in enumerate(near[path], 1)]
    wanted = reduce(or_, (Q(**{f"{path}__in": pks}) for path, pks in near.items()), exact)
    order = rows.query.order_by or rows.model._meta.ordering
    found = rows.filter(wanted).annotate(likeness=Case(*places, default=0))
    ordered: QuerySet[Any] = found.order_by("likeness", *order)
    return ordered


def clean_term(term: str) -> str:
    """Return a typed term as it is looked for: on one line, and not endless."""
    return " ".join(term.replace("\0", " ").split())[:LONGEST_TERM]


def person_like(term: str) -> Q:
    """Return the condition that each word of the term is in a record's own name, email or phone."""
    term = clean_term(term)
    if digits := phone_digits(term):
        return Q(phone__contains=digits)
    condition = Q()
    for word in term.split():
        somewhere = Q(email__icontains=word)
        for spelling in {re.sub("['’]", apostrophe, word) for apostrophe in APOSTROPHES}:
            somewhere |= Q(name__icontains=spelling)
        if digits := phone_digits(word):
            somewhere |= Q(phone__contains=digits)
        condition &= somewhere
    return condition


# Names and addresses


def _folded(term: str) -> str:
    """Return the term as `Patient.search_text` has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT booking_search_text(%s, '')", [term])
        (folded,) = cursor.fetchone()
    return str(folded)


def _words_of(folded: str) -> list[str]:
    """Return what is looked for. A name of two parts is two words; an address is one."""
    parts = folded.replace(",", " ").split()
    words = [word for part in parts for word in ([part] if "@" in part else part.split("-"))]
    named = [word for word in words if word and word.removesuffix(".") not in TITLES]
    return named or [word for word in words if word]


def _has(word: str) -> Q:
    if INITIAL.fullmatch(word):
        # A space is still to come, so it is not the address, which stands last.
        return Q(search_text__regex=rf"(^|[ -]){word[0]}.* ")
    somewhere = Q(search_text__contains=word)
    if digits := phone_digits(word):
        somewhere |= Q(phone__contains=digits)
    return somewhere


def _near_words(words: list[str], patients: QuerySet[Patient]) -> list[int]:
    """Return who has words so close to all of these that they may be slips of the hand."""
    alike = [word for word in words if slips_allowed(word) and not phone_digits(word)]
    if not alike:
        return []
    any_of = Q()
    likeness: Any = Value(0.0)
    for word in alike:
        # Most addresses are alike after the sign.
        part = word.partition("@")[0] or word
        if part.isascii():
            any_of |= Q(search_text__trigram_word_similar=part)
            likeness += TrigramWordSimilarity(part, "search_text")
        else:
            # In some of PostgreSQL's locales these letters make no trigrams. One slip leaves a half.
            half = len(part) // 2
            any_of |= Q(search_text__contains=part[:half]) | Q(search_text__contains=part[half:])
    exactly = Q(*(_has(word) for word in words if word not in alike))
    candidates = patients.filter(exactly, any_of).order_by(likeness.desc(), "pk")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKENESS)]
        )
        rows = list(candidates.values_list("pk", "search_text")[:CANDIDATES])
    counted = [(slips_of_all(alike, text), pk) for pk, text in rows]
    # Sorting keeps the order of those with as many slips: the likeness.
    near = sorted((one for one in counted if one[0] is not None), key=lambda one: one[0] or 0)
    return [pk for _slips, pk in near[:NEAR_SHOWN]]


def slips_of_all(words: Iterable[str], text: str) -> int | None:
    """Return with how many slips the words stand in the text, or None if one has too many."""
    tokens = _tokens(text)
    total = 0
    for word in words:
        allowed = slips_allowed(word)
        fewest = 0 if word in text else min((slips(word, token) for token in tokens), default=FAR)
        if fewest > allowed:
            return None
        total += fewest
    return total if total <= MOST_IN_ALL else None


def _tokens(text: str) -> list[str]:
    """Return the words of a name and its address, whole and in parts; also two words as one."""
    name, _space, email = text.rpartition(" ")
    parts = WORD.findall(name)
    pairs = [first + second for first, second in pairwise(parts)]
    return [*parts, *pairs, email, *WORD.findall(email.partition("@")[0])]


def slips_allowed(word: str) -> int:
    """Return how many slips a word of this length may have and still be read as another."""
    return 0 if len(word) < 3 else 1 if len(word) < 5 else MOST_SLIPS


def slips(word: str, other: str) -> int:
    """Return how many letters are wrong, missing, too many, or swapped with the next.

    The optimal string alignment distance, after Damerau 1964.
    """
    if abs(len(word) - len(other)) > MOST_SLIPS:
        return FAR
    above, row = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(word):
        before, above, row = above, row, [i + 1]
        for j, there in enumerate(other):
            cost = min(above[j + 1] + 1, row[j] + 1, above[j] + (letter != there))
            if i and j and letter == other[j - 1] and word[i - 1] == there:
                cost = min(cost, before[j - 1] + 1)
            row.append(cost)
    return row[-1]


# Numbers


def phone_digits(term: str) -> str:
    """Return the digits of what reads like (part of) a phone number, without the 1 of the USA."""
    number = TRUNK_ZERO.sub("", EXTENSION.sub("", term))
    digits = re.sub(r"\D", "", number) if PHONE_LIKE.fullmatch(number) else ""
    if len(digits) >= 9:
        # What is dialed before a number, at home (0) or from abroad (00), is not part of it.
        digits = digits.lstrip("0")
    if len(digits) == 11:
        digits = digits.removeprefix("1")
    return digits if len(digits) >= 4 else ""


def _near_number(digits: str, patients: QuerySet[Patient]) -> list[int]:
    """Return whose number ends like this one but for a digit that is wrong, or swapped."""
    if len(digits) < SHORTEST_PHONE:
        return []
    ending = patients.alias(ending=Right("phone", len(digits)))
    near = ending.filter(ending__in=mistyped(digits, "0123456789"))
    return list(near.order_by("name", "pk").values_list("pk", flat=True)[:NEAR_SHOWN])


def mistyped(digits: str, alphabet: str) -> set[str]:
    """Return all that the digits may have been, if one was mistyped or two were swapped."""
    one_wrong = {
        digits[:i] + other + digits[i + 1 :] for i in range(len(digits)) for other in alphabet
    }
    swapped = {
        digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)
    }
    return (one_wrong | swapped) - {digits}


# References


def reference_digits(term: str) -> str:
    """Return the digits of what reads like a visit's reference, spoken or whole; else ""."""
    digits = re.sub(r"[\s-]", "", term).lower()
    return digits if len(digits) in (8, 32) and set(digits) <= set(HEX_DIGITS) else ""


def under_reference(digits: str, visits: AppointmentQuerySet) -> AppointmentQuerySet:
    """Return those of the visits whose reference is, or begins with, these digits."""
    first, last = (UUID(digits.ljust(32, filling)) for filling in "0f")
    return visits.filter(reference__range=(first, last))


def near_references(digits: str, visits: AppointmentQuerySet) -> list[int]:
    """Return those whose spoken reference has one digit otherwise, or two swapped."""
    spoken = visits.alias(spoken=Left(Cast("reference", TextField()), 8))
    near = spoken.filter(spoken__in=mistyped(digits[:8], HEX_DIGITS))
    return list(near.order_by("-starts_at", "-pk").values_list("pk", flat=True)[:NEAR_SHOWN])


def _near_reference(
    digits: str, visits: AppointmentQuerySet, patients: QuerySet[Patient]
) -> list[int]:
    whose = visits.filter(pk__in=near_references(digits, visits)).values("patient")
    return list(patients.filter(pk__in=whose).values_list("pk", flat=True))
