"""Clinics drawn by hypothesis: who works where and when, and what is in the way.

All that is drawn begins and ends on five minutes. What such a clinic offers, says `plain_words`.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from booking.models import AvailableTime, Location, Practitioner, Service

from .factories import (
    make_appointment,
    make_closure,
    make_location,
    make_patient,
    make_practitioner,
    make_service,
)

TICK = timedelta(minutes=5)
DAY = timedelta(days=1)
# The first of three days, of which the clock changes on the second; Kathmandu's never does. And a
# country that has public holidays then, with those from the first day to the one after the third.
WEEKS = [
    ("America/New_York", date(2026, 10, 31), ("AT", ""), [date(2026, 11, 1)]),
    ("America/New_York", date(2027, 3, 13), ("HU", ""), [date(2027, 3, 15)]),
    ("Europe/London", date(2026, 10, 24), ("AT", ""), [date(2026, 10, 26)]),
    (
        "Europe/London",
        date(2027, 3, 27),
        ("AU", "ACT"),
        [date(2027, 3, 27), date(2027, 3, 28), date(2027, 3, 29)],
    ),
    ("Australia/Lord_Howe", date(2026, 10, 3), ("IT", ""), [date(2026, 10, 4)]),
    (
        "Australia/Lord_Howe",
        date(2027, 4, 3),
        ("TW", ""),
        [date(2027, 4, 4), date(2027, 4, 5), date(2027, 4, 6)],
    ),
    ("Asia/Kathmandu", date(2026, 10, 24), ("TW", ""), [date(2026, 10, 25)]),
]
CLINIC, PHONE, ANNEX = range(3)
"""The main place, a phone that shares its hours, and another place with hours of its own."""
# Half of them in the hours of the night in which clocks change.
QUARTERS = st.one_of(st.integers(0, 24 * 4 - 1), st.integers(3, 13))
CLOCKS = QUARTERS.map(lambda n: time(n // 4, n % 4 * 15))
BUFFERS = st.sampled_from([0, 5, 15, 30])
BOOKED, ARRIVED, HELD, RAN_OUT, CANCELLED = "booked", "arrived", "held", "ran out", "cancelled"
STATES = st.sampled_from([BOOKED, BOOKED, BOOKED, ARRIVED, HELD, HELD, RAN_OUT, CANCELLED])


class Hours(NamedTuple):
    """Hours that begin `on` a day, once or on that weekday of all weeks they are valid in.

    None is everybody.
    """

    person: int | None
    place: int
    on: date
    is_weekly: bool
    valid_from: date | None
    valid_until: date | None
    start: time
    end: time


class Closure(NamedTuple):
    """None is everybody, and everywhere."""

    person: int | None
    place: int | None
    lower: datetime
    upper: datetime


class Visit(NamedTuple):
    """A visit or a hold, with the breaks it was booked with."""

    person: int
    place: int
    is_same: bool
    """Whether it is of the service that is asked for."""
    state: str
    starts_at: datetime
    ends_at: datetime
    before: timedelta
    after: timedelta


@dataclass
class DrawnClinic:
    """The rules as they were drawn, and what somebody asks for: whom (None is anybody), and where."""

    zones: tuple[ZoneInfo, ZoneInfo, ZoneInfo]
    first_on: date
    now: datetime
    rules: dict
    offering: list[int]
    """Which of the people offer the service."""
    people: int
    who: int | None
    place: int
    country: tuple[str, str]
    holidays: list[date]
    keeps_holidays: set[int]
    """Which places close on the country's holidays."""
    worked: list[date]
    hours: list[Hours]
    closures: list[Closure]
    visits: list[Visit] = field(default_factory=list)

    @property
    def zone(self):
        return self.zones[self.place]

    @property
    def host(self):
        """The place whose hours count where the visit is to be."""
        return CLINIC if self.place == PHONE else self.place

    @property
    def asked(self):
        """Whose free times count."""
        return self.offering if self.who is None else [self.who]

    @property
    def ticks(self):
        """Every five minutes of the three days."""
        begin = datetime.combine(self.first_on, time(), self.zone).astimezone(UTC)
        end = datetime.combine(self.first_on + 3 * DAY, time(), self.zone).astimezone(UTC)
        return [begin + n * TICK for n in range((end - begin) // TICK)]

    def minutes(self, name):
        return timedelta(minutes=self.rules[name])


@dataclass
class StoredClinic:
    """The records of a drawn clinic."""

    drawn: DrawnClinic
    service: Service
    people: list[Practitioner]
    places: list[Location]

    @property
    def place(self):
        return self.places[self.drawn.place]

    @property
    def candidates(self):
        return [self.people[number] for number in self.drawn.asked]

    @property
    def query(self):
        """What an address says of the choices."""
        query = {"location": self.place.slug}
        return (
            query if self.drawn.who is None else query | {"practitioner": self.candidates[0].slug}
        )


@st.composite
def clinics(draw):
    zone, first_on, country, holidays = draw(st.sampled_from(WEEKS))
    away = draw(st.sampled_from([zone, "Asia/Tokyo", "America/Los_Angeles"]))
    zone, away = ZoneInfo(zone), ZoneInfo(away)
    noon = datetime.combine(first_on, time(12), zone).astimezone(UTC)
    instants = st.integers(-150, 900).map(lambda n: noon + n * TICK)
    days = st.sampled_from([first_on + n * DAY for n in (1, 0, 2, 1, 0, 2, -1, 3)])
    people = draw(st.integers(1, 3))
    offering = [n for n in range(people) if n == 0 or draw(st.sampled_from([True, True, False]))]
    person, place = st.integers(0, people - 1), st.sampled_from([CLINIC, PHONE, ANNEX])
    who, asked = draw(st.none() | st.sampled_from(offering)), draw(place)
    usual = CLINIC if asked == PHONE else asked
    hours = st.builds(
        lambda who, where, on, weekly, valid, start, end: Hours(
            who, where, on, weekly, *(valid if weekly else (None, None)), start, end
        ),
        st.none() | st.sampled_from(offering if who is None else [who]) | person,
        st.sampled_from([usual, usual, usual, CLINIC, PHONE, ANNEX]),
        days,
        st.booleans(),
        st.just((None, None))
        | st.tuples(st.none() | days, st.none() | days).filter(lambda v: None in v or v[0] <= v[1]),
        CLOCKS,
        CLOCKS,
    )
    closures = st.builds(
        lambda who, where, lower, length: Closure(who, where, lower, lower + length * TICK),
        st.none() | person,
        st.none() | st.just(asked) | place,
        instants,
        st.integers(1, 60),
    )
    visits = st.builds(
        lambda who, where, is_same, state, lower, length, before, after: Visit(
            who,
            where,
            is_same,
            state,
            lower,
            lower + length * TICK,
            timedelta(minutes=before),
            timedelta(minutes=after),
        ),
        person,
        place,
        st.sampled_from([True, True, False]),
        STATES,
        instants,
        st.integers(1, 30),
        BUFFERS,
        BUFFERS,
    )
    return DrawnClinic(
        zones=(zone, zone, away),
        first_on=first_on,
        now=noon + draw(st.integers(-500, 100)) * TICK + timedelta(seconds=7),
        rules={
            "duration_minutes": draw(st.sampled_from([15, 45, 60, 90, 300])),
            "step_minutes": draw(st.sampled_from([10, 15, 30, 45, 60])),
            "buffer_before_minutes": draw(BUFFERS),
            "buffer_after_minutes": draw(BUFFERS),
            "notice_minutes": draw(st.sampled_from([0, 30, 12 * 60, 24 * 60])),
            "horizon_days": draw(st.sampled_from([60, 1, 3])),
            "daily_cap": draw(st.sampled_from([None, None, 1, 2])),
        },
        people=people,
        offering=offering,
        who=who,
        place=asked,
        country=country,
        holidays=holidays,
        keeps_holidays=draw(st.sets(st.sampled_from([CLINIC, ANNEX]))),
        worked=draw(st.lists(st.sampled_from(holidays), unique=True)),
        hours=draw(st.lists(hours, min_size=4, max_size=12)),
        closures=draw(st.lists(closures, max_size=5)),
        visits=_that_fit(draw(st.lists(visits, min_size=2, max_size=12))),
    )


def _that_fit(visits):
    """Return those that can stand in the diaries beside the ones before."""
    fitting = []
    for visit in visits:
        if visit.state == CANCELLED or not any(
            visit.starts_at - visit.before < other.ends_at + other.after
            and other.starts_at - other.before < visit.ends_at + visit.after
            for other in fitting
            if other.person == visit.person and other.state != CANCELLED
        ):
            fitting.append(visit)
    return fitting


def build(clinic):
    """Store the clinic, with one more service that all people offer."""
    main, annex = (_make_place(clinic, number) for number in (CLINIC, ANNEX))
    phone = make_location(
        time_zone=clinic.zones[PHONE].key, kind="phone", address="", same_hours_as=main
    )
    people = [make_practitioner() for _ in range(clinic.people)]
    service = make_service(
        practitioner=people[0], location=main, cancel_notice_minutes=0, **clinic.rules
    )
    service.practitioners.add(*(people[number] for number in clinic.offering))
    service.other_locations.add(phone, annex)
    stored = StoredClinic(clinic, service, people, [main, phone, annex])
    _open(stored)
    _close(stored)
    _fill(stored)
    return stored


def _make_place(clinic, number):
    country, part = clinic.country if number in clinic.keeps_holidays else ("", "")
    return make_location(
        time_zone=clinic.zones[number].key,
        holiday_country=country,
        holiday_subdivision=part,
        worked_holidays=clinic.worked,
    )


def _open(stored):
    AvailableTime.objects.bulk_create(
        AvailableTime(
            practitioner=person,
            location=stored.places[hours.place],
            weekday=hours.on.weekday() if hours.is_weekly else None,
            on=None if hours.is_weekly else hours.on,
            valid_from_on=hours.valid_from,
            valid_until_on=hours.valid_until,
            start_time=hours.start,
            end_time=hours.end,
        )
        for hours in stored.drawn.hours
        for person in (stored.people if hours.person is None else [stored.people[hours.person]])
    )


def _close(stored):
    for closure in stored.drawn.closures:
        make_closure(
            closure.lower,
            closure.upper,
            practitioner=None if closure.person is None else stored.people[closure.person],
            location=None if closure.place is None else stored.places[closure.place],
        )


def _fill(stored):
    """Put the visits and holds where they were drawn, as the services were at that time."""
    if not stored.drawn.visits:
        return
    other = make_service(practitioner=stored.people[0], location=stored.places[CLINIC])
    patient = make_patient()
    for visit in stored.drawn.visits:
        state = {"status": visit.state, "patient": patient}
        if visit.state in (HELD, RAN_OUT):
            left = TICK if visit.state == HELD else -TICK
            state = {"status": "pending", "expires_at": stored.drawn.now + left}
        make_appointment(
            stored.service if visit.is_same else other,
            visit.starts_at,
            practitioner=stored.people[visit.person],
            location=stored.places[visit.place],
            ends_at=visit.ends_at,
            busy_from=visit.starts_at - visit.before,
            busy_until=visit.ends_at + visit.after,
            **state,
        )
