"""The pages about the clinic and its visits that a search leads to: "price", "opening hours"."""

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass

from django.urls import reverse

from .danger import APOSTROPHES
from .searchable import Result


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


@dataclass(frozen=True)
class _Place:
    title: str
    summary: str
    address: str
    words: frozenset[str]
    also: frozenset[str] = frozenset()
    """Words that may stand beside them, and mean another page alone."""
    part: str = ""


# Conditions are found by whatever they say; these pages only by words that mean nothing else here.
_EMERGENCY = _Place(
    "In an emergency",
    "Whom to call for a sign that threatens life, and for thoughts of harming yourself.",
    "contact",
    _set_of("911 ambulance ambulence dying emergancy emergencies emergency urgent urgently"),
    also=_set_of(
        "appointment call care contact department doctor er feel help hospital im like line medical "
        "near now number phone room service services think"
    ),
    part="#emergency",
)
_PLACES = (
    _EMERGENCY,
    _Place(
        "Book a visit",
        "Which visits there are, how long each takes, and free times. No fee there? Call us.",
        "booking:service-list",
        _set_of(
            "afford appointment appointments appt availability available book booking bookings "
            "charge charges consult consultation consultations cost costs expensive fee fees "
            "pay payment price prices pricing rates reservation schedule slots telehealth video virtual"
        ),
        also=_set_of("doctor first phone"),
    ),
    _Place(
        "Your first visit",
        "What happens before it, at it and after it.",
        "home",
        _set_of("beginners expect first new newcomer prepare"),
        also=_set_of("appointment consultation patient patients"),
        part="#first",
    ),
    _Place(
        "To change or cancel a visit",
        "Your confirmation mail has a link to your own page. You can also call.",
        "contact",
        _set_of("cancel canceling cancellation change postpone reschedule rescheduling"),
        also=_set_of("appointment appointments booking consultation"),
        part="#change",
    ),
    _Place(
        "Contact and how to find us",
        "Address, phone, opening hours and parking.",
        "contact",
        _set_of(
            "address call closed contact directions email hours located location map "
            "office open opening parking phone saturday sunday tel telephone where"
        ),
        also=_set_of("number visiting"),
    ),
    _Place(
        "About the clinic",
        "Who treats you, and how a first visit goes.",
        "home",
        _set_of(
            "about acupuncturist credentials doctor license licensed naturopath naturopathic "
            "practitioner"
        ),
        part="#about",
    ),
)
# What stands around such words without another meaning.
_AROUND = _set_of(
    "a acupuncture an and any are at can clinic do does dr follow for get have how i "
    "in is it long make me much my need of on online our please see session sessions the there this "
    "time times to treatment treatments up us visit visits what what's whats when "
    "which who with you your"
)


def places_asked_for(words: Iterable[str], *, about: str = "") -> list[Result]:
    """Return the pages about the clinic that the words ask for, and nothing else.

    `about` are words that mean the page about the clinic, such as the practitioner's name.
    """
    named = {re.sub(r"\W", "", word) for word in about.casefold().split()} - _AROUND
    return [
        Result(place.title, "", place.summary, reverse(place.address) + place.part)
        for place in _PLACES
        if _asks_for(place, words, named)
    ]


def asks_for_help(query: str) -> bool:
    """Say whether it asks for help in an emergency, and does not say in which: "911"."""
    return _asks_for(_EMERGENCY, APOSTROPHES.sub("", query).split())


def _asks_for(place: _Place, words: Iterable[str], named: Set[str] = frozenset()) -> bool:
    asked = {re.sub(r"\W", "", word).casefold() for word in words} - _AROUND - {""}
    meant = place.words | named if place.part == "#about" else place.words
    return asked <= meant | place.also | named and not asked.isdisjoint(meant)
