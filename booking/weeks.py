"""The days that the times page draws: plain values from slots, no query and no clock."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from booking.slots import Slot, to_utc

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
NOON, EVENING = 12, 17


class DayState(StrEnum):
    """Why a day can or cannot be chosen."""

    FREE = "free"
    FULL = "full"
    TOO_SOON = "too_soon"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    PAST = "past"
    TOO_FAR = "too_far"


DAY_WORDS = {
    DayState.FULL: "full",
    DayState.TOO_SOON: "too soon to book online, call us",
    DayState.CLOSED: "closed",
    DayState.PAST: "past",
    DayState.TOO_FAR: "not bookable yet",
}


@dataclass(frozen=True)
class PartOfDay:
    """The free times of a morning, an afternoon or an evening."""

    title: str
    slots: tuple[Slot, ...]


class Day(NamedTuple):
    """One day of the strip, or of the overview."""

    on: date
    state: DayState
    slots: tuple[Slot, ...]
    zone: ZoneInfo
    holiday: str = ""
    """The public holiday's name, if that is why the day has no times."""

    @property
    def words(self) -> str:
        """What to say of the day in the overview."""
        if self.state == DayState.FREE:
            return f"{len(self.slots)} free time{'' if len(self.slots) == 1 else 's'}"
        if self.state == DayState.HOLIDAY:
            return f"closed, {self.holiday}"
        return DAY_WORDS[self.state]

    @property
    def parts(self) -> list[PartOfDay]:
        """The day's free times by part of the day; parts without any are left out."""
        parts: dict[str, list[Slot]] = {"Morning": [], "Afternoon": [], "Evening": []}
        for slot in self.slots:
            hour = slot.starts_at.astimezone(self.zone).hour
            title = "Morning" if hour < NOON else "Afternoon" if hour < EVENING else "Evening"
            parts[title].append(slot)
        return [PartOfDay(title, tuple(slots)) for title, slots in parts.items() if slots]


@dataclass(frozen=True)
class Week:
    """Monday to Sunday around the selected day."""

    days: tuple[Day, ...]
    selected: Day
    previous_on: date | None
    next_on: date | None
    zone: ZoneInfo

    @property
    def starts_on(self) -> date:
        return self.days[0].on

    @property
    def ends_on(self) -> date:
        return self.days[-1].on

    @property
    def noon_at(self) -> datetime:
        """Noon of the selected day: an instant at which its zone can be named."""
        return datetime.combine(self.selected.on, time(NOON), self.zone)

    @property
    def has_clock_change(self) -> bool:
        """Whether clocks change in it, so that a wall-clock time can mean two instants."""
        first, last = (
            datetime.combine(on, time(), self.zone).utcoffset()
            for on in (self.starts_on, self.ends_on + ONE_DAY)
        )
        return first != last


@dataclass(frozen=True)
class Month:
    """The days of a month that may be booked, as a calendar draws them."""

    first_on: date
    days: tuple[Day, ...]

    @property
    def holidays(self) -> list[Day]:
        return [day for day in self.days if day.holiday]


@dataclass(frozen=True)
class Bookable:
    """What may be booked: the days (inclusive), the free slots, and the days with hours.

    Days are those of the `zone`, in which the times are shown.
    """

    first_on: date
    last_on: date
    notice_until: datetime
    slots: tuple[Slot, ...]
    open_on: frozenset[date]
    zone: ZoneInfo
    holidays: Mapping[date, str] = field(default_factory=dict)

    @property
    def first_slot(self) -> Slot | None:
        return self.slots[0] if self.slots else None

    @property
    def first_free_on(self) -> date | None:
        return self.day_of(self.slots[0]) if self.slots else None

    @property
    def months(self) -> list[Month]:
        """All bookable days, by month."""
        count = (self.last_on - self.first_on).days + 1
        days = (self._day(self.first_on + timedelta(days=offset)) for offset in range(count))
        months = []
        for _, some in groupby(days, key=lambda day: (day.on.year, day.on.month)):
            of_month = tuple(some)
            months.append(Month(of_month[0].on, of_month))
        return months

    def next_free_on(self, day: date) -> date | None:
        """Return the first day after this one with a free time, or None."""
        return next((on for on in self._by_day if on > day), None)

    def previous_free_on(self, day: date) -> date | None:
        """Return the last day before this one with a free time, or None."""
        return next((on for on in reversed(self._by_day) if on < day), None)

    def day_of(self, slot: Slot) -> date:
        """Return the day on which it starts, on the clock of the zone."""
        return slot.starts_at.astimezone(self.zone).date()

    def nearest_slot(self, day: date) -> Slot | None:
        """Return the free slot closest to noon of `day`."""
        noon = datetime.combine(day, time(NOON), self.zone)
        return min(self.slots, key=lambda slot: abs(slot.starts_at - noon), default=None)

    def nearest_day(self, wanted: date) -> date:
        """Return `wanted`, or the first or last bookable day if it is before or after them."""
        return min(max(wanted, self.first_on), self.last_on)

    def week_of(self, selected: date) -> Week:
        """Return the week around a bookable day."""
        monday = selected - timedelta(days=selected.weekday())
        days = tuple(self._day(monday + timedelta(days=offset)) for offset in range(7))
        return Week(
            days=days,
            selected=days[selected.weekday()],
            previous_on=self._first_in_week(monday - ONE_WEEK),
            next_on=self._first_in_week(monday + ONE_WEEK),
            zone=self.zone,
        )

    def _day(self, on: date) -> Day:
        slots = self._by_day.get(on, ())
        state = self._state(on, slots)
        name = self.holidays[on] if state == DayState.HOLIDAY else ""
        return Day(on=on, state=state, slots=slots, zone=self.zone, holiday=name)

    def _state(self, on: date, slots: Iterable[Slot]) -> DayState:
        if on < self.first_on:
            return DayState.PAST
        if on > self.last_on:
            return DayState.TOO_FAR
        if slots:
            return DayState.FREE
        if on not in self.open_on:
            return DayState.HOLIDAY if on in self.holidays else DayState.CLOSED
        if on <= self.notice_until.astimezone(self.zone).date():
            return DayState.TOO_SOON
        return DayState.FULL

    def _first_in_week(self, monday: date) -> date | None:
        """Return the week's first day with a free time, or its first bookable day, or None."""
        week = [monday + timedelta(days=offset) for offset in range(7)]
        bookable = [on for on in week if self.first_on <= on <= self.last_on]
        free = [on for on in bookable if on in self._by_day]
        return next(iter(free or bookable), None)

    @cached_property
    def _by_day(self) -> dict[date, tuple[Slot, ...]]:
        """The free slots of each day that has one, in order."""
        by_day: dict[date, tuple[Slot, ...]] = {}
        starts = [slot.starts_at for slot in self.slots]
        for on, first, end in stretches_by_day(starts, self.zone):
            by_day[on] = self.slots[first:end]
        return by_day


def stretches_by_day(starts: list[datetime], zone: ZoneInfo) -> list[tuple[date, int, int]]:
    """Return each day with starts, and which they are, as `[first, end)` indexes.

    `starts` are in time order. Only one of each day is turned to the zone's clock.
    """
    stretches = []
    first = 0
    while first < len(starts):
        on = starts[first].astimezone(zone).date()
        end = bisect_left(starts, to_utc(on + ONE_DAY, time(), zone), first)
        stretches.append((on, first, end))
        first = end
    return stretches
