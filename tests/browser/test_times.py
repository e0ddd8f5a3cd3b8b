"""The times and the hold in a real browser, with and without JavaScript."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Appointment, Location, Practitioner, Service

from . import steps
from .sound import assert_sound, complaints

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = "/book/first-consultation/times/?condition=spasms-and-twitches"


@pytest.fixture
def video(site):
    """Video visits during the hours of the clinic."""
    service = Service.objects.get(slug="first-consultation")
    place = Location.objects.create(
        slug="video", name="Video", kind="video", same_hours_as=service.location
    )
    service.other_locations.add(place)
    return place


@pytest.fixture
def kolkata(open_page, site):
    """A page of a browser in India, with JavaScript."""
    return open_page(timezone_id="Asia/Calcutta")


def open_times(page, query=""):
    page.goto(f"/book/first-consultation/safety/?condition=spasms-and-twitches{query}")
    page.locator("input[name=none]").check()
    steps.submit(page)
    page.wait_for_url("**/times/**")


def open_details(page):
    open_times(page)
    steps.choose_first_time(page)


def press(page, selector):
    steps.follow(page.locator(selector).first)


def typed(page):
    names = ("name", "email", "phone", "reason", "medicines")
    return {name: page.locator(f"[name={name}]").input_value() for name in names}


def test_the_first_free_time_takes_one_tap(visitor):
    page = visitor
    open_times(page)
    first = page.locator("button[name=start]").get_attribute("value")
    press(page, "button[name=start]")

    page.wait_for_url("**/details/**")
    assert f"{Appointment.objects.get().starts_at:%Y-%m-%dT%H:%M:%SZ}" == first


def test_a_time_is_taken_once_however_often_it_is_tapped(kolkata):
    page, sent = kolkata, []
    open_times(page)
    # A slow line: the answer to the first tap is not there yet when the second one comes.
    page.route("**/times/**", lambda route: sent.append(route))
    page.locator("button[name=start]").evaluate(
        "button => { button.click(); setTimeout(() => button.click(), 200) }"
    )
    page.wait_for_timeout(500)
    assert len(sent) == 1

    with page.expect_navigation():
        sent[0].continue_()
    page.unroute("**/times/**")
    page.wait_for_url("**/details/**")
    assert Appointment.objects.count() == 1
    # Back, somebody may choose the same again at once.
    page.go_back()
    press(page, "button[name=start]")
    page.wait_for_url("**/details/**")


def test_the_overview_opens_and_leads_to_a_day(visitor):
    page = visitor
    open_times(page)
    page.locator("details.fold summary").last.click()
    link = page.locator(".date.is-free").last
    day = link.get_attribute("href").rpartition("from=")[2]
    steps.follow(link)

    assert page.url.endswith(f"from={day}")
    assert page.locator("[data-slot]").first.get_attribute("data-slot").startswith(day[:7])


def test_another_time_is_chosen_with_everything_typed_kept(visitor):
    page = visitor
    open_details(page)
    steps.fill_details(page, name="أنا 安娜 🌿", email="half@", reason="One\nTwo & <three>")
    before = typed(page)
    press(page, "button[name=change]")
    page.wait_for_url("**/times/**")
    page.locator("details.fold summary").last.click()
    press(page, ".date.is-free >> nth=-1")
    last = page.locator("[data-slot]").last
    last.check(force=True)
    starts_at = last.get_attribute("data-slot")
    press(page, "main form.times-form .btn")
    page.wait_for_url("**/details/**")

    assert typed(page) == before
    assert page.locator("[name=consent]").is_checked()
    assert page.locator(".errors").count() == 0
    page.locator("[name=email]").fill("ana@example.com")
    steps.confirm(page)
    booked = Appointment.objects.get()
    assert f"{booked.starts_at:%Y-%m-%dT%H:%M:%SZ}" == starts_at
    assert booked.reason == "One\nTwo & <three>"


def test_the_hold_is_kept_for_longer_with_everything_typed_kept(visitor):
    page = visitor
    open_details(page)
    steps.fill_details(page, email="half@")
    before = typed(page)
    Appointment.objects.update(expires_at=timezone.now() + timedelta(minutes=3))
    press(page, "button[name=extend]")

    assert typed(page) == before
    left = Appointment.objects.get().expires_at - timezone.now()
    assert left > timedelta(minutes=9)
    assert page.locator(".errors").count() == 0


def test_enter_confirms_and_presses_no_other_button(visitor):
    page = visitor
    open_details(page)
    steps.fill_details(page)
    with page.expect_navigation():
        page.locator("[name=email]").press("Enter")

    page.wait_for_url("**/appointments/**")
    assert Appointment.objects.get().status == "booked"


def test_choices_are_plain_links(visitor, video):
    page = visitor
    Service.objects.get(slug="first-consultation").practitioners.add(
        Practitioner.objects.create(slug="other", name="Dr. Other")
    )
    open_times(page)
    press(page, "nav.chooser a:has-text('By video')")
    press(page, "nav.chooser a:has-text('Dr. Lisanti')")

    assert "location=video" in page.url
    assert "practitioner=dr-lisanti" in page.url
    press(page, "button[name=start]")
    assert Appointment.objects.get().location == video


def test_a_zone_is_chosen_in_a_plain_list(visitor, video):
    page = visitor
    open_times(page, "&location=video")
    page.locator("#id_zone").select_option("Europe/London")
    press(page, "form:has(#id_zone) button")

    assert "zone=Europe%2FLondon" in page.url
    assert "Times on your clock: London." in page.locator(".times-form").inner_text()
    press(page, "button[name=start]")
    assert "London (" in page.locator("main").inner_text()


def test_a_script_only_suggests_the_browsers_zone(kolkata, video):
    page = kolkata
    open_times(page, "&location=video")
    opened = page.url

    assert page.locator("#id_zone").input_value() == "Asia/Calcutta"
    assert "Clinic time:" in page.locator(".times-form").inner_text()
    assert page.url == opened
    press(page, "form:has(#id_zone) button")
    assert "Times on your clock: Calcutta." in page.locator(".times-form").inner_text()
    page.locator("#id_zone").select_option("America/New_York")
    press(page, "form:has(#id_zone) button")
    assert page.locator("#id_zone").input_value() == "America/New_York"


@pytest.fixture
def clocked(browser, site):
    """A page whose clock the test turns: that of its whole browser, so it has its own."""
    context = browser.new_context(base_url=site, viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.clock.install()
    yield page
    context.close()


def test_a_warning_comes_two_minutes_before_the_end_and_moves_no_focus(clocked):
    page = clocked
    open_details(page)
    region = page.locator("[data-hold-seconds]")
    page.locator("[name=name]").focus()
    page.clock.fast_forward("07:00")
    assert region.inner_text() == ""

    page.clock.fast_forward("01:05")
    assert "Your time is held for two more minutes, until " in region.inner_text()
    assert page.evaluate("document.activeElement.name") == "name"
    assert region.is_visible()
    assert not (found := complaints(page)), found
    page.locator("[name=name]").fill("Ana")
    press(page, "[data-hold-seconds] button[name=extend]")

    assert page.locator("[name=name]").input_value() == "Ana"
    assert "We keep the time for you until" in page.locator("main").inner_text()
    assert page.locator("[data-hold-seconds]").inner_text() == ""


def test_the_warning_covers_no_field_that_has_the_focus(browser, site):
    context = browser.new_context(base_url=site, viewport={"width": 390, "height": 700})
    page = context.new_page()
    page.clock.install()
    open_details(page)
    box = "element => { const { top, bottom } = element.getBoundingClientRect(); return [top, bottom] }"
    medicines, region = page.locator("[name=medicines]"), page.locator("[data-hold-seconds]")
    medicines.focus()
    page.mouse.wheel(0, -150)
    page.wait_for_function("document.activeElement.getBoundingClientRect().bottom > 560")

    page.clock.fast_forward("08:05")

    assert medicines.evaluate(box)[1] <= region.evaluate(box)[0]
    page.locator("[name=name]").focus()
    for _ in range(5):
        page.keyboard.press("Tab")
        bottom = page.locator(":focus").evaluate(box)[1]
        assert 0 < bottom <= region.evaluate(box)[0]

    # What a pointer presses stays where it is until it is let go, however little of it is to be seen.
    button = page.locator("main form .row button").first
    edge = region.evaluate(box)[0] - button.evaluate(box)[0] - 12
    page.evaluate("by => scrollBy({ top: -by, behavior: 'instant' })", edge)
    page.mouse.move(100, button.evaluate(box)[0] + 6)
    page.mouse.down()
    with page.expect_navigation():
        page.mouse.up()
    context.close()


def test_after_the_end_the_page_says_what_holds(clocked):
    page = clocked
    open_details(page)
    page.locator("[name=name]").focus()
    held = page.get_by_text("held until").or_(page.get_by_text("held for you until"))
    assert held.count() == 2
    page.clock.fast_forward("10:01")

    region = page.locator("[data-hold-seconds]")
    assert "Your time is no longer held." in region.inner_text()
    assert held.count() == 0
    assert region.locator("button").count() == 0
    assert page.evaluate("document.activeElement.name") == "name"


def test_the_browsers_own_back_brings_the_typed_back(clocked):
    page = clocked
    open_details(page)
    steps.fill_details(page, email="half@")
    before = typed(page)
    page.goto("/privacy/")
    page.go_back()

    assert typed(page) == before
    assert page.locator("[name=consent]").is_checked()


def test_back_shows_nothing_typed_once_the_visit_is_booked(clocked):
    page = clocked
    open_details(page)
    steps.fill_details(page)
    steps.confirm(page)
    page.go_back()
    page.wait_for_url("**/appointments/**")

    assert page.locator("[name=reason]").count() == 0


def test_the_pages_are_sound(open_page, site, video):
    page = open_page(viewport={"width": 320, "height": 800}, reduced_motion="reduce")
    open_times(page, "&location=video&zone=Asia/Kathmandu")
    page.locator("details.fold summary").last.click()
    assert_sound(page)
    press(page, "button[name=start]")
    assert_sound(page)
    press(page, "button[name=change]")
    page.locator("details.fold summary").last.click()
    assert_sound(page)
    press(page, ".date:not(.is-free)")
    assert_sound(page)
