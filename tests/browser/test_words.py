"""Staff edit the words of a message and try them out in the frame, with scripts and without."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Appointment, Message, MessageWords, Service
from tests.booking.factories import make_appointment, make_patient

from . import steps

pytestmark = pytest.mark.django_db(transaction=True)


def preview(page):
    """Press the button, and return the frame once it shows the answer."""
    with page.expect_response("**/preview/"):
        page.get_by_role("button", name="Preview", exact=True).click()
    return page.frame_locator("iframe[name=preview]")


def test_words_are_tried_out_saved_and_taken_back(desk, assert_sound):
    service = Service.objects.get(slug="first-consultation")
    at = timezone.now() + timedelta(days=3)
    visit = make_appointment(service, at, patient=make_patient(name="Ana Example"))

    desk.goto("/admin/")
    steps.follow(desk.get_by_role("link", name="Words of messages").first)
    assert_sound()
    steps.follow(desk.locator("#content").get_by_role("link", name="Booked", exact=True))
    assert_sound()

    desk.get_by_label("Heading").fill("See you soon, {name}")
    shown = preview(desk)
    assert shown.get_by_role("heading", level=1).inner_text() == "See you soon, Ana Example"
    assert f"Reference {visit.spoken_reference}" in shown.locator("body").inner_text()
    style = "node => getComputedStyle(node).paddingTop"
    assert shown.locator(".preview-subject").evaluate(style) == "12px"
    assert not MessageWords.objects.exists()
    assert_sound()

    shown.get_by_role("link", name="move or cancel your visit").click()
    assert shown.get_by_role("heading", level=1).inner_text() == "See you soon, Ana Example"
    assert desk.url.endswith("/confirmation/change/")

    desk.get_by_label("Show").select_option("Its plain text")
    desk.get_by_label("Heading").fill("See you soon, {nmae}")
    assert "“{nmae}” cannot stand here" in preview(desk).locator("li").inner_text()
    steps.press(desk, "Save")
    assert "“{nmae}” cannot stand here" in desk.locator("ul.errorlist").inner_text()
    assert_sound()

    desk.get_by_label("Heading").fill("See you soon, {name}")
    steps.press(desk, "Save and continue editing")
    assert MessageWords.objects.get().heading == "See you soon, {name}"
    assert_sound()

    steps.press(desk, "Back to the default")
    assert_sound()
    steps.press(desk, "Back to the default")
    assert desk.get_by_label("Heading").input_value() == "Your visit is booked"
    assert not MessageWords.objects.exists()
    assert not Message.objects.exists()
    assert Appointment.objects.get().status == "booked"
