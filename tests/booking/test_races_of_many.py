"""Two hundred people race for time, in every way there is: exactly the right ones win.

Nobody sees another error than a refusal, and nobody waits long.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import actions
from booking.actors import PATIENT
from booking.availability import find_slots
from booking.errors import SlotNotOffered, SlotTaken
from booking.models import Appointment, AppointmentEvent, Message, NotAvailableTime

from .factories import (
    DESK,
    NOW,
    local,
    make_appointment,
    make_details,
    make_patient,
    make_screening_pass,
    make_service,
    make_week,
    search_for,
)
from .journeys import choose_time, make_red_flags, pass_screening, send_details
from .racing import CLIENTS, LONGEST_WAIT, RACE_ROUNDS, empty_the_diary

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]
TEN = local(9, 10)
LONG_AGO = NOW - timedelta(days=365)
HALF_PAST = TEN + timedelta(minutes=30)
ELEVEN = TEN + timedelta(hours=1)


@dataclass
class Clinic:
    service: object
    other_service: object
    patient: object

    @property
    def practitioner(self):
        return self.service.practitioner


@pytest.fixture
def clinic():
    service = make_service()
    make_week(service)
    other = make_service(
        practitioner=service.practitioner,
        location=service.location,
        duration_minutes=45,
        step_minutes=15,
        buffer_before_minutes=10,
    )
    return Clinic(service, other, make_patient())


def book_online(clinic, starts_at=TEN, service=None):
    """Hold and confirm, as one browser does."""
    visit = {
        "service": service or clinic.service,
        "practitioners": [clinic.practitioner],
        "starts_at": starts_at,
        "reference": uuid4(),
        "now": NOW,
        "by": PATIENT,
    }
    actions.hold(**visit)
    return actions.book(**visit, details=make_details(), screening=make_screening_pass())


def book_by_phone(clinic):
    return actions.book(
        reference=uuid4(),
        service=clinic.service,
        practitioners=[clinic.practitioner],
        starts_at=TEN,
        details=make_details(name="Ben Phone"),
        screening=make_screening_pass(),
        now=NOW,
        by=DESK,
        override=True,
    )


def move(visit, starts_at, by=PATIENT):
    return actions.reschedule(reference=visit.reference, starts_at=starts_at, now=NOW, by=by)


def winners(answers):
    """Return the visits that were booked or moved; check that all others were told why not."""
    refused = [a for a in answers if isinstance(a.outcome, SlotTaken | SlotNotOffered)]
    won = [a.outcome for a in answers if isinstance(a.outcome, Appointment)]
    others = [a.outcome for a in answers if a not in refused]
    assert [outcome for outcome in others if not isinstance(outcome, Appointment)] == []
    assert max(answer.seconds for answer in answers) < LONGEST_WAIT
    return won


def assert_one_booked(answers):
    [won] = winners(answers)
    assert Appointment.objects.get() == won
    assert Appointment.objects.get().status == "booked"
    assert Message.objects.get().kind == "confirmation"
    assert AppointmentEvent.objects.get().kind == "booked"
    assert ProcrastinateJob.objects.count() == 1


def rounds():
    for number in range(RACE_ROUNDS):
        if number:
            empty_the_diary()
        yield number


def spread(*calls):
    """Return one call for each client, taking turns."""
    return [calls[number % len(calls)] for number in range(CLIENTS)]


def test_one_slot(clients, clinic):
    for _ in rounds():
        assert_one_booked(clients.race(spread(lambda: book_online(clinic))))


def test_overlapping_starts(clients, clinic):
    for _ in rounds():
        assert_one_booked(
            clients.race(
                spread(lambda: book_online(clinic), lambda: book_online(clinic, HALF_PAST))
            )
        )


def test_different_services(clients, clinic):
    """An hour, and three quarters of one with ten minutes before it, of one practitioner."""
    shorter = TEN + timedelta(minutes=15)

    for _ in rounds():
        assert_one_booked(
            clients.race(
                spread(
                    lambda: book_online(clinic),
                    lambda: book_online(clinic, shorter, clinic.other_service),
                )
            )
        )


def test_admin_against_patients(clients, clinic):
    for _ in rounds():
        answers = clients.race(
            spread(*[lambda: book_online(clinic)] * 9, lambda: book_by_phone(clinic))
        )

        assert_one_booked(answers)


def test_time_off_against_bookings(clients, clinic):
    """Whoever takes time off sees every visit in it, and nobody books into it afterwards."""

    def take_time_off():
        with transaction.atomic():
            actions.close_diary(clinic.practitioner)
            NotAvailableTime.objects.create(
                practitioner=clinic.practitioner, starts_at=TEN, ends_at=ELEVEN
            )
            hit = Appointment.objects.filter(status="booked").overlapping(TEN, ELEVEN)
            return list(hit)

    calls = spread(lambda: book_online(clinic))
    for number in rounds():
        NotAvailableTime.objects.all().delete()
        place = CLIENTS * (2 * number + 1) // (2 * RACE_ROUNDS)
        calls_now = [*calls[:place], take_time_off, *calls[place + 1 :]]

        answers = clients.race(calls_now)

        seen = answers.pop(place).outcome
        assert winners(answers) == seen
        assert list(Appointment.objects.filter(status="booked")) == seen


def test_two_people_swapping_times(clients, clinic):
    """Neither time is free as long as the other is not: both keep theirs."""
    for _ in rounds():
        first = make_appointment(clinic.service, TEN, patient=clinic.patient)
        second = make_appointment(clinic.service, ELEVEN, patient=clinic.patient)

        answers = clients.race(spread(partial(move, first, ELEVEN), partial(move, second, TEN)))

        assert winners(answers) == []
        times = dict(Appointment.objects.values_list("reference", "starts_at"))
        assert times == {first.reference: TEN, second.reference: ELEVEN}
        assert not Message.objects.exists()


def test_two_people_moving_to_the_same_free_time(clients, clinic):
    free = TEN - timedelta(hours=1)
    for _ in rounds():
        first = make_appointment(clinic.service, TEN, patient=clinic.patient)
        second = make_appointment(clinic.service, ELEVEN, patient=clinic.patient)

        answers = clients.race([partial(move, first, free), partial(move, second, free)] * 20)

        # Sent many times by one person, it is one move; the other one keeps their time.
        assert len({visit.reference for visit in winners(answers)}) == 1
        times = sorted(Appointment.objects.values_list("starts_at", flat=True))
        assert times in ([free, TEN], [free, ELEVEN])
        assert Message.objects.get().kind == "moved"


def test_cancel_against_rebooking(clients, clinic):
    """The time is free from the moment it is cancelled, for one."""

    def cancel(visit):
        return actions.cancel(reference=visit.reference, now=NOW, by=PATIENT)

    for _ in rounds():
        visit = make_appointment(clinic.service, TEN, patient=clinic.patient)

        answers = clients.race(spread(partial(cancel, visit), *[lambda: book_online(clinic)] * 9))

        cancelled = [one for one in winners(answers) if one.status == "cancelled"]
        rebooked = [one for one in winners(answers) if one.status == "booked"]
        assert {one.reference for one in cancelled} == {visit.reference}
        assert len(cancelled) == CLIENTS // 10
        assert len(rebooked) <= 1
        assert list(Appointment.objects.filter(status="booked")) == rebooked
        kinds = Message.objects.values_list("kind", flat=True)
        assert sorted(kinds) == ["cancellation", *["confirmation"] * len(rebooked)]


def test_expired_holds_still_in_the_table(clients, clinic):
    """Nobody cleaned up: what ran out is in nobody's way."""
    for _ in rounds():
        for starts_at in (TEN, ELEVEN):
            make_appointment(clinic.service, starts_at, status="pending", expires_at=LONG_AGO)

        answers = clients.race(spread(lambda: book_online(clinic)))

        [won] = winners(answers)
        assert list(Appointment.objects.filter(starts_at=TEN)) == [won]


def browse_and_book(service, starts_at, number, cookies):
    """Hold and confirm through the public pages, from a connection of one's own."""
    browser = Client(REMOTE_ADDR=f"10.0.0.{number}")
    browser.cookies.load(cookies)
    held = choose_time(browser, service, starts_at)
    if held.status_code != 302:
        return [held.status_code]
    return [302, send_details(browser, service).status_code]


def test_two_hundred_browsers_on_one_slot_get_one_mail(client, clients, clinic, run_worker):
    make_red_flags()
    # The clock runs here: stopping it would stop the clients' own waiting too.
    slot = find_slots(search_for(clinic.service, now=timezone.now()))[-1]

    # A pass holds in every browser: it says nothing of whose it is.
    pass_screening(client, clinic.service)
    screened = client.cookies.output(header="", sep=";")

    answers = clients.race(
        [
            partial(browse_and_book, clinic.service, slot.starts_at, number, screened)
            for number in range(CLIENTS)
        ]
    )

    codes = [answer.outcome for answer in answers]
    assert codes.count([302, 302]) == 1
    assert codes.count([409]) == CLIENTS - 1
    assert Appointment.objects.get().status == "booked"
    run_worker()
    assert len(mail.outbox) == 1
