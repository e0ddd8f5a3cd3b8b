"""A morning at the front desk in the agenda, with scripts and without, and what others do meanwhile."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from booking import actions
from booking.models import Appointment, Service
from tests.booking.factories import DESK, NOW, local, make_appointment, make_closure, make_patient

from . import steps
from .conftest import SERVICE
from .staff import NARROW, WIDE

pytestmark = pytest.mark.django_db(transaction=True)
AGENDA = "/admin/booking/appointment/agenda/"
WEEK = f"{AGENDA}?on=2026-12-07"
WITH_SCRIPTS = pytest.mark.parametrize("desk", [("light", WIDE, True)], indirect=True, ids=["wide"])


def visit_of(name, starts_at, **kwargs):
    service = Service.objects.get(slug=SERVICE)
    patient = make_patient(name=name, email=f"{name.split()[0].lower()}@example.com")
    return make_appointment(service, starts_at, patient=patient, **kwargs)


@pytest.fixture
def morning(site):
    """Monday at seven: somebody was to come at half past six, two come later, one time is held."""
    make_closure(local(8, 9), local(8, 10), reason="Team meeting")
    visit_of("Cara Cancelled", local(9, 9), status="cancelled")
    return {
        "missed": visit_of("Max Missed", local(7, 6)),
        "comes": visit_of("Ana Example", local(7, 9)),
        "ill": visit_of("Ill Sample", local(7, 13, 30)),
    }


def open_visit(page, visit):
    steps.follow(page.locator(f"#visit-{visit.pk} a"))
    expect(page.locator("#visit")).to_be_visible()


def said(page):
    return page.locator(".messagelist").inner_text()


def status(visit):
    visit.refresh_from_db()
    return visit.status


def test_a_morning_at_the_front_desk(morning, desk, assert_sound):
    desk.goto("/admin/")
    assert_sound()
    steps.follow(desk.get_by_role("link", name="Week", exact=True))
    assert desk.locator("h1").inner_text() == "December 7 to 13"
    assert_sound()

    # Somebody calls: a free time, who it is, and back to the week.
    steps.follow(desk.get_by_role("link", name="Book Thursday, December 10, 10:00 am"))
    desk.get_by_label("Find a patient").fill("Ana Exa")
    steps.press(desk, "Find")
    desk.get_by_label("Ana Example").check()
    desk.get_by_label("I asked: none of these").check()
    desk.get_by_label("I told the caller what we keep").check()
    assert_sound()
    steps.press(desk, "Book this visit")
    desk.get_by_label("Yes, book another visit").check()
    assert_sound()
    steps.press(desk, "Book this visit")
    booked = Appointment.objects.latest("pk")
    assert (booked.patient, booked.starts_at) == (morning["comes"].patient, local(10, 10))
    assert said(desk).startswith("Booked: Thu, Dec 10, 2026, 10:00 am EST")
    assert desk.url.endswith(f"{WEEK}&view=week#visit-{booked.pk}")

    open_visit(desk, booked)
    assert_sound()
    steps.follow(desk.locator("#visit").get_by_role("link", name="Move"))
    desk.locator("[data-slot]").last.check()
    steps.press(desk, "Move and tell the patient")
    assert said(desk).startswith("Moved to ")

    open_visit(desk, morning["comes"])
    steps.press(desk, "Arrived")
    assert said(desk).startswith("“Arrived”: Mon, Dec 7, 2026, 9:00 am EST")
    assert status(morning["comes"]) == "arrived"

    open_visit(desk, morning["missed"])
    steps.press(desk, "No-show")
    assert status(morning["missed"]) == "noshow"

    open_visit(desk, morning["ill"])
    steps.press(desk, "Cancel this visit")
    desk.get_by_label("The patient asked for it").check()
    assert_sound()
    steps.press(desk, "Cancel this visit")
    assert status(morning["ill"]) == "cancelled"
    assert desk.url.endswith(f"#visit-{morning['ill'].pk}")

    steps.follow(desk.get_by_role("link", name="Day", exact=True).first)
    assert_sound()
    steps.follow(desk.get_by_role("link", name="Day sheet to print"))
    assert_sound()
    names = desk.locator(".sheet th[scope=row]").all_inner_texts()
    assert names == ["Max Missed", "Ana Example", "Ill Sample"]
    desk.emulate_media(media="print")
    assert desk.locator("#header").is_hidden()
    assert desk.locator(".sheet").first.is_visible()
    desk.emulate_media(media="screen")


def test_somebody_elses_change_is_refused_in_words(morning, desk):
    desk.goto(WEEK)
    open_visit(desk, morning["ill"])
    actions.cancel(reference=morning["ill"].reference, now=NOW, by=DESK)

    steps.press(desk, "Cancel this visit")

    assert "Nothing changed" in said(desk)
    assert "Cancelled, by the clinic (Pat Desk" in said(desk)


def ask_now(page):
    """Do what happens every quarter of a minute."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@WITH_SCRIPTS
def test_an_update_arrives_and_takes_neither_focus_nor_what_was_typed(morning, desk):
    desk.goto(f"{WEEK}&visit={morning['ill'].pk}")
    desk.get_by_label("Day", exact=True).fill("2026-12-24")
    link = desk.locator(f"#visit-{morning['comes'].pk} a")
    link.focus()
    desk.evaluate("scrollTo(0, 120)")
    scrolled = desk.evaluate("scrollY")
    actions.mark_arrived(reference=morning["comes"].reference, now=NOW, by=DESK)

    ask_now(desk)
    expect(link.locator(".status")).to_have_text("Arrived")

    news = desk.locator("#agenda-news")
    expect(news).to_contain_text("Updated at 7:")
    assert news.get_attribute("role") == "status"
    assert link.evaluate("link => link === document.activeElement")
    assert desk.evaluate("scrollY") == scrolled
    assert desk.get_by_label("Day", exact=True).input_value() == "2026-12-24"
    assert desk.locator("#visit").get_by_role("button", name="Cancel this visit").is_visible()


@WITH_SCRIPTS
def test_what_had_the_focus_and_is_gone_gives_it_to_its_day(morning, desk):
    desk.goto(WEEK)
    free = desk.get_by_role("link", name="Book Thursday, December 10, 10:00 am")
    free.focus()
    visit_of("Ben Sample", local(10, 10))

    ask_now(desk)
    expect(free).to_have_count(0)

    assert desk.evaluate("document.activeElement.id") == "d-2026-12-10"


@WITH_SCRIPTS
def test_nothing_new_says_nothing_and_whoever_is_signed_out_hears_of_it(morning, desk):
    desk.goto(WEEK)
    with desk.expect_response(lambda answer: "/agenda/state/" in answer.url) as asked:
        ask_now(desk)
    given = desk.locator("[data-pass]").get_attribute("data-pass")
    assert asked.value.request.headers["x-updates"] == given
    assert desk.locator("#agenda-news").inner_text() == ""

    Session.objects.all().delete()
    ask_now(desk)

    expect(desk.locator("#agenda-news")).to_contain_text("You are signed out")


@WITH_SCRIPTS
def test_whoever_was_away_for_long_hears_that_they_are_signed_out(morning, desk):
    desk.goto(WEEK)
    (stored,) = Session.objects.all()
    ended = SessionStore(stored.session_key)
    ended["seen_at"] = 0
    ended.save()

    ask_now(desk)

    expect(desk.locator("#agenda-news")).to_contain_text("You are signed out")


@WITH_SCRIPTS
def test_keys_lead_about_unless_somebody_types_or_has_turned_them_off(morning, desk):
    desk.goto(WEEK)
    assert "arrows move between visits, t today" in desk.locator("#agenda-keys").inner_text()
    for key, heading in [("n", "December 14 to 20"), ("p", "December 7 to 13")]:
        with desk.expect_navigation():
            desk.keyboard.press(key)
        assert desk.locator("h1").inner_text() == heading
    with desk.expect_navigation():
        desk.keyboard.press("d")
    assert desk.locator("h1").inner_text() == "Monday, December 7"
    with desk.expect_navigation():
        desk.keyboard.press("w")

    desk.get_by_label("Place").focus()
    desk.keyboard.press("n")
    desk.get_by_role("button", name="Turn letters off").click()
    desk.keyboard.press("n")
    desk.wait_for_timeout(200)
    assert desk.locator("h1").inner_text() == "December 7 to 13"
    desk.reload()
    assert "Letters are turned off" in desk.locator("#agenda-keys").inner_text()


@WITH_SCRIPTS
def test_arrows_go_from_visit_to_visit(morning, desk):
    desk.goto(WEEK)
    desk.locator(f"#visit-{morning['missed'].pk} a").focus()

    desk.keyboard.press("ArrowDown")
    assert desk.evaluate("document.activeElement.textContent").startswith("9:00 am Ana Example")
    desk.keyboard.press("ArrowRight")
    assert "December 8" in desk.evaluate("document.activeElement.textContent")
    desk.keyboard.press("ArrowLeft")
    assert "December 7" in desk.evaluate("document.activeElement.closest('section').textContent")


@pytest.mark.parametrize("desk", [("light", NARROW, True)], indirect=True, ids=["narrow"])
def test_a_long_name_stays_clear_of_the_status_on_a_phone(desk):
    patient = make_patient(name="Wolfeschlegelsteinhausenbergerdorff" * 2)
    visit = make_appointment(Service.objects.get(slug=SERVICE), local(7, 11), patient=patient)

    desk.goto(WEEK)

    row = desk.locator(f"#visit-{visit.pk}")
    name = row.locator("b > span").bounding_box()
    status = row.locator(".status").bounding_box()
    assert name["x"] + name["width"] <= status["x"]
    assert row.locator("b > span").evaluate("span => span.scrollWidth <= span.clientWidth + 1")
