"""The columns of the agenda: each a day or a person, with visits, closures and free times in order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property

from django.urls import reverse
from django.utils.text import capfirst

from booking.day_grid import (
    HOUR,
    ONE_DAY,
    Place,
    clear_of,
    cut,
    hours_drawn,
    in_lanes,
    midnights,
    place_on,
    within,
)
from booking.diaries import holiday_periods, open_periods
from booking.models import (
    HOLDS_TIME,
    Appointment,
    AvailableTime,
    Location,
    LocationKind,
    NotAvailableTime,
    Practitioner,
)
from booking.slots import Period, merged
from booking.templatetags.clinic_times import (
    clinic_day,
    clinic_time_with_zone,
    iso_utc,
)

from .diaries import Diaries
from .items import BlockItem, Clock, Column, FreeItem, Grid, Item, NowItem, VisitItem
from .look import WEEK, Look


def draw(look: Look, diaries: Diaries, hours: Sequence[AvailableTime], *, may_book: bool) -> Grid:
    """Return the columns: days that are open or have something in them, or a day of each person."""
    makers = [_Column(look, diaries, hours, day, whose, may_book) for day, whose in _split(look)]
    shown = [maker for maker in makers if maker.matters] or makers
    drawn = hours_drawn([place for maker in shown for place in maker.must_show])
    at = look.now if look.today in look.days else look.instants[0]
    return Grid(
        columns=[maker.column(drawn) for maker in shown],
        hours=drawn,
        zone=f"{at.astimezone(look.tz):%Z}",
    )


def _split(look: Look) -> Iterator[tuple[date, Sequence[Practitioner]]]:
    if look.view == WEEK or len(look.whose) < 2:
        for day in look.days:
            yield day, look.whose
        return
    for one in look.whose:
        yield look.on, [one]


class _Column:
    """Works out what one column holds."""

    def __init__(
        self,
        look: Look,
        diaries: Diaries,
        hours: Sequence[AvailableTime],
        day: date,
        whose: Sequence[Practitioner],
        may_book: bool,
    ) -> None:
        self.look, self.day, self.whose, self.may_book = look, day, whose, may_book
        self.tz, self.bounds = look.tz, midnights(day, day, look.tz)
        pks = {one.pk for one in whose}
        self.is_person = look.view != WEEK and len(look.whose) > 1
        self.visits = [
            visit
            for visit in diaries.visits
            if visit.practitioner_id in pks and self._place(visit.starts_at, visit.ends_at)
        ]
        self.closures = [
            closure
            for closure in diaries.closures
            if closure.practitioner_id in (None, *pks)
            and self._place(closure.starts_at, closure.ends_at)
        ]
        self.hours = [one for one in hours if one.practitioner_id in pks]
        self.names = {one.pk: one.name for one in whose}

    @property
    def matters(self) -> bool:
        """Say whether to draw it: weekdays always, a weekend or a person if there is something."""
        is_weekday = not self.is_person and self.day.weekday() < 5
        return bool(
            is_weekday
            or self.visits
            or self.open
            or (self.day == self.look.today and not self.is_person)
        )

    @property
    def must_show(self) -> list[Place]:
        """Return the places of what the drawn hours must hold."""
        periods = [*self.open, *((one.starts_at, one.ends_at) for one in self.visits)]
        return [place for period in periods for place in self._found(*period)]

    def column(self, drawn: tuple[int, int]) -> Column:
        look, day = self.look, self.day
        is_today = day == look.today
        below = [*self._closed(), *self._closure_items(of_one=False)]
        items = [*below, *self._in_lanes(drawn), *self._now()]
        fitted = [
            replace(item, place=place) for item in items if (place := within(item.place, drawn))
        ]
        fitted.sort(key=lambda item: (item.place.start, item.kind == "free"))
        title = f"{clinic_day(day)}{', today' if is_today else ''}"
        short = f"{day:%a} {day.day}"
        if self.is_person:
            title, short = f"{self.whose[0].name}, {clinic_day(day)}", self.whose[0].name
        return Column(
            html_id=f"who-{self.whose[0].slug}" if self.is_person else f"d-{day}",
            title=title,
            short=short,
            items=fitted,
            is_today=is_today and not self.is_person,
            is_past=day < look.today and not self.is_person,
        )

    def _place(self, lower: datetime, upper: datetime) -> Place | None:
        return place_on(self.day, lower, upper, self.tz)

    def _found(self, lower: datetime, upper: datetime) -> list[Place]:
        place = self._place(lower, upper)
        return [place] if place else []

    # What is open

    @cached_property
    def _open_by(self) -> dict[tuple[int, int], list[Period]]:
        """Return the hours of each person at each place, holidays taken out."""
        by_both: dict[tuple[int, int], list[AvailableTime]] = {}
        for one in self.hours:
            by_both.setdefault((one.practitioner_id, one.location_id), []).append(one)
        found = {}
        for (who, where), some in by_both.items():
            place = self._places[where]
            periods = open_periods(some, place.tz, self.day - ONE_DAY, self.day + ONE_DAY)
            off = holiday_periods(place, self.day - ONE_DAY, self.day + ONE_DAY)
            found[who, where] = clear_of(_clipped(periods, self.bounds), off)
        return found

    @cached_property
    def _places(self) -> dict[int, Location]:
        return {place.pk: place for place in self.look.places}

    @cached_property
    def open(self) -> list[Period]:
        return merged(period for periods in self._open_by.values() for period in periods)

    def _closed(self) -> Iterator[Item]:
        words = self._holiday or "Closed"
        for lower, upper in clear_of([self.bounds], self.open):
            for place in self._found(lower, upper):
                yield self._block(place, lower, words, is_hours=bool(self.open))

    @property
    def _holiday(self) -> str:
        """Return "Closed, Thanksgiving Day" if the places whose hours count have one that day."""
        wheres = {one.location_id for one in self.hours}
        names = {
            name
            for where in wheres
            for name in self._places[where].holidays(self.day, self.day).values()
        }
        return f"Closed, {' and '.join(sorted(names))}" if names and not self.open else ""

    # What stands in lanes beside each other

    def _in_lanes(self, drawn: tuple[int, int]) -> list[Item]:
        """Return visits, the absence of one of several people, and free times, side by side.

        Other closures lie beneath: visits in them are still to be moved.
        """
        items = [*self._visit_items(), *self._closure_items(of_one=True)]
        items = [
            replace(item, place=place) for item in items if (place := within(item.place, drawn))
        ]
        items += self._free_items() if self.may_book else []
        lanes = in_lanes([item.place for item in items])
        return [replace(item, lane=lane) for item, lane in zip(items, lanes, strict=True)]

    def _visit_items(self) -> Iterator[Item]:
        for visit in self.visits:
            for place in self._found(visit.starts_at, visit.ends_at):
                yield VisitItem(
                    place,
                    visit=visit,
                    clock=Clock(visit.starts_at, self.tz),
                    url=self.look.url(visit=visit.pk, fragment="visit"),
                    note=self._note(visit),
                    who=visit.practitioner.name if len(self.whose) > 1 else "",
                    begins_here=visit.starts_at >= self.bounds[0],
                )

    def _note(self, visit: Appointment) -> str:
        """Return what else must be known of where and when it is."""
        notes = []
        if visit.starts_at < self.bounds[0]:
            notes.append("since the day before")
        if self._is_told(visit.location):
            notes.append(visit.location.name)
        if visit.location.tz != self.tz:
            notes.append(f"{clinic_time_with_zone(visit.starts_at, visit.location.tz)} there")
        return ", ".join(notes)

    def _is_told(self, place: Location) -> bool:
        """Say whether a visit says where it is: unless that is the only house people come to."""
        houses = [one for one in self.look.places if one.kind == LocationKind.IN_PERSON]
        return place.kind != LocationKind.IN_PERSON or len(houses) > 1

    def _closure_items(self, *, of_one: bool) -> Iterator[Item]:
        for closure in self.closures:
            is_of_one = closure.practitioner_id is not None and len(self.whose) > 1
            place = self._place(closure.starts_at, closure.ends_at)
            if place is not None and is_of_one == of_one:
                yield self._block(place, closure.starts_at, self._closure_words(closure))

    def _block(
        self, place: Place, lower: datetime, words: str, is_hours: bool = False
    ) -> BlockItem:
        """Return a block; one that begins with the day or before says no time."""
        clock = Clock(lower, self.tz) if lower > self.bounds[0] else None
        return BlockItem(place, words=words, clock=clock, is_hours=is_hours)

    def _closure_words(self, closure: NotAvailableTime) -> str:
        words = "Busy, own calendar" if closure.busy_calendar_id else str(closure)
        if closure.practitioner_id and len(self.whose) > 1:
            words += f", {self.names[closure.practitioner_id]}"
        return capfirst(words)

    # What is free

    def _free_items(self) -> Iterator[Item]:
        free = self._free_by()
        step = HOUR if self.look.view == WEEK else HOUR // 2
        for lower, upper in merged(period for periods in free.values() for period in periods):
            for begins, ends in cut(lower, upper, self.tz, minutes=step):
                for place in self._found(begins, ends):
                    url = self._book_url(begins, ends, free)
                    clock, day = Clock(begins, self.tz), clinic_day(self.day)
                    yield FreeItem(place, clock=clock, url=url, day=day)

    def _free_by(self) -> dict[tuple[int, int], list[Period]]:
        """Return when each person is free at each place, from now on."""
        found = {}
        for (who, where), periods in self._open_by.items():
            taken = [
                (one.busy_from, one.busy_until)
                for one in self.visits
                if one.practitioner_id == who and one.status in HOLDS_TIME
            ]
            taken += [
                (one.starts_at, one.ends_at)
                for one in self.closures
                if one.practitioner_id in (None, who) and one.location_id in (None, where)
            ]
            over = (self.bounds[0], max(self.look.now, self.bounds[0]))
            found[who, where] = clear_of(periods, [*taken, over])
        return found

    def _book_url(
        self, begins: datetime, ends: datetime, free: dict[tuple[int, int], list[Period]]
    ) -> str:
        """Return where to book it: with the only person who is free, at the place of the hours."""
        both = [
            key
            for key, periods in free.items()
            if any(lower <= begins and ends <= upper for lower, upper in periods)
        ]
        people = {who for who, _ in both}
        slugs = {one.pk: one.slug for one in self.whose}
        place = self.look.location or (self._places[both[0][1]] if both else None)
        query = {
            "start": iso_utc(begins),
            "first_on": begins.astimezone(place.tz if place else self.tz).date().isoformat(),
            "practitioner": slugs[people.pop()] if len(people) == 1 else "",
            "location": place.slug if place else "",
            "back": self.look.back,
        }
        given = {key: value for key, value in query.items() if value}
        return reverse("admin:booking_appointment_add", query=given)

    def _now(self) -> Iterator[Item]:
        place = self._place(self.look.now, self.look.now + ONE_DAY)
        if self.day == self.look.today and place is not None:
            yield NowItem(Place(place.start, 15))


def _clipped(periods: Sequence[Period], bounds: Period) -> list[Period]:
    clipped = ((max(lower, bounds[0]), min(upper, bounds[1])) for lower, upper in periods)
    return [(lower, upper) for lower, upper in clipped if lower < upper]
