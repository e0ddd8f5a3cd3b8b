"""Real connections: one time goes to one person, and each person has one offer at most."""

from uuid import uuid4

import pytest
from django.db import connection

from booking import actions, waitlist
from booking.actors import PATIENT
from booking.errors import BookingError, SlotTaken
from booking.models import Appointment, WaitlistEntry, WaitlistOffer

from .factories import (
    NOW,
    local,
    make_available_time,
    make_details,
    make_screening_pass,
    make_service,
    wait,
)
from .racing import RACE_ROUNDS
from .waiting import MONDAY, named

pytestmark = pytest.mark.django_db(transaction=True)
# `make races` runs many times as many.
FIVE = range(5 * RACE_ROUNDS)
TWENTY = range(20 * RACE_ROUNDS)
TEN = local(14, 10)


@pytest.fixture
def service():
    """Two visits fit on each Monday, at 9 and at 10."""
    service = make_service(step_minutes=60)
    make_available_time(service, end_time=TEN.replace(hour=11).time())
    return service


@pytest.fixture
def race(clients):
    """Return what runs each call on a connection of its own, all at once, and gives their answers."""

    def race(*calls):
        outcomes = [answer.outcome for answer in clients.race(calls)]
        for outcome in outcomes:
            if isinstance(outcome, Exception) and not isinstance(outcome, BookingError):
                raise outcome
        return outcomes

    return race


def empty_the_diary():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE booking_waitlistentry, booking_appointment CASCADE")


def wait_for(service, *names):
    """Let people join for Monday the 14th, as if both times of it were taken."""
    entries = [
        wait(service, details=named(name), from_on=MONDAY.date(), until_on=MONDAY.date())
        for name in names
    ]
    WaitlistEntry.objects.update(known_starts=[])
    return entries


def look():
    return waitlist.offer_times(now=NOW)


def run_out():
    """Let what is offered end now, on the database's own clock."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE booking_appointment SET expires_at = now() WHERE status = 'pending'")
        cursor.execute("UPDATE booking_waitlistoffer SET expires_at = now()")


def take(entry):
    return waitlist.accept(
        reference=entry.reference, starts_at=MONDAY, screening=make_screening_pass(), now=NOW
    )


def book(service):
    return actions.book(
        reference=uuid4(),
        service=service,
        practitioners=[service.practitioner],
        starts_at=MONDAY,
        details=make_details(name="Somebody"),
        screening=make_screening_pass(),
        now=NOW,
        by=PATIENT,
    )


def visits():
    return list(Appointment.objects.confirmed().values_list("patient__name", "starts_at"))


def test_workers_at_once_offer_two_times_to_the_first_two(race, service):
    for _ in FIVE:
        empty_the_diary()
        wait_for(service, "Ana", "Ben", "Cleo")

        made = race(*[look] * 4)

        assert sum(made) == 2
        assert [(o.entry.name, o.starts_at) for o in WaitlistOffer.objects.open()] == [
            ("Ana", MONDAY),
            ("Ben", TEN),
        ]
        assert Appointment.objects.live_holds().count() == 2


def test_an_offer_against_somebody_who_books_the_same_time(race, service):
    for _ in FIVE:
        empty_the_diary()
        wait_for(service, "Ana")

        _, booked = race(look, lambda: book(service))

        offer = WaitlistOffer.objects.open().get()
        # Whoever was first has 9 am; the person who waits is offered the other time then.
        assert offer.starts_at == (MONDAY if isinstance(booked, SlotTaken) else TEN)
        assert visits() == ([] if isinstance(booked, SlotTaken) else [("Somebody", MONDAY)])


def test_an_answer_sent_three_times_at_once_books_once(race, service):
    for _ in FIVE:
        empty_the_diary()
        (entry,) = wait_for(service, "Ana")
        look()

        answers = race(*[lambda entry=entry: take(entry)] * 3)

        assert {answer.starts_at for answer in answers} == {MONDAY}
        assert visits() == [("Ana", MONDAY)]


def test_a_late_answer_against_the_worker_who_ends_the_offer(race, service):
    for _ in FIVE:
        empty_the_diary()
        (entry,) = wait_for(service, "Ana")
        look()
        run_out()

        answer, _ = race(lambda entry=entry: take(entry), look)

        entry.refresh_from_db()
        assert answer.starts_at == MONDAY
        assert entry.status == "booked"
        assert visits() == [("Ana", MONDAY)]
        assert Appointment.objects.live_holds().count() == 0


def test_a_late_answer_against_somebody_who_books(race, service):
    for _ in FIVE:
        empty_the_diary()
        (entry,) = wait_for(service, "Ana")
        look()
        run_out()

        answer, booked = race(lambda entry=entry: take(entry), lambda: book(service))

        entry.refresh_from_db()
        outcomes = [isinstance(answer, SlotTaken), isinstance(booked, SlotTaken)]
        assert sorted(outcomes) == [False, True]
        assert visits() == ([("Somebody", MONDAY)] if outcomes[0] else [("Ana", MONDAY)])
        assert entry.status == ("offered" if outcomes[0] else "booked")


def test_an_answer_against_leaving(race, service):
    # Without the lock it goes wrong once in ten times.
    for _ in TWENTY:
        empty_the_diary()
        (entry,) = wait_for(service, "Ana")
        look()

        def leave(reference=entry.reference):
            return waitlist.leave(reference=reference, now=NOW)

        race(lambda entry=entry: take(entry), leave)

        entry.refresh_from_db()
        assert (entry.status, len(visits())) in {("booked", 1), ("left", 0)}
        assert Appointment.objects.live_holds().count() == 0
