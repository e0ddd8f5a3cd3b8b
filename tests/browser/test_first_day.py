"""From an empty database to the first patient who can book: the owner's first day, in a browser."""

import re

import pytest
from django.contrib.auth.models import User

from clinic.environment import parse_email_url
from tests.clinic.mail_servers import Box, serve

from . import steps
from .staff import PASSWORD, log_in

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/admin/first-day/"


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def owner(request, open_page, transactional_db, live_server, settings):
    """A page on which somebody signed in who just made an account; nothing else is there."""
    settings.SITE_URL = live_server.url
    User.objects.create_superuser("owner", "owner@harbor.example", PASSWORD)
    page = open_page(viewport={"width": 390, "height": 844}, java_script_enabled=request.param)
    log_in(page, "owner")
    yield page
    page.close()


def fill(page, **values):
    for name, value in values.items():
        field = page.locator(f"#id_{name}")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def open_step(page, key):
    steps.follow(page.locator(f"#{key} a").first)


def save(page):
    steps.press(page, "Save")
    assert page.url.endswith(PAGE), page.locator("#content").inner_text()


def done(page):
    return int(re.search(r"(\d) of 8 done", page.locator("#content-main").inner_text())[1])


def enter_the_facts(page):
    open_step(page, "facts")
    page.locator("#id_facts_are_sample").uncheck()
    fill(page, phone="(202) 555-0143", email="front@harbor.example", street="1 Pier Road")
    fill(page, city="Portsmouth", state="NH", postal_code="03801")
    save(page)


def say_that_it_is_right(page, key):
    steps.follow(page.locator(f"#{key} form button"))


def add_a_place(page):
    open_step(page, "place")
    fill(page, name="Harbor", slug="harbor", address="1 Pier Road", time_zone="America/New_York")
    save(page)


def add_a_practitioner_with_hours(page):
    open_step(page, "practitioner")
    fill(page, name="Dr. Own", slug="dr-own")
    page.locator("[name=available_times-0-weekday]").select_option(label="Monday")
    page.locator("[name=available_times-0-location]").select_option(index=1)
    page.locator("[name=available_times-0-start_time]").fill("09:00")
    page.locator("[name=available_times-0-end_time]").fill("12:00")
    save(page)


def add_a_visit(page):
    open_step(page, "services")
    fill(page, name="First visit", slug="first-visit", fee_text="$120", duration_minutes="60")
    page.get_by_label("Dr. Own").check()
    page.locator("#id_location").select_option(index=1)
    save(page)


def add_a_sign(page):
    open_step(page, "safety")
    fill(page, code="chest.pain", label="Chest pain", statement="Pain in the chest")
    fill(page, question="Do you have pain in the chest?", level="emergency")
    page.locator("#id_is_global").check()
    save(page)


def test_an_owner_is_led_from_nothing_to_the_first_booking(owner, settings):
    steps.follow(owner.get_by_role("link", name="First day"))
    assert done(owner) == 0
    assert "Patients can book: no." in owner.locator("#patients-now").inner_text()

    enter_the_facts(owner)
    say_that_it_is_right(owner, "emergency")
    add_a_place(owner)
    say_that_it_is_right(owner, "place")
    add_a_practitioner_with_hours(owner)
    add_a_visit(owner)
    assert "Patients can book: no." in owner.locator("#patients-now").inner_text()
    assert "There are no safety questions" in owner.locator("#content-main").inner_text()
    add_a_sign(owner)
    assert "Patients can book: yes." in owner.locator("#patients-now").inner_text()
    assert done(owner) == 7

    with serve(box := Box()) as port:
        settings.MAILERS = {"default": parse_email_url(f"smtp://localhost:{port}?timeout=5")}
        steps.press(owner, "Send a test mail")
        assert "250 2.0.0 OK queued as 4F7A" in owner.locator(".messagelist").inner_text()
        assert done(owner) == 8
        owner.goto("/admin/")
        assert owner.locator(".first-day-card").count() == 0

    assert len(box.taken) == 1
    owner.goto("/book/")
    assert "First visit" in owner.locator("main").inner_text(), owner.locator("main").inner_html()
    steps.follow(owner.locator(".index a").first)
    assert owner.locator("[data-red-flag='chest.pain']").count() == 1


def test_the_checklist_is_sound(owner):
    owner.goto(PAGE)

    assert owner.evaluate("document.documentElement.scrollWidth") <= 390
    small = owner.locator("#content-main button").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 44).length"
    )
    assert small == 0
