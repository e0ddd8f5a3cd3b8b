"""Which part of the diaries somebody looks at: read from an address, and written into one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from booking.admin.whose import sees_every_diary
from booking.day_grid import ONE_DAY, midnights, span_words, week_of
from booking.models import Location, Practitioner
from booking.slots import Period
from booking.templatetags.clinic_times import clinic_day

WEEK, DAY = "week", "day"
# Closures and visits lie in these years; what is far outside overflows the calendar.
YEARS = range(2000, 2200)


class Span(NamedTuple):
    """What to load: UTC instants, and the slugs of whose and which place's, "" for all."""

    lower: datetime
    upper: datetime
    practitioner: str
    location: str


@dataclass(frozen=True)
class Look:
    """A week or a day, of one practitioner or of all whom the user may see, at one place or at all."""

    view: str
    on: date
    now: datetime
    practitioners: Sequence[Practitioner]
    places: Sequence[Location]
    practitioner: Practitioner | None
    location: Location | None
    complaints: Sequence[str] = ()

    @property
    def tz(self) -> ZoneInfo:
        """The clock that the agenda is drawn on: the place's, or the one that all places share."""
        places = [self.location] if self.location else self.places
        zones = {place.time_zone for place in places}
        return ZoneInfo(zones.pop() if len(zones) == 1 else settings.TIME_ZONE)

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.tz).date()

    @property
    def days(self) -> list[date]:
        return week_of(self.on) if self.view == WEEK else [self.on]

    @property
    def instants(self) -> Period:
        return midnights(self.days[0], self.days[-1], self.tz)

    @property
    def span(self) -> Span:
        return Span(*self.instants, _slug(self.practitioner), _slug(self.location))

    @property
    def whose(self) -> Sequence[Practitioner]:
        return [self.practitioner] if self.practitioner else self.practitioners

    @property
    def words(self) -> str:
        """Name the days: "December 7 to 13"."""
        return span_words(self.days[0], self.days[-1])

    def query(self, **changes: Any) -> dict[str, str]:
        """Return the parameters of this look with some of them changed."""
        values = {
            "on": self.on.isoformat(),
            "view": self.view,
            "practitioner": _slug(self.practitioner),
            "location": _slug(self.location),
        }
        return {key: str(value) for key, value in (values | changes).items() if value}

    @property
    def back(self) -> str:
        """Return this look as other pages carry it, to lead back here."""
        return urlencode(self.query())

    def url(self, fragment: str | None = None, **changes: Any) -> str:
        query = self.query(**changes)
        return reverse("admin:booking_appointment_agenda", query=query, fragment=fragment)

    def stepped(self, steps: int) -> date:
        """Return the day on which the next week or day is looked at, or one before."""
        return self.on + steps * ONE_DAY * (7 if self.view == WEEK else 1)


def read_look(sent: QueryDict, user: Any, *, now: datetime) -> Look:
    """Return what an address asks for. What cannot be is left out, and said in a sentence."""
    complaints: list[str] = []
    everybody = list(Practitioner.objects.all())
    if not sees_every_diary(user):
        everybody = [one for one in everybody if one.user_id == user.pk]
    places = list(Location.objects.select_related("same_hours_as"))
    practitioner = _find(everybody, sent.get("practitioner", ""))
    if sent.get("practitioner") and practitioner is None:
        complaints.append("There is no such practitioner whose visits you may see: here are all.")
    location = _find(places, sent.get("location", ""))
    if sent.get("location") and location is None:
        complaints.append("There is no such place: here are all.")
    view = sent.get("view") or WEEK
    if view not in (WEEK, DAY):
        complaints.append("The agenda shows a week or a day: here is the week.")
        view = WEEK
    look = Look(view, now.date(), now, everybody, places, practitioner, location)
    on = _read_day(sent.get("on", ""))
    if sent.get("on") and on is None:
        complaints.append("That is no day that the agenda has, such as 2026-12-08: here is today.")
    return Look(
        view, on or look.today, now, everybody, places, practitioner, location, tuple(complaints)
    )


def _read_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _find(found: Sequence[Any], slug: str) -> Any:
    return next((one for one in found if one.slug == slug), None)


def _slug(record: Practitioner | Location | None) -> str:
    return record.slug if record is not None else ""


def heading(look: Look) -> str:
    """Return the title: the days, with the year if it is not this one."""
    year = "" if look.on.year == look.today.year else f", {look.on.year}"
    return f"{look.words if look.view == WEEK else clinic_day(look.on)}{year}"


def label_of(look: Look, on: date) -> str:
    """Return what a link to another day says: "Week of November 30" or "Tuesday, December 8"."""
    if look.view == DAY:
        return clinic_day(on)
    monday = on - timedelta(days=on.weekday())
    return f"Week of {monday:%B} {monday.day}"
