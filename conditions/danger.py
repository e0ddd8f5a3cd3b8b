"""Finds words that mean danger in what a person typed: misspelled, or in another order.

Pure: the phrases come from the caller. It can only add caution, so in doubt it finds them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise

APOSTROPHES = re.compile(r"['’‘ʼ`´′]")
_ONE_WORD_FOR_TWO = (
    (re.compile(r"\b(?:can not|cannot|can t|could not|couldnt|unable to)\b"), "cant"),
    (re.compile(r"\bwill not\b"), "wont"),
    (re.compile(r"\bdo not\b"), "dont"),
)


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What people put between the words that count.
_FILLERS = _set_of("a an and am are at from have in is of on really so that the to very with")
# What a phrase can do without if three other words are left: can't feel [my] legs.
_PRONOUNS = _set_of("he her his i im it its me my our she their they we you your")
# With one of these, the same words in another order mean something else: bleeding won't stop.
_IN_ORDER = _set_of(
    "after all cant dont my myself never no not off out since stop stopped up without wont"
)
# Words in their own right that are one slip away from a word that means danger.
_NO_SLIPS = _set_of(
    "bind breadth cash cheat cheats cooking crashed dropping fain grasping hear hears heat heats "
    "sigh shallow slight slurped stoke stoked strobe taking waking word"
)
_LETTERS_TO_SWAP, _LETTERS_TO_MISS, _LETTERS_TO_MISTAKE = 4, 5, 7


def find_danger(text: str, phrases: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the keys of `phrases` of which a phrase is in the text, in their order.

    Case, apostrophes, small words between and a slip in a longer word don't matter; neither does
    the order of the words, unless it changes what they mean. They have to stand close together.
    """
    words = [word for word in _words(text) if word not in _FILLERS]
    pairs = frozenset(first + second for first, second in pairwise(words))
    by_letter: dict[str, set[str]] = {}
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        by_letter.setdefault(word[0], set()).add(word)
        places.setdefault(word, []).append(place)

    @cache
    def meant_by(word: str) -> frozenset[str]:
        typed = by_letter.get(word[0], ())
        return frozenset(one for one in typed if _is_meant(one, word))

    def is_in(phrase: str) -> bool:
        asked = _words_that_count(phrase)
        if not asked:
            return False
        whole = "".join(asked)
        # Two words that were typed as one, or one as two.
        if meant_by(whole) or (len(asked) == 1 and whole in pairs):
            return True
        if not all(map(meant_by, asked)):
            return False
        found = [meant_by(word) for word in asked]
        starts = {place for word in frozenset().union(*found) for place in places[word]}
        return _stand_together(found, words, asked, starts)

    return [key for key, texts in phrases.items() if any(map(is_in, texts))]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", APOSTROPHES.sub("", text).casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = " ".join(re.findall(r"[^\W_]+", plain))
    for two, one in _ONE_WORD_FOR_TWO:
        plain = two.sub(one, plain)
    return plain.split()


@lru_cache(2000)
def _words_that_count(phrase: str) -> tuple[str, ...]:
    words = [word for word in _words(phrase) if word not in _FILLERS]
    rest = [word for word in words if word not in _PRONOUNS]
    return tuple(rest if len(rest) >= 3 else words)


def _stand_together(
    found: list[frozenset[str]], words: list[str], asked: Sequence[str], starts: Iterable[int]
) -> bool:
    """Say whether a stretch of the words, little longer than the phrase, holds it."""
    in_order = not _IN_ORDER.isdisjoint(asked)
    length = len(asked) + (1 if in_order else 2)
    holds = _holds_in_order if in_order else _holds
    return any(holds(words[start : start + length], found) for start in starts)


def _holds(stretch: list[str], found: list[frozenset[str]]) -> bool:
    left = list(stretch)
    for any_of in found:
        word = next((word for word in left if word in any_of), None)
        if word is None:
            return False
        left.remove(word)
    return True


def _holds_in_order(stretch: list[str], found: list[frozenset[str]]) -> bool:
    left = iter(stretch)
    return all(any(word in any_of for word in left) for any_of in found)


def _is_meant(typed: str, word: str) -> bool:
    """Say whether it is the word, or it with one slip; they start with the same letter."""
    if typed == word:
        return True
    if typed in _NO_SLIPS or abs(len(typed) - len(word)) > 1:
        return False
    pairs = enumerate(zip(typed, word, strict=False))
    same = next((at for at, (one, two) in pairs if one != two), min(len(typed), len(word)))
    rest, other = typed[same:], word[same:]
    if rest[1:] == other or rest == other[1:]:
        return len(word) >= _LETTERS_TO_MISS
    if rest[2:] == other[2:] and rest[:2] == other[1::-1]:
        return len(word) >= _LETTERS_TO_SWAP
    return rest[1:] == other[1:] and len(word) >= _LETTERS_TO_MISTAKE
