"""The patient's own clock on the pages of a phone or video visit."""

from datetime import timedelta

import pytest

from booking.models import Appointment
from conditions.models import CareLevel
from tests.html_tree import parse

from .factories import NOW, local, make_appointment
from .journeys import ANSWERS, choose_time, make_red_flag, pass_screening

TOKYO = "?zone=Asia%2FTokyo"
BOOKED_AT = NOW - timedelta(hours=1)
# 10 am in New York is midnight in Tokyo.
OWN_TIME = "Your time: Tue, Dec 15, 12:00 am, Tokyo (JST)"


@pytest.fixture
def visit(bookable_service, video):
    """A video visit on Monday in a week, at 10 am at the clinic."""
    return make_appointment(bookable_service, local(14, 10), location=video, booked_at=BOOKED_AT)


def get(client, visit, path):
    return parse(client.get(f"{visit.get_absolute_url()}{path}").content)


def hrefs(page):
    return [link.get("href") for link in page.one("main").all("a")]


def test_who_booked_on_their_own_clock_sees_the_visit_on_it(client, bookable_service, video):
    pass_screening(client, bookable_service)
    query = "?location=video&zone=Asia%2FTokyo"
    details = client.post(
        f"/book/{bookable_service.slug}/times/{query}", {"start": "2026-12-14T15:00:00Z"}
    )["Location"]

    form = parse(client.get(details).content)
    first, second = (client.post(details, ANSWERS)["Location"] for _ in range(2))

    visit = Appointment.objects.get()
    assert first == second == f"{visit.get_absolute_url()}{TOKYO}"
    assert OWN_TIME in parse(client.get(first).content).one("section", class_="ticket").text
    assert [line.text for line in form.one("section", class_="held").all("p")[:2]] == [
        "Monday, December 14, 10:00 am EST, is held for you until 9:10 pm on your clock.",
        OWN_TIME,
    ]


def test_words_of_a_red_flag_say_on_that_clock_how_long_the_time_is_held(
    client, bookable_service, video
):
    make_red_flag("chest", CareLevel.EMERGENCY, search_words="chest pain", is_global=False)
    pass_screening(client, bookable_service)
    query = "?location=video&zone=Asia%2FTokyo"
    times = f"/book/{bookable_service.slug}/times/{query}"
    details = client.post(times, {"start": "2026-12-14T15:00:00Z"})["Location"]

    page = parse(client.post(details, ANSWERS | {"reason": "Chest pain"}).content)

    assert "your time is held until 9:10 pm" in page.one(class_="interruption").text


def test_who_booked_in_person_is_led_to_the_plain_address(client, bookable_service, video):
    pass_screening(client, bookable_service)
    choose_time(client, bookable_service, local(14, 10))

    booked = client.post(f"/book/{bookable_service.slug}/details/{TOKYO}", ANSWERS)

    assert booked["Location"] == Appointment.objects.get().get_absolute_url()


@pytest.mark.parametrize("path", ["", "cancel/"])
def test_the_ticket_says_both_times_and_links_keep_the_clock(client, visit, path):
    page = get(client, visit, f"{path}{TOKYO}")

    ticket = page.one("section", class_="ticket").text
    assert "10:00 am to 11:00 am" in ticket
    assert "Clinic time: Eastern (EST)" in ticket
    assert OWN_TIME in ticket
    assert f"{visit.get_absolute_url()}reschedule/{TOKYO}" in hrefs(page)


def test_the_page_lets_one_choose_a_clock(client, visit):
    page = get(client, visit, "")

    assert "#zone" in hrefs(page)
    form = page.one("select", name="zone").parent
    assert (form.get("method"), form.get("action")) == ("get", None)
    assert "Your time" not in page.one("section", class_="ticket").text


@pytest.mark.parametrize("query", ["?zone=Mars%2FBase", "?zone=", "?zone=America%2FNew_York"])
def test_an_unknown_clock_and_the_clinics_own_say_nothing_more(client, visit, query):
    page = get(client, visit, query)

    assert "Your time" not in page.one("section", class_="ticket").text
    assert f"{visit.get_absolute_url()}cancel/" in hrefs(page)


def test_a_visit_in_person_is_on_the_clinics_clock(client, bookable_service):
    visit = make_appointment(bookable_service, local(14, 10))

    for path in ("", "cancel/", "reschedule/"):
        page = get(client, visit, f"{path}{TOKYO}")
        assert page.all("select") == []
        assert "Tokyo" not in page.one("main").text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "until Sunday, December 13, 10:00 am EST."),
        ("cancel/", "until Sunday, December 13, 10:00 am EST."),
        ("earlier/", "Your visit on Monday, December 14, 10:00 am EST, stays"),
    ],
)
def test_beside_a_second_clock_each_moment_says_which_one_it_is_on(client, visit, path, words):
    page = get(client, visit, f"{path}{TOKYO}")

    assert words in page.one("main").text
    assert any(href == f"{visit.get_absolute_url()}{TOKYO}" for href in hrefs(page)) or not path


def test_a_visit_is_moved_on_the_chosen_clock(client, visit):
    page = get(client, visit, f"reschedule/{TOKYO}&from=2026-12-14")
    url = f"{visit.get_absolute_url()}reschedule/{TOKYO}"
    same = parse(client.post(url, {"start": "2026-12-14T15:00:00Z"}).content)
    refused = parse(client.post(url, {"start": "2026-12-13T15:00:00Z"}).content)
    moved = client.post(url, {"start": "2026-12-14T14:00:00Z"})

    main = page.one("main").text
    assert "You have Tuesday, December 15, 12:00 am." in main
    assert "You can move it here until Monday, December 14, 12:00 am JST." in main
    assert "Times on your clock: Tokyo. The clinic’s clock is Eastern." in main
    assert [label.text for label in page.all("label", class_="slot")] == [
        "11:00 pm",
        "11:30 pm",
    ]
    assert f"{visit.get_absolute_url()}{TOKYO}" in hrefs(page)
    assert "Tuesday, December 15, 12:00 am, is the time you have already" in same.text
    assert "Times on your clock: Tokyo." in refused.one("form", class_="times-form").text
    assert moved["Location"] == f"{visit.get_absolute_url()}{TOKYO}"


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        ("phone", "We call you at the phone number you gave us."),
        ("video", "We email you the link to the video call before the visit."),
    ],
)
def test_the_page_and_the_calendar_say_who_calls_whom(client, visit, kind, begins):
    visit.location.kind = kind
    visit.location.save()

    main = get(client, visit, "").one("main").text
    calendar = client.get(f"{visit.get_absolute_url()}calendar.ics").content.decode()

    assert begins in main
    assert "come ten minutes early" not in main
    assert begins in calendar.replace("\r\n ", "").replace("\\,", ",")


def test_only_a_visit_in_person_is_paid_at_the_clinic(client, bookable_service, video):
    pass_screening(client, bookable_service)

    said = []
    for query in ("", "?location=video"):
        chosen = client.post(
            f"/book/{bookable_service.slug}/times/{query}", {"start": "2026-12-14T15:00:00Z"}
        )
        said.append("You pay at the clinic." in client.get(chosen["Location"]).content.decode())

    assert said == [True, False]
