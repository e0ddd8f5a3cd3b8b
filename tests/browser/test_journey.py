"""The main job, in a real browser, with JavaScript on and off."""

from pathlib import Path

import pytest
from django.core import mail
from icalendar import Calendar
from playwright.sync_api import expect

from booking.calendars import event_uid
from booking.models import Appointment, Patient, Screening

from . import steps

pytestmark = pytest.mark.django_db(transaction=True)


def only_event(content):
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return event


def test_article_to_confirmed_to_cancelled(visitor, site, run_worker):
    page = visitor
    steps.open_booking_from_article(page)
    steps.answer_none(page)
    starts_at = steps.choose_first_time(page)
    steps.fill_details(page)
    steps.confirm(page)

    appointment = Appointment.objects.get()
    assert page.locator("h1").inner_text() == "Your visit is booked"
    assert steps.status(page) == "booked"
    assert appointment.starts_at == starts_at
    assert appointment.patient.name == "Ana Example"
    assert str(appointment.reference) in page.url
    assert "Calf cramps" not in page.content()

    with page.expect_download() as download:
        page.locator("a[href$='calendar.ics']").click()
    event = only_event(Path(download.value.path()).read_bytes())
    assert event.start == starts_at
    assert (event.end - event.start).total_seconds() == 75 * 60
    assert event["UID"] == event_uid(appointment)

    steps.follow(page.locator("a[href$='/cancel/']").first)
    assert Appointment.objects.get().status == "booked"
    steps.submit(page)
    page.wait_for_url(f"**/appointments/{appointment.reference}/")
    assert steps.status(page) == "cancelled"
    assert Appointment.objects.get().status == "cancelled"

    run_worker()
    confirmation, cancellation = mail.outbox
    assert (confirmation.to, cancellation.to) == (["ana@example.com"], ["ana@example.com"])


def test_an_emergency_ends_the_booking(visitor, site):
    page = visitor
    steps.open_booking_from_article(page)
    page.locator("[data-red-flag='speech.slurred']").first.scroll_into_view_if_needed()
    page.locator("input[name=flags][value='speech.slurred']").check()
    steps.submit(page)

    assert page.locator("[data-care-level=emergency] a[href='tel:911']").count() == 1
    assert page.locator("main input").count() == 0
    assert page.locator("main a[href*='/times/'], main a[href*='/details/']").count() == 0
    for step in ("times", "details"):
        page.goto(f"/book/first-consultation/{step}/?condition=spasms-and-twitches")
        assert "/safety/" in page.url
    assert not Appointment.objects.exists()
    assert not Patient.objects.exists()
    assert not Screening.objects.exists()


def test_an_emergency_takes_back_an_earlier_pass(visitor, site):
    page = visitor
    steps.open_booking_from_article(page)
    steps.answer_none(page)
    steps.choose_first_time(page)

    page.goto("/book/first-consultation/safety/?condition=spasms-and-twitches")
    page.locator("input[name=flags][value='chest.pain']").check()
    steps.submit(page)
    page.goto("/book/first-consultation/details/?condition=spasms-and-twitches")

    assert "/safety/" in page.url
    assert not Appointment.objects.exists()


def test_an_urgent_sign_asks_for_an_acknowledgement(visitor, site):
    page = visitor
    steps.open_booking_from_article(page)
    screening = page.url
    page.locator("[data-care-level=urgent] input[name=flags]").first.check()
    steps.submit(page)
    assert page.locator("main a[href^='tel:']").count() >= 1
    assert page.locator("[data-care-level=urgent] [data-red-flag]").count() == 1
    page.goto(screening.replace("/safety/", "/times/"))
    assert page.url == screening

    page.locator("[data-care-level=urgent] input[name=flags]").first.check()
    steps.submit(page)
    steps.follow(page.locator("[name=acknowledged]"))

    page.wait_for_url("**/times/?condition=spasms-and-twitches")


def test_mistakes_are_named_and_nothing_typed_is_lost(visitor, site):
    page = visitor
    steps.open_booking_from_article(page)
    steps.answer_none(page)
    steps.choose_first_time(page)
    steps.fill_details(page, email="ana.example.com", name="أنا 安娜 🌿")
    steps.submit(page)

    assert page.title().startswith("Error: ")
    link = page.locator(".errors a[href='#id_email']")
    assert link.count() == 1
    assert page.locator("[name=name]").input_value() == "أنا 安娜 🌿"
    assert page.locator("[name=reason]").input_value() == "Calf cramps most nights"
    field = page.locator("[name=email]")
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby").split()
    assert all(page.locator(f"#{name}").count() == 1 for name in described)
    link.click()
    expect(field).to_be_focused()

    field.fill("ana@example.com")
    steps.confirm(page)
    assert Appointment.objects.get().patient.name == "أنا 安娜 🌿"


def test_back_and_confirm_again_gives_one_visit(visitor, site):
    page = visitor
    steps.open_booking_from_article(page)
    steps.answer_none(page)
    steps.choose_first_time(page)
    steps.fill_details(page)
    steps.confirm(page)
    booked_at = page.url

    page.go_back()
    if page.locator("input[name=consent]").count():
        steps.fill_details(page)
        steps.submit(page)
    page.wait_for_url("**/appointments/**")

    assert page.url == booked_at
    assert Appointment.objects.count() == 1
