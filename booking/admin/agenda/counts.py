"""How many visits there are, in words."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from booking.models import AppointmentStatus

from .diaries import Diaries, load
from .look import DAY, Look


def is_asked(visit: Any) -> bool:
    """Say whether the visit stands, and its patient was asked to move it and has not answered."""
    return visit.status == AppointmentStatus.BOOKED and visit.asked_at is not None


def counts(diaries: Diaries) -> str:
    """Return "27 visits, 2 to confirm, 2 cancelled, 1 no-show"; what there is none of is left out."""
    statuses = [visit.status for visit in diaries.visits]
    cancelled, held = (
        statuses.count(one) for one in (AppointmentStatus.CANCELLED, AppointmentStatus.PENDING)
    )
    visits = len(statuses) - cancelled - held
    parts = [f"{visits} visit{'' if visits == 1 else 's'}" if visits else "No visits"]
    others = (
        (sum(is_asked(visit) for visit in diaries.visits), "to confirm"),
        (cancelled, "cancelled"),
        (statuses.count(AppointmentStatus.NOSHOW), "no-show"),
        (held, "held"),
    )
    return ", ".join([*parts, *(f"{count} {words}" for count, words in others if count)])


def today_words(user: Any, *, now: datetime) -> str:
    """Return what today has of those diaries that the user may see, on the clinic's clock."""
    today = timezone.localdate(now)
    look = Look(DAY, today, now, (), (), None, None)
    return counts(load(user, look.span))
