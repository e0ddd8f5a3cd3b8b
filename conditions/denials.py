"""Leaves out the danger that a person says is not there: no slurred speech, denies chest pain.

Pure, as `danger` is. A denial takes a warning away, so it counts only if it can be read in one way;
in doubt the words are found. The words of danger must follow the "no" at once, and nothing else in
the sentence may turn it round: "no better, slurred speech", "no chest pain until today", "not a day
without chest pain", "is it not a stroke?".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from .danger import APOSTROPHES, find_danger


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TOKENS = re.compile(r"[^\W_]+|\n|\S")
_INSIDE_A_WORD = re.compile(r"(?<=\w)-(?=\w)")
_ENDS_OF_SENTENCES = _set_of(". ! ? ;") | {"\n"}
_DENIES = _set_of(
    "no not never without neither nor deny denies denied denying "
    "dont doesnt didnt isnt arent wasnt werent havent hasnt hadnt aint"
)
# A phrase with one of these is danger as it stands (can't breathe), and so is what follows one.
_NEGATIVE = _DENIES | _set_of("cant cannot couldnt wont wouldnt hardly barely rarely nothing none")
# What may stand between: no sign of a stroke, never had any fainting.
_BETWEEN = _set_of(
    "a an any the of in sign signs symptom symptoms history family episode episodes kind sort type "
    "have had has having been got get getting experienced experience suffered either"
)
_LONGEST_BETWEEN = 4
# What a phrase may hold beside its own words: pain in my chest.
_SMALL = _BETWEEN | _set_of("my his her their on one and")
# What may follow, beside punctuation. With any other word it may be: no chest pain relief.
_AFTER = _set_of(
    "or nor and but just only i my he she his her they we though although however either ever "
    "no not never without denies whatsoever"
)
# Alone no danger, but part of a phrase of it: a stiff neck, no fever.
_SYMPTOMS = _set_of(
    "ache bleeding confusion dizziness fever headache injury nausea numb numbness pain rash "
    "stiffness sweating swelling swollen temperature tingling vomiting weak weakness"
)
_AFTER_A_SYMPTOM = _AFTER | _set_of("in on of at")
# Of another time, of less, or of what somebody hopes or was told.
_DOUBT = _set_of(
    "ago again as before bit currently earlier except first if last like little more now "
    "occasionally rather since so some sometimes still such this till today unless until usually "
    "when while yesterday yet"
)
_DOUBT_BEFORE = _set_of(
    "ago before earlier how hope hopefully if last maybe mostly normally often perhaps said say "
    "says suppose sure think told unless unsure until used usually when whether why wish wonder "
    "wondering yesterday"
)
# No chest pain, but it did hurt.
_BUT = _set_of("although but however though")
_TURNS = _set_of("did does had has have it was were")
# At the beginning of the next sentence: No chest pain. Until now.
_ADDS = _set_of("before but except like more now only since some sometimes till today unless until")
_LONGEST_PHRASE = 6
_MOST_DENIALS = 20
# Keeps apart what stood on both sides of what was denied.
_DENIED = "x"


def find_affirmed(text: str, phrases: Mapping[str, Iterable[str]]) -> list[str]:
    """Return what `find_danger` does, without the keys whose phrases the text denies."""
    named = find_danger(text, phrases)
    negative: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    for key in named:
        for phrase in phrases[key]:
            kind = others if _NEGATIVE.isdisjoint(_tokens(phrase)) else negative
            kind.setdefault(key, []).append(phrase)
    if not others:
        return named
    kept = without_denied(text, [phrase for texts in others.values() for phrase in texts])
    found = {*find_danger(text, negative), *find_danger(kept, others)}
    return [key for key in named if key in found]


def without_denied(text: str, phrases: Sequence[str]) -> str:
    """Return the text in small letters, with an x for each word of what it says is not there."""
    words = _tokens(text)
    denied: set[int] = set()
    left = _MOST_DENIALS
    for place, word in enumerate(words):
        if word not in _DENIES:
            continue
        left -= 1
        places = _denied_after(words, place, denied, phrases)
        if left < 0 or len(places) > _MOST_DENIALS:
            # Nobody writes so; and each costs time.
            return " ".join(words)
        denied |= places
    return " ".join(_DENIED if place in denied else word for place, word in enumerate(words))


def _tokens(text: str) -> list[str]:
    plain = _INSIDE_A_WORD.sub(" ", APOSTROPHES.sub("", text).casefold())
    return _TOKENS.findall(plain)


def _denied_after(
    words: list[str], place: int, denied: set[int], phrases: Sequence[str]
) -> set[int]:
    """Return the places of what the "no" at this place denies; none if there is any doubt."""
    start = max((at + 1 for at in range(place) if words[at] in _ENDS_OF_SENTENCES), default=0)
    ends = (at for at in range(place, len(words)) if words[at] in _ENDS_OF_SENTENCES)
    end = next(ends, len(words))
    before = words[start:place]
    if words[end : end + 1] == ["?"] or not _DOUBT_BEFORE.isdisjoint(before):
        return set()
    # Two that deny may affirm, unless the first one is done: no fever, no chest pain.
    if any(words[at] in _NEGATIVE and at + 1 not in denied for at in range(start, place)):
        return set()
    found: set[int] = set()
    last, at = place, place + 1
    while at < end and len(found) <= _MOST_DENIALS:
        first = _skip_between(words, at, end)
        last = first + _length_denied(words[first:end], phrases)
        if last == first:
            break
        found |= set(range(at, last))
        if words[last : last + 1] not in (["or"], ["nor"]):
            break
        at = last + 1
    rest = words[last:end]
    turns = any(
        one in _BUT and not _TURNS.isdisjoint(rest[at : at + 3]) for at, one in enumerate(rest)
    )
    is_clear = _DOUBT.isdisjoint(rest) and _ADDS.isdisjoint(words[end : end + 3]) and not turns
    return found if is_clear else set()


def _skip_between(words: list[str], at: int, end: int) -> int:
    first = at
    while first < min(end, at + _LONGEST_BETWEEN) and words[first] in _BETWEEN:
        first += 1
    return first


def _length_denied(words: list[str], phrases: Sequence[str]) -> int:
    """Return how many of the first words name a danger, or a symptom of it; 0 if in doubt."""
    near = list(takewhile(str.isalnum, words[:_LONGEST_PHRASE]))
    in_near = find_danger(" ".join(near), {phrase: [phrase] for phrase in phrases})
    lengths = [
        length
        for length in range(1, len(near) + 1)
        if any(_is_all_of(near[:length], phrase) for phrase in in_near)
    ]
    for length in lengths:
        end = length + 2 * (words[length : length + 2] == ["at", "all"])
        if _may_follow(words[end : end + 1], _AFTER):
            return end
    is_symptom = not lengths and bool(near) and near[0] in _SYMPTOMS
    return 1 if is_symptom and _may_follow(words[1:2], _AFTER_A_SYMPTOM) else 0


def _is_all_of(words: list[str], phrase: str) -> bool:
    """Say whether the words are the phrase and no more: not relief from chest pain, nor half of it."""

    def is_named_by(some: list[str]) -> bool:
        return bool(find_danger(" ".join(some), {"": [phrase]}))

    inside = range(1, len(words) - 1)
    return is_named_by(words) and not any(
        is_named_by(words[:at] + words[at + 1 :])
        for at, word in enumerate(words)
        if at not in inside or word not in _SMALL
    )


def _may_follow(word: list[str], allowed: frozenset[str]) -> bool:
    return not word or not word[0].isalnum() or word[0] in allowed
