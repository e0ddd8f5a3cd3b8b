"""What a patient who wants a visit finds now: the first free time, or what keeps all from being offered."""

from dataclasses import dataclass, field
from datetime import datetime

from booking.availability import find_openings
from booking.diaries import load_diaries, open_periods
from booking.models import Service
from booking.reasons import explain
from booking.search import Search
from conditions.red_flags import flags_for_screening

from .why import in_words
from .wording import when_label


@dataclass
class PatientsNow:
    """Whether patients can book. Of the first that they can, `offer` says what and when."""

    offer: str = ""
    reasons: list[str] = field(default_factory=list)

    @property
    def can_book(self) -> bool:
        """Whether at least one time is offered, after questions that can be asked."""
        return bool(self.offer) and not self.reasons


def patients_now(now: datetime) -> PatientsNow:
    """Look for a free time as a patient does, in each service that the site lists."""
    found = PatientsNow()
    if not flags_for_screening("", now=now).flags:
        found.reasons.append("There are no safety questions, so no booking goes on.")
    services = list(Service.objects.listed().prefetch_related("other_locations"))
    if not services:
        found.reasons.append("No visit is offered: none is active, with somebody active.")
    lacking = []
    for service in services:
        searches = _searches(service, now)
        for search in searches:
            first_on, last_on = search.bookable_dates()
            slots = find_openings(search, first_on=first_on, last_on=last_on).slots
            if slots:
                when = when_label(slots[0].starts_at, search.location.tz)
                found.offer = f"{service}, {when}, {search.location}"
                return found
        lacking += [f"{service}: {words}" for words in _why_none(searches[0])]
    found.reasons += lacking
    return found


def _searches(service: Service, now: datetime) -> list[Search]:
    who = list(service.practitioners.filter(is_active=True))
    places = [service.location, *service.other_locations.all()]
    return [Search(service=service, practitioners=who, location=place, now=now) for place in places]


def _why_none(search: Search) -> list[str]:
    """Say for the first hours that anybody works what keeps their beginning from being offered."""
    first_on, last_on = search.bookable_dates()
    diaries = load_diaries(search, first_on=first_on, last_on=last_on)
    begins = [
        (lower, practitioner)
        for practitioner in search.practitioners
        for lower, _ in open_periods(
            diaries[practitioner.pk].hours, search.location.host.tz, first_on, last_on
        )
        if lower >= search.notice_until
    ]
    if not begins:
        days = search.service.horizon_days
        return [
            f"nobody who offers it has hours at {search.location.host} in the next {days} days."
        ]
    starts_at, practitioner = min(begins, key=lambda begin: begin[0])
    when = when_label(starts_at, search.location.tz)
    reasons = explain(search, practitioner, starts_at)
    return [f"{when}: {in_words(reason, search)}" for reason in reasons]
