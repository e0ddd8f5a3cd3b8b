"""Who waits for whom, with real connections: nobody in a circle, and nobody misses a change."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import transaction

from booking import actions, time_off
from booking.actions.locks import queue_for
from booking.actors import PATIENT
from booking.errors import NotMovable, SlotNotOffered, SlotTaken
from booking.models import Appointment, Practitioner, Service

from .factories import (
    DESK,
    NOW,
    local,
    make_appointment,
    make_details,
    make_location,
    make_practitioner,
    make_screening_pass,
    make_week,
)
from .racing import in_a_thread, waits

pytestmark = pytest.mark.django_db(transaction=True)
TEN = local(9, 10)


@pytest.fixture
def others():
    """A pool for those who come meanwhile, each with a connection of their own."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield pool


def leave(service):
    Practitioner.objects.filter(pk=service.practitioner.pk).update(is_active=False)


def give_up(service):
    service.practitioners.clear()


def end(service):
    Service.objects.filter(pk=service.pk).update(is_active=False)


@pytest.mark.parametrize("change", [leave, give_up, end])
def test_what_is_changed_while_somebody_queues_counts(service, others, change):
    with transaction.atomic():
        queue_for(service.practitioner, service)
        queueing = waits(
            others, transaction.atomic(lambda: queue_for(service.practitioner, service))
        )
        if change is not leave:
            others.submit(in_a_thread, lambda: change(service)).result(timeout=5)
        else:
            change(service)

    assert isinstance(queueing.result(timeout=5), SlotNotOffered)


def test_who_books_what_they_hold_locks_it_only_in_an_open_diary(service, others):
    visit = {"service": service, "practitioners": [service.practitioner], "starts_at": TEN}
    held = actions.hold(**visit, now=NOW, by=PATIENT)

    def book():
        answers = {"details": make_details(), "screening": make_screening_pass()}
        return actions.book(**visit, **answers, reference=held.reference, now=NOW, by=PATIENT)

    with transaction.atomic():
        actions.close_diary(service.practitioner)
        booking = waits(others, book)
        # Else whoever closed it could not touch the hold.
        Appointment.objects.select_for_update(nowait=True).get(pk=held.pk)

    assert booking.result(timeout=5).status == "booked"


def test_patient_cancels_while_staff_ask_to_move(service, others):
    visit = make_appointment(service, TEN)
    with transaction.atomic():
        actions.cancel(reference=visit.reference, now=NOW, by=PATIENT)
        asking = waits(others, lambda: time_off.ask_to_move(visit, closure=None, now=NOW, by=DESK))

    assert isinstance(asking.result(timeout=5), NotMovable)
    assert Appointment.objects.get().status == "cancelled"


@pytest.fixture
def colleague(service):
    """Somebody who offers the same visit, at a second place too."""
    colleague = make_practitioner(name="Dr. Zed")
    service.practitioners.add(colleague)
    service.other_locations.add(make_location())
    for practitioner in (service.practitioner, colleague):
        make_week(service, practitioner=practitioner, location=service.other_locations.get())
    make_week(service, practitioner=colleague)
    return colleague


@pytest.mark.parametrize("is_place", [False, True], ids=["colleague", "place"])
def test_who_waits_for_a_visit_that_goes_elsewhere_still_finds_it(
    service, others, colleague, is_place
):
    visit = make_appointment(service, TEN)
    name = {"reference": visit.reference, "now": NOW}
    elsewhere = (
        {"location": service.other_locations.get()} if is_place else {"practitioners": [colleague]}
    )
    with transaction.atomic():
        actions.reschedule(**name, starts_at=local(10, 10), by=DESK, **elsewhere)
        cancelling = waits(others, lambda: actions.cancel(**name, by=PATIENT))

    cancelled = cancelling.result(timeout=5)
    assert (cancelled.status, cancelled.starts_at) == ("cancelled", local(10, 10))


def test_one_form_that_is_sent_to_two_diaries_takes_one_time(service, others, colleague):
    form = {"reference": uuid4(), "service": service, "starts_at": TEN, "now": NOW, "by": PATIENT}
    with transaction.atomic():
        actions.hold(**form, practitioners=[colleague])
        holding = waits(others, lambda: actions.hold(**form, practitioners=[service.practitioner]))

    assert isinstance(holding.result(timeout=5), SlotTaken)
    assert Appointment.objects.get().practitioner == colleague


def test_visit_goes_to_a_colleague_while_all_diaries_are_closed(service, others, colleague):
    visit = make_appointment(service, TEN)
    with transaction.atomic():
        moved = actions.reschedule(
            reference=visit.reference,
            starts_at=local(14, 9),
            practitioners=[colleague],
            now=NOW,
            by=PATIENT,
        )
        closing = waits(others, transaction.atomic(lambda: actions.close_diary(None)))

    closing.result(timeout=5)
    assert moved.practitioner == colleague
    assert Appointment.objects.get().practitioner == colleague
