"""What can stand in a column of the agenda, and how it looks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from booking.day_grid import HOUR, Lane, Place, clocks_change
from booking.models import AppointmentStatus
from booking.templatetags.clinic_times import (
    clinic_short_day,
    clinic_time,
    clinic_time_with_zone,
)

ALONE = Lane(0, 1)
# More side by side are too narrow to read; those that are left over lie on the last.
MOST_LANES = 6
# What a status looks like, and what it is called where there is little room.
LOOKS = {
    AppointmentStatus.PENDING: ("is-held", "clock", "Held"),
    AppointmentStatus.BOOKED: ("is-booked", "booked", "Booked"),
    AppointmentStatus.ARRIVED: ("is-here", "arrived", "Arrived"),
    AppointmentStatus.FULFILLED: ("is-done", "check", "Done"),
    AppointmentStatus.CANCELLED: ("is-off", "close", "Cancelled"),
    AppointmentStatus.NOSHOW: ("is-missed", "noshow", "No-show"),
}
ASKED = ("is-asked", "asked", "To confirm")


@dataclass(frozen=True)
class Item:
    """One thing in a column, and where it stands."""

    kind: ClassVar[str]
    place: Place
    lane: Lane = ALONE

    @property
    def classes(self) -> str:
        """Return the class names that put it there."""
        names = f"{self.place.at} {self.place.lasts}"
        if self.lane.of == 1:
            return names
        of = min(self.lane.of, MOST_LANES)
        return f"{names} lane-{min(self.lane.number, of - 1)} of-{of}"


@dataclass(frozen=True)
class Clock:
    """A time on the agenda's clock: "2:15", and "pm", which is not everywhere needed."""

    at: datetime
    tz: ZoneInfo

    @property
    def iso(self) -> str:
        return self.at.astimezone(self.tz).strftime("%Y-%m-%dT%H:%M")

    @property
    def hands(self) -> str:
        return clinic_time(self.at, self.tz).split()[0]

    @property
    def is_ambiguous(self) -> bool:
        """Say whether clocks change that day: then the zone's letters are needed everywhere."""
        return clocks_change(self.at.astimezone(self.tz).date(), self.tz)

    @property
    def rest(self) -> str:
        words = clinic_time_with_zone if self.is_ambiguous else clinic_time
        return words(self.at, self.tz).split(" ", 1)[1]


@dataclass(frozen=True)
class VisitItem(Item):
    kind = "visit"
    visit: Any = None
    clock: Clock | None = None
    url: str = ""
    note: str = ""
    who: str = ""
    begins_here: bool = True

    @property
    def name(self) -> str:
        return self.visit.patient.name if self.visit.patient else "Not booked yet"

    @property
    def look(self) -> tuple[str, str, str]:
        return look_of(self.visit)

    @property
    def words(self) -> str:
        return status_words(self.visit)

    @property
    def minutes(self) -> int:
        return int((self.visit.ends_at - self.visit.starts_at).total_seconds() // 60)


@dataclass(frozen=True)
class BlockItem(Item):
    """Time in which nobody is seen. `is_hours`: outside the hours, which every day has."""

    kind = "block"
    words: str = ""
    clock: Clock | None = None
    is_hours: bool = False


@dataclass(frozen=True)
class FreeItem(Item):
    kind = "free"
    clock: Clock | None = None
    url: str = ""
    day: str = ""


@dataclass(frozen=True)
class NowItem(Item):
    kind = "now"


@dataclass(frozen=True)
class Column:
    """A day, or a practitioner's day."""

    html_id: str
    title: str
    short: str
    items: Sequence[Item]
    is_today: bool = False
    is_past: bool = False

    @property
    def lanes(self) -> int:
        """Return how many things stand side by side where most do."""
        return min(max((item.lane.of for item in self.items), default=1), MOST_LANES)

    @property
    def is_empty(self) -> bool:
        """Say whether a list of it shows nothing: closed hours and the line for now are not in it."""
        return all(
            isinstance(item, NowItem) or (isinstance(item, BlockItem) and item.is_hours)
            for item in self.items
        )


@dataclass(frozen=True)
class Grid:
    """All columns, and the hours beside them."""

    columns: Sequence[Column]
    hours: tuple[int, int]
    zone: str

    @property
    def is_wide(self) -> bool:
        """Say whether it needs more room than a week in which two things at most stand side by side."""
        return len(self.columns) > 7 or any(column.lanes > 2 for column in self.columns)

    @property
    def ladder(self) -> Iterator[tuple[Place, str]]:
        """Yield each hour's place, and what stands beside it."""
        for hour in range(*self.hours):
            yield Place(hour * HOUR, HOUR), f"{hour % 12 or 12}:00"


def look_of(visit: Any) -> tuple[str, str, str]:
    """Return class, icon and words of the visit's status; of one whose patient was asked to move."""
    if visit.status == AppointmentStatus.BOOKED and visit.asked_at is not None:
        return ASKED
    return LOOKS[visit.status]


def status_words(visit: Any) -> str:
    if visit.status == AppointmentStatus.PENDING:
        made, until = (
            at.astimezone(visit.location.tz) for at in (visit.created_at, visit.expires_at)
        )
        # Most are for minutes, but for days if the patient was asked to move.
        day = "" if made.date() == until.date() else f"{clinic_short_day(until)}, "
        return f"Held, until {day}{clinic_time(until, visit.location.tz).split()[0]}"
    return look_of(visit)[2]
