"""The front desk books and moves for somebody on the phone, with scripts and without."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Appointment

from . import steps
from .staff import WIDE

pytestmark = pytest.mark.django_db(transaction=True)


def type_a_sunday(page):
    today = timezone.localdate()
    sunday = today + timedelta(days=13 - today.weekday())
    page.locator("[name=start][value=typed]").check()
    page.locator("[name=on]").fill(sunday.isoformat())
    page.locator("[name=at]").fill("10:00")


def book_the_last_time(desk):
    desk.get_by_label("I asked: none of these").check()
    desk.locator("[data-slot]").last.check()
    desk.get_by_label("Full name").fill("Ana Example")
    desk.locator("[name=phone]").fill("(212) 555-0123")
    desk.locator("[name=email]").fill("ana@example.com")
    desk.get_by_label("I told the caller what we keep").check()
    steps.press(desk, "Book this visit")


def test_a_call_from_the_first_question_to_another_day(desk, assert_sound):
    desk.goto("/admin/booking/appointment/")
    steps.follow(desk.get_by_role("link", name="Add appointment").first)
    assert_sound()

    desk.get_by_label("I asked: none of these").check()
    type_a_sunday(desk)
    desk.get_by_label("Full name").fill("Ana Example")
    desk.locator("[name=phone]").fill("(212) 555-0123")
    steps.press(desk, "Book this visit")
    assert_sound()
    assert "Outside the hours" in desk.locator(".desk__verdict").inner_text()

    desk.locator("[name=email]").fill("ana@example.com")
    desk.get_by_label("I told the caller what we keep").check()
    desk.get_by_label("Book it all the same").check()
    steps.press(desk, "Book this visit")
    visit = Appointment.objects.get()
    assert "Booked all the same: outside the hours." in desk.locator("#events-group").inner_text()
    assert_sound()

    steps.follow(desk.get_by_role("link", name="Move"))
    slot = desk.locator("[data-slot]").last
    wanted = slot.get_attribute("data-slot")
    assert_sound()
    slot.check()
    steps.press(desk, "Move and tell the patient")

    visit.refresh_from_db()
    assert visit.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ") == wanted
    assert "Moved from Sun" in desk.locator("#events-group").inner_text()


def test_an_emergency_ends_the_call(desk, assert_sound):
    desk.goto("/admin/booking/appointment/add/")
    desk.get_by_label("Full name").fill("Ana Example")
    desk.locator("[data-care-level=emergency] input").first.check()
    steps.press(desk, "Book this visit")

    assert "hang up and call 911 now" in desk.locator("#content").inner_text()
    assert "Read what happens" not in desk.locator("body").inner_text()
    assert_sound()
    steps.press(desk, "I ticked the wrong box")
    assert desk.get_by_label("Full name").input_value() == "Ana Example"
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("desk", [("light", WIDE, True)], indirect=True, ids=["wide"])
def test_enter_presses_the_next_button_after_the_field(desk):
    desk.goto("/admin/booking/appointment/add/")

    with desk.expect_navigation():
        desk.locator("[name=find]").fill("Nobody")
        desk.locator("[name=find]").press("Enter")
    assert "Nobody in the records is like" in desk.locator("#content").inner_text()
    assert desk.locator("[data-error-summary]").count() == 0

    with desk.expect_navigation():
        desk.get_by_label("Full name").fill("Ana Example")
        desk.get_by_label("Full name").press("Enter")
    assert "Nothing was done yet" in desk.locator("[data-error-summary]").inner_text()
    assert desk.get_by_label("Full name").input_value() == "Ana Example"


def test_back_after_a_booking_brings_an_empty_form_that_books_nothing(desk, assert_sound):
    desk.goto("/admin/booking/appointment/add/")
    book_the_last_time(desk)
    assert Appointment.objects.count() == 1

    desk.go_back()
    assert desk.locator(":is([name=name], [name=phone], [name=email])").evaluate_all(
        "fields => fields.map((field) => field.value)"
    ) == ["", "", ""]
    assert desk.locator(":is([name=start], [name=none], [name=consent]):checked").count() == 0
    steps.press(desk, "Book this visit")
    assert "Nothing was done yet" in desk.locator("[data-error-summary]").inner_text()
    assert Appointment.objects.count() == 1

    book_the_last_time(desk)
    assert "Ana Example already has a visit to come" in desk.locator("#again").inner_text()
    assert_sound()
    assert Appointment.objects.count() == 1


def test_the_page_opens_where_the_answer_is(desk):
    desk.goto("/admin/booking/appointment/add/")
    for button, heading in (
        ("Show its questions and times", "questions-title"),
        ("Show times", "time-title"),
        ("Find", "patient-title"),
    ):
        steps.press(desk, button)
        assert desk.url.endswith(f"/add/#{heading}")
        top = desk.locator(f"#{heading}").bounding_box()["y"]
        assert -1 < top < 450, button
        assert desk.evaluate("document.activeElement.id") == heading
