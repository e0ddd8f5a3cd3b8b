"""What is listed books, and what is not listed is refused, whichever way it is asked for."""

from contextlib import contextmanager
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking import actions
from booking.actors import PATIENT
from booking.availability import find_slots
from booking.errors import BookingError
from booking.models import Appointment
from booking.templatetags.clinic_times import iso_utc

from .clinics import DAY, build, clinics, is_offered_in_plain_words, periods_of
from .desk import ADD, CALLER
from .factories import make_appointment, make_details, make_screening_pass
from .journeys import choose_time, make_red_flags, pass_screening, send_details

pytestmark = pytest.mark.django_db
DRAWS = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@contextmanager
def built(clinic):
    """Store the clinic at its own time, and forget it again."""
    with time_machine.travel(clinic.now, tick=False), transaction.atomic():
        yield build(clinic)
        transaction.set_rollback(True)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def listed(clinic, service):
    return {
        slot.starts_at
        for slot in find_slots(
            service,
            practitioners=[service.practitioner],
            first_on=clinic.first_on,
            last_on=clinic.first_on + 2 * DAY,
            now=clinic.now,
        )
    }


@given(clinic=clinics())
@settings(DRAWS, max_examples=100)
def test_listed_is_what_the_rules_say_in_plain_words(db, clinic):
    with built(clinic) as service:
        periods = periods_of(clinic)

        expected = {
            tick for tick in clinic.ticks if is_offered_in_plain_words(clinic, periods, tick)
        }

        assert listed(clinic, service) == expected


def try_to_hold(clinic, service, starts_at):
    return actions.hold(
        service=service,
        practitioners=[service.practitioner],
        starts_at=starts_at,
        now=clinic.now,
        by=PATIENT,
    )


def try_to_book_at_once(clinic, service, starts_at):
    return actions.book(
        reference=uuid4(),
        service=service,
        practitioners=[service.practitioner],
        starts_at=starts_at,
        details=make_details(),
        screening=make_screening_pass(),
        now=clinic.now,
        by=PATIENT,
    )


def try_to_move(clinic, service, starts_at):
    far = clinic.now + 300 * DAY
    visit = make_appointment(service, far)
    return actions.reschedule(
        reference=visit.reference, starts_at=starts_at, now=clinic.now, by=PATIENT
    )


def try_the_public_forms(clinic, service, starts_at):
    browser = Client()
    pass_screening(browser, service)
    done_unless_refused(choose_time(browser, service, starts_at), refusal=409)
    done_unless_refused(send_details(browser, service), refusal=409)
    return Appointment.objects.get(status="booked", starts_at=starts_at, service=service)


def try_the_public_move(clinic, service, starts_at):
    visit = make_appointment(service, clinic.now + 300 * DAY)
    url = f"{visit.get_absolute_url()}reschedule/"
    done_unless_refused(Client().post(url, {"start": iso_utc(starts_at)}), refusal=409)
    return Appointment.objects.get(pk=visit.pk)


def try_to_book_by_phone(clinic, service, starts_at):
    sent = CALLER | {"service": service.slug, "location": service.location.slug}
    sent |= {"start": iso_utc(starts_at), "book": "Book"}
    # Without the tick, the page comes again and says which rule is in the way.
    done_unless_refused(desk().post(ADD, sent), refusal=200)
    return Appointment.objects.get(status="booked", starts_at=starts_at, service=service)


def try_to_move_by_phone(clinic, service, starts_at):
    visit = make_appointment(service, clinic.now + 300 * DAY)
    sent = {
        "location": visit.location.slug,
        "practitioner": visit.practitioner.slug,
        "asked_by": "patient",
        "sequence": visit.sequence,
        "start": iso_utc(starts_at),
        "move": "Move",
    }
    url = f"/admin/booking/appointment/{visit.pk}/move/"
    done_unless_refused(desk().post(url, sent), refusal=200)
    return Appointment.objects.get(pk=visit.pk)


def desk():
    """Return a browser that is signed in as staff."""
    browser = Client()
    browser.force_login(User.objects.create_superuser("desk"))
    return browser


def done_unless_refused(response, *, refusal):
    if response.status_code == refusal:
        raise BookingError
    assert response.status_code == 302


@pytest.mark.parametrize(
    "attempt",
    [
        try_to_hold,
        try_to_book_at_once,
        try_to_move,
        try_the_public_forms,
        try_the_public_move,
        try_to_book_by_phone,
        try_to_move_by_phone,
    ],
)
@given(clinic=clinics(), data=st.data())
@DRAWS
def test_listed_books_and_unlisted_is_refused(db, attempt, clinic, data):
    with built(clinic) as service:
        make_red_flags()
        offered = sorted(listed(clinic, service))
        refused = sorted(set(clinic.ticks) - set(offered))
        some_offered = data.draw(st.lists(st.sampled_from(offered or [None]), max_size=3))
        some_refused = data.draw(st.lists(st.sampled_from(refused or [None]), max_size=3))

        for starts_at in filter(None, some_offered):
            with undone():
                assert attempt(clinic, service, starts_at).starts_at == starts_at
        for starts_at in filter(None, some_refused):
            before = Appointment.objects.filter(starts_at=starts_at).count()
            with undone(), pytest.raises(BookingError):
                attempt(clinic, service, starts_at)
            assert Appointment.objects.filter(starts_at=starts_at).count() == before
