"""Words that mean danger, a long wait, and the box for programs, in a real browser."""

import pytest

from booking.models import Appointment, AvailableTime

from . import steps
from .test_accessibility import SAFETY, assert_sound, hold_a_time
from .test_accessibility import page as page_in_each_scheme

pytestmark = pytest.mark.django_db(transaction=True)

page = page_in_each_scheme


def test_the_card_takes_the_focus_and_the_form_goes_on(page):
    hold_a_time(page)
    steps.fill_details(page, reason="Twitches, and slurred speech since noon")
    steps.submit(page)

    assert page.evaluate("document.activeElement.className") == "interruption"
    assert page.title().startswith("Call 911 now")
    assert page.locator(".interruption a[href='tel:911']").is_visible()
    assert_sound(page)

    steps.confirm(page)
    assert Appointment.objects.get().reason == "Twitches, and slurred speech since noon"


def test_the_card_and_the_form_go_on_without_scripts(visitor):
    steps.open_booking_from_article(visitor)
    steps.answer_none(visitor)
    steps.choose_first_time(visitor)
    steps.fill_details(visitor, reason="One swollen calf")
    steps.submit(visitor)

    assert visitor.locator(".interruption [data-care-level=urgent]").is_visible()
    assert Appointment.objects.get().status == "pending"

    steps.confirm(visitor)
    assert Appointment.objects.get().status == "booked"


def test_the_times_page_names_faster_help(page):
    AvailableTime.objects.all().delete()
    page.goto(SAFETY)
    page.locator("input[name=flags][value='weakness.new']").check()
    steps.submit(page)
    steps.submit(page)

    assert page.locator("[aria-labelledby=sooner] a[href='tel:911']").is_visible()
    assert_sound(page)


def test_nobody_meets_the_box_for_programs_unless_it_is_filled(page):
    hold_a_time(page)
    box = page.locator("[name=website]")

    place = box.bounding_box()
    assert place["x"] + place["width"] <= 0
    assert "Leave this box empty" not in page.locator("main").aria_snapshot()
    page.locator("[name=consent]").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"

    steps.fill_details(page)
    page.evaluate("document.querySelector('[name=website]').value = 'https://me.example'")
    steps.submit(page)

    assert page.title().startswith("Error: ")
    box = page.get_by_label("Leave this box empty")
    assert box.input_value() == "https://me.example"
    assert box.is_visible()
    assert_sound(page)

    box.fill("")
    steps.confirm(page)
    assert Appointment.objects.get().status == "booked"
