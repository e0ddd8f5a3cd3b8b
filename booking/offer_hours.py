"""Until when a time is kept for somebody on the waiting list: for two hours of the day."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking.models import WaitlistEntry
from booking.slots import to_utc

OFFER_LASTS = timedelta(hours=2)
# Less is not enough to see the mail and answer the questions.
SHORTEST_OFFER = timedelta(minutes=30)
# At night the time to answer does not run: nobody has to wake up for an offer.
DAY_BEGINS, DAY_ENDS = time(8), time(21)


def kept_until(entry: WaitlistEntry, starts_at: datetime, *, now: datetime) -> datetime | None:
    """Return when an offer of this time would end, or None if that is too soon to answer."""
    counted_from = _by_day(now, entry.location.tz)
    two_hours_on = _two_hours_on(counted_from, entry.location.tz)
    until = min(two_hours_on, starts_at - entry.service.notice)
    if entry.appointment is not None:
        until = min(until, entry.appointment.cancellable_until)
    return until if until - counted_from >= SHORTEST_OFFER else None


def _by_day(now: datetime, tz: ZoneInfo) -> datetime:
    """Return `now`, or at night when the next day begins."""
    local = now.astimezone(tz)
    if DAY_BEGINS <= local.time() < DAY_ENDS:
        return now
    day = local.date() if local.time() < DAY_BEGINS else local.date() + timedelta(days=1)
    return to_utc(day, DAY_BEGINS, tz)


def _two_hours_on(start: datetime, tz: ZoneInfo) -> datetime:
    """Return when the two hours are over that begin by day: the night stops them."""
    until = start + OFFER_LASTS
    night = to_utc(start.astimezone(tz).date(), DAY_ENDS, tz)
    return until if until <= night else _by_day(night, tz) + (until - night)
