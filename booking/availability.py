"""What can be booked: loads diaries, then calls `slots`."""

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from itertools import compress
from zoneinfo import ZoneInfo

from .diaries import (
    ONE_DAY,
    REACH,
    Busy,
    Diary,
    closures_of,
    holiday_periods,
    load_diaries,
    open_periods,
)
from .models import Appointment, AvailableTime, Location, Practitioner
from .search import Search
from .slots import Opening, Slot, merged, starts_within


@dataclass(frozen=True)
class Openings:
    """What some practitioners' diaries offer together, in time order, without duplicates."""

    slots: list[Slot]
    """What can be booked."""
    open_starts: list[datetime]
    """The starts that would be listed if nobody had booked and there were no notice."""


def find_slots(
    search: Search, *, first_on: date = date.min, last_on: date = date.max
) -> list[Slot]:
    """Return what can be booked from `first_on` to `last_on`, in time order, without duplicates.

    A slot is listed if one of the practitioners is free. Days are inclusive, on the location's
    clock; those outside the service's horizon hold nothing.
    """
    earliest, latest = search.bookable_dates()
    first_on, last_on = max(first_on, earliest), min(last_on, latest)
    if first_on > last_on:
        return []
    return find_openings(search, first_on=first_on, last_on=last_on).slots


def find_openings(search: Search, *, first_on: date, last_on: date) -> Openings:
    """Return what is open and what is free on these days, which must be bookable ones.

    Whoever has the same hours shares one list of starts, and in it each one's diary only blocks
    stretches: fifty practitioners cost little more than one.
    """
    by_hours: dict[frozenset[Opening], list[Diary]] = {}
    for diary in load_diaries(search, first_on=first_on, last_on=last_on).values():
        by_hours.setdefault(diary.hours, []).append(diary)
    open_starts: list[list[datetime]] = []
    free: list[list[Slot]] = []
    for hours, same in by_hours.items():
        starts = _Starts(search, hours, first_on, last_on)
        is_open = is_free = 0
        for diary in same:
            is_open |= int.from_bytes(starts.open_in(diary))
            is_free |= int.from_bytes(starts.free_in(diary))
        open_starts.append(list(compress(starts.at, is_open.to_bytes(len(starts.at)))))
        free.append(list(compress(starts.slots, is_free.to_bytes(len(starts.at)))))
    return Openings(slots=_together(free), open_starts=_together(open_starts))


def _together[T: (datetime, Slot)](lists: list[list[T]]) -> list[T]:
    """Return what is in any of the sorted lists, sorted and without duplicates."""
    return lists[0] if len(lists) == 1 else sorted(set().union(*lists))


@lru_cache(maxsize=100)
def _slots(
    hours: frozenset[Opening],
    tz: ZoneInfo,
    first_on: date,
    last_on: date,
    *,
    duration: timedelta,
    step: timedelta,
) -> tuple[Slot, ...]:
    """Return the visits in hours that begin on these days. Kept: nothing else matters to them."""
    periods = open_periods(hours, tz, first_on, last_on)
    starts = starts_within(periods, duration=duration, step=step)
    return tuple(Slot(starts_at, starts_at + duration) for starts_at in starts)


class _Starts:
    """The starts that some hours give for a service on some days, and what takes which of them.

    A set of starts is a byte for each: 1 where the start is in it.
    """

    def __init__(
        self, search: Search, hours: frozenset[Opening], first_on: date, last_on: date
    ) -> None:
        service = search.service
        self._search, self._duration = search, service.duration
        self._before, self._after = service.buffer_before, service.buffer_after
        slots = _slots(
            hours,
            search.location.host.tz,
            first_on - ONE_DAY,
            last_on + REACH,
            duration=service.duration,
            step=service.step,
        )
        lower, upper = search.begin_of(first_on), search.begin_of(last_on + ONE_DAY)
        self.slots = slots[bisect_left(slots, (lower,)) : bisect_left(slots, (upper,))]
        self.at = [slot.starts_at for slot in self.slots]
        self._too_soon = slice(0, bisect_left(self.at, search.notice_until))
        # Many practitioners may have the very same time taken.
        self._taken_by = cache(self._find_taken_by)

    def open_in(self, diary: Diary) -> bytearray:
        """Return the starts of visits that share no instant with a closure."""
        marks = bytearray(b"\x01") * len(self.at)
        for lower, upper in diary.closed:
            self._take(marks, self._meeting(lower, upper))
        return marks

    def free_in(self, diary: Diary) -> bytearray:
        """Return the starts, outside the notice, of visits that have nothing in their way."""
        marks = self.open_in(diary)
        self._take(marks, self._too_soon)
        for busy in diary.busy:
            self._take(marks, self._taken_by(busy))
        for day in full_days(self._search, diary):
            first, end = (
                bisect_left(self.at, self._search.begin_of(on)) for on in (day, day + ONE_DAY)
            )
            self._take(marks, slice(first, end))
        return marks

    def _find_taken_by(self, busy: Busy) -> slice:
        # Widened, so that a visit clear of it is clear with its own buffers too.
        return self._meeting(busy.lower - self._after, busy.upper + self._before)

    def _meeting(self, lower: datetime, upper: datetime) -> slice:
        """Return which starts are of visits that share an instant with `[lower, upper)`."""
        return slice(bisect_right(self.at, lower - self._duration), bisect_left(self.at, upper))

    @staticmethod
    def _take(marks: bytearray, some: slice) -> None:
        marks[some] = bytes(some.stop - some.start)


def full_days(search: Search, diary: Diary) -> set[date]:
    """Return the days on which the practitioner has as many of these visits as a day may have."""
    service = search.service
    if service.daily_cap is None:
        return set()
    visits = Counter(
        search.day_of(busy.starts_at) for busy in diary.busy if busy.service == service.pk
    )
    return {day for day, count in visits.items() if count >= service.daily_cap}


def free_practitioners(search: Search, starts_at: datetime) -> list[Practitioner]:
    """Return those for whom a slot that starts at this instant is listed, in the given order."""
    earliest, latest = search.bookable_dates()
    # The day is only computed for instants near the horizon: far ones overflow the calendar.
    if not search.now <= starts_at <= search.now + (latest - earliest) + REACH:
        return []
    day = search.day_of(starts_at)
    if not earliest <= day <= latest:
        return []

    def is_free(diary: Diary) -> bool:
        starts = _Starts(search, diary.hours, day, day)
        return starts_at in compress(starts.at, starts.free_in(diary))

    diaries = load_diaries(search, first_on=day, last_on=day)
    return [one for one in search.practitioners if is_free(diaries[one.pk])]


def is_offered(search: Search, starts_at: datetime) -> bool:
    """Say whether `find_slots` lists a slot that starts at this instant, of any practitioner."""
    return bool(free_practitioners(search, starts_at))


def is_closed(
    practitioner: Practitioner, location: Location, lower: datetime, upper: datetime
) -> bool:
    """Say whether a closure or a public holiday shares an instant with `[lower, upper)`."""
    if closures_of(practitioner, location, lower, upper):
        return True
    first_on, last_on = (at.astimezone(location.host.tz).date() for at in (lower, upper))
    holidays = holiday_periods(location, first_on, last_on)
    return any(begins < upper and lower < ends for begins, ends in holidays)


def is_within_hours(visit: Appointment) -> bool:
    """Say whether the practitioner's hours hold the whole visit; closures do not count."""
    location = visit.location
    day = visit.starts_at.astimezone(location.tz).date()
    hours = AvailableTime.objects.filter(
        practitioner=visit.practitioner_id, location=location.host.pk
    )
    periods = open_periods(list(hours), location.host.tz, day - REACH, day + REACH)
    return any(
        lower <= visit.starts_at and visit.ends_at <= upper for lower, upper in merged(periods)
    )


def nearest_slots(search: Search, around: datetime, *, limit: int = 6) -> list[Slot]:
    """Return up to `limit` slots closest to the instant `around`, in time order."""
    nearest = sorted(find_slots(search), key=lambda slot: abs(slot.starts_at - around))
    return sorted(nearest[:limit])
