from datetime import date, timedelta

import pytest
import time_machine

from booking.models import AppointmentStatus
from booking.reasons import Reason, Why, explain, words_for_patients

from .factories import (
    NOW,
    local,
    make_appointment,
    make_available_time,
    make_closure,
    make_location,
    make_practitioner,
    make_service,
    search_for,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    """Open on Mondays from 9 to 12."""
    service = make_service(notice_minutes=24 * 60, horizon_days=14)
    make_available_time(service)
    return service


def ask(service, starts_at, **kwargs):
    with time_machine.travel(NOW, tick=False):
        return explain(search_for(service, **kwargs), service.practitioner, starts_at)


def patients_read(service, starts_at, *practitioners):
    search = search_for(service, practitioners=practitioners or [service.practitioner])
    with time_machine.travel(NOW, tick=False):
        return words_for_patients(search, starts_at)


def test_offered_time_has_nothing_in_its_way(service):
    assert ask(service, local(14, 9, 30)) == []


def test_past_notice_and_horizon_say_until_when(service):
    past = ask(service, local(7, 6))
    soon = ask(service, local(7, 9))
    far = ask(service, local(28, 9))

    assert past == [Reason(Why.PAST)]
    assert soon == [Reason(Why.NOTICE, (NOW, NOW + timedelta(days=1)))]
    assert far == [Reason(Why.HORIZON, on=date(2026, 12, 14))]


def test_hours_and_step_say_what_there_is_instead(service):
    outside = ask(service, local(14, 11, 30))
    other_day = ask(service, local(15, 9))
    off_grid = ask(service, local(14, 9, 10))

    assert outside == [Reason(Why.HOURS, hours=((local(14, 9), local(14, 12)),))]
    assert other_day == [Reason(Why.HOURS)]
    assert off_grid == [Reason(Why.STEP, starts=(local(14, 9), local(14, 9, 30)))]


def test_closure_and_holiday_are_named(service):
    closure = make_closure(local(14, 9), local(14, 10), reason="Snow")
    make_closure(local(14, 10), local(14, 11), practitioner=make_practitioner())
    service.location.holiday_country = "US"
    service.location.save()
    make_available_time(service, weekday=4)

    closed = ask(service, local(14, 9))
    christmas = ask(service, local(25, 9), now=NOW + timedelta(days=7))

    assert closed == [
        Reason(Why.CLOSURE, (closure.starts_at, closure.ends_at), "Snow", closure=closure)
    ]
    assert christmas == [Reason(Why.HOLIDAY, (local(25, 0), local(26, 0)), "Christmas Day")]


def test_several_closures_are_named_by_their_start(service, django_assert_num_queries):
    place = service.location
    second = make_closure(local(14, 9, 30), local(14, 10), location=place, reason="Flood")
    first = make_closure(local(13, 0), local(15, 0), location=place, reason="Snow")
    with django_assert_num_queries(6):
        reasons = ask(service, local(14, 9))
        named = [(reason.name, str(reason.closure.location)) for reason in reasons]

    assert named == [("Snow", str(place)), ("Flood", str(place))]
    assert first.pk > second.pk


def test_visits_holds_and_breaks_are_named(service):
    service.buffer_after_minutes = 15
    visit = make_appointment(service, local(14, 9))
    hold = make_appointment(service, local(14, 10, 30), status=AppointmentStatus.PENDING)

    assert ask(service, local(14, 9)) == [
        Reason(Why.BOOKED, (local(14, 9), local(14, 10)), appointment=visit)
    ]
    assert ask(service, local(14, 10)) == [
        Reason(Why.BUFFER, (local(14, 9), local(14, 10)), appointment=visit),
        Reason(Why.HELD, (local(14, 10, 30), local(14, 11, 30)), appointment=hold),
    ]
    assert ask(service, local(14, 9), moving=visit.reference) == []
    assert [r.why for r in ask(service, local(14, 10, 30), holder=hold.reference)] == []


def test_full_day_and_several_rules_at_once(service):
    service.daily_cap = 1
    visit = make_appointment(service, local(14, 11))
    make_closure(local(14, 0), local(15, 0))

    assert [reason.why for reason in ask(service, local(14, 9))] == [Why.CLOSURE, Why.CAP]
    assert [r.why for r in ask(service, local(14, 9), moving=visit.reference)] == [Why.CLOSURE]


@pytest.mark.parametrize(
    ("starts_at", "words"),
    [
        (local(7, 6), "This time is past."),
        (local(7, 9), "Booking closes 24 hours before the visit."),
        (local(28, 9), "Booking for this day opens on Monday, December 14."),
        (
            local(25, 9, month=1, year=2027),
            "Booking for this day opens on Monday, January 11, 2027.",
        ),
        (local(15, 9), "This is outside our hours."),
        (local(14, 9, 10), "No visit starts at this time."),
        (local(14, 9), "This time is taken."),
        (local(14, 10, 30), "We are closed at this time."),
    ],
)
def test_patients_read_why_and_not_who(service, starts_at, words):
    make_appointment(service, local(14, 9))
    make_closure(local(14, 10), local(14, 12), practitioner=service.practitioner, reason="Ill")

    assert patients_read(service, starts_at) == words


def test_a_full_day_is_taken(service):
    service.daily_cap = 1
    make_appointment(service, local(14, 11))

    assert patients_read(service, local(14, 9)) == "This time is taken."


def test_of_several_practitioners_counts_who_comes_closest(service):
    away, other = service.practitioner, make_practitioner(name="Dr. Zed")
    service.practitioners.add(other)
    make_available_time(service, practitioner=other, start_time=local(14, 10).time())
    make_available_time(service, practitioner=other, weekday=1)
    make_closure(local(14, 0), local(15, 0), practitioner=away)

    nine = patients_read(service, local(14, 9), away, other)
    tuesday = patients_read(service, local(15, 9), away, other)

    assert nine == "We are closed at this time."
    assert tuesday == "This time is taken."


def test_phone_visits_are_explained_by_their_places_hours(service):
    by_phone = make_location(kind="phone", same_hours_as=service.location)

    assert ask(service, local(14, 9), location=by_phone) == []
    assert [r.why for r in ask(service, local(15, 9), location=by_phone)] == [Why.HOURS]
