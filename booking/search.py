"""What is looked for when somebody wants a visit: plain values, no query and no clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from .models import Location, Practitioner, Service
from .slots import to_utc


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which visit somebody wants, with whom and where, and what does not stand in the way."""

    service: Service
    practitioners: Sequence[Practitioner]
    """Any of them will do; the first who is free comes first."""
    location: Location
    now: datetime
    holder: UUID | None = None
    """The hold with this reference blocks nothing: it is the asker's own."""
    moving: UUID | None = None
    """Nor does this appointment, which would leave its time, nor what is held for its patient."""

    @property
    def notice_until(self) -> datetime:
        """The first instant at which a visit may start."""
        return self.now + self.service.notice

    def bookable_dates(self) -> tuple[date, date]:
        """Return the first and last day, inclusive, on the location's clock, that may hold slots."""
        today = self.day_of(self.now)
        return today, today + timedelta(days=self.service.horizon_days)

    def day_of(self, at: datetime) -> date:
        """Return the day that it is at this instant on the location's clock."""
        return at.astimezone(self.location.tz).date()

    def begin_of(self, day: date) -> datetime:
        """Return the instant, in UTC, at which the day begins on the location's clock."""
        return to_utc(day, time(), self.location.tz)

    def with_only(self, *practitioners: Practitioner) -> "Search":
        return replace(self, practitioners=practitioners)
