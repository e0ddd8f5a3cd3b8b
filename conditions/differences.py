"""What differs between two documents of an article, piece by piece and in words for staff.

No query, no clock. A document may hold any JSON: what is not as expected is shown as it stands.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from typing import Any, Literal

from .evidence import EvidenceLevel
from .models import (
    ArticleKind,
    Aspect,
    BodyArea,
    CareLevel,
    CautionAdvice,
    CautionBasis,
    CautionKind,
    RelatedKind,
    RemedyKind,
    SelfCareKind,
)
from .rich_text import clean_html, plain_text


@dataclass(frozen=True)
class Piece:
    """One thing that can change by itself, such as a section or a claim.

    `group` says which list it stands in, `key` which one of that list it is, and `place` as much of
    the key as a reader notices. `markup` is the HTML that `text` was read from, if it was.
    """

    group: tuple[str, ...]
    key: str
    label: str
    text: str
    markup: str = ""
    place: str = ""


@dataclass(frozen=True)
class Words:
    """Some words of a piece, and whether they stayed."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True)
class Change:
    """What became of one piece: "added", "removed", "changed", "moved" or "formatted"."""

    label: str
    kinds: tuple[str, ...]
    words: tuple[Words, ...] = ()


@dataclass(frozen=True)
class _Part:
    """How the entries of one list are named: by the keys that identify one, and by its title.

    Each key has the words for a reader who notices that it changed, or "" if nobody does.
    """

    label: str
    keys: Mapping[str, str]
    title: str


# In the order of the page. The lists inside an entry are pieces of their own.
_LISTS = {
    "names": _Part("Other name", {}, ""),
    "red_flags": _Part("Red flag", {"code": ""}, "label"),
    "sections": _Part("Section", {"aspect": "Shown under"}, "heading"),
    "self_care": _Part("Self-care", {}, "title"),
    "offers": _Part("Treatment", {"treatment": "Page of the treatment"}, "title"),
    "may_help": _Part("May help", {"label": ""}, "label"),
    "remedies": _Part("Remedy", {"slug": "Name in addresses"}, "name"),
    "amount_rows": _Part("Amount", {}, "label"),
    "claims": _Part("Claim", {}, ""),
    "cautions": _Part("Caution", {}, "with_what"),
    "images": _Part("Image", {"aspect": "Shown under", "name": "Picture"}, "caption"),
    "related": _Part("Related topic", {"slug": "Article"}, "slug"),
    "glossary": _Part("Glossary", {"term": ""}, "term"),
    "sources": _Part("Source", {"key": ""}, "title"),
}
_ORDER = (
    *("title", "summary", "lede", "author", "position", "kind", "body_area", "no_emergency"),
    *_LISTS,
)
_INSIDE = ("claims", "cautions", "amount_rows", "remedies")
# In the order in which a piece's lines stand: PostgreSQL keeps none. "" is for words that need no
# label; what is not named here comes last, under the name that it has in the document.
_LABELS = {
    **dict.fromkeys(
        (
            "title",
            "name",
            "heading",
            "term",
            "statement",
            "body",
            "text",
            "effect",
            "definition",
        ),
        "",
    ),
    "advice": "Advice",
    "alt": "Description",
    "aspect": "Shown under",
    "author": "Written by",
    "body_area": "Body area",
    "is_decorative": "Only decoration",
    "is_global": "Asked before every booking",
    "is_offered": "Used at the clinic",
    "kind": "Kind",
    "lede": "First paragraph",
    "level": "Level",
    "no_cautions_signed_by": "No cautions known, signed by",
    "no_emergency": "Why there is no emergency sign",
    "own_level": "Level in this article",
    "review_due_on": "Next review by",
    "url": "Address",
    "who_code": "WHO code",
    "with_kind": "About",
    "with_what": "With",
}
_PLACES = {name: place for place, name in enumerate(_LABELS)}
_TOP_LABELS = {
    "title": "Title",
    "summary": "Summary",
    "position": "Place on the treatments page",
}
# What a reader never sees: by these, entries are found and refreshed.
_UNSEEN = {"code", "version", "is_linked", "slug", "key", "treatment"}
# What goes without saying, so that older documents, which lack it, read the same.
_USUAL = {"is_offered": True, "is_decorative": False, "is_global": False}
_CHOICES: dict[str, dict[str, str]] = {
    name: {str(choice.value): str(choice.label) for kind in kinds for choice in kind}
    for name, kinds in {
        "kind": (ArticleKind, SelfCareKind, RemedyKind, RelatedKind),
        "body_area": (BodyArea,),
        "aspect": (Aspect,),
        "level": (CareLevel, EvidenceLevel),
        "own_level": (CareLevel,),
        "with_kind": (CautionKind,),
        "advice": (CautionAdvice,),
        "basis": (CautionBasis,),
    }.items()
}

# Above this, comparing word by word takes seconds.
_MOST_COMPARISONS = 4_000_000
_ALIKE = 0.6


def differences(old: Any, new: Any) -> list[Change]:
    """Return what became of each piece from `old` to `new`, in the order of the page.

    What stayed as it was is left out.
    """
    before, after = pieces(old), pieces(new)
    came_from = _pairs(before, after)
    moved = _moved(before, after, came_from)
    found: list[tuple[float, Change]] = []
    for index, piece in enumerate(after):
        origin = came_from.get(index)
        change = _change(before[origin] if origin is not None else None, piece, index in moved)
        if change is not None:
            found.append((index, change))
    went_to = {origin: index for index, origin in came_from.items()}
    place = -1
    for index, piece in enumerate(before):
        if index in went_to:
            place = went_to[index]
        else:
            gone = Change(piece.label, ("removed",), (Words("removed", piece.text),))
            found.append((place + 0.5, gone))
    return [change for _, change in sorted(found, key=lambda entry: entry[0])]


def compare_words(old: str, new: str) -> tuple[Words, ...]:
    """Return the words of both texts in order: what stayed, what went and what came."""
    before, after = (re.findall(r"\S+\s*|\s+", text) for text in (old, new))
    if len(before) * len(after) > _MOST_COMPARISONS:
        return (Words("removed", old), Words("added", new))
    words: list[Words] = []
    # Spaces and line breaks behind a word are no part of it.
    bare_before, bare_after = ([word.strip() for word in text] for text in (before, after))
    matcher = SequenceMatcher(None, bare_before, bare_after, autojunk=False)
    for tag, left, left_end, right, right_end in matcher.get_opcodes():
        if tag == "equal":
            words.append(Words("same", "".join(after[right:right_end])))
            continue
        if left < left_end:
            words.append(Words("removed", "".join(before[left:left_end])))
        if right < right_end:
            words.append(Words("added", "".join(after[right:right_end])))
    return tuple(words)


def body_text(body: str) -> str:
    """Return a section's HTML as a reader sees it: lines, bullets, and where links lead."""
    html = clean_html(body)
    html = re.sub(r'<a href="([^"]*)">(.*?)</a>', r"\2 (\1)", html, flags=re.DOTALL)
    html = re.sub(r"\s*<li>\s*", "\n• ", html)
    html = re.sub(r"\s*</?(?:p|ul|ol|h3)>\s*|\s*<br>\s*", "\n", html)
    return re.sub(r"\n+", "\n", plain_text(html)).strip()


def pieces(document: Any) -> list[Piece]:
    """Return the pieces of a document that have words, in the order of the page."""
    if not isinstance(document, dict):
        document = {"document": document}
    titles = _titles(_entries(document.get("sources")))
    names = [name for name in _ORDER if name in document]
    names += sorted(name for name in document if name not in _ORDER)
    found: list[Piece] = []
    for name in names:
        value = document[name]
        if name in _LISTS and isinstance(value, list):
            found += _pieces_of(name, value, group=(), above="", titles=titles)
        else:
            label = _TOP_LABELS.get(name) or _label(name)
            found.append(Piece((), name, label, _value(name, value, titles)))
    return [piece for piece in found if piece.text]


def _titles(sources: list[Any]) -> dict[str, str]:
    """Return the title of each source by its key, with the address where two have the same."""
    named = [source for source in sources if isinstance(source, dict)]
    times = Counter(_readable(source.get("title")) for source in named)
    titles = {}
    for source in named:
        title, key = _readable(source.get("title")), source.get("key")
        if isinstance(key, str):
            titles[key] = f"{title} ({source.get('url') or key})" if times[title] > 1 else title
    return titles


def _pieces_of(
    name: str,
    entries: list[Any],
    *,
    group: tuple[str, ...],
    above: str,
    titles: Mapping[str, str],
) -> Iterator[Piece]:
    """Yield each entry of a list, then what stands inside it; `above` names what it belongs to."""
    part = _LISTS[name]
    group = (*group, name)
    for entry in entries:
        if not isinstance(entry, dict):
            text = _readable(entry)
            yield Piece(group, text, f"{above}{part.label}", text)
            continue
        title = _readable(entry.get(part.title))
        label = f"{above}{part.label} “{title}”" if title else f"{above}{part.label}"
        inside = [name for name in _INSIDE if isinstance(entry.get(name), list)]
        text = "\n".join(
            _lines(entry, leave_out={*part.keys, *inside} - {part.title}, titles=titles)
        )
        key = "/".join(_readable(entry.get(key)) for key in part.keys) or title or text
        place = "\n".join(
            f"{words}: {_value(key, entry.get(key), titles)}"
            for key, words in part.keys.items()
            if words
        )
        yield Piece(group, key, label, text, _readable(entry.get("body")), place)
        for inner in inside:
            above_inner = f"{above}{title or part.label}: "
            inner_group = (*group, key)
            yield from _pieces_of(
                inner, entry[inner], group=inner_group, above=above_inner, titles=titles
            )


def _lines(
    entry: Mapping[str, Any], *, leave_out: set[str], titles: Mapping[str, str]
) -> Iterator[str]:
    shown = [name for name in entry if name not in leave_out and name not in _UNSEEN]
    for name in sorted(shown, key=_place):
        text = _value(name, entry[name], titles)
        if text and entry[name] != _USUAL.get(name):
            yield f"{_label(name)}: {text}" if _label(name) else text


def _place(name: str) -> tuple[int, str]:
    return _PLACES.get(name, len(_PLACES)), name


def _label(name: str) -> str:
    return _LABELS.get(name, name.replace("_", " ").capitalize())


def _value(name: str, value: Any, titles: Mapping[str, str]) -> str:
    """Return a value in words: choices by their labels, sources by their titles, HTML as read."""
    if name == "sources":
        keys = [_readable(key) for key in _entries(value)] or [_readable(value)]
        return "; ".join(titles.get(key, key) for key in keys)
    text = _readable(value)
    if name == "body":
        return body_text(text)
    return _CHOICES.get(name, {}).get(text, text)


def _readable(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(filter(None, map(_readable, value)))
    if isinstance(value, dict):
        names = sorted(value.keys() - _UNSEEN, key=_place)
        texts = {name: _readable(value[name]) for name in names}
        return ", ".join(f"{_label(name) or name}: {text}" for name, text in texts.items() if text)
    return str(value)


def _entries(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _pairs(before: list[Piece], after: list[Piece]) -> dict[int, int]:
    """Return for each piece of `after` which one of `before` it was; new ones are left out."""
    known = {name: index for index, name in enumerate(_once(before))}
    came_from = {index: known[name] for index, name in enumerate(_once(after)) if name in known}
    left = set(range(len(before))) - set(came_from.values())
    for index, piece in enumerate(after):
        if index in came_from:
            continue
        texts = {before[i].text: i for i in sorted(left) if before[i].group == piece.group}
        for text in get_close_matches(piece.text, texts, n=1, cutoff=_ALIKE):
            came_from[index] = texts[text]
            left.remove(texts[text])
    return came_from


def _once(all_pieces: Iterable[Piece]) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """Yield a name for each piece that no other has, even if two have the same key."""
    seen: Counter[tuple[tuple[str, ...], str]] = Counter()
    for piece in all_pieces:
        seen[piece.group, piece.key] += 1
        yield piece.group, piece.key, seen[piece.group, piece.key]


def _moved(before: list[Piece], after: list[Piece], came_from: dict[int, int]) -> set[int]:
    """Return which pieces of `after` stand elsewhere in their list than they did."""
    moved: set[int] = set()
    for group in {piece.group for piece in after if piece.group}:
        now = [index for index in sorted(came_from) if after[index].group == group]
        origins = [came_from[index] for index in now]
        matcher = SequenceMatcher(None, sorted(origins), origins, autojunk=False)
        stayed = {
            now[place]
            for block in matcher.get_matching_blocks()
            for place in range(block.b, block.b + block.size)
        }
        moved |= set(now) - stayed
    return moved


def _change(old: Piece | None, new: Piece, has_moved: bool) -> Change | None:
    if old is None:
        return Change(new.label, ("added",), (Words("added", new.text),))
    kinds: list[str] = []
    words: tuple[Words, ...] = ()
    if old.place != new.place:
        before, after = (f"{piece.place}\n{piece.text}" for piece in (old, new))
        kinds, words = ["changed"], compare_words(before, after)
    elif old.text.split() != new.text.split():
        kinds, words = ["changed"], compare_words(old.text, new.text)
    elif (old.text, old.markup) != (new.text, new.markup):
        kinds = ["formatted"]
    if has_moved:
        kinds.append("moved")
    return Change(new.label, tuple(kinds), words) if kinds else None
