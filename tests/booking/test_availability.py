from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from booking.availability import find_openings, find_slots, is_offered, nearest_slots
from booking.models import AppointmentStatus

from .factories import (
    NEW_YORK,
    NOW,
    local,
    make_appointment,
    make_available_time,
    make_closure,
    make_location,
    make_practitioner,
    make_service,
    make_week,
    search_for,
)

pytestmark = pytest.mark.django_db


def find(service, first, last=None, *, now=NOW, **kwargs):
    last = last or first
    if isinstance(first, int):
        first, last = date(2026, 12, first), date(2026, 12, last)
    with time_machine.travel(now, tick=False):
        return find_slots(search_for(service, now=now, **kwargs), first_on=first, last_on=last)


def clocks(slots):
    return [slot.starts_at.astimezone(NEW_YORK).strftime("%d %H:%M") for slot in slots]


def test_find_slots_follows_the_weekly_hours():
    service = make_service()
    make_available_time(service, weekday=0, start_time=time(9), end_time=time(10, 30))
    make_available_time(service, weekday=2, start_time=time(13), end_time=time(14))

    assert clocks(find(service, 7, 13)) == ["07 09:00", "07 09:30", "09 13:00"]


def test_find_slots_keeps_to_the_days_asked_for():
    service = make_service(step_minutes=60)
    make_week(service, start_time=time(9), end_time=time(10))

    assert clocks(find(service, 8, 9)) == ["08 09:00", "09 09:00"]
    assert find(service, 9, 8) == []


def test_find_slots_respects_the_dates_of_validity():
    service = make_service(step_minutes=60)
    make_week(
        service,
        start_time=time(9),
        end_time=time(10),
        valid_from_on=date(2026, 12, 8),
        valid_until_on=date(2026, 12, 9),
    )

    assert clocks(find(service, 7, 13)) == ["08 09:00", "09 09:00"]


def test_find_slots_leaves_out_closures_of_clinic_and_practitioner_only():
    service = make_service(step_minutes=60)
    make_week(service, start_time=time(9), end_time=time(10))
    make_closure(local(7, 0), local(8, 0))
    make_closure(local(8, 9, 59), local(8, 12), practitioner=service.practitioner)
    make_closure(local(9, 0), local(10, 0), practitioner=make_practitioner())
    make_closure(local(10, 10), local(10, 12))

    assert clocks(find(service, 7, 10)) == ["09 09:00", "10 09:00"]


def test_find_slots_respects_notice_and_horizon():
    service = make_service(step_minutes=60, notice_minutes=24 * 60, horizon_days=2)
    make_week(service, start_time=time(6), end_time=time(8))

    slots = find(service, 1, 31)

    assert clocks(slots) == ["08 07:00", "09 06:00", "09 07:00"]
    assert search_for(service).bookable_dates() == (date(2026, 12, 7), date(2026, 12, 9))


def test_bookable_dates_begin_on_the_day_of_the_clinic():
    service = make_service(horizon_days=1)

    search = search_for(service, now=datetime(2026, 12, 8, 4, 59, tzinfo=UTC))

    assert search.bookable_dates() == (date(2026, 12, 7), date(2026, 12, 8))


@pytest.mark.parametrize(
    ("status", "is_free"),
    [
        (AppointmentStatus.PENDING, False),
        (AppointmentStatus.BOOKED, False),
        (AppointmentStatus.ARRIVED, False),
        (AppointmentStatus.FULFILLED, False),
        (AppointmentStatus.NOSHOW, False),
        (AppointmentStatus.CANCELLED, True),
    ],
)
def test_find_slots_leaves_out_what_holds_time(status, is_free):
    service = make_service()
    make_available_time(service, end_time=time(10))

    make_appointment(service, local(7, 9), status=status)

    assert clocks(find(service, 7)) == (["07 09:00"] if is_free else [])


def test_find_slots_ignores_an_expired_hold_that_nobody_cleaned_up():
    service = make_service()
    make_available_time(service, end_time=time(10))
    make_appointment(service, local(7, 9), status=AppointmentStatus.PENDING, expires_at=NOW)

    assert clocks(find(service, 7)) == ["07 09:00"]


def test_find_slots_shows_the_holder_their_own_time():
    service = make_service()
    make_available_time(service, end_time=time(10))
    hold = make_appointment(service, local(7, 9), status=AppointmentStatus.PENDING)

    assert find(service, 7) == []
    assert clocks(find(service, 7, holder=hold.reference)) == ["07 09:00"]


def test_find_slots_never_frees_a_booked_time_for_a_holder():
    service = make_service()
    make_available_time(service, end_time=time(10))
    booked = make_appointment(service, local(7, 9))

    assert find(service, 7, holder=booked.reference) == []


def test_find_slots_adds_the_buffers_of_both_neighbours():
    practitioner = make_practitioner()
    location = make_location()
    first = make_service(
        practitioner=practitioner,
        location=location,
        buffer_after_minutes=15,
        step_minutes=15,
    )
    second = make_service(
        practitioner=practitioner,
        location=location,
        buffer_before_minutes=15,
        step_minutes=15,
    )
    make_available_time(first, end_time=time(11, 45))
    make_appointment(first, local(7, 9))

    assert clocks(find(second, 7)) == ["07 10:30", "07 10:45"]


def test_find_slots_keeps_practitioners_and_locations_apart():
    service = make_service()
    make_available_time(service, end_time=time(10))
    make_available_time(service, location=make_location(), start_time=time(14), end_time=time(17))
    make_available_time(service, practitioner=make_practitioner(), start_time=time(14))
    other = make_service(location=service.location)
    make_appointment(other, local(7, 9))

    assert clocks(find(service, 7)) == ["07 09:00"]


def test_find_slots_crosses_midnight_and_belongs_to_the_day_of_its_start():
    service = make_service(step_minutes=60)
    make_available_time(service, weekday=0, start_time=time(22), end_time=time(2))

    assert clocks(find(service, 7)) == ["07 22:00", "07 23:00"]
    assert clocks(find(service, 8)) == ["08 00:00", "08 01:00"]


def test_find_slots_does_not_depend_on_the_span_asked_for():
    service = make_service(step_minutes=50, duration_minutes=90)
    make_week(service, start_time=time(0), end_time=time(0))

    whole = find(service, 7, 20)

    assert whole == [slot for day in range(7, 21) for slot in find(service, day)]


def test_find_slots_uses_the_clock_of_the_day_in_spring():
    service = make_service(step_minutes=60, horizon_days=200)
    make_week(service, start_time=time(1), end_time=time(4))

    slots = find(service, date(2027, 3, 13), date(2027, 3, 14))

    assert [slot.starts_at.astimezone(NEW_YORK).strftime("%d %H:%M %Z") for slot in slots] == [
        "13 01:00 EST",
        "13 02:00 EST",
        "13 03:00 EST",
        "14 01:00 EST",
        "14 03:00 EDT",
    ]


def test_find_slots_uses_the_clock_of_the_day_in_autumn():
    service = make_service(step_minutes=60)
    make_week(service, start_time=time(0), end_time=time(3))
    october = datetime(2026, 10, 20, 12, tzinfo=UTC)

    slots = find(service, date(2026, 11, 1), date(2026, 11, 1), now=october)

    assert [slot.starts_at.astimezone(NEW_YORK).strftime("%H:%M %Z") for slot in slots] == [
        "00:00 EDT",
        "01:00 EDT",
        "01:00 EST",
        "02:00 EST",
    ]


def test_is_offered_says_what_find_slots_lists():
    service = make_service(notice_minutes=60)
    make_week(service)
    make_appointment(service, local(9, 10))
    make_closure(local(10, 0), local(11, 0))
    listed = {slot.starts_at for slot in find(service, 7, 14)}
    search = search_for(service)

    for minutes in range(0, 7 * 24 * 60, 15):
        starts_at = NOW + timedelta(minutes=minutes)
        assert is_offered(search, starts_at) == (starts_at in listed)


@pytest.mark.parametrize(
    "starts_at",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, tzinfo=UTC),
    ],
)
def test_is_offered_survives_the_ends_of_the_calendar(starts_at):
    service = make_service()

    assert not is_offered(search_for(service), starts_at)


def test_find_slots_survives_the_ends_of_the_calendar():
    service = make_service(step_minutes=60, horizon_days=1)
    make_week(service, start_time=time(9), end_time=time(10))

    assert clocks(find(service, date.min, date.max)) == ["07 09:00", "08 09:00"]
    assert find(service, date.max, date.max) == []
    assert find(service, date.min, date.min) == []


def test_nearest_slots_come_from_both_sides_in_time_order():
    service = make_service(step_minutes=60)
    make_week(service, start_time=time(9), end_time=time(12))

    slots = nearest_slots(search_for(service), local(9, 9), limit=4)

    assert clocks(slots) == ["08 11:00", "09 09:00", "09 10:00", "09 11:00"]


def openings_of(service, practitioners):
    return find_openings(
        search_for(service, practitioners=practitioners),
        first_on=date(2026, 12, 7),
        last_on=date(2026, 12, 20),
    )


def test_openings_hold_what_would_be_offered_if_nobody_had_booked():
    service = make_service(notice_minutes=24 * 60)
    make_available_time(service, weekday=0)
    make_available_time(service, weekday=4, valid_until_on=date(2026, 12, 11))
    make_available_time(service, weekday=5, start_time=time(9), end_time=time(9, 30))
    make_closure(local(14, 9), local(14, 11, 30))
    make_appointment(service, local(11, 9))

    openings = openings_of(service, [service.practitioner])

    open_on = [start.astimezone(NEW_YORK).day for start in openings.open_starts]
    assert open_on == [7] * 5 + [11] * 5
    assert clocks(openings.slots) == ["11 10:00", "11 10:30", "11 11:00"]


def test_openings_of_people_with_the_same_and_with_other_hours_are_those_of_each_alone():
    service = make_service(daily_cap=1)
    others = [make_practitioner() for _ in range(3)]
    service.practitioners.add(*others)
    make_week(service)
    for other in others[:2]:
        make_week(service, practitioner=other)
    make_week(service, practitioner=others[2], start_time=time(9, 15), end_time=time(20))
    make_closure(local(8, 0), local(9, 0), practitioner=others[0])
    make_closure(local(10, 0), local(11, 0))
    make_appointment(service, local(7, 10), practitioner=service.practitioner)
    make_appointment(service, local(8, 9, 30), practitioner=others[1])
    make_appointment(make_service(), local(9, 9), practitioner=others[2])
    everybody = [service.practitioner, *others]

    together = openings_of(service, everybody)
    alone = [openings_of(service, [one]) for one in everybody]

    assert together.slots == sorted({slot for one in alone for slot in one.slots})
    assert together.open_starts == sorted({at for one in alone for at in one.open_starts})
    assert len(together.slots) > max(len(one.slots) for one in alone)


@pytest.mark.parametrize("appointments", [1, 40])
def test_two_months_of_times_cost_one_query(appointments, django_assert_num_queries):
    service = make_service(notice_minutes=0)
    make_week(service)
    search = search_for(service)
    for number in range(appointments):
        make_appointment(service, local(8, 9) + timedelta(days=number))

    with django_assert_num_queries(1):
        slots = find_slots(search)

    assert len(slots) == 61 * 5 - 2 * appointments
