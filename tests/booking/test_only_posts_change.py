"""Looking changes nothing, nor do browsers and mail scanners that open links ahead of anybody."""

from copy import copy
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import audit, time_off
from booking.messages.context import opt_out_token
from booking.models import (
    Appointment,
    AuditEntry,
    AuditKind,
    BusyCalendar,
    LegalHold,
    MailOptOut,
    Message,
    MessageKind,
    MessageWords,
    Practitioner,
    RetentionRule,
    RetentionRun,
)
from booking.urls import urlpatterns

from .desk import CALLER
from .factories import (
    DESK,
    NOW,
    book,
    local,
    make_appointment,
    make_available_time,
    make_closure,
    make_wishes,
    offer_times,
    wait,
)
from .journeys import ANSWERS, choose_time, pass_screening

pytestmark = pytest.mark.django_db

# All that any form of the site sends, as somebody might put it into a link.
TEMPTING = {
    **ANSWERS,
    **CALLER,
    "start": "2026-12-21T14:00:00Z",
    "answer": "cancel",
    "extend": "yes",
    "change": "yes",
    "book": "Book",
    "move": "Move",
    "from_on": "2026-12-08",
    "until_on": "2026-12-20",
    "time_of_day": "any",
}
AN_ACTION = {"action": "cancel", "_selected_action": "1", "asked_by": "staff", "post": "yes"}
LOOKING_AHEAD = {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch", "X-Moz": "prefetch"}

TOKEN = "t" * 43
FOLLOW_UP = Message(
    pk=4711,
    kind=MessageKind.FOLLOW_UP,
    to_email="ana@example.com",
    sequence=0,
    message_id="<4711@clinic.example.org>",
)
STEP = {"slug": "first-consultation"}
# What the reference in each address belongs to, and how the address answers.
ADDRESSES = {
    "service-list": (None, 200),
    "safety": (STEP, 200),
    "times": (STEP, 200),
    "details": (STEP, 200),
    "find": (None, 200),
    "find-sent": (None, 200),
    "waitlist-join": (STEP, 200),
    "waitlist-sent": (STEP, 200),
    "waitlist": ("entry", 200),
    "waitlist-change": ("entry", 200),
    "waitlist-decline": ("entry", 302),
    "waitlist-leave": ("entry", 302),
    "appointment": ("visit", 200),
    "appointment-cancel": ("visit", 200),
    "waitlist-earlier": ("visit", 200),
    "appointment-reschedule": ("visit", 200),
    "appointment-choose": ("asked", 200),
    "appointment-calendar": ("visit", 200),
    "appointment-messages": ("visit", 200),
    "opt-out": ({"token": opt_out_token(FOLLOW_UP)}, 200),
    "practitioner": ({"slug": "dr-first"}, 200),
    "practitioner-feed": ({"token": TOKEN}, 200),
}
RECORDS = [model for model in admin.site._registry if model._meta.app_label == "booking"]


@pytest.fixture
def clinic(client, bookable_service):
    """A browser that holds a time, and whatever else waits for somebody to press a button."""
    service = bookable_service
    Practitioner.objects.update(slug="dr-first", feed_token=TOKEN)
    make_available_time(service, weekday=1)
    pass_screening(client, service)
    choose_time(client, service, local(7, 10))
    make_appointment(service, local(7, 11), status="pending", expires_at=NOW - timedelta(days=1))
    visit, asked = book(service, starts_at=local(21, 10)), book(service, starts_at=local(15, 10))
    closure = make_closure(local(15, 10), local(15, 11))
    time_off.ask_to_move(asked, closure=closure, now=NOW, by=DESK)
    closed = make_closure(local(14, 0), local(15, 0))
    entry = wait(service, from_on=make_wishes().from_on + timedelta(days=7))
    closed.delete()
    offer_times()
    entry.refresh_from_db()
    assert entry.status == "offered"
    BusyCalendar.objects.create(
        practitioner=service.practitioner, url="https://calendar.example.org/secret.ics"
    )
    MessageWords.objects.create(key="reminder", heading="See you soon")
    MailOptOut.objects.create(email="ben@example.com")
    LegalHold.objects.create(
        patient=visit.patient, reason="A lawsuit", set_at=NOW, set_by_name="Olga Owner"
    )
    rule = RetentionRule.objects.create(kind="messages", keep_months=12)
    RetentionRun.objects.create(rule=rule, at=NOW, older_than=NOW, keep_months=12, count=1)
    audit.note(User(username="desk"), AuditKind.SAW, visit=visit, now=NOW)
    mail = copy(FOLLOW_UP)
    mail.appointment = visit
    mail.save(force_insert=True)
    return {"visit": visit, "asked": asked, "entry": entry}


def everything():
    """Return all that is stored about bookings, and all that is queued or noted.

    But for the audit: that somebody of the staff looked is what it is for.
    """
    models = apps.get_app_config("booking").get_models(include_auto_created=True)
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (*models, ProcrastinateJob, LogEntry)
        if model is not AuditEntry
    }


def staff_urls(model, record):
    """Return the address of each page that the admin has for the model."""
    return [
        reverse(f"admin:{page.name}", args=[record.pk] if "<" in str(page.pattern) else [])
        for page in admin.site._registry[model].get_urls()
        if page.name
    ]


def look(browser, url):
    """Look in every way there is, and return how a plain look was answered."""
    looks = [(browser.get, TEMPTING), (browser.get, AN_ACTION)]
    looks += [(method, TEMPTING | AN_ACTION) for method in (browser.head, browser.options)]
    for method, query in looks:
        assert method(url, query, headers=LOOKING_AHEAD).status_code < 500
    browser.head(url)
    return browser.get(url).status_code


def test_every_address_is_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == ADDRESSES.keys()


@pytest.mark.parametrize("name", ADDRESSES)
def test_looking_at_a_page_changes_nothing(client, clinic, name):
    owner, status = ADDRESSES[name]
    kwargs = {"reference": clinic[owner].reference} if isinstance(owner, str) else owner
    before, cookies = everything(), client.cookies["hold"].value

    assert look(client, reverse(f"booking:{name}", kwargs=kwargs)) == status

    assert everything() == before
    assert client.cookies["hold"].value == cookies


@pytest.mark.parametrize("model", RECORDS)
def test_looking_at_the_staffs_pages_changes_nothing(clinic, admin_client, model):
    record = clinic["visit"] if model is Appointment else model.objects.latest("pk")
    before = everything()

    answers = {url: look(admin_client, url) for url in staff_urls(model, record)}

    # Not allowed, by POST alone, or only to be asked about some days.
    assert set(answers.values()) <= {200, 400, 403, 405}, answers
    assert everything() == before


@pytest.mark.parametrize("name", ["waitlist-leave", "appointment-cancel"])
def test_the_same_by_post_does_something(clinic, name):
    owner, _ = ADDRESSES[name]
    before = everything()

    Client().post(reverse(f"booking:{name}", args=[clinic[owner].reference]))

    assert everything() != before
