"""The week and the day of the clinic, as the front desk sees them."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, User

from booking.models import BusyCalendar, MoveRequest
from tests.html_tree import parse

from .factories import (
    NOW,
    local,
    make_appointment,
    make_available_time,
    make_closure,
    make_location,
    make_patient,
    make_practitioner,
    make_service,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
AGENDA = "/admin/booking/appointment/agenda/"


def look(client, **query):
    return client.get(AGENDA, {"on": "2026-12-07"} | query)


def words_of(item):
    if item.kind == "visit":
        return f"{item.name}, {item.words}"
    return item.words if item.kind == "block" else item.clock.hands


def items(response, column=0):
    """Return what stands in a column: its kind, where it stands, and what it says."""
    found = response.context["grid"].columns[column].items
    return [(item.kind, item.classes, words_of(item)) for item in found if item.kind != "now"]


def shown(response, kind):
    """Return what the whole page shows of a kind."""
    columns = response.context["grid"].columns
    return [item for column in columns for item in column.items if item.kind == kind]


def titles(response):
    return [column.title for column in response.context["grid"].columns]


def hours(response):
    return response.context["grid"].hours


def test_a_week_shows_visits_closures_and_free_times_in_order(front_desk, bookable_service):
    make_appointment(bookable_service, local(7, 10))
    make_closure(local(7, 9), local(7, 9, 30), reason="Team meeting")

    response = look(front_desk)

    assert items(response) == [
        ("block", "at-0900 for-30", "Team meeting"),
        ("free", "at-0930 for-30", "9:30"),
        ("visit", "at-1000 for-60", "Ana Example, Booked"),
        ("free", "at-1100 for-60", "11:00"),
    ]
    assert hours(response) == (9, 12)
    assert parse(response.content.decode()).one("h1").text == "December 7 to 13"


def test_weekdays_are_drawn_always_and_a_weekend_if_there_is_something(
    front_desk, bookable_service
):
    make_appointment(bookable_service, local(13, 10))

    assert titles(look(front_desk)) == [
        "Monday, December 7, today",
        "Tuesday, December 8",
        "Wednesday, December 9",
        "Thursday, December 10",
        "Friday, December 11",
        "Sunday, December 13",
    ]


def test_the_hours_drawn_follow_early_and_late_visits(front_desk, bookable_service):
    make_appointment(bookable_service, local(8, 7, 30))
    make_appointment(bookable_service, local(9, 20, 15))

    assert hours(look(front_desk)) == (7, 22)


def test_without_hours_and_visits_the_usual_hours_are_drawn(front_desk, db):
    response = look(front_desk)

    assert hours(response) == (9, 17)
    note = parse(response.content).one("p", class_="agenda-note")
    assert note.text == "Nobody has a diary yet. An owner can add a practitioner."


def test_an_owner_without_practitioners_is_led_to_add_one(admin_client):
    link = parse(look(admin_client).content).one("p", class_="agenda-note").one("a")

    assert (link.text, link.get("href")) == (
        "add a practitioner",
        "/admin/booking/practitioner/add/",
    )


def test_a_practitioner_without_a_diary_is_told_who_can_join_one(client, db):
    user = User.objects.create_user("novak", is_staff=True)
    user.groups.add(Group.objects.get(name="Practitioner"))
    client.force_login(user)

    note = parse(look(client).content).one("p", class_="agenda-note")

    assert note.text.startswith("There is no diary for you to see yet. An owner can join")


@pytest.mark.parametrize(
    ("status", "words", "mark"),
    [
        ("booked", "Booked", "is-booked"),
        ("arrived", "Arrived", "is-here"),
        ("fulfilled", "Done", "is-done"),
        ("cancelled", "Cancelled", "is-off"),
        ("noshow", "No-show", "is-missed"),
    ],
)
def test_each_status_has_its_words_and_its_look(front_desk, bookable_service, status, words, mark):
    make_appointment(bookable_service, local(7, 9), status=status)

    link = parse(look(front_desk).content.decode()).one("a", class_="appt")

    assert mark in link.get("class")
    assert link.one(class_="status").text == words
    assert link.one("svg").get("aria-hidden") == "true"


def test_a_held_time_says_until_when_and_goes_with_its_end(front_desk, bookable_service):
    make_appointment(
        bookable_service, local(7, 9), status="pending", expires_at=NOW + timedelta(minutes=10)
    )

    (held,) = shown(look(front_desk), "visit")
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        later = shown(look(front_desk), "visit")

    assert (held.name, held.words) == ("Not booked yet", "Held, until 7:10")
    assert later == []


def test_a_time_held_for_days_names_the_day(front_desk, bookable_service):
    make_appointment(
        bookable_service, local(9, 9), status="pending", expires_at=local(8, 15), created_at=NOW
    )

    (held,) = shown(look(front_desk), "visit")

    assert held.words == "Held, until Tue, Dec 8, 3:00"


def test_whoever_was_asked_to_move_is_to_confirm_and_listed_above(front_desk, bookable_service):
    visit = make_appointment(bookable_service, local(7, 9))
    MoveRequest.objects.create(
        appointment=visit,
        created_at=NOW - timedelta(minutes=40),
        expires_at=NOW + timedelta(days=1),
    )

    response = look(front_desk)

    (item,) = shown(response, "visit")
    todo = parse(response.content.decode()).one("section", class_="todo")
    assert item.words == "To confirm"
    assert todo.text.replace("\xa0", " ") == (
        "1 to confirm Ana Example, Monday 9:00 am asked 40 minutes ago"
    )
    assert todo.one("a").get("href") == (f"{AGENDA}?on=2026-12-07&view=week&visit={visit.pk}#visit")
    assert response.context["counts"] == "1 visit, 1 to confirm"


def test_counts_say_what_there_is(front_desk, service):
    for day, status in enumerate(("booked", "fulfilled", "cancelled", "noshow", "pending")):
        make_appointment(service, local(7 + day, 9), status=status)

    assert look(front_desk).context["counts"] == "3 visits, 1 cancelled, 1 no-show, 1 held"


def test_a_cancelled_visit_stands_beside_the_one_booked_instead(front_desk, bookable_service):
    make_appointment(bookable_service, local(7, 9), status="cancelled")
    make_appointment(bookable_service, local(7, 9))

    places = {item.words: item.classes for item in shown(look(front_desk), "visit")}

    assert places == {
        "Cancelled": "at-0900 for-60 lane-0 of-2",
        "Booked": "at-0900 for-60 lane-1 of-2",
    }


def test_the_time_of_a_cancelled_visit_can_be_booked(front_desk, bookable_service):
    make_appointment(bookable_service, local(7, 9), status="cancelled")

    free = shown(look(front_desk), "free")

    assert free[0].classes == "at-0900 for-60 lane-1 of-2"


def test_a_visit_past_midnight_stands_in_both_days(front_desk, bookable_service):
    visit = make_appointment(bookable_service, local(8, 23, 30))

    page = look(front_desk)
    first, second = shown(page, "visit")

    assert (first.classes, second.classes) == ("at-2330 for-30", "at-0000 for-30")
    assert (first.note, second.note) == ("", "since the day before")
    assert len(parse(page.content.decode()).all(id=f"visit-{visit.pk}")) == 1


def test_busy_times_from_a_calendar_name_nothing_of_it(front_desk, bookable_service):
    who = bookable_service.practitioner
    calendar = BusyCalendar.objects.create(practitioner=who, url="https://calendar.example.org/a")
    make_closure(local(7, 9), local(7, 10), practitioner=who, busy_calendar=calendar)

    assert items(look(front_desk))[0] == ("block", "at-0900 for-60", "Busy, own calendar")


def test_holidays_close_a_day_by_their_name(front_desk, bookable_service):
    make_available_time(bookable_service, weekday=4)
    bookable_service.location.holiday_country = "US"
    bookable_service.location.save()

    friday = items(look(front_desk, on="2026-12-25"), column=4)

    assert friday == [("block", "at-0900 for-180", "Closed, Christmas Day")]


def test_closed_hours_between_open_ones_are_hatched(front_desk, bookable_service):
    make_available_time(bookable_service, start_time="13:00", end_time="14:00")

    blocks = shown(look(front_desk), "block")

    monday = [block for block in blocks if block.is_hours]
    assert [(block.classes, block.words) for block in monday] == [("at-1200 for-60", "Closed")]


def test_today_has_a_line_for_now_and_no_free_time_that_is_over(front_desk, bookable_service):
    with time_machine.travel(local(7, 10, 40), tick=False):
        response = look(front_desk)

    (now,) = shown(response, "now")
    assert now.classes == "at-1030 for-15"
    assert [item.classes for item in shown(response, "free")] == [
        "at-1045 for-15",
        "at-1100 for-60",
    ]
    assert [column.is_today for column in response.context["grid"].columns][:2] == [True, False]


def test_the_day_on_which_clocks_are_set_back_names_the_zone_of_each_time(front_desk):
    service = make_service()
    make_appointment(service, local(1, 1, month=11))
    make_appointment(service, local(1, 1, month=11, fold=1))

    visits = shown(look(front_desk, on="2026-11-01", view="day"), "visit")

    assert [(item.clock.rest, item.classes) for item in visits] == [
        ("am EDT", "at-0100 for-60 lane-0 of-2"),
        ("am EST", "at-0100 for-60 lane-1 of-2"),
    ]


def test_times_are_on_the_clock_of_the_chosen_place(front_desk, bookable_service):
    west = make_location(slug="west", name="Coast", time_zone="America/Los_Angeles")
    make_appointment(bookable_service, local(7, 12), location=west)

    there, here = look(front_desk, location="west"), look(front_desk)

    assert "Times are Pacific (PST)" in there.content.decode()
    assert shown(there, "visit")[0].classes == "at-0900 for-60"
    assert shown(here, "visit")[0].classes == "at-1200 for-60"
    assert shown(here, "visit")[0].note == "Coast, 9:00 am PST there"


def test_a_day_puts_practitioners_side_by_side(front_desk, bookable_service):
    other = make_practitioner(name="Dr. Other", slug="other")
    make_practitioner(name="Dr. Away")
    bookable_service.practitioners.add(other)
    make_appointment(bookable_service, local(7, 9), practitioner=other)
    make_available_time(bookable_service, practitioner=other)

    response = look(front_desk, view="day")

    names = [bookable_service.practitioner.name, "Dr. Other"]
    assert [column.short for column in response.context["grid"].columns] == names
    assert [kind for kind, _, _ in items(response, column=0)] == ["free"] * 6
    assert [kind for kind, _, _ in items(response, column=1)] == ["visit"] + ["free"] * 4


def test_a_week_of_all_names_whose_each_visit_is_and_one_persons_does_not(
    front_desk, bookable_service
):
    other = make_practitioner(name="Dr. Other", slug="other")
    make_appointment(bookable_service, local(7, 9), practitioner=other)
    make_appointment(bookable_service, local(7, 9), patient=make_patient(name="Ben Sample"))

    everybody, one = look(front_desk), look(front_desk, practitioner="other")

    assert {item.who for item in shown(everybody, "visit")} == {
        "Dr. Other",
        bookable_service.practitioner.name,
    }
    assert [(item.name, item.who) for item in shown(one, "visit")] == [("Ana Example", "")]


def test_the_absence_of_one_of_several_stands_beside_the_others_visits(
    front_desk, bookable_service
):
    other = make_practitioner(name="Dr. Other")
    make_closure(local(7, 9), local(7, 10), practitioner=other, reason="Course")
    make_appointment(bookable_service, local(7, 9))

    (course,) = [item for item in shown(look(front_desk), "block") if "Course" in item.words]

    assert (course.words, course.lane.of) == ("Course, Dr. Other", 2)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"on": "tomorrow"}, "That is no day that the agenda has"),
        ({"on": "0001-01-01"}, "That is no day that the agenda has"),
        ({"on": "9999-12-31"}, "That is no day that the agenda has"),
        ({"view": "year"}, "The agenda shows a week or a day"),
        ({"practitioner": "nobody"}, "There is no such practitioner"),
        ({"location": "nowhere"}, "There is no such place"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_in_a_sentence(front_desk, bookable_service, query, words):
    response = look(front_desk, **query)

    assert response.status_code == 200
    note = parse(response.content.decode()).one("div", class_="agenda-note")
    assert note.text.startswith(words)
    assert parse(response.content.decode()).one("h1").text == "December 7 to 13"


def test_a_visit_that_is_not_there_opens_nothing(front_desk, bookable_service):
    for sent in ("1", "x", "9" * 40):
        assert look(front_desk, visit=sent).context["panel"] is None


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("week", ["2026-11-30", "2026-12-07", "2026-12-14"]),
        ("day", ["2026-12-06", "2026-12-07", "2026-12-08"]),
    ],
)
def test_links_lead_to_the_days_before_to_today_and_to_the_days_after(
    front_desk, bookable_service, view, expected
):
    page = parse(look(front_desk, view=view).content.decode())

    for key, on in zip("ptn", expected, strict=True):
        assert page.one("a", data_key=key).get("href") == f"{AGENDA}?on={on}&view={view}"
