"""Where, with whom, and on which clock: what a person may choose on the times page."""

from datetime import time, timedelta

import pytest
import time_machine
from django.test import Client

from booking.models import Appointment
from tests.html_tree import parse

from .factories import (
    local,
    make_available_time,
    make_closure,
    make_location,
    make_practitioner,
    make_week,
)
from .journeys import ANSWERS, pass_screening

TIMES = "/book/first-consultation/times/"
DETAILS = "/book/first-consultation/details/"


@pytest.fixture
def visitor(client, bookable_service):
    """A browser that passed the screening."""
    pass_screening(client, bookable_service)
    return client


@pytest.fixture
def other(bookable_service):
    """Somebody else, who is there on Tuesdays."""
    other = make_practitioner(slug="dr-other", name="Dr. Zeta Other")
    bookable_service.practitioners.add(other)
    make_available_time(bookable_service, practitioner=other, weekday=1)
    return other


def chooser(page, title):
    nav = page.one("nav", aria_labelledby=title)
    return [(one.text, one.get("href"), one.get("aria-current")) for one in nav.all("a")]


def labels(page):
    return [label.text for label in page.all("label", class_="slot")]


def first_free(page):
    return page.one("p", class_="pick").one("strong").text


def test_a_place_without_a_free_time_points_to_the_choices(visitor, bookable_service, video):
    make_closure(local(1, 0), local(1, 0) + timedelta(days=120), location=video)

    empty, full = (
        parse(visitor.get(TIMES, query).content).all("section", aria_labelledby="no-times")
        for query in ({"location": "video"}, {})
    )

    assert "for what you chose above: another choice there may have one" in empty[0].text
    assert full == []
    # Where the page has no such choices, a way leads to them.
    odd = visitor.get(TIMES, {"location": "video", "from": "soon"})
    gone = visitor.post(f"{TIMES}?location=video", {"start": "2026-12-07T15:00:00Z"})
    assert (odd.status_code, gone.status_code) == (400, 409)
    for page in (odd, gone):
        assert (
            parse(page.content).one("a", href=f"{TIMES}?location=video").text == "See all choices"
        )


def test_nothing_is_asked_where_there_is_one_place_and_one_person(visitor):
    page = parse(visitor.get(TIMES).content)

    assert page.all("nav", class_="chooser") == []
    assert page.all("select") == []


def test_a_place_is_chosen_by_a_link_and_kept(visitor, video):
    page = parse(visitor.get(TIMES).content)
    there = parse(visitor.get(f"{TIMES}?location=video").content)
    chosen = visitor.post(f"{TIMES}?location=video", {"start": "2026-12-07T15:00:00Z"})
    card = parse(visitor.get(chosen["Location"]).content).one("aside", class_="duo__side")

    assert chooser(page, "where") == [
        ("In person, Sampletown clinic", TIMES, "true"),
        ("By video", f"{TIMES}?location=video", None),
    ]
    assert [current for _, _, current in chooser(there, "where")] == [None, "true"]
    assert chosen["Location"] == f"{DETAILS}?location=video"
    assert Appointment.objects.get().location == video
    assert "By video" in card.text


def test_two_places_of_one_kind_are_told_apart(visitor, video, bookable_service):
    bookable_service.other_locations.add(make_location(name="Video, evenings", kind="video"))

    page = parse(visitor.get(TIMES).content)

    assert [text for text, _, _ in chooser(page, "where")][1:] == [
        "By video, Video",
        "By video, Video, evenings",
    ]


def test_a_person_is_chosen_by_a_link_and_kept(visitor, other, bookable_service):
    first = bookable_service.practitioner
    page = parse(visitor.get(f"{TIMES}?practitioner=dr-other").content)
    chosen = visitor.post(f"{TIMES}?practitioner=dr-other", {"start": "2026-12-08T15:00:00Z"})

    assert chooser(page, "whom") == [
        ("Whoever is free first", TIMES, None),
        (first.full_name, f"{TIMES}?practitioner={first.slug}", None),
        ("Dr. Zeta Other", f"{TIMES}?practitioner=dr-other", "true"),
    ]
    assert first_free(page) == "Tuesday, December 8, at 9:00 am EST"
    assert chosen["Location"] == f"{DETAILS}?practitioner=dr-other"
    assert Appointment.objects.get().practitioner == other


def test_whoever_is_free_first_offers_the_first_time_of_all(visitor, other, bookable_service):
    make_available_time(bookable_service, practitioner=other, start_time=time(8), end_time=time(10))

    page = parse(visitor.get(TIMES).content)
    visitor.post(TIMES, {"start": "2026-12-07T13:00:00Z"})
    visitor.post(DETAILS, ANSWERS)

    visit = Appointment.objects.get()
    assert first_free(page) == "Monday, December 7, at 8:00 am EST"
    assert (visit.status, visit.practitioner) == ("booked", other)


def test_whoever_is_free_takes_as_many_as_there_are_people(other, bookable_service):
    make_available_time(bookable_service, practitioner=other)
    answers = []
    for _ in range(3):
        browser = Client()
        pass_screening(browser, bookable_service)
        answers.append(browser.post(TIMES, {"start": "2026-12-07T15:00:00Z"}).status_code)

    held = Appointment.objects.values_list("practitioner", flat=True)
    assert answers == [302, 302, 409]
    assert set(held) == {bookable_service.practitioner.pk, other.pk}


def test_a_choice_keeps_the_others(visitor, video, other):
    page = parse(visitor.get(f"{TIMES}?location=video&practitioner=dr-other").content)

    kept = {link.get("href").partition("from=")[0] for link in page.one("details").all("a")}
    assert kept == {"?location=video&practitioner=dr-other&"}
    assert chooser(page, "where")[0][1] == f"{TIMES}?practitioner=dr-other"
    assert chooser(page, "whom")[0][1] == f"{TIMES}?location=video"


def test_many_people_fold_up(visitor, bookable_service):
    for _ in range(6):
        bookable_service.practitioners.add(make_practitioner())

    page = parse(visitor.get(TIMES).content)

    fold = page.one("nav", aria_labelledby="whom").one("details")
    assert fold.one("summary").text == "Whoever is free first"
    assert len(fold.all("a")) == 8


@pytest.mark.parametrize("query", ["location=nowhere", "practitioner=nobody", "location=%3Cb%3E"])
def test_an_unknown_choice_falls_back(visitor, video, other, query):
    page = parse(visitor.get(f"{TIMES}?{query}").content)

    assert chooser(page, "where")[0][2] == "true"
    assert chooser(page, "whom")[0][2] == "true"
    assert first_free(page) == "Monday, December 7, at 9:00 am EST"


def test_a_person_without_times_leaves_the_choice(visitor, other, bookable_service):
    other.available_times.all().delete()

    page = parse(visitor.get(f"{TIMES}?practitioner=dr-other").content)

    assert page.all("input", name="start") == []
    assert chooser(page, "whom")[0] == ("Whoever is free first", TIMES, None)


def test_a_zone_is_asked_for_only_where_the_visit_comes_to_the_person(visitor, video):
    in_person = parse(visitor.get(f"{TIMES}?zone=Europe/London").content)
    by_video = parse(visitor.get(f"{TIMES}?location=video").content)

    assert in_person.all("select") == []
    assert first_free(in_person) == "Monday, December 7, at 9:00 am EST"
    field = by_video.one("select", name="zone")
    form = field.parent
    assert (form.get("method"), len(form.all("button"))) == ("get", 1)
    assert [(one.get("name"), one.get("value")) for one in form.all("input")] == [
        ("location", "video")
    ]
    assert field.all("option")[0].text == "Clinic time: Eastern (New York)"


def test_a_chosen_zone_shows_days_and_times_on_its_clock(visitor, video, bookable_service):
    make_available_time(bookable_service, start_time=time(16), end_time=time(22))

    page = parse(visitor.get(f"{TIMES}?location=video&zone=Europe/London&from=2026-12-07").content)
    next_day = parse(
        visitor.get(f"{TIMES}?location=video&zone=Europe/London&from=2026-12-08").content
    )

    assert first_free(page) == "Monday, December 7, at 2:00 pm GMT"
    assert labels(page)[0] == "2:00 pm"
    assert labels(page)[-1] == "11:30 pm"
    assert labels(next_day) == ["12:00 am", "12:30 am", "1:00 am", "1:30 am", "2:00 am"]
    note = page.one("form", class_="times-form").one("p", class_="note").text
    assert "Times on your clock: London. The clinic’s clock is Eastern." in note
    assert [one.get("value") for one in page.all("option") if "selected" in one.attributes] == [
        "Europe/London"
    ]


def test_a_chosen_zone_is_kept_and_shown_beside_the_clinics_time(visitor, video):
    query = "location=video&zone=Europe%2FLondon"
    chosen = visitor.post(f"{TIMES}?{query}", {"start": "2026-12-07T15:00:00Z"})

    page = parse(visitor.get(chosen["Location"]).content)
    times = parse(visitor.get(f"{TIMES}?{query}").content)

    assert chosen["Location"] == f"{DETAILS}?{query}"
    card = page.one("aside", class_="duo__side")
    assert card.one("h2").text == "Monday, December 710:00 am EST"
    assert "Your time: Mon, Dec 7, 3:00 pm, London (GMT)" in card.text
    assert "until 12:10 pm today" in card.text
    held = times.one("form", class_="times-form").all("p", class_="note")[1].text
    assert "Monday, December 7, 3:00 pm, is held for you until 12:10 pm." in held


def test_a_zone_is_kept_with_the_booked_visit_and_nowhere_before(visitor, video):
    chosen = visitor.post(
        f"{TIMES}?location=video&zone=Europe/London", {"start": "2026-12-07T15:00:00Z"}
    )
    held = Appointment.objects.get()
    visitor.post(chosen["Location"], ANSWERS)

    booked = Appointment.objects.get()
    assert (held.own_zone, booked.own_zone) == ("", "Europe/London")
    assert "London" not in repr(visitor.cookies)


@pytest.mark.parametrize("zone", ["Mars/Base", "x" * 9000, "../etc", "<b>"])
def test_an_unknown_zone_falls_back_with_a_note(visitor, video, zone):
    page = parse(visitor.get(TIMES, {"location": "video", "zone": zone}).content)

    assert "We do not know the time zone in this page’s address" in page.one("main").text
    assert first_free(page) == "Monday, December 7, at 9:00 am EST"
    assert all("zone=" not in (link.get("href") or "") for link in page.all("a"))


@pytest.mark.parametrize(
    ("now", "day", "expected"),
    [
        # London's clocks go back a week before New York's: four hours apart, not five.
        (local(19, 8, month=10), "2026-10-26", ["1:00 pm", "1:30 pm"]),
        (local(19, 8, month=10), "2026-10-19", ["2:00 pm", "2:30 pm"]),
        (local(19, 8, month=10), "2026-11-02", ["2:00 pm", "2:30 pm"]),
        # New York's go forward two weeks before London's.
        (local(1, 8, month=3, year=2027), "2027-03-08", ["2:00 pm", "2:30 pm"]),
        (local(1, 8, month=3, year=2027), "2027-03-15", ["1:00 pm", "1:30 pm"]),
        (local(1, 8, month=3, year=2027), "2027-03-29", ["2:00 pm", "2:30 pm"]),
    ],
)
def test_both_clock_changes_are_right_on_both_clocks(
    client, bookable_service, video, now, day, expected
):
    with time_machine.travel(now, tick=False):
        pass_screening(client, bookable_service)
        page = parse(client.get(f"{TIMES}?location=video&zone=Europe/London&from={day}").content)

    assert [
        label.partition(" GMT")[0].partition(" BST")[0] for label in labels(page)[:2]
    ] == expected


def test_the_repeated_hour_of_the_persons_clock_is_told_apart(client, bookable_service, video):
    make_week(bookable_service, start_time=time(19), end_time=time(23))
    with time_machine.travel(local(20, 8, month=10), tick=False):
        pass_screening(client, bookable_service)
        page = parse(
            client.get(f"{TIMES}?location=video&zone=Europe/London&from=2026-10-25").content
        )

    assert labels(page) == [
        "12:00 am BST",
        "12:30 am BST",
        "1:00 am BST",
        "1:30 am BST",
        "1:00 am GMT",
        "1:30 am GMT",
        "2:00 am GMT",
        "11:00 pm GMT",
        "11:30 pm GMT",
    ]
    assert "The clocks change this week" in page.one("form", class_="times-form").text


def test_the_last_day_is_the_last_on_the_persons_clock(visitor, video):
    page = parse(
        visitor.get(f"{TIMES}?location=video&zone=Pacific/Auckland&from=2027-03-01").content
    )

    assert page.one("h2", class_="week-title").text == "February 1 to 7"
    assert page.one("details", class_="fold").all("a")[-1].text.startswith("Saturday, February 6")
