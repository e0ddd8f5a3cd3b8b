"""Red flags act as soon as they are imported: what changes is said, and none gets weaker unasked.

They are asked before every booking, and shown to whoever searches for their words, the moment they
are saved. One question too many harms nobody; one too few may.
"""

import re

from conditions.models import RedFlag, most_urgent
from conditions.rich_text import has_words

from .files import Entry
from .shapes import field_of, lines

_WHOM_TO_CALL = re.compile(r"\{\w+\}")  # {emergency}, {crisis}, {poison}
_WORDS = ("label", "statement", "question", "level", "search_words")


def too_weak(flag: RedFlag, values: Entry) -> Entry:
    """Return what the site's flag has in place of those values that would make it weaker."""
    kept: Entry = {name: True for name in ("is_active", "is_global") if getattr(flag, name)}
    kept["level"] = most_urgent([flag.level, values["level"]]).value
    here, there = lines(flag.search_words), lines(values["search_words"])
    if not set(here) <= set(there):
        kept["search_words"] = "\n".join(dict.fromkeys([*here, *there]))
    for name in ("label", "statement", "question"):
        if _loses_words(getattr(flag, name), values[name]):
            kept[name] = getattr(flag, name)
    return {name: value for name, value in kept.items() if value != values[name]}


def _loses_words(here: str, there: str) -> bool:
    """Say whether a text would be left without words, or without whom to call."""
    return not has_words(there) or not set(_WHOM_TO_CALL.findall(here)) <= set(
        _WHOM_TO_CALL.findall(there)
    )


def acts_at_once(before: RedFlag | None, after: RedFlag) -> str:
    """Return in words what patients notice of a flag as soon as it is saved; "" if nothing."""
    had, has = _effects(before) if before else [], _effects(after)
    stays = [effect for effect in has if effect in had]
    other = [name for name in _WORDS if getattr(before, name, None) != getattr(after, name)]
    words = [
        *(f"{effect} from now on" for effect in has if effect not in had),
        *(f"no longer {effect}" for effect in had if effect not in has),
    ]
    if stays and other:
        words.append(f"{' and '.join(stays)}, with another {listed_names(other)}")
    return "; ".join(words)


def listed_names(fields: list[str]) -> str:
    """Return the fields as staff see them in the form: level, danger words."""
    return ", ".join(str(field_of(RedFlag, name).verbose_name) for name in fields)


def _effects(flag: RedFlag) -> list[str]:
    effects = {
        "asked before every booking": flag.is_clinic_wide,
        "shown in the search": flag.is_found_by_words,
    }
    return [effect for effect, is_so in effects.items() if is_so]
