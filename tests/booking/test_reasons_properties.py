"""For any rules, hours, closures and bookings: a time is offered exactly if nothing is in its way."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.availability import find_slots, is_offered
from booking.models import Appointment, AppointmentStatus
from booking.reasons import explain

from .factories import (
    make_appointment,
    make_available_time,
    make_closure,
    make_location,
    make_practitioner,
    make_service,
    search_for,
)

pytestmark = pytest.mark.django_db
# The day before a change of each zone's clock, and one zone without any.
WEEKENDS = st.sampled_from(
    [
        ("America/New_York", date(2026, 10, 31)),
        ("America/New_York", date(2027, 3, 13)),
        ("Europe/London", date(2026, 10, 24)),
        ("Australia/Lord_Howe", date(2027, 4, 3)),
        ("Australia/Lord_Howe", date(2026, 10, 3)),
        ("Asia/Kathmandu", date(2026, 12, 24)),
    ]
)
QUARTER = timedelta(minutes=15)
TIMES = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
OFFSETS = st.integers(-4, 4 * 24 * 5)
SPANS = st.tuples(OFFSETS, st.integers(1, 24))
RULES = st.fixed_dictionaries(
    {
        "duration_minutes": st.sampled_from([15, 45, 60, 180]),
        "step_minutes": st.sampled_from([15, 25, 60]),
        "buffer_before_minutes": st.sampled_from([0, 15]),
        "buffer_after_minutes": st.sampled_from([0, 20]),
        "notice_minutes": st.sampled_from([0, 60, 24 * 60]),
        "horizon_days": st.integers(1, 5),
        "daily_cap": st.sampled_from([None, 1, 2]),
    }
)
HOURS = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 5)), st.integers(0, 6), TIMES, TIMES),
    min_size=1,
    max_size=5,
)
STATUSES = st.sampled_from(["booked", "pending", "cancelled", "noshow"])


def make_hours(service, first_on, hours):
    for offset, weekday, start_time, end_time in hours:
        times = {"start_time": start_time, "end_time": end_time}
        if offset is None:
            make_available_time(service, weekday=weekday, **times)
        else:
            on = first_on + timedelta(days=offset)
            make_available_time(service, weekday=None, on=on, **times)


def make_bookings(service, midnight, visits, now):
    """Make those that fit; half of the holds ran out before now."""
    for number, ((offset, _), status) in enumerate(visits):
        starts_at = midnight + offset * QUARTER
        busy = (starts_at - service.buffer_before, starts_at + service.duration)
        busy = (busy[0], busy[1] + service.buffer_after)
        if Appointment.objects.overlapping(*busy).exists():
            continue
        if status == "pending":
            expires_at = now + (1 if number % 2 else -1) * QUARTER
            make_appointment(service, starts_at, status=status, expires_at=expires_at)
        else:
            make_appointment(service, starts_at, status=status)


@settings(max_examples=60, deadline=None)
@given(
    weekend=WEEKENDS,
    rules=RULES,
    hours=HOURS,
    closures=st.lists(st.tuples(SPANS, st.sampled_from(["all", "one", "other"])), max_size=2),
    visits=st.lists(st.tuples(SPANS, STATUSES), max_size=4),
    has_holidays=st.booleans(),
    is_by_phone=st.booleans(),
    now_offset=st.integers(-8, 200),
    asked=st.lists(st.integers(-10, 24 * 12 * 7), min_size=3, max_size=3),
)
def test_nothing_is_in_the_way_exactly_of_what_is_offered(
    weekend, rules, hours, closures, visits, has_holidays, is_by_phone, now_offset, asked
):
    zone, first_on = weekend
    with transaction.atomic():
        place = make_location(time_zone=zone, holiday_country="US" if has_holidays else "")
        service = make_service(location=place, **rules)
        practitioner = service.practitioner
        midnight = datetime.combine(first_on, time(), place.tz).astimezone(UTC)
        now = midnight + now_offset * timedelta(minutes=7)
        make_hours(service, first_on, hours)
        owners = {"all": None, "one": practitioner, "other": make_practitioner()}
        for (offset, length), whose in closures:
            starts_at = midnight + offset * QUARTER
            make_closure(starts_at, starts_at + length * QUARTER, practitioner=owners[whose])
        with time_machine.travel(now, tick=False):
            make_bookings(service, midnight, visits, now)
            if is_by_phone:
                place = make_location(kind="phone", time_zone=zone, same_hours_as=place)
            search = search_for(service, practitioners=[practitioner], location=place, now=now)
            starts = {slot.starts_at for slot in find_slots(search)}
            instants = [midnight + offset * timedelta(minutes=5) for offset in asked]
            edges = [*sorted(starts)[:2], *sorted(starts)[-2:]]
            near = [edge + step for edge in edges for step in (-service.duration, service.step)]
            booked = Appointment.objects.filter(status=AppointmentStatus.BOOKED).first()
            for starts_at in [*edges, *near, *instants]:
                reasons = explain(search, practitioner, starts_at)
                assert (reasons == []) == is_offered(search, starts_at)
                assert (reasons == []) == (starts_at in starts)
            if booked is not None:
                search = replace(search, moving=booked.reference)
                reasons = explain(search, practitioner, booked.starts_at)
                assert (reasons == []) == is_offered(search, booked.starts_at)
        transaction.set_rollback(True)
