"""Which kinds of medicine a text names: "Coumadin 5mg and lisinoprol". No query, no clock."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

# As many names as tell people which medicines are meant; a kind may have thirty.
NAMES_SHOWN = 4
# A shorter name with a letter changed is too often another word.
SHORTEST_GUESSED = 6
# Of so many unknown words, each in runs with its neighbours, none more is worth the time.
MOST_GUESSES = 400
# From this length on a name may have two slips; look-alikes such as tizanidine and nizatidine
# differ in their first letter as well.
SHORTEST_WITH_TWO_SLIPS = 9
# A shorter name with an "s" more or less is too often another word.
SHORTEST_PLURAL = 5

_SIGNS = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W_]+(?:['’ʼ`´][^\W_]+)*")
# Between two words of one name: "St. John's wort", "Alka-Seltzer".
_INSIDE_A_NAME = re.compile(r"[\s.\-‐‑_*®™]*")
_BETWEEN_NAMES = re.compile(r"[,;\r\n]")
_DOSE = re.compile(r"\d+(?:mg|mcg|ug|g|kg|ml|l|iu|u|x|units?|tabs?|pills?|caps?|h|hrs?|am|pm)?")
_DOSE_GLUED_ON = re.compile(r"(?<=[a-z])\d+(?:mg|mcg|g|ml|iu)?$")
# Words around the names of medicines, which name nothing themselves.
_FILLER_WORDS = """
    a about after all am an and any anything are as at baby bedtime been before bid breakfast
    but by can cap caps capsule capsules cr currently daily day days did didnt dinner do doctor
    does doesnt dont dose doses dr drop drops drug drugs each ec er eve evening ever every few
    food for from g had half have hcl hour hours i if in is it iu just la lately low lunch mcg
    me meal meals med medication medications medicine medicines meds mg ml moment month morning
    my n nada needed never night nil no none not nothing now occasional occasionally of on once
    one only or other over per pill pills plus prescribed present
    presently prn qd qid really regular regularly right since some sometimes sr strength sulfate
    sundays tab tablet tablets tabs take taken takes taking tartrate that the then there they
    this three tid time times to twice two unit units use used using was week weekly weeks were
    when with xl xr year years yes zero zilch
"""
# Words of who takes something and does not name it: see my list, I forgot what it is called.
_VAGUE_WORDS = """
    attached bring called cant counter doctors forget forgot gave herbs idea ill its know knows
    last list listed lists lots many name named names otc prescription prescriptions remember same see several stuff
    supplement supplements sure too unsure various vitamins what whatever will
"""
_VAGUE = frozenset(_VAGUE_WORDS.split())
_FILLERS = _VAGUE.union(_FILLER_WORDS.split())
_EXPLAINING = ("a ", "an ", "for ")
_MEDICINE_ENDING = re.compile(r" medicines?$")
_MEDICINE_WORDS = ("medicine", "medication", "med", "pill", "tablet", "drug")


@dataclass(frozen=True)
class Kind:
    """A kind of medicine, or a remedy, with the names that people know it by.

    `part_of` is the key of the wider kind, or "".
    """

    key: str
    label: str
    names: tuple[str, ...]
    part_of: str = ""

    @property
    def examples(self) -> tuple[str, ...]:
        """Return the names to show: the same wherever the kind is named."""
        return self.names[:NAMES_SHOWN]


@dataclass(frozen=True)
class Match:
    """One name found in the text. `is_kind` if the words name the kind itself: blood thinners."""

    written: str
    name: str
    kinds: tuple[Kind, ...]
    is_guess: bool = False
    is_kind: bool = False


@dataclass(frozen=True)
class Reading:
    """What a text names, in its order, and the words in it that stay unknown.

    `is_vague` if it speaks of something without its name: "see my list", "just vitamins".
    """

    matches: tuple[Match, ...]
    unknown: tuple[str, ...]
    is_vague: bool = False


@dataclass(frozen=True)
class _Word:
    key: str
    start: int
    end: int
    joins_next: bool

    @property
    def is_filler(self) -> bool:
        return self.key in _FILLERS or _DOSE.fullmatch(self.key) is not None


def read_medicines(text: str, kinds: Iterable[Kind]) -> Reading:
    """Return the kinds that the text names, each name once.

    Case, doses, punctuation and plurals do not matter. Names of six letters or more are found with
    a slip in them, marked as a guess. A name inside a longer word is not found.
    """
    index = _index_of(tuple(kinds))
    guesses = _Guesses(index)
    words = list(_words(text))
    found: dict[str, Match] = {}
    left: list[int] = []
    at = 0
    while at < len(words):
        match, length = _match_at(text, words, at, index, guesses)
        if match is not None:
            found.setdefault(match.name, match)
        elif not words[at].is_filler:
            left.append(at)
        at += length
    unknown = {phrase.casefold(): phrase for phrase in _phrases(text, words, left)}
    is_vague = any(word.key in _VAGUE for word in words)
    return Reading(tuple(found.values()), tuple(unknown.values()), is_vague)


class _Index:
    """The names by their letters, and by their first letter for those with a slip."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self.exact: dict[str, Match] = {}
        self._by_start: dict[str, list[tuple[str, Match]]] = {}
        self._by_rest: dict[str, Match] = {}
        for kind in kinds:
            for name in (*kind.names, kind.label):
                # A name such as "BP medicine" means the whole kind, as its label does.
                is_kind = name == kind.label or _MEDICINE_ENDING.search(name) is not None
                for variant in _names_of_kind(name) if is_kind else (name,):
                    self._add(variant, kind, is_kind=is_kind)
        self.longest = max((len(match.name.split()) for match in self.exact.values()), default=0)
        for match in list(self.exact.values()):
            key = key_of(match.name)
            if len(key) >= SHORTEST_GUESSED:
                self._by_start.setdefault(key[0], []).append((key, match))
                self._by_rest.setdefault(key[1:], match)

    def _add(self, name: str, kind: Kind, *, is_kind: bool) -> None:
        key = key_of(name)
        if not key:
            return
        for variant in _variants(key):
            known = self.exact.get(variant)
            if known is None:
                self.exact[variant] = Match(name, name, (kind,), is_kind=is_kind)
            elif kind not in known.kinds:
                both = (*known.kinds, kind)
                self.exact[variant] = Match(known.name, known.name, both, is_kind=known.is_kind)

    def guess(self, key: str) -> Match | None:
        """Return the name that the letters are nearest to, if they are near enough."""
        if len(key) < SHORTEST_GUESSED - 1:
            return None
        letters = set(key)
        near = [
            (slips, name, match)
            for name, match in self._by_start.get(key[0], [])
            # Each letter that the name lacks is a slip: most names are far off at this glance.
            if len(letters.difference(name)) <= _slips_allowed(name)
            and (slips := _slips(key, name, limit=_slips_allowed(name))) is not None
        ]
        if near:
            return min(near, key=lambda entry: entry[:2])[2]
        return self._by_rest.get(key[1:])


# Those of before a change stay until as many are newer: few, as one takes almost a megabyte.
@lru_cache(maxsize=4)
def _index_of(kinds: tuple[Kind, ...]) -> _Index:
    """Return the index. It takes a third of a search to make; nothing that anybody typed is in it."""
    return _Index(kinds)


class _Guesses:
    """What the words of one text may mean: each is guessed once, and not too many are."""

    def __init__(self, index: _Index) -> None:
        self._index = index
        self._guessed: dict[str, Match | None] = {}

    def of(self, key: str) -> Match | None:
        if key not in self._guessed:
            if len(self._guessed) == MOST_GUESSES:
                return None
            self._guessed[key] = self._index.guess(key)
        return self._guessed[key]


def _match_at(
    text: str, words: Sequence[_Word], at: int, index: _Index, guesses: _Guesses
) -> tuple[Match | None, int]:
    """Return the longest name that starts at a word, and how many words it takes."""
    run = list(_run(words, at, longest=index.longest + 1))
    for length in range(len(run), 0, -1):
        known = index.exact.get("".join(word.key for word in run[:length]))
        if known is not None:
            return _found(known, text, run[:length], is_guess=False), length
    for length in range(1, len(run) + 1):
        if run[length - 1].is_filler:
            break
        known = guesses.of("".join(word.key for word in run[:length]))
        if known is not None:
            return _found(known, text, run[:length], is_guess=True), length
    return None, 1


def _found(known: Match, text: str, run: Sequence[_Word], *, is_guess: bool) -> Match:
    written = text[run[0].start : run[-1].end]
    return Match(written, known.name, known.kinds, is_guess=is_guess, is_kind=known.is_kind)


def _phrases(text: str, words: Sequence[_Word], left: Iterable[int]) -> Iterator[str]:
    """Yield the words at the places that are left, those together that stand together."""
    runs: list[list[_Word]] = []
    last = -1
    for place in left:
        if runs and place == last + 1 and words[last].joins_next:
            runs[-1].append(words[place])
        else:
            runs.append([words[place]])
        last = place
    for run in runs:
        yield text[run[0].start : run[-1].end]


def _run(words: Sequence[_Word], at: int, *, longest: int) -> Iterator[_Word]:
    """Yield the words from `at` on that can be one name: no comma or line break between them."""
    for word in words[at : at + max(longest, 1)]:
        yield word
        if not word.joins_next:
            return


def _words(text: str) -> Iterator[_Word]:
    places = [(found.start(), found.end()) for found in _WORD.finditer(text)]
    for number, (start, end) in enumerate(places):
        following = places[number + 1][0] if number + 1 < len(places) else end
        between = text[end:following]
        joins = _INSIDE_A_NAME.fullmatch(between) is not None and "\n" not in between
        key = _DOSE_GLUED_ON.sub("", key_of(text[start:end]))
        yield _Word(key, start, end, joins)


def names_in(text: str) -> list[str]:
    """Return the names, or forms of a word, that a text lists: one a line, or commas between.

    Not for words that mean danger: split, "headache, fever" would be two of them.
    """
    return [name.strip() for name in _BETWEEN_NAMES.split(text) if name.strip()]


def key_of(name: str) -> str:
    """Return the letters and digits alone, without accents and case: ub13 for UB-13."""
    return _SIGNS.sub("", unicodedata.normalize("NFKD", name).casefold())


def _variants(key: str) -> Iterator[str]:
    yield key
    if len(key) >= SHORTEST_PLURAL:
        yield key.removesuffix("s") if key.endswith("s") else f"{key}s"


def _names_of_kind(label: str) -> Iterator[str]:
    """Yield how people name the kind: "blood pressure medicines", "blood pressure pills".

    Words in brackets are another name, "Water pills (diuretics)", unless they explain: "(for
    cholesterol)", "(a flu medicine)".
    """
    name, _, more = label.rstrip(") ").partition("(")
    more = "" if more.startswith(_EXPLAINING) else more
    for part in (name, *name.split(" and "), *more.split(" and ")):
        words = part.strip()
        yield words
        yield words.removesuffix("s")
        stem, endings = _MEDICINE_ENDING.subn("", words)
        if endings:
            yield from (f"{stem} {word}" for word in _MEDICINE_WORDS)


def _slips_allowed(name: str) -> int:
    return 2 if len(name) >= SHORTEST_WITH_TWO_SLIPS else 1


def _slips(written: str, name: str, *, limit: int) -> int | None:
    """Return how many letters are added, missing, changed or swapped, or None above `limit`.

    Source: Damerau and Levenshtein's distance, in the form that edits no place twice.
    """
    if abs(len(written) - len(name)) > limit:
        return None
    before: list[int] = []
    row = list(range(len(name) + 1))
    for i, letter in enumerate(written, start=1):
        older, before, row = before, row, [i]
        for j, other in enumerate(name, start=1):
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == name[j - 2] and written[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(before) > limit:
            return None
    return row[-1] if row[-1] <= limit else None
