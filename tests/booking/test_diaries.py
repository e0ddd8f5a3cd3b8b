"""What a diary says of each practitioner is what the records say."""

from datetime import date, time, timedelta

import pytest
import time_machine

from booking.diaries import load_diaries
from booking.models import Appointment, AppointmentStatus
from booking.slots import Opening

from .factories import (
    NOW,
    TEN,
    local,
    make_appointment,
    make_available_time,
    make_practitioner,
    make_service,
    search_for,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 9)


def diaries_of(service, practitioners):
    search = search_for(service, practitioners=practitioners)
    return load_diaries(search, first_on=DAY, last_on=DAY)


@pytest.mark.parametrize("status", AppointmentStatus)
@pytest.mark.parametrize("minutes", [-1, 0, 1])
def test_who_keeps_a_time_is_as_the_records_say(status, minutes):
    service = make_service()
    is_hold = status == AppointmentStatus.PENDING
    ends = {"expires_at": NOW + timedelta(minutes=minutes)} if is_hold else {}
    make_appointment(service, TEN, status=status, **ends)

    with time_machine.travel(NOW, tick=False):
        diary = diaries_of(service, [service.practitioner])[service.practitioner.pk]

        assert len(diary.busy) == Appointment.objects.holding_time().count()


def test_each_has_their_own_visits_and_shares_the_hours_that_are_the_same():
    service = make_service()
    one, two = service.practitioner, make_practitioner(slug="two")
    for practitioner in (one, two):
        make_available_time(service, practitioner=practitioner)
    visit = make_appointment(service, TEN, practitioner=two)
    make_appointment(service, local(20, 9), practitioner=one)

    diaries = diaries_of(service, [one, two])

    assert diaries[one.pk].busy == []
    assert [busy.starts_at for busy in diaries[two.pk].busy] == [visit.starts_at]
    assert diaries[one.pk].hours == {Opening(0, None, time(9), time(12), None, None)}
    assert diaries[two.pk].hours is diaries[one.pk].hours


def test_who_has_no_hours_has_none():
    service = make_service()

    assert diaries_of(service, [service.practitioner])[service.practitioner.pk].hours == frozenset()


def test_hours_of_the_days_around_count_and_others_do_not():
    service = make_service()
    whose = service.practitioner
    for days, hour in ((-2, 1), (2, 2), (-3, 3), (3, 4)):
        on = DAY + timedelta(days=days)
        make_available_time(service, weekday=None, on=on, start_time=time(hour))
    make_available_time(service, start_time=time(5), valid_from_on=DAY + timedelta(days=3))
    make_available_time(service, start_time=time(6), valid_until_on=DAY - timedelta(days=3))
    make_available_time(service, start_time=time(7), valid_from_on=DAY, valid_until_on=DAY)

    hours = diaries_of(service, [whose])[whose.pk].hours

    assert {opening.start_time.hour for opening in hours} == {1, 2, 7}
