"""Time off against booking, with real connections: each visit is seen, or refused."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from booking import actions, time_off
from booking.actors import PATIENT
from booking.availability import find_slots
from booking.errors import SlotNotOffered, SlotTaken
from booking.models import Appointment, NotAvailableTime

from .factories import (
    NEW_YORK,
    make_details,
    make_screening_pass,
    search_for,
)
from .racing import in_a_thread, waits

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(20)


@pytest.fixture
def owner(service):
    """A browser signed in as the owner."""
    client = Client()
    client.force_login(User.objects.create_superuser("owner"))
    return client


@pytest.fixture
def starts_at(service):
    # The clock runs here: stopping it would stop the waiting too.
    slots = find_slots(search_for(service, now=timezone.now()))
    return slots[-1].starts_at


def close(owner, starts_at):
    """Ask to close the day; return the visits asked about, or None once it is closed."""
    day = starts_at.astimezone(NEW_YORK).date()
    response = owner.post("/admin/booking/notavailabletime/add/", {"first_on": day.isoformat()})
    if response.status_code == 302:
        return None
    return [visit.pk for visit, _ in response.context["visits"]]


def book(service, starts_at):
    return actions.book(
        reference=uuid4(),
        service=service,
        practitioners=[service.practitioner],
        starts_at=starts_at,
        details=make_details(),
        screening=make_screening_pass(),
        now=timezone.now(),
        by=PATIENT,
    )


def test_closing_waits_for_a_booking_and_sees_it(service, owner, starts_at):
    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            visit = book(service, starts_at)
            closing = waits(pool, lambda: close(owner, starts_at))
        seen = closing.result(timeout=10)

    assert seen == [visit.pk]
    assert not NotAvailableTime.objects.exists()


def test_booking_waits_for_a_closure_and_is_refused(service, owner, starts_at):
    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            assert close(owner, starts_at) is None
            booking = waits(pool, lambda: book(service, starts_at))
        answer = booking.result(timeout=10)

    assert isinstance(answer, SlotNotOffered)
    assert not Appointment.objects.exists()


def test_held_time_is_not_booked_into_a_closure(service, owner, starts_at):
    practitioners = [service.practitioner]
    slot = {"service": service, "practitioners": practitioners, "starts_at": starts_at}
    held = actions.hold(**slot, now=timezone.now(), by=PATIENT)

    def confirm():
        return actions.book(
            **slot,
            reference=held.reference,
            details=make_details(),
            screening=make_screening_pass(),
            now=timezone.now(),
            by=PATIENT,
        )

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            assert close(owner, starts_at) is None
            booking = waits(pool, confirm)
        answer = booking.result(timeout=10)

    assert isinstance(answer, SlotNotOffered)
    assert not Appointment.objects.confirmed().exists()


def test_time_off_against_booking_leaves_no_visit_unseen(service, owner, starts_at):
    outcomes = []
    for _ in ROUNDS:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE booking_appointment, booking_notavailabletime CASCADE")
        barrier = threading.Barrier(2)

        def at_once(call, barrier=barrier):
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return in_a_thread(call)

        with ThreadPoolExecutor(max_workers=2) as pool:
            closing = pool.submit(at_once, lambda: close(owner, starts_at))
            booking = pool.submit(at_once, lambda: book(service, starts_at))
            seen, answer = closing.result(timeout=10), booking.result(timeout=10)

        if seen is None:
            assert isinstance(answer, SlotNotOffered)
        else:
            assert seen == [answer.pk]
        outcomes.append((NotAvailableTime.objects.count(), Appointment.objects.count()))
    assert set(outcomes) <= {(1, 0), (0, 1)}


def test_patient_who_chooses_while_staff_ask_again_gets_one_answer(service, starts_at):
    slots = find_slots(search_for(service, now=timezone.now()))
    for number in range(10):
        visit = book(service, slots[20 + 7 * number].starts_at)
        asked = {"closure": None, "now": timezone.now(), "by": PATIENT}
        time_off.ask_to_move(visit, **asked)
        chosen = visit.move_requests.get().held_times(timezone.now())[0].starts_at
        barrier = threading.Barrier(2)

        def at_once(call, barrier=barrier):
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return in_a_thread(call)

        def move(visit=visit, chosen=chosen):
            return actions.reschedule(
                reference=visit.reference, starts_at=chosen, now=timezone.now(), by=PATIENT
            )

        def ask_again(visit=visit, asked=asked):
            return time_off.ask_to_move(visit, **asked, again=True)

        with ThreadPoolExecutor(max_workers=2) as pool:
            moving, asking = pool.submit(at_once, move), pool.submit(at_once, ask_again)
            moved, request = moving.result(timeout=10), asking.result(timeout=10)

        visit.refresh_from_db()
        request.refresh_from_db()
        # Who asked again first offered the same time again, unless it was not near enough any more.
        if isinstance(moved, SlotTaken | SlotNotOffered):
            assert request.status == "open"
        else:
            assert visit.starts_at == chosen
        assert visit.move_requests.filter(status="open").count() <= 1
        actions.cancel(reference=visit.reference, now=timezone.now(), by=PATIENT)
        assert not Appointment.objects.filter(status="pending").exists()
