"""Which weeks are counted, and whose visits."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from booking.models import Practitioner

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
WEEKS_SHOWN = 12
LONGEST = timedelta(days=3 * 366)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Span:
    """Whole weeks, Monday to Sunday, on the clinic's clock."""

    first_on: date
    """A Monday."""
    last_on: date
    """A Sunday."""

    @classmethod
    def around(cls, first_on: date, last_on: date) -> "Span":
        """Return the whole weeks that hold these days, inclusive."""
        return cls(monday_of(first_on), monday_of(last_on) + ONE_WEEK - ONE_DAY)

    @classmethod
    def latest(cls, today: date) -> "Span":
        """Return the week that `today` is in, and those before it."""
        return cls.around(today - (WEEKS_SHOWN - 1) * ONE_WEEK, today)

    @property
    def weeks(self) -> tuple[date, ...]:
        """The Monday of each week."""
        return self.days[::7]

    @property
    def days(self) -> tuple[date, ...]:
        count = (self.last_on - self.first_on).days + 1
        return tuple(self.first_on + timedelta(days=offset) for offset in range(count))

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """The first instant (UTC), and the first one after the span."""
        begin, end = (
            datetime.combine(day, time(), clinic_zone()).astimezone(UTC)
            for day in (self.first_on, self.last_on + ONE_DAY)
        )
        return begin, end


@dataclass(frozen=True)
class Scope:
    """What is asked for."""

    span: Span
    now: datetime
    practitioner: Practitioner | None = None
    """Whose visits count; None means everybody's."""

    @property
    def today(self) -> date:
        return timezone.localdate(self.now, clinic_zone())


def clinic_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
