"""The red flags of an article, and what someone's answers to them mean.

The article's page and the screening before a booking take their flags from here and keep no copy.
"""

import hashlib
import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import F

from .addresses import where_now
from .danger import find_danger
from .denials import find_affirmed
from .models import CareLevel, Condition, RedFlag, most_urgent

logger = logging.getLogger(__name__)

_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,80}")


class UnknownFlag(ValueError):
    """Someone answered a flag that was not asked. Ask again with the present set."""


@dataclass(frozen=True)
class Flag:
    """One red flag as it is shown and asked: frozen with an article, or clinic-wide."""

    code: str
    label: str
    statement: str
    question: str
    level: CareLevel
    version: int
    qualifier: str
    is_global: bool

    @property
    def is_emergency(self) -> bool:
        """Say whether it ends a booking."""
        return self.level == CareLevel.EMERGENCY

    @property
    def is_crisis(self) -> bool:
        """Say whether the crisis line is the first to call: the statement names its number."""
        return "{crisis}" in self.statement

    @property
    def lead(self) -> str:
        """Return the part of the statement to set in bold: its label, if it begins with it."""
        begins = self.statement.lower().startswith(self.label.lower())
        return self.statement[: len(self.label)] if begins else ""

    @property
    def rest(self) -> str:
        """Return the statement after `lead`."""
        return self.statement[len(self.lead) :]


@dataclass(frozen=True)
class FlagSet:
    """The flags to ask someone who came from one article, or from none."""

    condition: str
    """The slug of the live article, or "" if there is none."""
    title: str
    """Its title, or ""."""
    flags: tuple[Flag, ...]
    """In the order of `flags_of`."""

    @cached_property
    def ruleset(self) -> str:
        """Return 32 hex digits that change with the codes, versions or levels asked."""
        rules = sorted((flag.code, flag.version, str(flag.level)) for flag in self.flags)
        return hashlib.sha256(repr(rules).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Outcome:
    """What answers mean: the most urgent level ticked, None if nothing was; and what was asked."""

    level: CareLevel | None
    ruleset: str


def flags_of(document: Mapping[str, Any], clinic_wide: Iterable[Flag] = ()) -> tuple[Flag, ...]:
    """Return the flags frozen with an article, and those of `clinic_wide` that it lacks.

    Most urgent first; within a level the clinic-wide ones, then the article's own: those that it
    links, clinic-wide or not, in the order that it gives them. A flag that is both is there once,
    in the article's words, at the more urgent of its two levels.
    """
    flags = {flag.code: flag for flag in clinic_wide}
    # An article is frozen in that order already.
    for flag in map(_thaw, document.get("red_flags", [])):
        twin = flags.pop(flag.code, flag)
        level = most_urgent([flag.level, twin.level])
        flags[flag.code] = replace(flag, level=level, is_global=twin.is_global)
    return tuple(sorted(flags.values(), key=lambda flag: flag.level.rank))


def clinic_wide_flags() -> tuple[Flag, ...]:
    """Return the flags that are asked before every booking."""
    return tuple(map(_present, RedFlag.objects.clinic_wide()))


def flags_for_screening(
    condition_slug: str,
    *,
    now: datetime,
    clinic_wide: Callable[[], Iterable[Flag]] = clinic_wide_flags,
) -> FlagSet:
    """Return the flags of the live article plus the clinic-wide ones that are in use.

    An unknown, unpublished or malformed slug gives the clinic-wide ones alone, never an error. An
    old slug gives the flags of the article that its address leads to now. A clinic-wide flag is
    asked from the moment it is saved, before the article's page shows it. If one of them cannot be
    read, whatever the reason, there are none, and then nobody can book online. `clinic_wide` is for
    whoever has read those already.
    """
    try:
        return _load_flags(condition_slug, now, clinic_wide())
    except Exception:
        logger.exception("the red flags could not be loaded")
        return FlagSet(condition="", title="", flags=())


def _load_flags(condition_slug: str, now: datetime, clinic_wide: Iterable[Flag]) -> FlagSet:
    article = _live_article(condition_slug, now) if _SLUG.fullmatch(condition_slug) else None
    if article is None:
        return FlagSet(condition="", title="", flags=flags_of({}, clinic_wide))
    document = {"red_flags": article["live_red_flags"] or []}
    return FlagSet(
        condition=article["slug"],
        title=article["live_title"],
        flags=flags_of(document, clinic_wide),
    )


@dataclass(frozen=True)
class Vocabulary:
    """The flags that are found by words, by code, and the words and phrases of each."""

    flags: Mapping[str, Flag]
    phrases: Mapping[str, Sequence[str]]


def read_vocabulary() -> Vocabulary:
    """Return the words of all flags in use, in one query."""
    in_use = list(RedFlag.objects.found_by_words())
    return Vocabulary(
        flags={flag.code: _present(flag) for flag in in_use},
        phrases={flag.code: flag.search_words.splitlines() for flag in in_use},
    )


def flags_named_in(
    text: str,
    *,
    heeds_denials: bool = False,
    vocabulary: Callable[[], Vocabulary] = read_vocabulary,
) -> tuple[Flag, ...]:
    """Return the flags in use of whose words one is in the text, clinic-wide first.

    Emergencies, or else what must be seen today. Beside an emergency, that only distracts, unless
    the same words name both: a "blood clot" may be either. One query, whatever was typed, but for
    whoever has read the `vocabulary` already. For showing a card, never for leaving it out.
    `heeds_denials` is for text about oneself: it leaves out what somebody says they do not have,
    but for words that want the crisis line.
    """
    known = vocabulary()
    phrases = known.phrases
    codes = _affirmed(text, known) if heeds_denials else find_danger(text, phrases)
    emergencies = [code for code in codes if known.flags[code].is_emergency]
    if emergencies:
        either = {phrase for code in emergencies for phrase in phrases[code]}
        today = {
            code: either.intersection(phrases[code]) for code in codes if code not in emergencies
        }
        codes = [*emergencies, *find_danger(text, today)]
    named = [known.flags[code] for code in codes]
    return tuple(sorted(named, key=lambda flag: (flag.level.rank, not flag.is_global)))


def _affirmed(text: str, known: Vocabulary) -> list[str]:
    """Return the codes that are named, and not denied."""
    named = find_danger(text, known.phrases)
    affirmed = find_affirmed(text, {code: known.phrases[code] for code in named}) if named else []
    return [code for code in named if code in affirmed or known.flags[code].is_crisis]


def clinic_wide_emergencies() -> tuple[Flag, ...]:
    """Return the emergencies that are asked before every booking, in one query."""
    return tuple(flag for flag in clinic_wide_flags() if flag.is_emergency)


def assess(flag_set: FlagSet, codes: Collection[str]) -> Outcome:
    """Return what it means that someone ticked `codes`. Raises UnknownFlag on a code not asked."""
    levels = {flag.code: flag.level for flag in flag_set.flags}
    unknown = set(codes) - set(levels)
    if unknown:
        raise UnknownFlag(f"{len(unknown)} of the answers belong to no flag that was asked")
    level = most_urgent(levels[code] for code in codes) if codes else None
    return Outcome(level=level, ruleset=flag_set.ruleset)


def _thaw(entry: Mapping[str, Any]) -> Flag:
    return Flag(
        code=entry["code"],
        label=entry["label"],
        statement=entry["statement"],
        question=entry["question"],
        level=CareLevel(entry["level"]),
        version=entry["version"],
        qualifier=entry["qualifier"],
        is_global=entry["is_global"],
    )


def _present(flag: RedFlag) -> Flag:
    return Flag(
        code=flag.code,
        label=flag.label,
        statement=flag.statement,
        question=flag.question,
        level=CareLevel(flag.level),
        version=flag.version,
        qualifier="",
        is_global=flag.is_global,
    )


def _live_article(slug: str, now: datetime) -> dict[str, Any] | None:
    found = _read_live(slug, now)
    if found is None:
        moved = where_now(Condition, slug, now=now)
        found = _read_live(moved.slug, now) if isinstance(moved, Condition) else None
    return found


def _read_live(slug: str, now: datetime) -> dict[str, Any] | None:
    live = Condition.objects.published(now).filter(slug=slug)
    article: dict[str, Any] | None = (
        live.annotate(live_red_flags=F("revisions__document__red_flags"))
        .values("slug", "live_title", "live_red_flags")
        .first()
    )
    return article
