"""Keeping a held time for longer, and saying what holds when it cannot be."""

from datetime import timedelta

import pytest
import time_machine

from booking.models import Appointment
from tests.html_tree import parse

from .factories import NOW, local, make_appointment
from .journeys import ANSWERS, held_token, make_article, make_red_flag

DETAILS = "/book/first-consultation/details/"
HALF_TYPED = {
    "name": "王 <b>",
    "email": "ana@",
    "phone": "12",
    "reason": "Line\nline",
    "extend": "yes",
}


def at(minutes):
    return time_machine.travel(NOW + timedelta(minutes=minutes), tick=False)


def note(page):
    return page.one("p", class_="note").text


def typed(page):
    values = {
        name: page.one("input", name=name).get("value") for name in ("name", "email", "phone")
    }
    return values | {"reason": page.one("textarea", name="reason").text}


def test_the_page_says_until_when_the_time_is_held_and_offers_more(visitor):
    page = parse(visitor.get(DETAILS).content)

    block = page.one("section", id="time")
    assert "Monday, December 7, 10:00 am EST, is held for you until 7:10 am." in block.text
    assert block.one("button", name="extend").text == "Keep it 10 more minutes"
    region = page.one("div", role="status")
    assert (region.get("data-hold-seconds"), region.text) == ("600", "")
    assert "until 7:10 am" in page.one("template", data_hold_message="soon").text


def test_confirming_stays_what_the_enter_key_does(visitor):
    page = parse(visitor.get(DETAILS).content)

    buttons = [button.text for button in page.one("form", id="details").all("button")]
    assert buttons[0] == "Confirm booking"
    assert page.all("button", form="details") == []


def test_keeping_it_adds_ten_minutes_and_loses_nothing(visitor):
    with at(8):
        response = visitor.post(DETAILS, HALF_TYPED)

    page = parse(response.content)
    held = Appointment.objects.get()
    assert response.status_code == 200
    assert (held.status, held.expires_at) == ("pending", NOW + timedelta(minutes=18))
    assert note(page) == "We keep the time for you until 7:18 am. What you typed is still here."
    assert typed(page) == {"name": "王 <b>", "email": "ana@", "phone": "12", "reason": "Line line"}
    assert page.all("div", class_="errors") == []
    assert page.all(aria_invalid="true") == []
    assert not page.one("title").text.startswith("Error")
    assert page.one("div", role="status").get("data-hold-seconds") == "600"


def test_keeping_it_keeps_the_tick(visitor):
    page = parse(visitor.post(DETAILS, ANSWERS | {"extend": "yes"}).content)

    assert "checked" in page.one("input", name="consent").attributes
    assert Appointment.objects.get().status == "pending"


def test_it_cannot_be_kept_for_ever(visitor):
    Appointment.objects.update(
        created_at=NOW - timedelta(minutes=115), expires_at=NOW + timedelta(minutes=6)
    )

    with at(5):
        page = parse(visitor.post(DETAILS, HALF_TYPED).content)

    assert "We cannot hold this time any longer." in note(page)
    assert "It is yours until 7:06 am." in note(page)
    assert typed(page)["name"] == "王 <b>"
    assert Appointment.objects.get().expires_at == NOW + timedelta(minutes=6)


def test_a_hold_that_ran_out_is_said_and_may_still_be_booked(visitor):
    with at(11):
        page = parse(visitor.post(DETAILS, HALF_TYPED).content)
        visitor.post(DETAILS, ANSWERS)

    assert "This time is no longer held for you" in note(page)
    assert typed(page)["name"] == "王 <b>"
    assert page.all("button", name="extend") == []
    assert page.all("div", role="status") == []
    assert Appointment.objects.get().status == "booked"


def test_a_time_that_is_gone_is_said_and_nothing_typed_is_lost(visitor, bookable_service):
    Appointment.objects.all().delete()
    make_appointment(bookable_service, local(7, 10))

    page = parse(visitor.post(DETAILS, HALF_TYPED).content)

    assert "This time is no longer free." in note(page)
    assert typed(page)["name"] == "王 <b>"
    # It is nowhere shown as the chosen one; others are offered instead.
    assert "10:00 am" not in page.one("section", id="time").text
    assert page.all("p", class_="pick") == []
    nearest = [one.get("value") for one in page.all("input", name="start")]
    assert nearest[:2] == ["2026-12-07T14:00:00Z", "2026-12-07T16:00:00Z"]
    visitor.post(DETAILS, ANSWERS | {"start": nearest[0]})
    assert Appointment.objects.get(starts_at=local(7, 9)).status == "booked"
    assert (
        page.one("button", name="change")
        .get("formaction")
        .startswith("/book/first-consultation/times/?from=2026-12-07")
    )


def test_keeping_a_booked_time_leads_to_the_visit(visitor):
    token = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")
    booked = visitor.post(DETAILS, ANSWERS)

    response = visitor.post(DETAILS, HALF_TYPED | {"hold": token})

    assert response["Location"] == booked["Location"]


def test_keeping_it_when_the_questions_changed_asks_them_and_books_nothing(visitor):
    token = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")
    make_red_flag("new.sign", "urgent")

    asked = parse(
        visitor.post(DETAILS, ANSWERS | {"hold": token, "extend": "yes"}, follow=True).content
    )
    sent = {
        field.get("name"): field.get("value")
        for field in asked.one("form").all("input", type="hidden")
    }
    kept = parse(
        visitor.post("/book/first-consultation/safety/", sent | {"none": "on"}, follow=True).content
    )

    assert "We keep the time for you until" in note(kept)
    assert typed(kept)["name"] == "Ana Example"
    assert Appointment.objects.get().status == "pending"


def test_looking_keeps_nothing_for_longer(visitor):
    with at(5):
        visitor.get(DETAILS, {"extend": "yes"})

    assert Appointment.objects.get().expires_at == NOW + timedelta(minutes=10)


def test_details_name_the_article(client, bookable_service):
    make_article()
    client.post("/book/first-consultation/safety/?condition=spasms", {"none": "on"})
    chosen = client.post(
        "/book/first-consultation/times/?condition=spasms", {"start": "2026-12-07T15:00:00Z"}
    )

    page = parse(client.get(chosen["Location"]).content)

    assert "About: Spasms and twitches" in page.one("main").text


@pytest.mark.parametrize("name", ["extend", "change"])
def test_no_button_of_the_form_books(visitor, name):
    visitor.post(DETAILS, ANSWERS | {name: "yes"})

    assert Appointment.objects.get().status == "pending"
    assert held_token(visitor).starts_at == local(7, 10)
