"""Where times stand in the columns of an agenda: no Django, no clock, no query.

A column is one day on a wall clock, in rows of 15 minutes from midnight on. Periods are half-open
`[lower, upper)` pairs of aware datetimes in UTC, as in `slots`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from booking.slots import RESOLUTION, Period, merged, to_utc

ROW = 15
HOUR = 60
DAY = 24 * HOUR
ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
# What is drawn of days on which nothing is open or booked.
USUAL_HOURS = (9, 17)


class Place(NamedTuple):
    """Where a period is drawn: minutes after midnight and a length in minutes, in whole rows."""

    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def at(self) -> str:
        """The class name of its first row: "at-0915"."""
        return f"at-{self.start // HOUR:02}{self.start % HOUR:02}"

    @property
    def lasts(self) -> str:
        """The class name of its length: "for-45"."""
        return f"for-{self.length}"


class Lane(NamedTuple):
    """Which of how many stripes of its column a place has: those that overlap stand side by side."""

    number: int
    of: int


def week_of(on: date) -> list[date]:
    """Return the days from Monday to Sunday around `on`."""
    monday = on - timedelta(days=on.weekday())
    return [monday + timedelta(days=offset) for offset in range(7)]


def midnights(first_on: date, last_on: date, tz: tzinfo) -> Period:
    """Return the instants at which `first_on` begins and `last_on` is over."""
    return to_utc(first_on, time(), tz), to_utc(last_on + ONE_DAY, time(), tz)


def clocks_change(day: date, tz: tzinfo) -> bool:
    """Say whether the day is longer or shorter than others: then times need their zone's letters."""
    begins, ends = midnights(day, day, tz)
    return ends - begins != ONE_DAY


def place_on(day: date, lower: datetime, upper: datetime, tz: tzinfo) -> Place | None:
    """Return where the part of the period that lies on this day is drawn; None if there is none.

    From the time that clocks show at its start to the one at its end, widened to whole rows. Clocks
    that are set back meanwhile may show the same time again, or an earlier one: then as long as it
    lasts.
    """
    begins, ends = midnights(day, day, tz)
    lower, upper = max(lower, begins), min(upper, ends)
    if lower >= upper:
        return None
    start = _minute(lower, tz)
    end = DAY if upper == ends else _minute(upper, tz)
    if end <= start:
        end = start + (upper - lower) // ONE_MINUTE
    first, last = start // ROW * ROW, min(-(-end // ROW) * ROW, DAY)
    return Place(first, max(last - first, ROW))


def _minute(at: datetime, tz: tzinfo) -> int:
    local = at.astimezone(tz)
    return local.hour * HOUR + local.minute


def hours_drawn(places: Iterable[Place]) -> tuple[int, int]:
    """Return the first hour to draw and the one at which to stop: all that have a place in them."""
    found = list(places)
    if not found:
        return USUAL_HOURS
    first = min(place.start for place in found) // HOUR
    return first, -(-max(place.end for place in found) // HOUR)


def within(place: Place, hours: tuple[int, int]) -> Place | None:
    """Return the part of the place that lies in the drawn hours; None if there is none."""
    start, end = max(place.start, hours[0] * HOUR), min(place.end, hours[1] * HOUR)
    return Place(start, end - start) if start < end else None


def in_lanes(places: Sequence[Place]) -> list[Lane]:
    """Return the lane of each place, in the given order: as few lanes as keep them apart."""
    lanes: dict[int, Lane] = {}
    group: list[tuple[int, int]] = []
    free_from: list[int] = []

    def close() -> None:
        lanes.update({index: Lane(number, len(free_from)) for index, number in group})
        group.clear()
        free_from.clear()

    for index in sorted(range(len(places)), key=lambda one: (places[one].start, one)):
        place = places[index]
        if free_from and place.start >= max(free_from):
            close()
        number = next((n for n, end in enumerate(free_from) if end <= place.start), len(free_from))
        free_from[number : number + 1] = [place.end]
        group.append((index, number))
    close()
    return [lanes[index] for index in range(len(places))]


def clear_of(periods: Iterable[Period], taken: Iterable[Period]) -> list[Period]:
    """Return what is left of the periods without what is taken, in order."""
    blocks = merged(taken)
    left = []
    for lower, upper in merged(periods):
        for begins, ends in blocks:
            if ends <= lower or upper <= begins:
                continue
            if lower < begins:
                left.append((lower, begins))
            lower = ends
        if lower < upper:
            left.append((lower, upper))
    return left


def cut(lower: datetime, upper: datetime, tz: tzinfo, *, minutes: int) -> list[Period]:
    """Return the period in parts that begin at its start, and each time clocks show a full step.

    `minutes` is the step, a part of an hour. Only whole rows count; what is less is left out.
    """
    parts = []
    lower = _rounded_up(lower, tz, ROW)
    upper = _rounded_up(upper - ROW * ONE_MINUTE + RESOLUTION, tz, ROW)
    while lower < upper:
        end = min(_rounded_up(lower + ONE_MINUTE, tz, minutes), upper)
        parts.append((lower, end))
        lower = end
    return parts


def _rounded_up(at: datetime, tz: tzinfo, minutes: int) -> datetime:
    local = at.astimezone(tz)
    past = timedelta(
        minutes=local.minute % minutes, seconds=local.second, microseconds=local.microsecond
    )
    return at + (minutes * ONE_MINUTE - past) if past else at


def span_words(first_on: date, last_on: date) -> str:
    """Return "December 7 to 13", or "December 28 to January 3"."""
    words = f"{first_on:%B} {first_on.day}"
    if first_on == last_on:
        return words
    month = "" if first_on.month == last_on.month else f"{last_on:%B} "
    return f"{words} to {month}{last_on.day}"
