"""How full the weeks are: what is open, and what of it is taken."""

from datetime import date, time, timedelta

import pytest

from booking.models import AvailableTime, Practitioner
from booking.numbers import Scope, Span
from booking.numbers.fullness import WeekOfHours, by_week, hours_by_week, minus, report_fullness

from .factories import (
    NOW,
    local,
    make_appointment,
    make_available_time,
    make_closure,
    make_location,
    make_practitioner,
    make_service,
)

MONDAY = date(2026, 12, 7)
WEEK = Span.around(MONDAY, MONDAY)
WEEKS_LATER = local(30, 9)


def scope(span=WEEK, *, now=WEEKS_LATER, practitioner=None):
    """By default from weeks later, so that no weeks ahead are added."""
    return Scope(span=span, now=now, practitioner=practitioner)


def first(**kwargs):
    week = hours_by_week(scope(**kwargs))[0]
    return week.open_minutes, week.taken_minutes


@pytest.fixture
def service(db):
    """Open on Mondays from 9 to 12; a visit takes an hour."""
    service = make_service()
    make_available_time(service)
    return service


# Arithmetic


@pytest.mark.parametrize(
    ("blocked", "left"),
    [
        ([], [(0, 4), (6, 9)]),
        ([(1, 2)], [(0, 1), (2, 4), (6, 9)]),
        ([(0, 4)], [(6, 9)]),
        ([(3, 7)], [(0, 3), (7, 9)]),
        ([(1, 2), (3, 3), (2, 3)], [(0, 1), (3, 4), (6, 9)]),
        ([(-5, 1), (8, 99)], [(1, 4), (6, 8)]),
        ([(-5, 99)], []),
        ([(4, 6)], [(0, 4), (6, 9)]),
    ],
)
def test_minus_leaves_what_is_not_blocked(blocked, left):
    assert list(minus([(0, 4), (6, 9)], blocked)) == left


def test_a_night_from_sunday_to_monday_is_parted_between_its_weeks():
    span = Span.around(MONDAY, date(2026, 12, 20))
    night = (local(13, 22), local(14, 2))

    assert list(by_week([night], span)) == [
        (MONDAY, (local(13, 22), local(14, 0))),
        (date(2026, 12, 14), (local(14, 0), local(14, 2))),
    ]


def test_what_lies_outside_the_span_is_left_out():
    night = (local(6, 22), local(7, 2))
    end = (local(13, 22), local(14, 2))

    assert list(by_week([night, end], WEEK)) == [
        (MONDAY, (local(7, 0), local(7, 2))),
        (MONDAY, (local(13, 22), local(14, 0))),
    ]


# What is open


def test_open_is_what_the_hours_say(service):
    assert first() == (180, 0)


def test_a_closure_of_anybody_or_of_the_place_is_not_open(service):
    make_closure(local(7, 9), local(7, 9, 30))
    make_closure(local(7, 10), local(7, 10, 30), practitioner=service.practitioner)
    make_closure(local(7, 11), local(7, 11, 15), location=service.location)
    make_closure(local(7, 11, 30), local(7, 12), location=make_location())
    make_closure(local(7, 11, 30), local(7, 12), practitioner=make_practitioner())

    assert first() == (105, 0)


def test_a_public_holiday_is_not_open(service):
    make_available_time(service, weekday=4)
    service.location.holiday_country = "US"
    service.location.save()
    christmas = Span.around(date(2026, 12, 25), date(2026, 12, 25))

    assert first(span=christmas, now=NOW) == (180, 0)


def test_hours_at_two_places_at_once_count_once(service):
    make_available_time(service, location=make_location(), start_time=time(11), end_time=time(13))

    assert first() == (240, 0)


def test_hours_of_a_place_with_those_of_another_do_not_count(service):
    phone = make_location(kind="phone", same_hours_as=service.location)
    make_available_time(service, location=phone, weekday=2)

    assert first() == (180, 0)


def test_hours_are_on_the_clock_of_their_place(service):
    AvailableTime.objects.all().delete()
    tokyo = make_location(time_zone="Asia/Tokyo")
    # Eight in the evening of Sunday, in New York.
    make_available_time(service, location=tokyo, weekday=0, start_time=time(10), end_time=time(12))

    weeks = hours_by_week(scope(Span.around(date(2026, 12, 6), MONDAY)))

    assert [week.open_minutes for week in weeks] == [120, 120]


def test_extra_hours_and_hours_for_a_while_count_when_they_hold(service):
    make_available_time(service, weekday=None, on=date(2026, 12, 10))
    make_available_time(service, weekday=1, valid_until_on=date(2026, 12, 7))
    make_available_time(service, weekday=2, valid_from_on=date(2026, 12, 9))

    assert first() == (540, 0)


@pytest.mark.parametrize(("sunday", "minutes"), [(date(2026, 3, 8), 180), (date(2026, 11, 1), 300)])
def test_a_night_in_which_clocks_change_has_its_real_length(service, sunday, minutes):
    AvailableTime.objects.update(weekday=6, start_time=time(0), end_time=time(4))

    assert first(span=Span.around(sunday, sunday)) == (minutes, 0)


def test_who_cannot_be_booked_counts_if_asked_for_alone(service):
    gone = service.practitioner
    Practitioner.objects.update(is_active=False)

    assert first() == (0, 0)
    assert first(practitioner=gone) == (180, 0)
    assert first(practitioner=make_practitioner()) == (0, 0)


# What is taken


def test_visits_that_hold_their_time_take_it(service):
    make_available_time(service, start_time=time(13), end_time=time(18))
    for hour, status in (
        (9, "booked"),
        (10, "arrived"),
        (11, "noshow"),
        (13, "fulfilled"),
        (14, "cancelled"),
        (15, "pending"),
    ):
        make_appointment(service, local(7, hour), status=status)

    assert first() == (480, 240)


def test_breaks_take_time_and_what_is_outside_the_hours_does_not(service):
    service.buffer_before_minutes, service.buffer_after_minutes = 15, 30
    make_appointment(service, local(7, 9))
    make_appointment(service, local(7, 11, 30))
    make_appointment(service, local(8, 9))

    # 9:00 to 10:30 and 11:15 to 12:00.
    assert first() == (180, 135)


def test_a_visit_in_a_closure_takes_nothing_that_is_open(service):
    make_appointment(service, local(7, 9))
    make_closure(local(7, 9), local(7, 10))

    assert first() == (120, 0)


def test_a_phone_visit_takes_the_hours_of_the_clinic(service):
    phone = make_location(kind="phone", same_hours_as=service.location)
    make_appointment(service, local(7, 9), location=phone)

    assert first() == (180, 60)


def test_two_practitioners_add_up(service):
    other = make_service(location=service.location)
    make_available_time(other)
    make_appointment(service, local(7, 9))
    make_appointment(other, local(7, 9))

    assert first() == (360, 120)
    assert first(practitioner=other.practitioner) == (180, 60)


# The report


def test_the_weeks_ahead_are_shown_if_the_span_reaches_today(service):
    weeks = hours_by_week(scope(Span.latest(MONDAY), now=NOW))

    assert len(weeks) == 12 + 4
    assert weeks[-1].monday == MONDAY + timedelta(weeks=4)


@pytest.mark.parametrize(
    ("minutes", "percent"), [((0, 0), None), ((180, 0), 0), ((600, 599), 99), ((60, 60), 100)]
)
def test_only_what_is_full_is_called_full(minutes, percent):
    assert WeekOfHours(MONDAY, *minutes).percent == percent


def test_report_says_how_full_past_present_and_next_week_are(service):
    for at in (local(30, 9, month=11), local(30, 10, month=11), local(7, 9), local(14, 9)):
        make_appointment(service, at)
    make_closure(local(21, 0), local(22, 0))

    report = report_fullness(
        scope(Span.around(date(2026, 11, 30), date(2026, 12, 27)), now=local(7, 8))
    )

    assert report.finding == (
        "In the weeks past, 67% of the open time was taken. This week 33% is. Next week 33% is so far."
    )
    assert report.table.rows[0] == (date(2026, 11, 30), "3.0", "2.0", 66)
    assert report.table.rows[3] == (date(2026, 12, 21), "0.0", "0.0", "closed")
    past, ahead = report.chart.panels[0].series
    assert past.values[:4] == (66, None, None, None)
    assert ahead.values[:4] == (None, 33, 33, None)


@pytest.mark.django_db
def test_report_without_hours_says_what_to_do():
    report = report_fullness(scope())

    assert (report.finding, report.chart) == ("There are no open hours in these weeks.", None)
    assert report.advice == "Add weekly hours to a practitioner’s page."


def test_report_of_weeks_to_come_names_the_first_one(service):
    report = report_fullness(
        scope(Span.around(date(2026, 12, 21), date(2026, 12, 27)), now=local(7, 8))
    )

    assert report.finding == "The first week ahead 0% is so far."


def test_report_of_a_week_that_is_closed_today_says_no_more_than_it_knows(service):
    make_closure(local(7, 0), local(31, 0))

    report = report_fullness(
        scope(Span.around(date(2026, 12, 7), date(2026, 12, 7)), now=local(7, 8))
    )

    assert report.finding == "Nothing is open in the weeks around today."
