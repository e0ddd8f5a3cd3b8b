"""Whether a hold has run out is for PostgreSQL's clock to say, however wrong the web server's is."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from booking import actions, time_off, waitlist
from booking.actors import PATIENT
from booking.availability import find_slots
from booking.errors import SlotTaken
from booking.models import Appointment, DatabaseNow
from booking.reasons import Why, explain
from tests.html_tree import parse

from .factories import (
    DESK,
    NOW,
    book,
    local,
    make_appointment,
    make_closure,
    make_service,
    make_week,
    search_for,
    wait,
)
from .journeys import choose_time, make_red_flags, pass_screening, send_details, step_url
from .waiting import MONDAY, cancel, make_full_service

pytestmark = pytest.mark.django_db
AN_HOUR = timedelta(hours=1)
A_SECOND = timedelta(seconds=1)
NINE = local(9, 9)


@pytest.fixture(params=[-AN_HOUR, AN_HOUR], ids=["behind", "ahead"])
def web(request, monkeypatch):
    """Return the web server's time, an hour off; in PostgreSQL it is `NOW`."""
    now = f"'{NOW.isoformat()}'::timestamptz"
    monkeypatch.setattr(DatabaseNow, "as_sql", lambda *args, **kwargs: (now, []))
    with time_machine.travel(NOW + request.param, tick=False):
        yield NOW + request.param


@pytest.fixture
def service(web):
    """Make a visit that is to be had on all days; there is a red flag of each level."""
    make_red_flags()
    service = make_service()
    make_week(service)
    return service


@pytest.fixture(params=[A_SECOND, AN_HOUR / 2], ids=["a second", "half an hour"])
def held(request, service):
    """Somebody else holds 9 o'clock, for so long."""
    return make_appointment(service, NINE, status="pending", expires_at=NOW + request.param)


@pytest.fixture(params=[-A_SECOND, -AN_HOUR / 2], ids=["a second", "half an hour"])
def run_out(request, service):
    """Somebody else held 9 o'clock until so long ago, and no cleaner ran."""
    return make_appointment(service, NINE, status="pending", expires_at=NOW + request.param)


def is_listed(service, web):
    day = NINE.date()
    slots = find_slots(search_for(service, now=web), first_on=day, last_on=day)
    return NINE in {slot.starts_at for slot in slots}


def take(service, web):
    who = [service.practitioner]
    return actions.hold(service=service, practitioners=who, starts_at=NINE, now=web, by=PATIENT)


def why(service, web):
    reasons = explain(search_for(service, now=web), service.practitioner, NINE)
    return [reason.why for reason in reasons]


def test_a_hold_that_stands_keeps_its_time(service, web, held):
    assert not is_listed(service, web)
    assert why(service, web) == [Why.HELD]
    with pytest.raises(SlotTaken):
        take(service, web)
    assert Appointment.objects.get() == held


def test_a_hold_that_ran_out_blocks_nobody(service, web, run_out):
    assert is_listed(service, web)
    assert why(service, web) == []
    taken = take(service, web)
    assert taken != run_out
    assert Appointment.objects.get() == taken


def test_a_hold_that_ran_out_blocks_no_move(service, web, run_out):
    visit = make_appointment(service, local(10, 9))

    moved = actions.reschedule(reference=visit.reference, starts_at=NINE, now=web, by=PATIENT)

    assert moved.starts_at == NINE


def test_a_hold_lasts_ten_minutes_of_the_databases(service, web):
    assert take(service, web).expires_at.astimezone(NOW.tzinfo) == NOW + actions.HOLD_DURATION


def test_a_hold_is_kept_for_longer_only_while_it_stands(service, web):
    stands = make_appointment(
        service, NINE, status="pending", created_at=NOW, expires_at=NOW + A_SECOND
    )
    over = make_appointment(
        service, local(9, 11), status="pending", created_at=NOW, expires_at=NOW - A_SECOND
    )

    extended = actions.extend(reference=stands.reference, now=web, by=PATIENT)

    assert Appointment.objects.get(pk=extended.pk).expires_at == NOW + actions.HOLD_DURATION
    with pytest.raises(SlotTaken):
        actions.extend(reference=over.reference, now=web, by=PATIENT)


def test_the_pages_hold_show_and_book_a_time(service, web):
    browser, other = Client(), Client()
    for one in (browser, other):
        pass_screening(one, service)
    assert choose_time(browser, service, NINE).status_code == 302

    page = parse(browser.get(step_url(service, "details")).content)
    refused = choose_time(other, service, NINE)
    booked = send_details(browser, service)

    assert page.one("div", class_="hold-warning").get("data-hold-seconds") == "600"
    assert refused.status_code == 409
    assert booked.status_code == 302
    assert Appointment.objects.get().status == "booked"


def test_times_that_are_kept_for_a_patient_stand(service, web):
    visit = book(service, starts_at=NINE)
    closure = make_closure(local(9, 0), local(10, 0))
    request = time_off.ask_to_move(visit, closure=closure, now=web, by=DESK)
    kept = request.held_times(web)

    Appointment.objects.filter(pk=kept[0].pk).update(expires_at=NOW - A_SECOND)
    Appointment.objects.filter(pk=kept[1].pk).update(expires_at=NOW + A_SECOND)

    assert len(kept) == 3
    assert request.held_times(web) == kept[1:]


@pytest.mark.parametrize(("left", "outcome"), [(-A_SECOND, "ended"), (A_SECOND, "open")])
def test_an_offer_ends_when_its_time_is_over(web, left, outcome):
    full = make_full_service()
    entry = wait(full)
    cancel(full, MONDAY)
    waitlist.offer_times(now=web)
    Appointment.objects.filter(status="pending").update(expires_at=NOW + left)
    entry.offers.update(expires_at=NOW + left)

    waitlist.offer_times(now=web)

    assert entry.offers.get().outcome == outcome
    assert Appointment.objects.filter(status="pending").exists() == (outcome == "open")
