"""Of stops by the safety questions, no page, picture or file tells small counts apart."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from booking.models import ScreeningStop
from booking.numbers import Scope, Span
from booking.numbers.report import Few, hide_few
from booking.numbers.stops import DayOfStops, report_stops, stops_by_day

from .factories import NOW, make_practitioner

MONDAY = date(2026, 12, 7)
WEEK = Span.around(MONDAY, MONDAY)
QUERY = {"from": "2026-12-07", "until": "2026-12-13"}


def scope(**kwargs):
    return Scope(**{"span": WEEK, "now": NOW} | kwargs)


def make_stops(**counts):
    """Make counts by level, one a day from Monday on."""
    ScreeningStop.objects.all().delete()
    for level, numbers in counts.items():
        ScreeningStop.objects.bulk_create(
            ScreeningStop(on=MONDAY + timedelta(days=day), level=level, count=count)
            for day, count in enumerate(numbers)
            if count
        )


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (1, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (1234, "1234")],
)
def test_one_to_four_are_only_called_few(count, shown):
    assert str(hide_few(count)) == shown


@pytest.mark.django_db
def test_every_day_of_the_span_says_what_may_be_told():
    make_stops(emergency=[0, 3, 7], urgent=[5, 0, 1, 4])
    ScreeningStop.objects.create(on=MONDAY - timedelta(days=1), level="urgent", count=9)

    few = Few.HIDDEN
    assert [(day.emergency, day.urgent) for day in stops_by_day(scope())] == [
        (0, 5),
        (few, 0),
        (7, few),
        (0, few),
        (0, 0),
        (0, 0),
        (0, 0),
    ]
    assert stops_by_day(scope())[1] == DayOfStops(date(2026, 12, 8), few, 0)


@pytest.mark.django_db
def test_it_is_never_told_by_practitioner():
    make_stops(emergency=[9])

    assert stops_by_day(scope(practitioner=make_practitioner())) == stops_by_day(scope())


@pytest.mark.django_db
def test_report_says_on_how_many_days_and_not_how_often():
    make_stops(emergency=[1, 4], urgent=[9])

    report = report_stops(scope())

    assert report.finding == (
        "An emergency ended a booking on 2 days of 7; a sign to be seen today came up on 1 day."
    )
    assert report.table.rows == (
        (date(2026, 12, 7), Few.HIDDEN, 9),
        (date(2026, 12, 8), Few.HIDDEN, 0),
    )


@pytest.mark.django_db
def test_report_without_stops_draws_nothing():
    report = report_stops(scope())

    assert (report.finding, report.chart) == (
        "The questions stopped no booking in these weeks.",
        None,
    )


@pytest.mark.parametrize("address", ["numbers", "chart", "dark", "table"])
def test_nothing_differs_between_one_and_four(admin_client, address):
    url = {
        "numbers": reverse("numbers"),
        "chart": reverse("numbers-chart", args=["stops"]),
        "dark": reverse("numbers-chart", args=["stops"]),
        "table": reverse("numbers-table", args=["stops"]),
    }[address]
    query = QUERY | ({"theme": "dark", "width": "narrow"} if address == "dark" else {})

    def see(**counts):
        make_stops(**counts)
        # The page before it has a token of its own each time.
        return admin_client.get(url, query).text.rpartition('id="stops"')[2]

    assert see(emergency=[1, 6], urgent=[4, 1]) == see(emergency=[4, 6], urgent=[2, 3])
    assert see(emergency=[1, 6]) != see(emergency=[5, 6])
    assert see(emergency=[1]) != see(emergency=[0])


def test_the_drawing_calls_few_by_a_ring_and_a_name(admin_client):
    make_stops(emergency=[2, 8])

    drawn = admin_client.get(reverse("numbers-chart", args=["stops"]), QUERY).text

    assert "fewer than 5" in drawn
