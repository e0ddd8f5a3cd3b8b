"""Real connections, real PostgreSQL: whoever is first wins, everyone else hears so at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from booking import actions
from booking.actors import PATIENT
from booking.errors import SlotTaken
from booking.models import Appointment, Message, Practitioner

from .factories import (
    NOW,
    local,
    make_details,
    make_screening_pass,
    make_service,
    make_week,
)
from .racing import LONGEST_WAIT, waits

pytestmark = pytest.mark.django_db(transaction=True)
TEN = local(9, 10)


def test_a_refused_person_keeps_nobody_waiting(service, django_assert_num_queries):
    practitioner = service.practitioner
    taken = {"service": service, "practitioners": [practitioner], "starts_at": TEN, "by": PATIENT}
    actions.hold(**taken, now=NOW)

    # Whether it is taken, and no more: no transaction, no lock.
    with django_assert_num_queries(1), pytest.raises(SlotTaken):
        actions.hold(**taken, now=NOW, reference=uuid4())


def test_the_same_form_sent_from_many_connections_gives_one_visit(clients, service):
    practitioner = service.practitioner
    held = actions.hold(
        service=service, practitioners=[practitioner], starts_at=TEN, now=NOW, by=PATIENT
    )

    answers = clients.race(
        [
            lambda: actions.book(
                reference=held.reference,
                service=service,
                practitioners=[practitioner],
                starts_at=TEN,
                details=make_details(),
                screening=make_screening_pass(),
                now=NOW,
                by=PATIENT,
            )
        ]
        * 20
    )

    assert {answer.outcome for answer in answers} == {held}
    assert Message.objects.count() == 1


def test_a_hold_booked_while_others_sweep_expired_holds_stays(clients, service):
    practitioner = service.practitioner
    days = [TEN + timedelta(days=day) for day in range(10)]
    after_expiry = NOW + actions.HOLD_DURATION

    for starts_at in days:
        held = actions.hold(
            service=service, practitioners=[practitioner], starts_at=starts_at, now=NOW, by=PATIENT
        )

        def confirm(held=held):
            return actions.book(
                reference=held.reference,
                service=service,
                practitioners=[practitioner],
                starts_at=held.starts_at,
                details=make_details(),
                screening=make_screening_pass(),
                now=after_expiry - timedelta(microseconds=1),
                by=PATIENT,
            )

        def take_over(held=held):
            return actions.hold(
                service=service,
                practitioners=[practitioner],
                starts_at=held.starts_at,
                now=after_expiry,
                by=PATIENT,
            )

        def give_up(held=held):
            return actions.release(reference=held.reference, now=NOW, by=PATIENT)

        answers = clients.race([confirm, take_over, give_up, take_over] * 3)

        errors = [a.outcome for a in answers if isinstance(a.outcome, Exception)]
        assert all(isinstance(error, SlotTaken) for error in errors)
        booked = {a.outcome.pk for a in answers[::4] if isinstance(a.outcome, Appointment)}
        stored = Appointment.objects.confirmed().filter(starts_at=starts_at)
        assert booked == set(stored.values_list("pk", flat=True))
        assert Appointment.objects.filter(starts_at=starts_at).count() == 1


def test_the_constraint_alone_refuses_who_comes_without_the_lock(clients, service):
    practitioner = service.practitioner

    def insert():
        return Appointment.objects.create(
            service=service,
            practitioner=practitioner,
            location=service.location,
            starts_at=TEN,
            ends_at=TEN + service.duration,
            busy_from=TEN,
            busy_until=TEN + service.duration,
            expires_at=NOW + timedelta(minutes=10),
        )

    with_lock_lost = clients.race([insert] * 8)

    assert Appointment.objects.count() == 1
    assert sum(isinstance(a.outcome, Appointment) for a in with_lock_lost) == 1


def test_giving_up_a_hold_that_is_being_booked_leaves_the_booking():
    service = make_service()
    make_week(service)
    slot = {"service": service, "practitioners": [service.practitioner], "starts_at": TEN}
    held = actions.hold(**slot, now=NOW, by=PATIENT)

    def release():
        actions.release(reference=held.reference, now=NOW, by=PATIENT)

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            actions.book(
                reference=held.reference,
                **slot,
                details=make_details(),
                screening=make_screening_pass(),
                now=NOW,
                by=PATIENT,
            )
            released = waits(pool, release)
        assert released.result(timeout=10) is None

    assert Appointment.objects.get().status == "booked"


def test_the_same_form_of_an_expired_hold_gives_one_visit(clients, service):
    practitioner = service.practitioner
    held = actions.hold(
        service=service, practitioners=[practitioner], starts_at=TEN, now=NOW, by=PATIENT
    )

    answers = clients.race(
        [
            lambda: actions.book(
                reference=held.reference,
                service=service,
                practitioners=[practitioner],
                starts_at=TEN,
                details=make_details(),
                screening=make_screening_pass(),
                now=NOW + timedelta(hours=1),
                by=PATIENT,
            )
        ]
        * 20
    )

    assert {answer.outcome.reference for answer in answers} == {held.reference}
    assert Appointment.objects.get().status == "booked"
    assert Message.objects.count() == 1


@pytest.mark.alone
def test_who_waits_too_long_for_the_diary_is_refused(clients, service):
    practitioner = service.practitioner
    kept, refused = threading.Event(), threading.Event()

    def keep_the_diary():
        with transaction.atomic():
            Practitioner.objects.select_for_update().get(pk=practitioner.pk)
            kept.set()
            assert refused.wait(timeout=30)

    def ask_for_a_time():
        assert kept.wait(timeout=30)
        try:
            return actions.hold(
                service=service, practitioners=[practitioner], starts_at=TEN, now=NOW, by=PATIENT
            )
        finally:
            refused.set()

    _, answer = clients.race([keep_the_diary, ask_for_a_time])

    assert isinstance(answer.outcome, SlotTaken)
    assert answer.seconds < LONGEST_WAIT + 0.5
    assert not Appointment.objects.exists()
