"""A day on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from booking.models import AppointmentStatus
from booking.templatetags.clinic_times import clinic_time, clinic_time_with_zone

from .items import status_words
from .look import Look


@dataclass(frozen=True)
class Line:
    """One visit: what the front desk needs at hand, and not why somebody comes."""

    time: str
    visit: Any
    status: str
    is_off: bool


@dataclass(frozen=True)
class Sheet:
    """One practitioner's day."""

    name: str
    lines: Sequence[Line]


def sheets_of(look: Look, visits: Sequence[Any]) -> list[Sheet]:
    """Return a sheet for each practitioner who has visits; for the one that was chosen in any case."""
    found = []
    for one in look.whose:
        own = [visit for visit in visits if visit.practitioner_id == one.pk]
        if own or look.practitioner is not None:
            found.append(Sheet(one.full_name, [_line(look, visit) for visit in own]))
    return found


def _line(look: Look, visit: Any) -> Line:
    tz = visit.location.tz
    words = clinic_time if tz == look.tz else clinic_time_with_zone
    times = f"{words(visit.starts_at, tz)} to {words(visit.ends_at, tz)}"
    return Line(times, visit, status_words(visit), visit.status == AppointmentStatus.CANCELLED)
