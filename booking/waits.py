"""Whether the first free time is later than a sign may wait: days on the clinic's clock, no query."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from conditions.models import CareLevel

# How many days after today care may begin. `CareLevel` says "today" and "in the next days", and no
# source of the articles says how many: three, so that a sign of Friday is seen on Monday.
DAYS = {CareLevel.URGENT: 0, CareLevel.SEE_DOCTOR: 3}


@dataclass(frozen=True)
class LongWait:
    """A first free time that is too late, or none at all."""

    level: CareLevel
    """Of the sign: `urgent` or `see_doctor`."""
    is_told: bool
    """Whether the person has the sign. If not, the article names some that may come."""
    days: int | None
    """From today to the first free time; None if there is none."""


def find_long_wait(
    outcome: str,
    *,
    article_levels: Collection[CareLevel],
    first_at: datetime | None,
    now: datetime,
    zone: ZoneInfo,
) -> LongWait | None:
    """Return the wait if it is longer than the answers allow, or else the article's signs.

    `outcome` is a `CareLevel` value or "none". Who has no sign can wait a few days, whatever signs
    the article names; then they should know that some do not wait for a visit.
    """
    is_told = outcome in DAYS
    may_come = [level for level in DAYS if level in article_levels]
    if not is_told and not may_come:
        return None
    level = CareLevel(outcome) if is_told else may_come[0]
    allowed = DAYS[level] if is_told else DAYS[CareLevel.SEE_DOCTOR]
    days = None if first_at is None else (_day(first_at, zone) - _day(now, zone)).days
    if days is not None and days <= allowed:
        return None
    return LongWait(level=level, is_told=is_told, days=days)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
