"""Each number of the owner's page, against visits made by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from booking import actions
from booking.models import Message
from booking.numbers import Scope, Span
from booking.numbers.articles import article_bookings, report_articles
from booking.numbers.failures import WeekOfMessages, messages_by_week, report_failures
from booking.numbers.lead_time import LeadTime, lead_time, report_lead_time
from booking.numbers.visits import WeekOfVisits, report_visits, visits_by_week

from .desk import send
from .factories import (
    DESK,
    NOW,
    book,
    local,
    make_appointment,
    make_practitioner,
    make_screening_pass,
    make_service,
)
from .journeys import make_article

pytestmark = pytest.mark.django_db

DECEMBER = Span.around(date(2026, 12, 7), date(2026, 12, 20))
FIRST, SECOND = DECEMBER.weeks


def scope(span=DECEMBER, *, now=NOW, practitioner=None):
    return Scope(span=span, now=now, practitioner=practitioner)


def made_at(at):
    return {"booked_at": at, "consented_at": at}


# Spans


def test_a_span_is_whole_weeks_from_monday_to_sunday():
    span = Span.around(date(2026, 12, 9), date(2026, 12, 15))

    assert (span.first_on, span.last_on) == (date(2026, 12, 7), date(2026, 12, 20))
    assert span.weeks == (date(2026, 12, 7), date(2026, 12, 14))
    assert len(span.days) == 14


@pytest.mark.parametrize("today", [date(2026, 12, 7), date(2026, 12, 13)])
def test_the_latest_span_is_twelve_weeks_with_this_one(today):
    span = Span.latest(today)

    assert (span.first_on, span.last_on) == (date(2026, 9, 21), date(2026, 12, 13))
    assert len(span.weeks) == 12


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 8), 167), (date(2026, 11, 1), 169), (date(2026, 12, 8), 168)],
    ids=["spring", "autumn", "winter"],
)
def test_a_week_with_a_clock_change_begins_and_ends_at_midnight(day, hours):
    begin, end = Span.around(day, day).instants

    assert end - begin == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("sunday", "last_minute"),
    [
        (date(2026, 3, 8), datetime(2026, 3, 9, 3, 59, tzinfo=UTC)),
        (date(2026, 11, 1), datetime(2026, 11, 2, 4, 59, tzinfo=UTC)),
    ],
    ids=["spring", "autumn"],
)
def test_the_minutes_around_midnight_belong_to_their_own_weeks(sunday, last_minute):
    service = make_service(duration_minutes=5)
    monday = sunday + timedelta(days=1)
    span = Span.around(sunday, monday)
    for at, status in ((last_minute, "fulfilled"), (last_minute + timedelta(minutes=6), "noshow")):
        make_appointment(service, at, status=status, **made_at(at))

    weeks = visits_by_week(scope(span, now=last_minute + timedelta(days=9)))

    assert weeks == (
        WeekOfVisits(span.first_on, online=1, came=1),
        WeekOfVisits(monday, online=1, missed=1),
    )


# Bookings and no-shows


def test_visits_count_in_their_week_by_what_became_of_them():
    service = make_service()
    for hour, status in enumerate(
        ["fulfilled", "arrived", "noshow", "noshow", "cancelled", "booked", "pending"], 9
    ):
        make_appointment(service, local(7, hour), status=status)
    make_appointment(service, local(14, 9))
    make_appointment(service, local(21, 9), **made_at(NOW - timedelta(days=30)))

    weeks = visits_by_week(scope(now=local(7, 22)))

    assert weeks == (
        WeekOfVisits(FIRST, online=7, came=2, missed=2, cancelled=1, open=1, unmarked=1),
        WeekOfVisits(SECOND, open=1),
    )


def test_a_visit_that_is_still_to_come_needs_no_mark():
    make_appointment(make_service(), local(7, 10))

    assert [visits_by_week(scope(now=local(7, at)))[0].unmarked for at in (10, 11)] == [0, 1]


def test_bookings_of_patients_and_of_the_desk_are_told_apart(bookable_service, front_desk):
    send(front_desk, local(7, 9))
    book(bookable_service, starts_at=local(7, 10))
    book(bookable_service, starts_at=local(7, 11), by=DESK)

    (week, _) = visits_by_week(scope())

    assert (week.online, week.by_staff, week.open) == (1, 2, 3)


def test_a_moved_visit_counts_once_where_it_was_moved_to(bookable_service):
    visit = book(bookable_service, starts_at=local(7, 10))
    with time_machine.travel(NOW, tick=False):
        actions.reschedule(
            reference=visit.reference, starts_at=local(14, 10), now=NOW, by=DESK, override=True
        )

    weeks = visits_by_week(scope())

    assert weeks == (WeekOfVisits(FIRST, online=1), WeekOfVisits(SECOND, open=1))


def test_one_practitioner_alone_can_be_counted():
    service, other = make_service(), make_service()
    make_appointment(service, local(7, 10), status="noshow")
    make_appointment(other, local(7, 10), status="fulfilled")

    (week, _) = visits_by_week(scope(practitioner=other.practitioner))

    assert (week.came, week.missed, week.online) == (1, 0, 1)


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        (["fulfilled"], "0 of 1 marked visit was missed."),
        (["fulfilled"] * 2, "0 of 2 marked visits were missed."),
        (["noshow"], "1 of 1 marked visit was missed (100%)."),
        (["noshow"] * 2, "2 of 2 marked visits were missed (100%)."),
    ],
)
def test_report_says_was_of_one_visit(statuses, words):
    service = make_service()
    for hour, status in enumerate(statuses, 9):
        make_appointment(service, local(7, hour), status=status)

    assert report_visits(scope(now=local(8, 9))).finding.endswith(words)


def test_report_says_what_was_missed_and_what_to_mark():
    service = make_service()
    for hour, status in enumerate(["fulfilled", "fulfilled", "fulfilled", "noshow", "booked"], 9):
        make_appointment(service, local(7, hour), status=status)

    report = report_visits(scope(now=local(8, 9)))

    assert report.finding == (
        "5 visits were booked in these weeks. 1 of 4 marked visits was missed (25%)."
    )
    assert report.advice.startswith("1 visit that is over is not marked: mark each as done")
    assert report.table.rows == ((FIRST, 5, 0, 3, 1, 0, 1), (SECOND, 0, 0, 0, 0, 0, 0))


def test_report_without_visits_draws_nothing_and_says_so():
    report = report_visits(scope())

    assert (report.finding, report.chart) == ("No visits in these weeks yet.", None)


def test_report_draws_weeks_without_visits_as_zero():
    make_appointment(make_service(), local(7, 10))

    chart = report_visits(scope()).chart

    assert chart.labels == DECEMBER.weeks
    assert [one.values for one in chart.panels[0].series] == [(1, 0), (0, 0)]


# Lead time


def test_lead_time_is_in_days_of_the_clinics_calendar():
    service = make_service(duration_minutes=5)
    # Booked at five to midnight for five past: another day, in the clinic.
    make_appointment(service, local(8, 0, 5), **made_at(local(7, 23, 55)))
    make_appointment(service, local(7, 9), **made_at(local(7, 8)))
    make_appointment(service, local(21, 9), **made_at(local(7, 8)))

    assert lead_time(scope()) == LeadTime({0: 1, 1: 1, 14: 1})


@pytest.mark.parametrize(
    ("booked_at", "starts_at"),
    [
        (local(7, 23, month=3), local(8, 4, month=3)),
        (local(31, 23, month=10), local(1, 4, month=11)),
    ],
    ids=["spring", "autumn"],
)
def test_lead_time_over_a_clock_change_is_a_day(booked_at, starts_at):
    make_appointment(make_service(), starts_at, **made_at(booked_at))
    span = Span.around(booked_at.date(), starts_at.date())

    assert lead_time(scope(span)) == LeadTime({1: 1})


def test_lead_time_leaves_out_what_was_cancelled_and_what_was_booked_in_other_weeks():
    service = make_service()
    make_appointment(service, local(9, 9), status="cancelled")
    make_appointment(service, local(9, 10), **made_at(NOW - timedelta(days=7)))
    make_appointment(service, local(9, 11), status="noshow")

    assert lead_time(scope()) == LeadTime({2: 1})


def test_a_visit_noted_after_it_began_was_booked_on_the_day():
    make_appointment(make_service(), local(7, 10), **made_at(local(9, 10)))

    assert lead_time(scope()) == LeadTime({0: 1})


def test_groups_hold_every_booking_once():
    lead = LeadTime(dict.fromkeys(range(100), 1))

    assert [count for _, count in lead.groups] == [1, 1, 2, 4, 7, 14, 32, 39]


@pytest.mark.parametrize(
    ("by_days", "words"),
    [
        ({0: 3, 9: 1}, "Half of 4 bookings were made on the same day (the median)."),
        ({1: 3}, "Half of 3 bookings were made 1 day ahead or less (the median)."),
        ({2: 1, 5: 1}, "Half of 2 bookings were made 3.5 days ahead or less (the median)."),
        ({}, "Nothing was booked in these weeks yet."),
    ],
)
def test_report_says_the_median(monkeypatch, by_days, words):
    monkeypatch.setattr("booking.numbers.lead_time.lead_time", lambda scope: LeadTime(by_days))

    report = report_lead_time(scope())

    assert (report.finding, report.chart is None) == (words, not by_days)


# Articles


def test_articles_are_named_as_they_are_on_the_site_most_first():
    service = make_service()
    make_article("spasms", "Spasms and twitches")
    slugs = ["spasms", "spasms", "old-page", "", "spasms", ""]
    for hour, slug in enumerate(slugs, 9):
        status = "cancelled" if hour == 9 else "booked"
        make_appointment(service, local(8, hour), status=status, condition_slug=slug)

    found = article_bookings(scope())

    assert found.leading == (("Spasms and twitches", 3), ("old-page (not on the site)", 1))
    assert (found.from_articles, found.bookings) == (4, 6)
    assert report_articles(scope()).finding == (
        "4 of 6 bookings came from an article, most from “Spasms and twitches” (3)."
    )


def test_ten_articles_are_shown():
    service = make_service()
    for number in range(11):
        for again in range(2 if number else 1):
            at = local(7 + number, 9 + again)
            make_appointment(service, at, condition_slug=f"article-{number}")

    found = article_bookings(scope())

    assert len(found.leading) == 10
    assert "article-0 (not on the site)" not in dict(found.leading)
    assert found.from_articles == 21


@pytest.mark.parametrize(
    ("slugs", "words"),
    [
        ([], "Nothing was booked in these weeks yet."),
        ([""], "None of 1 booking came from an article."),
    ],
)
def test_report_without_articles_draws_nothing(slugs, words):
    for slug in slugs:
        make_appointment(make_service(), local(8, 9), condition_slug=slug)

    report = report_articles(scope())

    assert (report.finding, report.chart) == (words, None)


def test_the_article_comes_with_the_booking(bookable_service):
    make_article("spasms", "Spasms and twitches")
    screening = make_screening_pass(condition="spasms")

    book(bookable_service, starts_at=local(7, 10), screening=screening)

    assert article_bookings(scope()).leading == (("Spasms and twitches", 1),)


# Messages


def make_message(visit, state, *, at=NOW, channel="email"):
    number = Message.objects.count()
    is_mail = channel == "email"
    return Message.objects.create(
        appointment=visit,
        kind="reminder",
        lead_minutes=60 + number,
        channel=channel,
        to_email="ana@example.com" if is_mail else "",
        to_phone="" if is_mail else "+12125550123",
        sequence=0,
        message_id=f"<{number}@clinic.example.org>",
        state=state,
        sent_at=at if state in ("sent", "bounced") else None,
        bounced_at=at if state == "bounced" else None,
        created_at=at,
    )


def test_messages_that_failed_or_came_back_count_by_channel():
    visit = make_appointment(make_service(), local(8, 9))
    other = make_appointment(make_service(), local(8, 9))
    for state in ("sent", "failed", "bounced", "outdated", "queued", "sending"):
        make_message(visit, state)
    make_message(other, "failed", channel="sms")
    make_message(visit, "sent", channel="sms")
    make_message(visit, "failed", at=local(14, 0))
    make_message(visit, "failed", at=local(21, 0))

    assert messages_by_week(scope()) == (
        WeekOfMessages(FIRST, emails=6, emails_lost=2, texts=2, texts_lost=1),
        WeekOfMessages(SECOND, emails=1, emails_lost=1, texts=0, texts_lost=0),
    )
    assert report_failures(scope()).finding == "4 of 9 messages did not arrive."
    (week, _) = messages_by_week(scope(practitioner=other.practitioner))
    assert week == WeekOfMessages(FIRST, emails=0, emails_lost=0, texts=1, texts_lost=1)


def test_report_without_messages_draws_nothing():
    report = report_failures(scope(practitioner=make_practitioner()))

    assert (report.finding, report.chart) == ("No message was written in these weeks yet.", None)
    assert report.advice == "Nothing to do."
    assert report.counted.endswith("with this practitioner, or about their day.")
