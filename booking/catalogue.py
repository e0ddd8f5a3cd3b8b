"""What can be booked, with whom and where: kept by this process while the database has the same.

Every request asks the database for the state of these tables, in one small query, as reading pages
do (decision 12). So nothing is ever offered that is not so any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import DatabaseError
from django.db.models import FilteredRelation, Q

from clinic.first_query import ask_first
from clinic.models import Clinic
from conditions.red_flags import Flag, Vocabulary, clinic_wide_flags, read_vocabulary

from .models import Appointment, Location, Practitioner, Service

_STATE = "SELECT booking_catalogue_state()"  # migration 0013


@dataclass(frozen=True)
class Offer:
    """A service that can be booked. Threads share it: nobody may change what it holds."""

    service: Service
    practitioners: tuple[Practitioner, ...]
    """Everybody who offers it."""
    locations: tuple[Location, ...]
    """Everywhere it is offered; its main place first."""
    clinic: Clinic


@dataclass(frozen=True)
class Catalogue:
    """What can be booked, as long as the database is in one state. Read when it is asked for."""

    state: tuple[object, ...]
    _offers: dict[str, Offer] = field(default_factory=dict)

    def find_offer(self, slug: str) -> Offer | None:
        """Return what is offered under that name, or None if nobody offers it."""
        offer = self._offers.get(slug) or _read_offer(slug, self.clinic)
        if offer is not None:
            self._offers[slug] = offer
        return offer

    def complete(self, visit: Appointment) -> None:
        """Give a visit what it refers to, so that nobody reads that again."""
        for name, kept in self._referred_to.items():
            # What is newer than this is read when it is asked for.
            if (row := kept.get(getattr(visit, f"{name}_id"))) is not None:
                setattr(visit, name, row)

    @cached_property
    def _referred_to(self) -> dict[str, dict[int, Any]]:
        return {
            "service": Service.objects.in_bulk(),
            "practitioner": Practitioner.objects.in_bulk(),
            "location": Location.objects.select_related("same_hours_as").in_bulk(),
        }

    @cached_property
    def clinic(self) -> Clinic:
        return Clinic.objects.current()

    @cached_property
    def red_flags(self) -> tuple[Flag, ...]:
        """Those that are asked before every booking."""
        return clinic_wide_flags()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words by which red flags are found in what somebody types."""
        return read_vocabulary()

    @property
    def emergencies(self) -> tuple[Flag, ...]:
        """Those of them that end a booking."""
        return tuple(flag for flag in self.red_flags if flag.is_emergency)


_kept = Catalogue(())


def read_catalogue() -> Catalogue:
    """Return what can be booked now."""
    global _kept
    try:
        # Read before the rest is: a change meanwhile belongs to the next state.
        state = ask_first(_STATE)
    except DatabaseError:
        # Some of it cannot be read. Who needs just that will hear so, and nothing is kept.
        return Catalogue(())
    if state != _kept.state:
        _kept = Catalogue(state)
    return _kept


def _read_offer(slug: str, clinic: Clinic) -> Offer | None:
    # Each practitioner beside each other place: few rows, and one way to the database.
    rows: list[Any] = list(
        Service.objects.filter(slug=slug, is_active=True)
        .annotate(
            who=FilteredRelation("practitioners", condition=Q(practitioners__is_active=True)),
            place=FilteredRelation("other_locations"),
        )
        .filter(who__isnull=False)
        .select_related("location__same_hours_as", "who", "place__same_hours_as")  # type: ignore[misc]  # the stubs know no relation that is filtered
        .order_by("who__name", "who__pk", "place__name", "place__pk")
    )
    if not rows:
        return None
    service = rows[0]
    # A row without a match has no such attribute.
    places = [service.location, *(row.place for row in rows if hasattr(row, "place"))]
    return Offer(
        service=service,
        practitioners=_distinct(row.who for row in rows),
        locations=_distinct(places),
        clinic=clinic,
    )


def _distinct[T](rows: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(rows))
