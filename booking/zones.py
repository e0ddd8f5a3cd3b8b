"""Time zones that a person can choose from: names of the IANA list, in words and in groups."""

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import groupby
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, available_timezones

UNITED_STATES = {
    "America/New_York": "Eastern (New York)",
    "America/Chicago": "Central (Chicago)",
    "America/Denver": "Mountain (Denver)",
    "America/Phoenix": "Arizona (Phoenix)",
    "America/Los_Angeles": "Pacific (Los Angeles)",
    "America/Anchorage": "Alaska (Anchorage)",
    "Pacific/Honolulu": "Hawaii (Honolulu)",
}
REGIONS = {
    "America": "The Americas",
    "Europe": "Europe",
    "Arctic": "Europe",
    "Africa": "Africa",
    "Asia": "Asia",
    "Australia": "Australia",
    "Pacific": "Pacific",
    "Atlantic": "Atlantic",
    "Indian": "Indian Ocean",
    "Antarctica": "Antarctica",
}

# How PostgreSQL can tell one, too. "localtime" is whatever the machine has.
ZONE_PATTERN = r"^[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*)*$"


@dataclass(frozen=True)
class Choice:
    """One zone of the list."""

    key: str
    label: str


@dataclass(frozen=True)
class Group:
    """The zones of one part of the world, by name."""

    title: str
    choices: tuple[Choice, ...]


def read_zone(name: str) -> ZoneInfo | None:
    """Return the zone of that name, or None. Old names count: browsers still send them."""
    return ZoneInfo(name) if name in _known() else None


@cache
def zone_names() -> frozenset[str]:
    """Return all names that a place's zone may have, old ones too."""
    return frozenset(name for name in available_timezones() if re.fullmatch(ZONE_PATTERN, name))


def zone_label(key: str) -> str:
    """Return "Buenos Aires, Argentina" or "Eastern (New York)"."""
    if key in UNITED_STATES:
        return UNITED_STATES[key]
    _, *places = key.replace("_", " ").split("/")
    return ", ".join(reversed(places)) or key


@cache
def zone_groups() -> tuple[Group, ...]:
    """Return the zones to choose from: those of the United States first, then by region."""
    titles = list(dict.fromkeys(REGIONS.values()))
    names = sorted(
        (name for name in _listed() - UNITED_STATES.keys() if name.split("/")[0] in REGIONS),
        key=lambda name: (titles.index(_region(name)), zone_label(name)),
    )
    return (
        Group("United States", tuple(Choice(*one) for one in UNITED_STATES.items())),
        *(
            Group(title, tuple(Choice(name, zone_label(name)) for name in some))
            for title, some in groupby(names, key=_region)
        ),
    )


def _region(name: str) -> str:
    return REGIONS[name.split("/")[0]]


@cache
def _known() -> frozenset[str]:
    # Without a region there are only what computers use, and old names of countries.
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")


@cache
def _listed() -> frozenset[str]:
    """Return the names that the IANA list has today, without its old ones."""
    return frozenset(
        line.split("\t")[2] for line in _table().splitlines() if not line.startswith("#")
    )


def _table() -> str:
    """Return `zone.tab`, from wherever Python takes its zones."""
    paths = [Path(folder, "zone.tab") for folder in TZPATH]
    packaged = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    return next((path for path in paths if path.exists()), packaged).read_text()
