"""axe on every page and on the error states, in both colour schemes; no page scrolls sideways."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import waitlist
from booking.models import Appointment, NotAvailableTime, Service, WaitlistEntry
from conditions.models import RedFlag

from . import steps
from .sound import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    "/",
    "/conditions/",
    "/conditions/?q=twiches",
    "/conditions/?q=chest+pain+suicide",
    "/conditions/?q=zzzzzz",
    "/conditions/spasms-and-twitches/",
    "/conditions/spasms-and-twitches/cautions/",
    "/conditions/spasms-and-twitches/feedback/",
    "/conditions/spasms-and-twitches/feedback/thanks/",
    "/treatments/",
    "/treatments/acupuncture/",
    "/treatments/clinical-nutrition/",
    "/treatments/botanical-medicine/",
    "/treatments/manual-therapy/",
    "/practitioners/dr-lisanti/",
    "/contact/",
    "/privacy/",
    "/accessibility/",
    "/book/",
    "/book/?condition=spasms-and-twitches",
    "/book/first-consultation/safety/",
    "/book/follow-up/safety/?condition=spasms-and-twitches",
    "/not-a-page/",
]
SAFETY = "/book/first-consultation/safety/?condition=spasms-and-twitches"
TIMES = "/book/first-consultation/times/?condition=spasms-and-twitches"


@pytest.fixture
def page(open_page, site):
    """A narrow page."""
    return open_page(viewport={"width": 320, "height": 800}, reduced_motion="reduce")


def pass_screening(page):
    page.goto(SAFETY)
    steps.answer_none(page)


def hold_a_time(page):
    pass_screening(page)
    steps.choose_first_time(page)


def test_reading_pages(page):
    for path in PAGES:
        page.goto(path)
        assert_sound(page)


def test_screening_with_an_error_and_both_warnings(page):
    page.goto(SAFETY)
    steps.submit(page)
    assert page.title().startswith("Error: ")
    assert_sound(page)

    page.locator("[data-care-level=urgent] input[name=flags]").first.check()
    steps.submit(page)
    assert_sound(page)

    page.goto(SAFETY)
    page.locator("[data-care-level=emergency] input[name=flags]").first.check()
    steps.submit(page)
    assert_sound(page)


def test_times_with_odd_days(page):
    pass_screening(page)
    assert_sound(page)
    for day in ("nonsense", "1999-01-01", "2999-01-01"):
        page.goto(f"/book/first-consultation/times/?condition=spasms-and-twitches&from={day}")
        assert_sound(page)


def test_times_that_are_refused_or_all_gone(page):
    pass_screening(page)
    page.locator("[data-slot]").first.evaluate("slot => { slot.value = 'x'; slot.checked = true }")
    steps.submit(page)
    assert page.title().startswith("Error: ")
    assert_sound(page)

    pass_screening(page)
    NotAvailableTime.objects.create(
        starts_at=timezone.now() - timedelta(days=2),
        ends_at=timezone.now() + timedelta(days=400),
    )
    page.locator("[data-slot]").first.check(force=True)
    steps.submit(page)
    assert page.title().startswith("Error: ")
    assert_sound(page)
    page.goto(TIMES)
    assert page.locator("[data-slot]").count() == 0
    assert_sound(page)


def test_screening_without_questions(page):
    RedFlag.objects.update(is_active=False)

    page.goto("/book/first-consultation/safety/")

    assert page.locator("main form").count() == 0
    assert_sound(page)


def test_cancelling_too_late(page):
    hold_a_time(page)
    steps.fill_details(page)
    steps.confirm(page)
    steps.follow(page.locator("a[href$='/cancel/']").first)
    Service.objects.update(cancel_notice_minutes=60 * 24 * 300)
    steps.submit(page)
    assert page.locator("[data-appointment-status=cancelled]").count() == 0
    assert_sound(page)


def test_refusals(page):
    page.goto("/conditions/?q=%00")
    assert_sound(page)

    page.goto(SAFETY)
    page.context.clear_cookies()
    page.evaluate("document.querySelector('[name=csrfmiddlewaretoken]').value = 'other'")
    steps.submit(page)
    assert "once more" in page.locator("h1").inner_text()
    assert_sound(page)


def test_text_may_be_twice_as_large(page):
    page.set_viewport_size({"width": 1280, "height": 900})
    for path in (*PAGES, SAFETY):
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 32, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path


def tab_to(page, selector):
    """Press Tab until the control has the focus, which must show on each one passed."""
    for _ in range(150):
        page.keyboard.press("Tab")
        style = "getComputedStyle(document.activeElement)"
        assert page.evaluate(f"{style}.outlineStyle") != "none", page.url
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    pytest.fail(f"{selector} cannot be reached with Tab on {page.url}")


def press_on(page, selector, key="Enter"):
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_visit_is_booked_with_the_keyboard_alone(page):
    page.goto("/conditions/spasms-and-twitches/")
    press_on(page, "main a.btn[href*='/book/']")
    press_on(page, "main a[href*='/book/first-consultation/']")
    tab_to(page, "[name=none]")
    page.keyboard.press("Space")
    press_on(page, "main form button")
    tab_to(page, "[data-slot]")
    page.keyboard.press("Space")
    press_on(page, "main form button")
    for name, text in steps.DETAILS.items():
        tab_to(page, f"[name={name}]")
        page.keyboard.type(text)
    tab_to(page, "[name=consent]")
    page.keyboard.press("Space")
    press_on(page, "main form button")

    assert page.locator("[data-appointment-status=booked]").count() == 1


def test_details_with_errors_and_a_lost_time(page):
    hold_a_time(page)
    assert_sound(page)
    steps.submit(page)
    assert page.title().startswith("Error: ")
    assert_sound(page)

    lose_the_held_time()
    steps.fill_details(page)
    steps.submit(page)
    assert page.locator("[data-slot]").count() > 0
    assert_sound(page)


def test_the_patients_page_and_cancelling(page):
    hold_a_time(page)
    steps.fill_details(page)
    steps.confirm(page)
    assert_sound(page)
    steps.follow(page.locator("a[href$='/cancel/']").first)
    assert_sound(page)
    steps.submit(page)
    assert_sound(page)


def lose_the_held_time():
    """Let the hold run out, and someone else take the time."""
    held = Appointment.objects.get()
    held.delete()
    held.pk = None
    held.reference = "00000000-0000-4000-8000-000000000001"
    held.save(force_insert=True)


def test_the_waiting_list_from_joining_to_leaving(page):
    pass_screening(page)
    page.goto("/book/first-consultation/waitlist/?condition=spasms-and-twitches")
    steps.submit(page)
    assert page.title().startswith("Error: ")
    assert_sound(page)

    for name in ("name", "email", "phone"):
        page.locator(f"[name={name}]").fill(steps.DETAILS[name])
    page.locator("input[name=consent]").check()
    steps.submit(page)
    page.wait_for_url("**/waitlist/sent/*")
    assert_sound(page)

    entry = WaitlistEntry.objects.get()
    for address in ("", "change/"):
        page.goto(f"{entry.get_absolute_url()}{address}")
        assert_sound(page)
    steps.submit(page)
    page.wait_for_url(f"**{entry.get_absolute_url()}?saved")
    assert_sound(page)
    entry.refresh_from_db()
    entry.known_starts = []
    entry.save()
    waitlist.offer_times(now=timezone.now())
    page.reload()
    assert page.locator("h1").inner_text() == "A time is free for you"
    assert_sound(page)

    page.locator("details.fold summary").click()
    assert_sound(page)
    steps.press(page, "Leave the waiting list")
    assert_sound(page)
