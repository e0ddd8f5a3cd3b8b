"""Clinics drawn by hypothesis, and the rule for what they offer, written without the code under test.

All that is drawn begins and ends on five minutes.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from booking.models import AvailableTime

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
# The first of three days, of which the clock changes on the second; Kathmandu's never does.
WEEKS = [
    ("America/New_York", date(2026, 10, 31)),
    ("America/New_York", date(2027, 3, 13)),
    ("Europe/London", date(2026, 10, 24)),
    ("Europe/London", date(2027, 3, 27)),
    ("Australia/Lord_Howe", date(2026, 10, 3)),
    ("Australia/Lord_Howe", date(2027, 4, 3)),
    ("Asia/Kathmandu", date(2026, 10, 24)),
]
# Half of them in the hours of the night in which clocks change.
QUARTERS = st.one_of(st.integers(0, 24 * 4 - 1), st.integers(3, 13))
CLOCKS = QUARTERS.map(lambda n: time(n // 4, n % 4 * 15))
BUFFERS = st.sampled_from([0, 5, 15, 30])


@dataclass
class DrawnClinic:
    """The rules as they were drawn. `hours` are `(day, start, end)`, all others UTC periods."""

    zone: ZoneInfo
    first_on: date
    now: datetime
    rules: dict
    hours: list
    closed: list
    elsewhere: list
    """Closures of somebody else, or of another place: they count for nothing here."""
    busy: list = field(default_factory=list)
    """`(busy_from, busy_until, starts_at, whether it is a visit of this service)`."""

    @property
    def ticks(self):
        """Every five minutes of the three days."""
        begin = datetime.combine(self.first_on, time(), self.zone).astimezone(UTC)
        end = datetime.combine(self.first_on + 3 * DAY, time(), self.zone).astimezone(UTC)
        return [begin + n * TICK for n in range((end - begin) // TICK)]

    def minutes(self, name):
        return timedelta(minutes=self.rules[name])


@st.composite
def clinics(draw):
    zone, first_on = draw(st.sampled_from(WEEKS))
    zone = ZoneInfo(zone)
    noon = datetime.combine(first_on, time(12), zone).astimezone(UTC)
    offsets = st.integers(-150, 900).map(lambda n: noon + n * TICK)
    spans = st.tuples(offsets, st.integers(1, 60)).map(lambda s: (s[0], s[0] + s[1] * TICK))
    return DrawnClinic(
        zone=zone,
        first_on=first_on,
        now=noon + draw(st.integers(-500, 200)) * TICK + timedelta(seconds=7),
        rules={
            "duration_minutes": draw(st.sampled_from([15, 45, 60, 90, 300])),
            "step_minutes": draw(st.sampled_from([10, 15, 30, 45, 60])),
            "buffer_before_minutes": draw(BUFFERS),
            "buffer_after_minutes": draw(BUFFERS),
            "notice_minutes": draw(st.sampled_from([0, 30, 24 * 60])),
            "horizon_days": draw(st.sampled_from([1, 3, 60])),
            "daily_cap": draw(st.sampled_from([None, None, 1, 2])),
        },
        hours=draw(
            st.lists(
                st.tuples(st.sampled_from([first_on + n * DAY for n in (1, 0, 2)]), CLOCKS, CLOCKS),
                min_size=1,
                max_size=5,
            )
        ),
        closed=draw(st.lists(spans, max_size=3)),
        elsewhere=draw(st.lists(spans, max_size=2)),
        busy=draw(st.lists(st.tuples(spans, st.booleans()), max_size=4)),
    )


def build(clinic):
    """Store the clinic; every second of its hours is weekly, the others are extra hours.

    Closures are by turns for everybody, for the practitioner and for the place.
    """
    service = make_service(
        location=make_location(time_zone=clinic.zone.key),
        cancel_notice_minutes=0,
        **clinic.rules,
    )
    other = make_service(practitioner=service.practitioner, location=service.location)
    for number, (day, start, end) in enumerate(clinic.hours):
        when = {"on": day}
        if number % 2:
            when = {"weekday": day.weekday(), "valid_from_on": day, "valid_until_on": day}
        AvailableTime.objects.create(
            practitioner=service.practitioner,
            location=service.location,
            start_time=start,
            end_time=end,
            **when,
        )
    scopes = [{}, {"practitioner": service.practitioner}, {"location": service.location}]
    for (lower, upper), scope in zip(clinic.closed, scopes, strict=False):
        make_closure(lower, upper, **scope)
    others = [{"practitioner": make_practitioner()}, {"location": make_location()}]
    for (lower, upper), scope in zip(clinic.elsewhere, others, strict=False):
        make_closure(lower, upper, **scope)
    clinic.busy = _book(clinic, service, other, make_patient())
    return service


def _book(clinic, service, other, patient):
    """Book what was drawn where it does not overlap what came before."""
    booked = []
    for (lower, upper), is_same in clinic.busy:
        if any(lower < until and begins < upper for begins, until, _, _ in booked):
            continue
        make_appointment(
            service if is_same else other,
            lower,
            practitioner=service.practitioner,
            ends_at=upper,
            busy_from=lower,
            busy_until=upper,
            patient=patient,
        )
        booked.append((lower, upper, lower, is_same))
    return booked


def is_offered_in_plain_words(clinic, periods, starts_at):
    """Say whether the clinic offers this start; `periods` are `periods_of(clinic)`."""
    ends_at = starts_at + clinic.minutes("duration_minutes")
    day = starts_at.astimezone(clinic.zone).date()
    today = clinic.now.astimezone(clinic.zone).date()
    if not today <= day <= today + clinic.rules["horizon_days"] * DAY:
        return False
    if starts_at < clinic.now + clinic.minutes("notice_minutes"):
        return False
    step = clinic.minutes("step_minutes")
    if not any(
        begins <= starts_at < until and (starts_at - begins) % step == timedelta(0)
        for begins, until in periods
    ):
        return False
    visit = [starts_at + n * TICK for n in range((ends_at - starts_at) // TICK)]
    if not all(any(begins <= tick < until for begins, until in periods) for tick in visit):
        return False
    if any(begins < ends_at and starts_at < until for begins, until in clinic.closed):
        return False
    begins = starts_at - clinic.minutes("buffer_before_minutes")
    until = ends_at + clinic.minutes("buffer_after_minutes")
    if any(lower < until and begins < upper for lower, upper, _, _ in clinic.busy):
        return False
    cap = clinic.rules["daily_cap"]
    same_day = [
        at
        for _, _, at, is_same in clinic.busy
        if is_same and at.astimezone(clinic.zone).date() == day
    ]
    return cap is None or len(same_day) < cap


def periods_of(clinic):
    """Return the opening periods: from the first to the last moment at which clocks show them."""
    periods = []
    for day, start, end in clinic.hours:
        noon = datetime.combine(day, time(12), clinic.zone).astimezone(UTC)
        around = [noon + n * TICK for n in range(-24 * 12, 40 * 12)]
        shown = [
            tick for tick in around if _is_shown(tick.astimezone(clinic.zone), day, start, end)
        ]
        if shown:
            periods.append((shown[0], shown[-1] + TICK))
    return periods


def _is_shown(local, day, start, end):
    clock = local.time()
    if start < end:
        return local.date() == day and start <= clock < end
    return (local.date() == day and clock >= start) or (local.date() == day + DAY and clock < end)
