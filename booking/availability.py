"""What can be booked: loads diaries, then calls `slots`."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import compress
from uuid import UUID
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
from .models import Appointment, AvailableTime, Location, Practitioner, Service
from .slots import (
    Opening,
    Slot,
    merged,
    starts_within,
    to_utc,
)


def bookable_dates(
    service: Service, *, now: datetime, location: Location | None = None
) -> tuple[date, date]:
    """Return the first and last day, inclusive, on the location's clock, that may hold slots."""
    today = now.astimezone((location or service.location).tz).date()
    return today, today + service.horizon_days * ONE_DAY


@dataclass(frozen=True)
class Openings:
    """What some practitioners' diaries offer together, in time order, without duplicates."""

    slots: list[Slot]
    """What can be booked."""
    open_starts: list[datetime]
    """The starts that would be listed if nobody had booked and there were no notice."""


def find_slots(
    service: Service,
    *,
    practitioners: Sequence[Practitioner],
    first_on: date,
    last_on: date,
    now: datetime,
    location: Location | None = None,
    holder: UUID | None = None,
    moving: UUID | None = None,
) -> list[Slot]:
    """Return what can be booked from `first_on` to `last_on`, in time order, without duplicates.

    A slot is listed if one of the practitioners is free. Days are inclusive, on the clock of the
    `location`, by default the service's own; those outside the service's horizon hold nothing. The
    hold with the reference `holder` blocks nothing, it is the asker's own; nor does the
    appointment `moving`, which would leave its time.
    """
    location = location or service.location
    earliest, latest = bookable_dates(service, now=now, location=location)
    first_on, last_on = max(first_on, earliest), min(last_on, latest)
    if first_on > last_on:
        return []
    return find_openings(
        service,
        practitioners=practitioners,
        location=location,
        first_on=first_on,
        last_on=last_on,
        now=now,
        holder=holder,
        moving=moving,
    ).slots


def find_openings(
    service: Service,
    *,
    practitioners: Sequence[Practitioner],
    location: Location,
    first_on: date,
    last_on: date,
    now: datetime,
    holder: UUID | None = None,
    moving: UUID | None = None,
) -> Openings:
    """Return what is open and what is free on these days, which must be bookable ones.

    Whoever has the same hours shares one list of starts, and in it each one's diary only blocks
    stretches: fifty practitioners cost little more than one.
    """
    diaries = load_diaries(
        practitioners,
        location=location,
        first_on=first_on,
        last_on=last_on,
        holder=holder,
        moving=moving,
    )
    by_hours: dict[frozenset[Opening], list[Diary]] = {}
    for diary in diaries.values():
        by_hours.setdefault(diary.hours, []).append(diary)
    not_before = now + service.notice
    open_starts: list[list[datetime]] = []
    free: list[list[Slot]] = []
    for hours, same in by_hours.items():
        starts = _Starts(hours, service, location, first_on, last_on)
        is_open = is_free = 0
        for diary in same:
            is_open |= int.from_bytes(starts.open_in(diary))
            is_free |= int.from_bytes(starts.free_in(diary, not_before))
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
        self,
        hours: frozenset[Opening],
        service: Service,
        location: Location,
        first_on: date,
        last_on: date,
    ) -> None:
        self._service, self._location = service, location
        self._duration = service.duration
        self._before, self._after = service.buffer_before, service.buffer_after
        slots = _slots(
            hours,
            location.host.tz,
            first_on - ONE_DAY,
            last_on + REACH,
            duration=service.duration,
            step=service.step,
        )
        lower = to_utc(first_on, time(), location.tz)
        upper = to_utc(last_on + ONE_DAY, time(), location.tz)
        self.slots = slots[bisect_left(slots, (lower,)) : bisect_left(slots, (upper,))]
        self.at = [slot.starts_at for slot in self.slots]
        # Many practitioners may have the very same time taken.
        self._taken_by = cache(self._find_taken_by)

    def open_in(self, diary: Diary) -> bytearray:
        """Return the starts of visits that share no instant with a closure."""
        marks = bytearray(b"\x01") * len(self.at)
        for lower, upper in diary.closed:
            self._take(marks, self._meeting(lower, upper))
        return marks

    def free_in(self, diary: Diary, not_before: datetime) -> bytearray:
        """Return the starts, from an instant on, of visits that have nothing in their way."""
        marks = self.open_in(diary)
        self._take(marks, slice(0, bisect_left(self.at, not_before)))
        for busy in diary.busy:
            self._take(marks, self._taken_by(busy))
        for day in full_days(diary, self._service, location=self._location):
            first, end = (
                bisect_left(self.at, to_utc(on, time(), self._location.tz))
                for on in (day, day + ONE_DAY)
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


def slots_in(
    diary: Diary,
    service: Service,
    *,
    location: Location,
    first_on: date,
    last_on: date,
    now: datetime,
) -> list[Slot]:
    """Return what one practitioner's diary leaves free on these days, in time order."""
    starts = _Starts(diary.hours, service, location, first_on, last_on)
    return list(compress(starts.slots, starts.free_in(diary, now + service.notice)))


def full_days(diary: Diary, service: Service, *, location: Location) -> set[date]:
    """Return the days on which the practitioner has as many of these visits as a day may have."""
    if service.daily_cap is None:
        return set()
    visits = Counter(
        busy.starts_at.astimezone(location.tz).date()
        for busy in diary.busy
        if busy.service == service.pk
    )
    return {day for day, count in visits.items() if count >= service.daily_cap}


def free_practitioners(
    service: Service,
    *,
    practitioners: Sequence[Practitioner],
    starts_at: datetime,
    now: datetime,
    location: Location | None = None,
    holder: UUID | None = None,
    moving: UUID | None = None,
) -> list[Practitioner]:
    """Return those for whom a slot that starts at this instant is listed, in the given order."""
    location = location or service.location
    earliest, latest = bookable_dates(service, now=now, location=location)
    # The day is only computed for instants near the horizon: far ones overflow the calendar.
    if not now <= starts_at <= now + (latest - earliest) + REACH:
        return []
    day = starts_at.astimezone(location.tz).date()
    if not earliest <= day <= latest:
        return []
    diaries = load_diaries(
        practitioners, location=location, first_on=day, last_on=day, holder=holder, moving=moving
    )
    return [
        practitioner
        for practitioner in practitioners
        if any(
            slot.starts_at == starts_at
            for slot in slots_in(
                diaries[practitioner.pk],
                service,
                location=location,
                first_on=day,
                last_on=day,
                now=now,
            )
        )
    ]


def is_offered(
    service: Service,
    *,
    practitioner: Practitioner,
    starts_at: datetime,
    now: datetime,
    location: Location | None = None,
    holder: UUID | None = None,
    moving: UUID | None = None,
) -> bool:
    """Say whether `find_slots` lists a slot of this practitioner that starts at this instant."""
    return bool(
        free_practitioners(
            service,
            practitioners=[practitioner],
            starts_at=starts_at,
            now=now,
            location=location,
            holder=holder,
            moving=moving,
        )
    )


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


def nearest_slots(
    service: Service,
    *,
    practitioners: Sequence[Practitioner],
    around: datetime,
    now: datetime,
    limit: int = 6,
    location: Location | None = None,
    holder: UUID | None = None,
    moving: UUID | None = None,
) -> list[Slot]:
    """Return up to `limit` slots closest to the instant `around`, in time order."""
    first_on, last_on = bookable_dates(service, now=now, location=location)
    slots = find_slots(
        service,
        practitioners=practitioners,
        first_on=first_on,
        last_on=last_on,
        now=now,
        location=location,
        holder=holder,
        moving=moving,
    )
    return sorted(sorted(slots, key=lambda slot: abs(slot.starts_at - around))[:limit])
