"""Arithmetic of free time: no Django, no clock, no query. Same input, same output.

All periods are half-open `[lower, upper)` pairs of aware datetimes in UTC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

type Period = tuple[datetime, datetime]
type Hours = tuple[time, time]

SECOND = timedelta(seconds=1)
RESOLUTION = timedelta.resolution
NOTHING = timedelta(0)


class Slot(NamedTuple):
    """A time that can be booked, `[starts_at, ends_at)` in UTC. Source: FHIR R5 Slot."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Opening:
    """Hours on the wall clock: each week on a `weekday` (Monday is 0), or once, `on` a day."""

    weekday: int | None
    on: date | None
    start_time: time
    end_time: time
    valid_from_on: date | None
    valid_until_on: date | None

    def is_on(self, day: date) -> bool:
        """Say whether the hours begin on this day."""
        if self.on is not None:
            return self.on == day
        return (
            self.weekday == day.weekday()
            and (self.valid_from_on is None or self.valid_from_on <= day)
            and (self.valid_until_on is None or day <= self.valid_until_on)
        )


def to_utc(day: date, wall: time, tz: tzinfo, *, is_end: bool = False) -> datetime:
    """Return the instant at which clocks in `tz` show `wall` on `day`.

    A time that the spring change skips is the instant of the change. Of a time that the autumn
    change shows twice, a start means the first and an end the second, so that an opening period
    takes in both hours. An end at just the time to which clocks are set back means the first: until
    1:00 is over when clocks first show 1:00.
    """
    local = datetime.combine(day, wall, tz)
    first = local.replace(fold=0).astimezone(UTC)
    second = local.replace(fold=1).astimezone(UTC)
    if first == second or (first < second and not is_end):
        return first
    if first < second:
        is_change = (second - SECOND).astimezone(tz).utcoffset() != second.astimezone(
            tz
        ).utcoffset()
        return first if is_change else second
    return _clock_change(after=second, before_or_at=first, tz=tz)


def instants_of(day: date, wall: time, tz: tzinfo) -> list[datetime]:
    """Return every instant at which clocks in `tz` show `wall` on `day`, in time order.

    None in the hour that the spring change skips; two in the one that the autumn change repeats.
    """
    local = datetime.combine(day, wall)
    found = {local.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(at for at in found if at.astimezone(tz).replace(tzinfo=None) == local)


def _clock_change(*, after: datetime, before_or_at: datetime, tz: tzinfo) -> datetime:
    """Return the instant in `(after, before_or_at]` at which the offset of `tz` changes."""
    old = after.astimezone(tz).utcoffset()
    while before_or_at - after > SECOND:
        middle = after + (before_or_at - after) / 2
        if middle.astimezone(tz).utcoffset() == old:
            after = middle
        else:
            before_or_at = middle
    return before_or_at.replace(microsecond=0)


def open_periods_on(day: date, hours: Iterable[Hours], tz: tzinfo) -> list[Period]:
    """Return the opening periods that begin on `day`, in time order, as UTC periods.

    `hours` are wall-clock `(start, end)` in `tz`; an end at or before the start is on the next
    day. A period that the spring change swallows whole is left out.
    """
    periods = []
    for start, end in hours:
        last_day = day + timedelta(days=1) if end <= start else day
        lower, upper = to_utc(day, start, tz), to_utc(last_day, end, tz, is_end=True)
        if lower < upper:
            periods.append((lower, upper))
    return sorted(periods)


def merged(periods: Iterable[Period]) -> list[Period]:
    """Return the same time in as few periods as possible, in order. Touching ones become one."""
    result: list[Period] = []
    for lower, upper in sorted(period for period in periods if period[0] < period[1]):
        if result and lower <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], upper))
        else:
            result.append((lower, upper))
    return result


def starts_within(
    open_periods: Iterable[Period], *, duration: timedelta, step: timedelta
) -> list[datetime]:
    """Return the starts of all visits that lie in the periods, in time order, without duplicates.

    Starts stand `step` apart, counted from the start of each opening period. A visit may run from
    one period into the next if they touch or overlap; otherwise it lies inside its period. Periods
    may overlap and be unsorted; empty ones count for nothing.
    Raises ValueError if `duration` or `step` is not positive.
    """
    if duration <= NOTHING or step <= NOTHING:
        raise ValueError("duration and step must be positive")
    periods = [period for period in open_periods if period[0] < period[1]]
    limits = [upper for _, upper in merged(periods)]
    starts: set[datetime] = set()
    for lower, upper in periods:
        last = min(upper - RESOLUTION, limits[bisect_right(limits, lower)] - duration)
        starts.update(lower + step * number for number in range((last - lower) // step + 1))
    return sorted(starts)


def ranges_clear_of(
    blocked: Iterable[Period], starts: Sequence[datetime], *, duration: timedelta
) -> Iterator[tuple[int, int]]:
    """Yield the stretches of `starts`, as `[first, end)` indexes, that `blocked` leaves.

    A visit there shares no instant with what is blocked. `starts` are in time order.
    """
    first = 0
    for lower, upper in merged(blocked):
        end = bisect_right(starts, lower - duration)
        if first < end:
            yield first, end
        first = max(first, bisect_left(starts, upper))
    if first < len(starts):
        yield first, len(starts)


def with_buffers(
    busy: Iterable[Period], *, buffer_before: timedelta, buffer_after: timedelta
) -> Iterator[Period]:
    """Yield what is busy, so widened that a visit clear of it is clear with its own buffers too.

    Raises ValueError if a buffer is negative.
    """
    if buffer_before < NOTHING or buffer_after < NOTHING:
        raise ValueError("buffers must not be negative")
    return ((lower - buffer_after, upper + buffer_before) for lower, upper in busy if lower < upper)


def free_slots(
    open_periods: Iterable[Period],
    busy: Iterable[Period],
    *,
    duration: timedelta,
    step: timedelta,
    not_before: datetime,
    closed: Iterable[Period] = (),
    buffer_before: timedelta = NOTHING,
    buffer_after: timedelta = NOTHING,
) -> list[Slot]:
    """Return the free slots in time order, without duplicates.

    They start as `starts_within` says, and none before `not_before`. A slot shares no instant with
    `closed`, and with its buffers none with `busy`; the buffers alone may run past the opening
    hours or into a closure. Raises ValueError if `duration` or `step` is not positive or a buffer
    is negative.
    """
    starts = starts_within(open_periods, duration=duration, step=step)
    starts = starts[bisect_left(starts, not_before) :]
    taken = with_buffers(busy, buffer_before=buffer_before, buffer_after=buffer_after)
    return [
        Slot(starts_at, starts_at + duration)
        for first, end in ranges_clear_of([*closed, *taken], starts, duration=duration)
        for starts_at in starts[first:end]
    ]
