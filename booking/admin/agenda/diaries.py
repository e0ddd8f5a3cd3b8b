"""What stands in the diaries of a span: visits, closures and hours, in a query each."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from booking.admin.whose import visits_of
from booking.day_grid import ONE_DAY
from booking.models import (
    LONGEST_BUSY,
    WAITING,
    Appointment,
    AvailableTime,
    Location,
    MoveRequest,
    NotAvailableTime,
)

from .look import Look, Span


@dataclass(frozen=True)
class Diaries:
    """Visits by start (cancelled ones, too, but no hold that ran out), and what is closed."""

    visits: list[Appointment]
    closures: list[NotAvailableTime]

    @property
    def tag(self) -> str:
        """Return what differs as soon as anything of this does."""
        rows = [_visit_row(visit) for visit in self.visits]
        rows += [
            (closure.pk, closure.starts_at, closure.ends_at, closure.reason)
            for closure in self.closures
        ]
        return sha256(repr(rows).encode()).hexdigest()[:20]


def _visit_row(visit: Any) -> tuple[Any, ...]:
    return (
        visit.pk,
        visit.status,
        visit.sequence,
        visit.starts_at,
        visit.expires_at,
        visit.practitioner_id,
        visit.location_id,
        visit.patient and visit.patient.name,
        visit.asked_at,
    )


def load(user: Any, span: Span) -> Diaries:
    """Return what the user may see of the span, in two queries."""
    visits = visits_of(user, visits_with_all().filter(**_overlapping(span)))
    visits = visits.exclude(pk__in=Appointment.objects.expired_holds().values("pk"))
    return Diaries(
        visits=list(visits.filter(busy_from__gt=span.lower - LONGEST_BUSY, **_slugs(span))),
        closures=list(_closures(span)),
    )


def visits_with_all() -> Any:
    """Return the visits with what the agenda shows of them; `asked_at`: waits for an answer since."""
    asked = MoveRequest.objects.filter(appointment=OuterRef("pk"), status__in=WAITING)
    related = ("patient", "service", "practitioner", "location")
    return Appointment.objects.select_related(*related).annotate(
        asked_at=Subquery(asked.values("created_at")[:1])
    )


def _overlapping(span: Span) -> dict[str, datetime]:
    return {"starts_at__lt": span.upper, "ends_at__gt": span.lower}


def _slugs(span: Span) -> dict[str, str]:
    values = {"practitioner__slug": span.practitioner, "location__slug": span.location}
    return {key: value for key, value in values.items() if value}


def _closures(span: Span) -> Any:
    found = NotAvailableTime.objects.filter(**_overlapping(span))
    if span.practitioner:
        found = found.filter(Q(practitioner__isnull=True) | Q(practitioner__slug=span.practitioner))
    if span.location:
        found = found.filter(
            Q(location__isnull=True)
            | Q(location__slug=span.location)
            | Q(location__in=_host_of(span.location))
        )
    return found


def _host_of(slug: str) -> Any:
    return Location.objects.filter(slug=slug).values("same_hours_as")


def load_hours(look: Look) -> list[AvailableTime]:
    """Return the hours that may hold a time of the days looked at."""
    first_on, last_on = look.days[0], look.days[-1]
    hours = AvailableTime.objects.filter(
        # Those of the day before may go on past midnight.
        Q(on__isnull=True) | Q(on__range=(first_on - ONE_DAY, last_on)),
        practitioner__in=[one.pk for one in look.whose if one.is_active],
    )
    if look.location is not None:
        hours = hours.filter(location=look.location.host)
    return list(hours)
