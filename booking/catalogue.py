"""What can be booked, with whom and where: kept by this process while the database has the same.

Every request asks the database for the state of these tables, in one small query, as reading pages
do (decision 12). So nothing is ever offered that is not so any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import FilteredRelation, Q

from clinic.first_query import ask_first
from clinic.models import Clinic

from .models import Location, Practitioner, Service

_STATE = "SELECT booking_catalogue_state()"  # migration 0011


@dataclass(frozen=True)
class Offer:
    """A service that can be booked. Threads share it: nobody may change what it holds."""

    service: Service
    practitioners: tuple[Practitioner, ...]
    """Everybody who offers it."""
    locations: tuple[Location, ...]
    """Everywhere it is offered; its main place first."""
    clinic: Clinic


_kept: tuple[tuple[object, ...], dict[str, Offer]] = ((), {})


def find_offer(slug: str) -> Offer | None:
    """Return what is offered under that name, or None if nobody offers it."""
    global _kept
    # Read before the offer is: a change meanwhile belongs to the next state.
    state = ask_first(_STATE)
    kept_state, offers = _kept
    if state != kept_state:
        offers = {}
        _kept = (state, offers)
    offer = offers.get(slug) or _read_offer(slug)
    if offer is not None:
        offers[slug] = offer
    return offer


def _read_offer(slug: str) -> Offer | None:
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
        clinic=Clinic.objects.current(),
    )


def _distinct[T](rows: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(rows))
