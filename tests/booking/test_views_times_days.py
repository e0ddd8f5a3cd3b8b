"""What the times page says of days: the first free one, those around, holidays, all two months."""

from datetime import date, time

import pytest

from booking.models import Appointment
from tests.html_tree import parse

from .factories import (
    local,
    make_appointment,
    make_available_time,
    make_location,
    make_practitioner,
    make_service,
    make_week,
)
from .journeys import make_article, pass_screening, step_url

TIMES = "/book/first-consultation/times/"


@pytest.fixture
def visitor(client, bookable_service):
    """A browser that passed the screening."""
    pass_screening(client, bookable_service)
    return client


def jumps(page):
    return [
        (link.text, link.get("href"))
        for row in page.all("p", class_="jumps")
        for link in row.all("a")
    ]


def overview(page):
    return page.one("details", class_="fold")


def observe_holidays(service, **kwargs):
    location = service.location
    location.holiday_country = "US"
    for name, value in kwargs.items():
        setattr(location, name, value)
    location.save()


def test_the_first_free_time_is_taken_with_one_tap(visitor):
    page = parse(visitor.get(f"{TIMES}?from=2026-12-14").content)
    button = page.one("button", name="start")

    response = visitor.post(TIMES, {"start": button.get("value")})

    card = page.one("p", class_="pick")
    assert "First free visit: Monday, December 7, at 9:00 am EST" in card.text
    assert page.one("form", id=button.get("form")).get("method") == "post"
    assert response["Location"] == "/book/first-consultation/details/"
    assert Appointment.objects.get().starts_at == local(7, 9)


def test_jumps_lead_to_the_free_days_around(visitor):
    first = parse(visitor.get(TIMES).content)
    middle = parse(visitor.get(f"{TIMES}?from=2026-12-16").content)
    last = parse(visitor.get(f"{TIMES}?from=2027-02-05").content)

    assert jumps(first) == [("Next free day: Mon, Dec 14", "?from=2026-12-14")]
    assert jumps(middle) == [
        ("Previous free day: Mon, Dec 14", "?from=2026-12-14"),
        ("Next free day: Mon, Dec 21", "?from=2026-12-21"),
    ]
    assert jumps(last) == [("Previous free day: Mon, Feb 1", "?from=2027-02-01")]


def test_a_public_holiday_is_named(visitor, bookable_service):
    make_week(bookable_service)
    observe_holidays(bookable_service)

    page = parse(visitor.get(f"{TIMES}?from=2026-12-25").content)

    strip = page.one("div", class_="week").one("ol").all("li")
    assert strip[4].text == "Fri December 25 Holiday: Christmas Day"
    empty = page.one("section", class_="empty")
    assert empty.one("h2").text == "We are closed on Friday: Christmas Day"
    assert "Fri, Dec 25: closed, Christmas Day" in overview(page).text


def test_a_holiday_that_is_worked_is_a_day_like_others(visitor, bookable_service):
    make_week(bookable_service)
    observe_holidays(bookable_service, worked_holidays=[date(2026, 12, 25)])

    page = parse(visitor.get(f"{TIMES}?from=2026-12-25").content)

    assert page.one("a", aria_current="date").text == "Fri December 25 5 free"


def test_days_beyond_what_can_be_booked_are_not_bookable_yet(visitor):
    page = parse(visitor.get(f"{TIMES}?from=2027-02-05").content)

    strip = page.one("div", class_="week").one("ol").all("li")
    assert strip[5].text == "Sat February 6 Not yet bookable"


def test_the_overview_links_every_bookable_day_and_says_how_it_is(visitor, bookable_service):
    make_available_time(bookable_service, weekday=1, start_time=time(9), end_time=time(10))
    make_appointment(bookable_service, local(15, 9))
    observe_holidays(bookable_service)

    page = parse(visitor.get(TIMES).content)

    months = overview(page).all("section")
    assert [month.one("h3").text for month in months] == [
        "December 2026",
        "January 2027",
        "February 2027",
    ]
    links = overview(page).all("a")
    assert len(links) == 61
    assert [(link.text, link.get("href")) for link in links[:3]] == [
        ("Monday, December 7: 5 free times", "?from=2026-12-07"),
        ("Tuesday, December 8: 1 free time", "?from=2026-12-08"),
        ("Wednesday, December 9: closed", "?from=2026-12-09"),
    ]
    assert links[8].text == "Tuesday, December 15: full"
    assert links[18].text == "Friday, December 25: closed, Christmas Day"
    assert months[0].one("ol").all("li")[0].get("class") == "on-0"
    assert months[1].one("ol").all("li")[0].get("class") == "on-4"


@pytest.mark.parametrize("people", [1, 5])
@pytest.mark.parametrize("places", [1, 3])
def test_the_page_asks_six_queries_whatever_there_is(
    client, bookable_service, django_assert_max_num_queries, people, places
):
    make_article()
    service = bookable_service
    for number in range(people - 1):
        one = make_practitioner()
        service.practitioners.add(one)
        make_week(service, practitioner=one, end_time=time(12 + number))
        for day in range(8, 16):
            make_appointment(service, local(day, 9), practitioner=one)
    for kind in ["phone", "video"][: places - 1]:
        service.other_locations.add(make_location(kind=kind, same_hours_as=service.location))
    client.post(f"{step_url(service, 'safety')}?condition=spasms", {"none": "on"})
    client.post(f"{TIMES}?condition=spasms", {"start": "2026-12-07T15:00:00Z"})

    with django_assert_max_num_queries(6):
        page = parse(client.get(f"{TIMES}?condition=spasms").content)

    assert "About: Spasms and twitches" in page.one("main").text
    assert "10:00 am, is held for you until" in page.one("main").text
    assert len(page.all("nav", class_="chooser")) == (people > 1) + (places > 1)


def test_another_services_rules_do_not_count(visitor, bookable_service):
    make_service(practitioner=bookable_service.practitioner, daily_cap=1)

    page = parse(visitor.get(TIMES).content)

    assert len(page.all("input", name="start")) == 5
