"""What is asked before somebody who has a visit to come is booked another by phone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from booking.models import Appointment, EventKind
from booking.patients import known_as

from .desk_forms import PhoneDetailsForm
from .whose import visits_of
from .wording import appointment_label

JUST_NOW = timedelta(minutes=15)
SHOWN = 5


@dataclass(frozen=True)
class Again:
    """The visits to come of whoever is to be booked, and the words that staff agree to."""

    visits: list[Appointment]
    now: datetime

    @property
    def name(self) -> str:
        patient = self.visits[0].patient
        return patient.name if patient else ""

    @property
    def token(self) -> str:
        """What the tick sends: it holds for just these visits."""
        return ",".join(str(visit.pk) for visit in self.visits)

    @property
    def words(self) -> list[str]:
        """Each visit in a line, the first few."""
        return [self._words(visit) for visit in self.visits[:SHOWN]]

    @property
    def left_out(self) -> int:
        return max(len(self.visits) - SHOWN, 0)

    def _words(self, visit: Appointment) -> str:
        words = f"{appointment_label(visit)}, {visit.service.name}, with {visit.practitioner.name}"
        if visit.booked_at is None or self.now - visit.booked_at > JUST_NOW:
            return words
        event = visit.events.filter(kind=EventKind.BOOKED).first()
        who = (event and event.by_name) or "the patient"
        return f"{words}. Just booked, by {who}"


def find_again(details: PhoneDetailsForm, user: Any, *, reference: Any, now: datetime) -> Any:
    """Return what to ask, or None. What this same form has booked is no other visit."""
    visits = visits_of(user, Appointment.objects.still_to_come(now))
    found = list(
        visits.filter(patient__in=_who(details))
        .exclude(reference=reference)
        .select_related("patient", "service", "practitioner", "location__same_hours_as")
        .order_by("starts_at", "pk")
    )
    return Again(found, now) if found else None


def _who(details: PhoneDetailsForm) -> Any:
    """Return the record of whoever is chosen, or those with all that was typed."""
    if details.chosen is not None:
        return [details.chosen]
    if not {"name", "email", "phone"} <= details.cleaned_data.keys():
        return []
    answers = details.cleaned_data
    return known_as(name=answers["name"], email=answers["email"], phone=answers["phone"].as_e164)
