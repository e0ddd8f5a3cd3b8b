"""The week that the times page draws: plain values from slots, no query and no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from booking.slots import Slot

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
NOON, EVENING = 12, 17


class DayState(StrEnum):
    """Why a day can or cannot be chosen."""

    FREE = "free"
    FULL = "full"
    TOO_SOON = "too_soon"
    CLOSED = "closed"
    PAST = "past"
    TOO_FAR = "too_far"


@dataclass(frozen=True)
class PartOfDay:
    """The free times of a morning, an afternoon or an evening."""

    title: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Day:
    """One day of the strip."""

    on: date
    state: DayState
    slots: tuple[Slot, ...]
    zone: ZoneInfo

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
class Bookable:
    """What may be booked: the days (inclusive), the free slots, and the days with hours."""

    first_on: date
    last_on: date
    notice_until: datetime
    slots: tuple[Slot, ...]
    open_on: frozenset[date]
    zone: ZoneInfo

    @property
    def first_slot(self) -> Slot | None:
        return self.slots[0] if self.slots else None

    @property
    def first_free_on(self) -> date | None:
        return self.day_of(self.slots[0]) if self.slots else None

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
        by_day = self._slots_by_day()
        days = tuple(self._day(monday + timedelta(days=offset), by_day) for offset in range(7))
        return Week(
            days=days,
            selected=days[selected.weekday()],
            previous_on=self._first_in_week(monday - ONE_WEEK, by_day),
            next_on=self._first_in_week(monday + ONE_WEEK, by_day),
            zone=self.zone,
        )

    def _day(self, on: date, by_day: dict[date, list[Slot]]) -> Day:
        slots = tuple(by_day.get(on, ()))
        return Day(on=on, state=self._state(on, slots), slots=slots, zone=self.zone)

    def _state(self, on: date, slots: Iterable[Slot]) -> DayState:
        if on < self.first_on:
            return DayState.PAST
        if on > self.last_on:
            return DayState.TOO_FAR
        if slots:
            return DayState.FREE
        if on not in self.open_on:
            return DayState.CLOSED
        if on <= self.notice_until.astimezone(self.zone).date():
            return DayState.TOO_SOON
        return DayState.FULL

    def _first_in_week(self, monday: date, by_day: dict[date, list[Slot]]) -> date | None:
        """Return the week's first day with a free time, or its first bookable day, or None."""
        week = [monday + timedelta(days=offset) for offset in range(7)]
        bookable = [on for on in week if self.first_on <= on <= self.last_on]
        free = [on for on in bookable if on in by_day]
        return next(iter(free or bookable), None)

    def _slots_by_day(self) -> dict[date, list[Slot]]:
        by_day: dict[date, list[Slot]] = {}
        for slot in self.slots:
            by_day.setdefault(self.day_of(slot), []).append(slot)
        return by_day
