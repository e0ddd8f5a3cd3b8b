"""Finds words that mean danger in what a person typed: misspelled, or in another order.

Pure: the phrases come from the caller. It can only add caution, so in doubt it finds them.

In a phrase, # stands for more of something than people take at once ("took # pills"), and a word
after a minus must not stand beside the others ("cut myself -shaving"; "kms -#": no number before).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise, zip_longest
from typing import NamedTuple

APOSTROPHES = re.compile(r"['’‘ʼ`´′]")
_ONE_FOR_ALL = (
    (re.compile(r"\b(?:can not|cannot|can t|could not|couldnt|unable to)\b"), "cant"),
    (re.compile(r"\b(?:will not|would not|wouldnt)\b"), "wont"),
    (re.compile(r"\b(?:do not|does not|doesnt|don t)\b"), "dont"),
    (re.compile(r"\b(?:isnt|arent|aint)\b"), "not"),
    (re.compile(r"\b(?:wanna|wants)\b"), "want"),
    (re.compile(r"\bgonna\b"), "going"),
    (re.compile(r"\bany more\b"), "anymore"),
    (re.compile(r"\b(?:suddenly|all of a sudden|out of nowhere)\b"), "sudden"),
    (re.compile(r"\bnumbness\b"), "numb"),
    (re.compile(r"\bweakness\b"), "weak"),
    (re.compile(r"\b(?:swelling|swelled|swells)\b"), "swollen"),
    (re.compile(r"\b(?:taken|swall?owe?d|popped)\b"), "took"),
    # Whoever it is about: end his life.
    (re.compile(r"\b(?:himself|herself|themselves|my self)\b"), "myself"),
    (re.compile(r"\b(?:his|her|their)\b"), "my"),
    # How strong a pill is says nothing of how many.
    (re.compile(r"\b(\d+) (mg|mcg|g|iu|ml|units?|minutes?|mins?|hours?|days?|years?)\b"), r"\2"),
)
_UNLESS = re.compile(r"(?<!\S)-(#|\w+)")


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What people put between the words that count.
_FILLERS = _set_of("a an and am are at from have im in is ive of really so that the to very with")
# What a phrase can do without if three other words are left: can't feel [my] legs.
_PRONOUNS = _set_of("he her his i im it its me my our she their they we you your")
# With one of these, the same words in another order mean something else: bleeding won't stop.
_IN_ORDER = _set_of(
    "# after all cant dont living my myself never no not nothing off out since stop stopped "
    "up without wont"
)
# Words in their own right that are one slip away from a word that means danger.
_NO_SLIPS = _set_of(
    "bind blending breadth breeding cash cheat cheats cooking crashed dropping fain grasping hear hears heat heats "
    "sigh shallow slight slurped stoke stoked strobe taking waking word"
)
_MANY = range(6, 200)
_PIECES = _set_of("capsule capsules gummies pill pills tablet tablets")
_MANY_IN_WORDS = _set_of(
    "six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty hundred dozen"
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
    many = frozenset(
        word for word, after in zip_longest(words, words[1:]) if _is_many(word, after or "")
    )

    letters = {*by_letter, *("#" for _ in many)}
    longest = max(map(len, words), default=0) + 1

    @cache
    def meant_by(word: str) -> frozenset[str]:
        if word == "#":
            return many
        typed = by_letter.get(word[0], ())
        return frozenset(one for one in typed if _is_meant(one, word))

    def is_in(phrase: str) -> bool:
        asked, unless, whole, firsts = _words_that_count(phrase)
        # Most phrases need a letter that no word begins with: this is quick, what follows is not.
        if whole[:1] not in letters:
            return False
        # Two words that were typed as one, or one as two.
        if not unless and (
            (len(whole) <= longest and meant_by(whole)) or (len(asked) == 1 and whole in pairs)
        ):
            return True
        if not firsts <= letters or not all(map(meant_by, asked)):
            return False
        found = [meant_by(word) for word in asked]
        starts = {place for word in frozenset().union(*found) for place in places[word]}
        return _stand_together(found, words, asked, starts, unless)

    return [key for key, texts in phrases.items() if any(map(is_in, texts))]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", APOSTROPHES.sub("", text).casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = " ".join(re.findall(r"#|[^\W_]+", plain))
    for others, one in _ONE_FOR_ALL:
        plain = others.sub(one, plain)
    return plain.split()


class _Asked(NamedTuple):
    """What to look for: the words, those that must not be beside them, and how they begin."""

    words: tuple[str, ...]
    unless: frozenset[str]
    whole: str
    """The words as one."""
    firsts: frozenset[str]


@lru_cache(4000)
def _words_that_count(phrase: str) -> _Asked:
    unless = _UNLESS.findall(phrase)
    words = [word for word in _words(_UNLESS.sub(" ", phrase)) if word not in _FILLERS]
    # The last one stays: without me is not without gluten.
    rest = [word for word in words[:-1] if word not in _PRONOUNS] + words[-1:]
    counts = tuple(rest if len(rest) >= 3 else words)
    firsts = frozenset(word[0] for word in counts)
    return _Asked(counts, frozenset(unless), "".join(counts), firsts)


def _is_many(word: str, after: str) -> bool:
    """Say whether a word is a number that nobody takes at once. A large one may be milligrams."""
    if not word.isdecimal():
        return word in _MANY_IN_WORDS
    return len(word) < 5 and (int(word) in _MANY or (int(word) > _MANY[0] and after in _PIECES))


def _stand_together(
    found: list[frozenset[str]],
    words: list[str],
    asked: Sequence[str],
    starts: Iterable[int],
    unless: frozenset[str],
) -> bool:
    """Say whether a stretch of the words, little longer than the phrase, holds it."""
    in_order = not _IN_ORDER.isdisjoint(asked)
    # "Took 40 x 500 mg tylenol": more stands between than elsewhere.
    length = len(asked) + (1 if in_order and "#" not in asked else 2)
    holds = _holds_in_order if in_order else _holds
    return any(
        holds(words[start : start + length], found)
        and unless.isdisjoint(words[max(0, start - 2) : start + length + 1])
        and not ("#" in unless and start and words[start - 1].isdecimal())
        for start in starts
    )


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
