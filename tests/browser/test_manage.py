"""The patient's own page in a real browser: moving, family, finding it again."""

import re
from datetime import datetime
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from booking import actions
from booking.actors import PATIENT
from booking.models import Appointment, Service
from booking.screening import ScreeningPass

from . import steps
from .sound import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)


def book(page, **answers):
    """Book the first free time; return the visit."""
    steps.open_booking_from_article(page)
    steps.answer_none(page)
    steps.choose_first_time(page)
    steps.fill_details(page, **answers)
    steps.confirm(page)
    return Appointment.objects.get(reference=page.url.rstrip("/").rsplit("/", 1)[-1])


def choose(page, slot):
    """Choose a time as somebody does who sees its label; return its start."""
    starts_at = slot.get_attribute("data-slot")
    page.locator("label.slot", has=page.locator(f"[value='{starts_at}']")).click()
    steps.submit(page)
    return starts_at


def take(visit, starts_at):
    """Let somebody else book this time."""
    actions.book(
        reference=uuid4(),
        service=visit.service,
        practitioners=[visit.practitioner],
        starts_at=starts_at,
        details=actions.PatientDetails("Ben Example", "ben@example.com", "+12125550199"),
        screening=ScreeningPass("", "0" * 32, "none", timezone.now()),
        now=timezone.now(),
        by=PATIENT,
    )


def test_a_visit_is_moved_and_says_so(visitor, site, run_worker):
    page = visitor
    visit = book(page)

    steps.follow(page.get_by_role("link", name="Move this visit"))
    page.wait_for_url("**/reschedule/")
    assert steps.status(page) == "booked"
    assert page.locator("main a[href='tel:911']").count() == 1
    steps.submit(page)
    assert "is the time you have already" in page.locator("main").inner_text()
    steps.follow(page.locator("a", has_text="Next week"))
    starts_at = choose(page, page.locator("[data-slot]").first)
    page.wait_for_url(f"**/appointments/{visit.reference}/")

    assert page.locator("h1").inner_text() == "Your visit has a new time"
    assert "Moved from" in page.locator("main").inner_text()
    moved = Appointment.objects.get()
    assert moved.reference == visit.reference
    assert f"{moved.starts_at:%Y-%m-%dT%H:%M:%SZ}" == starts_at
    assert moved.starts_at > visit.starts_at
    run_worker()
    assert [sent.subject.split(":")[0] for sent in mail.outbox][-1] == "New time"


def test_a_second_person_is_booked_with_the_same_address(visitor, site):
    page = visitor
    first = book(page)

    steps.follow(page.get_by_role("link", name="Book for someone else in your family"))
    page.wait_for_url("**/book/?condition=spasms-and-twitches")
    assert "ana" not in page.url.lower()
    steps.follow(page.locator("a[href^='/book/first-consultation/safety/']").first)
    steps.answer_none(page)
    steps.choose_first_time(page)
    assert page.locator("[name=name]").input_value() == ""
    steps.fill_details(page, name="Ben Example")
    steps.confirm(page)

    second = Appointment.objects.exclude(pk=first.pk).get()
    assert str(second.reference) in page.url
    assert (first.patient.name, second.patient.name) == ("Ana Example", "Ben Example")
    assert first.patient.email == second.patient.email


def test_a_lost_booking_is_found_by_mail(visitor, site, run_worker):
    page = visitor
    visit = book(page)
    run_worker()
    mail.outbox.clear()

    page.goto("/book/")
    steps.follow(page.locator("main").get_by_role("link", name="Find my booking"))
    page.wait_for_url("**/appointments/find/")
    page.locator("[name=email]").fill("ANA@example.com")
    steps.submit(page)
    page.wait_for_url("**/appointments/find/sent/")
    assert "If there is a visit under that address" in page.locator("main").inner_text()
    assert "ana" not in page.content().lower().replace("manage", "")
    run_worker()

    (sent,) = mail.outbox
    link = re.search(rf"{site}/appointments/\S+", sent.body).group()
    page.goto(link)
    assert str(visit.reference) in page.url
    assert steps.status(page) == "booked"


def test_a_visit_for_people_seen_before_asks_and_keeps_what_was_typed(visitor, site):
    Service.objects.filter(slug="first-consultation").update(for_whom="returning")
    page = visitor
    steps.open_booking_from_article(page)
    steps.answer_none(page)
    steps.choose_first_time(page)
    steps.fill_details(page)
    page.get_by_label("No", exact=True).check()
    steps.submit(page)

    assert page.title().startswith("Error: ")
    assert page.locator("[name=reason]").input_value() == steps.DETAILS["reason"]
    assert page.locator("main a[href^='/book/follow-up/safety/']").count() == 1
    page.get_by_label("Yes", exact=True).check()
    steps.confirm(page)
    assert Appointment.objects.get().status == "booked"


def test_every_page_of_a_visit_is_sound(open_page, site):
    page = open_page(viewport={"width": 320, "height": 800}, reduced_motion="reduce")
    visit = book(page)
    assert_sound(page)
    own = f"/appointments/{visit.reference}/"

    page.goto(f"{own}reschedule/")
    assert_sound(page)
    steps.submit(page)
    assert_sound(page)
    last = page.locator("[data-slot]").last
    take(visit, datetime.fromisoformat(last.get_attribute("data-slot")))
    choose(page, last)
    assert page.title().startswith("Error: ")
    assert "is still there" in page.locator("main").inner_text()
    assert_sound(page)
    choose(page, page.locator("[data-slot]").last)
    assert page.locator("h1").inner_text() == "Your visit has a new time"
    assert_sound(page)
    page.goto("/appointments/find/")
    steps.submit(page)
    assert page.title().startswith("Error: ")
    assert_sound(page)
    page.goto("/appointments/find/sent/")
    assert_sound(page)

    Service.objects.update(cancel_notice_minutes=366 * 24 * 60)
    for path in (own, f"{own}reschedule/", f"{own}cancel/"):
        page.goto(path)
        assert_sound(page)
    Service.objects.update(cancel_notice_minutes=0)
    page.goto(f"{own}cancel/")
    assert_sound(page)
    steps.submit(page)
    page.goto(f"{own}reschedule/")
    assert page.locator("h1").inner_text() == "This visit is cancelled"
    assert_sound(page)
