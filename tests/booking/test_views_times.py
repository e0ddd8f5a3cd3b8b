from datetime import time, timedelta

import pytest
import time_machine

from booking.models import Appointment
from booking.views.journey import HOLD_COOKIE, HoldToken
from tests.html_tree import parse

from .factories import (
    NOW,
    hold,
    local,
    make_appointment,
    make_available_time,
    make_location,
    make_service,
    make_week,
)
from .journeys import (
    SEE_DOCTOR,
    choose_time,
    held_token,
    make_article,
    make_red_flags,
    pass_screening,
    step_url,
)

TIMES = "/book/first-consultation/times/"


@pytest.fixture
def visitor(client, bookable_service):
    """A browser that passed the screening."""
    pass_screening(client, bookable_service)
    return client


def slots(page):
    return [slot.get("data-slot") for slot in page.all("input", name="start")]


def times_form(page):
    return page.one("form", class_="times-form")


def days(page):
    strip = page.one("div", class_="week").one("ol")
    return [item.text for item in strip.all("li")]


def links(page):
    return [link.get("href") for link in page.one("main").all("a")]


def test_times_show_the_first_free_day_with_its_slots(visitor):
    page = parse(visitor.get(TIMES).content)

    assert slots(page) == [
        "2026-12-07T14:00:00Z",
        "2026-12-07T14:30:00Z",
        "2026-12-07T15:00:00Z",
        "2026-12-07T15:30:00Z",
        "2026-12-07T16:00:00Z",
    ]
    assert [slot.get("value") for slot in page.all("input", name="start")] == slots(page)
    labels = [label.text for label in page.all("label", class_="slot")]
    assert labels == ["9:00 am", "9:30 am", "10:00 am", "10:30 am", "11:00 am"]
    assert page.one("legend").text == "Monday, December 7"
    assert "Clinic time: Eastern (EST)." in times_form(page).text
    assert len(page.all("h1")) == 1


def test_times_label_the_days_of_the_week(visitor):
    page = parse(visitor.get(TIMES).content)

    assert days(page) == [
        "Mon December 7 5 free",
        "Tue December 8 Closed",
        "Wed December 9 Closed",
        "Thu December 10 Closed",
        "Fri December 11 Closed",
        "Sat December 12 Closed",
        "Sun December 13 Closed",
    ]
    assert page.one("a", aria_current="date").text == "Mon December 7 5 free"
    assert "First free visit: Monday, December 7, at 9:00 am" in page.one("main").text


def test_times_of_a_full_day_name_the_nearest_free_one(visitor, bookable_service):
    for hour in (9, 10, 11):
        make_appointment(bookable_service, local(14, hour))

    page = parse(visitor.get(f"{TIMES}?from=2026-12-14").content)

    assert slots(page) == []
    assert days(page)[0] == "Mon December 14 Full"
    section = page.one("section", class_="empty")
    assert section.one("h2").text == "Monday is full"
    assert section.one("a", class_="btn").get("href") == "?from=2026-12-21"


def test_times_of_a_closed_day_say_so(visitor):
    page = parse(visitor.get(f"{TIMES}?from=2026-12-09").content)

    assert page.one("section", class_="empty").one("h2").text == "We are closed on Wednesday"


def test_times_with_a_notice_say_what_is_too_soon(client, bookable_service):
    bookable_service.notice_minutes = 24 * 60
    bookable_service.save()
    pass_screening(client, bookable_service)

    page = parse(client.get(f"{TIMES}?from=2026-12-07").content)

    assert days(page)[0] == "Mon December 7 Call us"
    assert page.one("section", class_="empty").one("h2").text == "Monday is too soon to book online"


def test_times_link_to_the_weeks_around_and_keep_the_article(client, bookable_service):
    make_article()
    client.post("/book/first-consultation/safety/?condition=spasms", {"none": "on"})

    page = parse(client.get(f"{TIMES}?condition=spasms&from=2026-12-14").content)

    around = [link.get("href") for link in page.one("div", class_="bar").all("a")]
    assert around == ["?condition=spasms&from=2026-12-07", "?condition=spasms&from=2026-12-21"]


def test_times_link_no_further_than_the_horizon(visitor):
    first = parse(visitor.get(f"{TIMES}?from=2026-12-07").content)
    last = parse(visitor.get(f"{TIMES}?from=2027-02-05").content)

    assert [link.text for link in first.one("div", class_="bar").all("a")] == ["Next week"]
    assert [link.text for link in last.one("div", class_="bar").all("a")] == ["Previous week"]


@pytest.mark.parametrize(
    "day",
    ["abc", "0000-00-00", "2026-02-30", "-1", "2026-12-7", "٢٠٢٦-١٢-٠٧", "9" * 10_000, "🌿"],
)
def test_times_from_an_unreadable_day_point_to_the_first_free_week(visitor, day):
    response = visitor.get(TIMES, {"from": day})

    page = parse(response.content)
    assert response.status_code == 400
    assert page.one("h1").text == "We could not read that date"
    assert page.one("a", class_="btn").get("href") == TIMES


def test_times_from_no_day_show_the_first_free_one(visitor):
    page = parse(visitor.get(f"{TIMES}?from=").content)

    assert page.one(id="week-title").text == "December 7 to 13"


def test_times_from_a_day_with_a_nul_byte_are_refused(visitor):
    assert visitor.get(f"{TIMES}?from=2026-12-07%00").status_code == 400


@pytest.mark.parametrize(
    ("day", "heading"),
    [
        ("0001-01-01", "December 7 to 13"),
        ("2020-01-01", "December 7 to 13"),
        ("2027-06-01", "February 1 to 7"),
        ("9999-12-31", "February 1 to 7"),
    ],
)
def test_times_from_a_day_out_of_range_show_the_nearest_week(visitor, day, heading):
    response = visitor.get(f"{TIMES}?from={day}")

    page = parse(response.content)
    assert response.status_code == 200
    assert page.one("h2", class_="week-title").text == heading
    assert (
        "We take bookings online from Monday, December 7, to Friday, February 5."
        in page.one("main").text
    )


def test_times_without_any_free_one_give_the_phone_number(visitor, bookable_service):
    bookable_service.practitioner.available_times.all().delete()

    page = parse(visitor.get(TIMES).content)

    assert slots(page) == []
    links = page.one("section", class_="empty").all("a")
    waitlist = "/book/first-consultation/waitlist/"
    hrefs = [link.get("href") for link in links]
    assert hrefs == ["tel:+12125550100", "tel:911", "tel:988", waitlist]


def test_times_tell_the_two_half_past_ones_apart(client, db):
    make_red_flags()
    service = make_service(slug="first-consultation")
    make_available_time(service, weekday=6, start_time=time(0), end_time=time(4))
    before_the_change = local(30, 12, month=10)

    with time_machine.travel(before_the_change, tick=False):
        pass_screening(client, service)
        page = parse(client.get(f"{TIMES}?from=2026-11-01").content)

    labels = {
        label.one("input").get("data-slot"): label.text
        for label in page.all("label", class_="slot")
    }
    assert labels["2026-11-01T05:30:00Z"] == "1:30 am EDT"
    assert labels["2026-11-01T06:30:00Z"] == "1:30 am EST"
    assert "The clocks change this week" in times_form(page).text


def test_times_are_in_the_locations_zone(client, bookable_service):
    denver = make_service(slug="denver", location=make_location(time_zone="America/Denver"))
    make_available_time(denver)
    pass_screening(client, denver)

    page = parse(client.get(step_url(denver, "times")).content)

    assert slots(page)[0] == "2026-12-07T16:00:00Z"
    assert page.all("label", class_="slot")[0].text == "9:00 am"
    assert "Clinic time: Mountain (MST)." in times_form(page).text


def test_times_remind_of_the_doctor(client, bookable_service):
    client.post(step_url(bookable_service, "safety"), {"flags": [SEE_DOCTOR]})

    page = parse(client.get(TIMES).content)

    assert "You ticked a sign that a doctor should see." in page.one("main").text


def test_choosing_a_time_holds_it_for_ten_minutes(visitor, bookable_service):
    response = choose_time(visitor, bookable_service, local(7, 10))

    held = Appointment.objects.get()
    assert (response.status_code, response["Location"]) == (
        302,
        "/book/first-consultation/details/",
    )
    assert (held.status, held.starts_at) == ("pending", local(7, 10))
    assert held.expires_at == NOW + timedelta(minutes=10)
    assert held_token(visitor) == HoldToken.of(held)
    cookie = response.cookies[HOLD_COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/book/", True, "Lax")


def test_the_holder_sees_the_held_time_as_theirs_and_others_do_not_see_it(
    visitor, bookable_service
):
    choose_time(visitor, bookable_service, local(7, 10))
    mine = parse(visitor.get(TIMES).content)
    visitor.cookies.pop(HOLD_COOKIE)
    others = parse(visitor.get(TIMES).content)

    checked = [slot for slot in mine.all("input", name="start") if "checked" in slot.attributes]
    assert [slot.get("data-slot") for slot in checked] == ["2026-12-07T15:00:00Z"]
    note = times_form(mine).all("p", class_="note")[1]
    assert note.text == (
        "Monday, December 7, 10:00 am, is held for you until 7:10 am. "
        "Keep it, or choose another time."
    )
    assert note.one("a").get("href") == "/book/first-consultation/details/"
    assert slots(others) == ["2026-12-07T14:00:00Z", "2026-12-07T16:00:00Z"]


def test_a_browser_has_one_hold(visitor, bookable_service):
    choose_time(visitor, bookable_service, local(7, 10))

    choose_time(visitor, bookable_service, local(7, 9))

    assert Appointment.objects.get().starts_at == local(7, 9)


def test_a_hold_for_another_visit_is_not_shown_as_this_ones(visitor, bookable_service):
    other = make_service(slug="follow-up", practitioner=bookable_service.practitioner)
    make_available_time(other, location=other.location)
    choose_time(visitor, bookable_service, local(7, 10))

    page = parse(visitor.get(step_url(other, "times")).content)

    assert "is held for you" not in page.one("main").text


def test_choosing_a_time_that_is_not_offered_says_why(visitor, bookable_service):
    bookable_service.notice_minutes = 24 * 60
    bookable_service.save()

    response = choose_time(visitor, bookable_service, local(7, 10))

    main = parse(response.content).one("main")
    assert response.status_code == 409
    assert "Booking closes 24 hours before the visit. To ask for it all the same, call" in main.text


def test_choosing_a_time_that_was_taken_offers_the_nearest(visitor, bookable_service):
    hold(bookable_service, local(7, 10))

    response = choose_time(visitor, bookable_service, local(7, 10))

    page = parse(response.content)
    assert response.status_code == 409
    assert page.one("div", class_="errors").one("li").text == (
        "This time has just been taken. Please choose another one."
    )
    assert slots(page)[:2] == ["2026-12-07T14:00:00Z", "2026-12-07T16:00:00Z"]
    assert page.all("label", class_="slot")[0].text == "Mon, Dec 7, 9:00 am EST"
    assert page.one("div", class_="errors").one("a").get("href") == "#id_start"
    assert times_form(page).one(id="id_start").get("data-slot") == "2026-12-07T14:00:00Z"
    assert HOLD_COOKIE not in response.cookies
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    "start",
    [
        "2026-12-07T14:10:00Z",
        "2026-12-08T15:00:00Z",
        "2026-12-07T11:00:00Z",
        "2020-01-06T15:00:00Z",
        "2030-01-07T15:00:00Z",
        "8999-12-31T23:59:59Z",
    ],
    ids=["off-the-grid", "closed", "before-opening", "past", "too-far", "far-future"],
)
def test_choosing_a_time_that_is_not_offered_offers_the_nearest(visitor, start):
    response = visitor.post(TIMES, {"start": start})

    page = parse(response.content)
    assert response.status_code == 409
    assert page.one("div", class_="errors").one("li").text == (
        "This time is no longer offered. Please choose another one."
    )
    assert len(slots(page)) == 6
    assert Appointment.objects.count() == 0


@pytest.mark.parametrize(
    "start",
    ["", "abc", "2026-12-07T14:00:00", "9999-12-31T23:59:59Z", "99999-01-01T00:00:00Z", "\x00"],
)
def test_choosing_an_unreadable_time_offers_the_first_ones(visitor, start):
    response = visitor.post(TIMES, {"start": start})

    page = parse(response.content)
    assert response.status_code == 400
    assert slots(page)[0] == "2026-12-07T14:00:00Z"
    assert Appointment.objects.count() == 0


def test_choosing_a_time_when_nothing_is_left_gives_the_phone_number(visitor, bookable_service):
    bookable_service.practitioner.available_times.all().delete()

    response = choose_time(visitor, bookable_service, local(7, 10))

    page = parse(response.content)
    assert response.status_code == 409
    assert page.all("form") == []
    assert page.one(id="id_start").get("href") == "tel:+12125550100"


def test_looking_holds_nothing(visitor):
    visitor.get(TIMES, {"start": "2026-12-07T14:00:00Z"})
    visitor.head(TIMES)

    assert Appointment.objects.count() == 0


def test_times_ask_as_many_queries_with_many_appointments(
    visitor, bookable_service, django_assert_num_queries, django_assert_max_num_queries
):
    make_week(bookable_service, start_time=time(13), end_time=time(17))
    with django_assert_max_num_queries(30) as few:
        visitor.get(TIMES)
    for day in range(8, 20):
        make_appointment(bookable_service, local(day, 14))

    with django_assert_num_queries(len(few)):
        visitor.get(TIMES)


def test_times_are_not_kept(visitor):
    assert "no-store" in visitor.get(TIMES)["Cache-Control"]


def test_links_carry_the_condition_once_and_nothing_else(client, bookable_service):
    make_article(slug="migraine")
    query = "?condition=migraine&condition=migraine&ref=x"
    client.post(f"{step_url(bookable_service, 'safety')}{query}", {"none": "on"})

    page = parse(client.get(f"{TIMES}{query}").content)

    carried = {link.partition("from=")[0] for link in links(page) if "from=" in link}
    assert carried == {"?condition=migraine&"}
