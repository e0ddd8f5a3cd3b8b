"""How easy a text is to read. Pure: no database, no clock."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .rich_text import plain_text

MAX_GRADE = 8.0
MAX_WORDS = 20
MAX_SENTENCES = 3
_WORST = 3
# Two words say little about a grade, and one long word would always be the worst sentence.
_ENOUGH_WORDS = 5

_HEADING = re.compile(r"<h[1-6]\b.*?</h[1-6]>", re.DOTALL)
_BLOCK_END = re.compile(r"</(?:p|li|ul|ol)>|<br\s*/?>")
_TITLE_DOT = re.compile(r"\b(Dr|Mr|Mrs|Ms|St|vs)\.")
_SENTENCE_END = re.compile(r"(?<=[.!?])[”\"’)]*\s+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_E = re.compile(r"[^aeiouy]e$|[^aeiou]es$|[^aeiou]ed$")
_SPOKEN_E = re.compile(r"[^aeiouy]le[sd]?$|(?:[csxzg]|ch|sh)es$|[td]ed$")
# Two vowels side by side that are said one after the other: di-et, vid-e-o, be-ing, us-u-al.
_TWO_VOWELS = re.compile(
    r"(?<![tscgx])io|(?<![tcgx])i[au]|ie(?=t|nt\b)|eo(?!u|ple)|(?<![qg])ua|[aeouy]ing$|eate"
)


@dataclass(frozen=True)
class Sentence:
    """One sentence, with its Flesch–Kincaid grade and the number of its words."""

    text: str
    grade: float
    words: int


@dataclass(frozen=True)
class Reading:
    """What makes a text hard to read; nothing in it keeps a page off the site."""

    grade: float
    """Flesch–Kincaid grade with names masked: each counts as one easy word."""
    raw_grade: float
    """The same, with nothing masked."""
    hardest: tuple[Sentence, ...]
    long_sentences: tuple[Sentence, ...]
    long_paragraphs: tuple[str, ...]

    @property
    def is_easy(self) -> bool:
        """Return whether there is nothing to warn of."""
        return self.grade <= MAX_GRADE and not self.long_sentences and not self.long_paragraphs


def read(paragraphs: Iterable[str], *, easy: Iterable[str] = ()) -> Reading:
    """Return how hard plain paragraphs are to read; `easy` are names that count as easy words."""
    texts = [text for text in paragraphs if _WORD.search(text)]
    mask = _mask(easy)
    split = [list(_sentences(text)) for text in texts]
    raw = [sentence for paragraph in split for sentence in paragraph]
    masked = [mask.sub("it", sentence) if mask else sentence for sentence in raw]
    weighed = [
        Sentence(text=text, grade=_grade([bare]), words=len(_WORD.findall(bare)))
        for text, bare in zip(raw, masked, strict=True)
    ]
    long_enough = [sentence for sentence in weighed if sentence.words >= _ENOUGH_WORDS]
    return Reading(
        grade=_grade(masked),
        raw_grade=_grade(raw),
        hardest=tuple(sorted(long_enough, key=lambda s: -s.grade)[:_WORST]),
        long_sentences=tuple(sentence for sentence in weighed if sentence.words > MAX_WORDS),
        long_paragraphs=tuple(
            text
            for text, sentences in zip(texts, split, strict=True)
            if len(sentences) > MAX_SENTENCES
        ),
    )


def paragraphs_of(document: dict[str, Any]) -> list[str]:
    """Return the running text of a document, a paragraph or list item each, without headings."""
    claims = [
        *document.get("may_help", []),
        *(claim for offer in document.get("offers", []) for claim in _claims_of(offer)),
    ]
    texts = [
        document["summary"],
        *document["lede"].split("\n\n"),
        *(text for section in document["sections"] for text in _blocks(section["body"])),
        *(item["text"] for item in document.get("self_care", [])),
        *(claim["text"] for claim in claims),
        *(flag["statement"] for flag in document.get("red_flags", [])),
        *(topic["text"] for topic in document.get("related", [])),
        *(caution["effect"] for caution in _cautions_of(document)),
    ]
    return [plain for text in texts if (plain := " ".join(plain_text(text).split()))]


def easy_names(document: dict[str, Any]) -> list[str]:
    """Return the names in a document that readers need not know: glossary, herbs, nutrients."""
    names = [
        name
        for remedy in _remedies_of(document)
        if remedy["kind"] in ("herb", "nutrient")
        for name in (remedy["name"], remedy["latin_name"])
    ]
    for entry in document.get("glossary", []):
        names += [entry["term"], *entry["forms"]]
    return [name for name in names if name]


def syllables(word: str) -> int:
    """Return about how many syllables an English word has: at least one."""
    word = word.lower()
    count = len(_VOWELS.findall(word)) + len(_TWO_VOWELS.findall(word))
    if _SILENT_E.search(word) and not _SPOKEN_E.search(word):
        count -= 1
    return max(count, 1)


def _cautions_of(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every caution once, though two remedies may share its words."""
    owners = [document, *document.get("offers", []), *_remedies_of(document)]
    words = {
        caution["effect"]: caution for owner in owners for caution in owner.get("cautions", [])
    }
    yield from words.values()


def _remedies_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a treatment's own remedies, or all that a condition's article offers."""
    offers = document.get("offers", [])
    return [
        *document.get("remedies", []),
        *(remedy for offer in offers for remedy in offer["remedies"]),
    ]


def _claims_of(offer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from offer["claims"]
    for remedy in offer["remedies"]:
        yield from remedy["claims"]


def _blocks(body: str) -> list[str]:
    return _BLOCK_END.split(_HEADING.sub("", body))


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(_TITLE_DOT.sub(r"\1", text)):
        if _WORD.search(sentence):
            yield sentence.strip()


def _mask(easy: Iterable[str]) -> re.Pattern[str] | None:
    # The longest first, so that "magnesium citrate" is one word and not two.
    names = sorted({re.escape(name) for name in easy}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(names)})(?!\w)", re.IGNORECASE) if names else None


def _grade(sentences: list[str]) -> float:
    """Return the Flesch–Kincaid grade. Source: Kincaid and others, 1975."""
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if not words:
        return 0.0
    spoken = sum(map(syllables, words))
    grade = 0.39 * len(words) / len(sentences) + 11.8 * spoken / len(words) - 15.59
    return round(max(grade, 0.0), 1)
