"""A calendar is read while somebody books or deletes it, with real connections: nothing crosses."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from booking import actions
from booking.actors import PATIENT
from booking.errors import SlotNotOffered
from booking.models import Appointment, BusyCalendar, NotAvailableTime

from .factories import NOW, local, make_details, make_screening_pass
from .racing import in_a_thread, waits

pytestmark = pytest.mark.django_db(transaction=True)
TEN = (local(9, 10), local(9, 11))


@pytest.fixture
def calendar(service):
    url = "https://calendar.example/secret.ics"
    return BusyCalendar.objects.create(practitioner=service.practitioner, url=url)


@pytest.fixture
def others():
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield pool


def read(calendar, *periods):
    return actions.keep_busy_times(calendar, list(periods), tried_at=NOW)


def visit(service):
    return {"service": service, "practitioners": [service.practitioner], "starts_at": TEN[0]}


def hold(service):
    return actions.hold(**visit(service), now=NOW, by=PATIENT)


def test_who_wants_a_time_that_is_just_read_as_busy_is_refused(service, calendar, others):
    with transaction.atomic():
        read(calendar, TEN)
        holding = waits(others, lambda: hold(service))

    assert isinstance(holding.result(timeout=5), SlotNotOffered)
    assert not Appointment.objects.exists()


def test_who_wants_a_time_that_just_got_free_has_it(service, calendar, others):
    read(calendar, TEN)
    with transaction.atomic():
        read(calendar)
        holding = waits(others, lambda: hold(service))

    assert holding.result(timeout=5).starts_at == TEN[0]


def book(service, **kwargs):
    answers = {"details": make_details(), "screening": make_screening_pass()}
    return actions.book(**visit(service), **answers, **kwargs, now=NOW, by=PATIENT)


def test_who_books_first_has_the_visit(service, calendar, others):
    held = hold(service)
    with transaction.atomic():
        book(service, reference=held.reference)
        # It is booked already, so the two need not wait for each other.
        others.submit(in_a_thread, lambda: read(calendar, TEN)).result(timeout=5)

    assert Appointment.objects.get().status == "booked"
    assert NotAvailableTime.objects.count() == 1


def test_what_is_only_held_is_not_booked_in_a_time_that_is_busy_by_then(service, calendar, others):
    with transaction.atomic():
        held = hold(service)
        reading = waits(others, lambda: read(calendar, TEN))

    assert reading.result(timeout=5) is True
    with pytest.raises(SlotNotOffered):
        book(service, reference=held.reference)


def test_two_reads_at_once_leave_each_time_once(calendar, others):
    with transaction.atomic():
        read(calendar, TEN)
        reading = waits(others, lambda: read(calendar, TEN))

    assert reading.result(timeout=5) is True
    assert NotAvailableTime.objects.count() == 1


@pytest.mark.parametrize("several", [False, True])
def test_calendar_that_is_deleted_while_it_is_read_leaves_nothing(
    calendar, others, admin_client, several
):
    def delete():
        if several:
            chosen = {"action": "delete_selected", "_selected_action": [calendar.pk]}
            return admin_client.post("/admin/booking/busycalendar/", chosen | {"post": "yes"})
        url = f"/admin/booking/busycalendar/{calendar.pk}/delete/"
        return admin_client.post(url, {"post": "yes"})

    with transaction.atomic():
        read(calendar, TEN)
        deleting = waits(others, delete)

    assert deleting.result(timeout=5).status_code == 302
    assert (BusyCalendar.objects.count(), NotAvailableTime.objects.count()) == (0, 0)
