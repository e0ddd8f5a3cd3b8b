from datetime import timedelta

import pytest

from booking import actions
from booking.actors import PATIENT
from booking.errors import (
    NotCancellable,
    NotStarted,
    NotToday,
    TooLateToCancel,
    VisitOver,
    WrongStatus,
)
from booking.models import Appointment, Message

from .factories import (
    DESK,
    NOW,
    TEN,
    book,
    hold,
    make_appointment,
    make_service,
    make_week,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    service = make_service(buffer_before_minutes=5, buffer_after_minutes=10)
    make_week(service)
    return service


def test_cancel_frees_the_time_and_says_so(service):
    booked = book(service, hold(service).reference)

    cancelled = actions.cancel(reference=booked.reference, now=NOW, by=PATIENT)

    cancelled.refresh_from_db()
    assert (cancelled.status, cancelled.cancelled_by) == ("cancelled", "patient")
    assert (cancelled.cancelled_at, cancelled.sequence) == (NOW, 1)
    message = Message.objects.get(kind="cancellation")
    assert (message.sequence, message.to_email) == (1, "ana@example.com")
    assert hold(service).starts_at == TEN


def test_cancel_twice_changes_and_announces_nothing_more(service):
    booked = book(service, hold(service).reference)
    actions.cancel(reference=booked.reference, now=NOW, by=PATIENT)

    again = actions.cancel(reference=booked.reference, now=NOW + timedelta(hours=1), by=DESK)

    assert (again.cancelled_at, again.cancelled_by, again.sequence) == (
        NOW,
        "patient",
        1,
    )
    assert Message.objects.filter(kind="cancellation").count() == 1


def test_cancel_obeys_the_limit_for_patients_alone(service):
    booked = make_appointment(service, TEN)
    late = TEN - timedelta(hours=24)

    with pytest.raises(TooLateToCancel):
        actions.cancel(reference=booked.reference, now=late, by=PATIENT)
    booked.refresh_from_db()
    assert booked.status == "booked"

    assert actions.cancel(reference=booked.reference, now=late, by=DESK).status == "cancelled"


@pytest.mark.parametrize("status", ["fulfilled", "noshow"])
@pytest.mark.parametrize("by", [PATIENT, DESK], ids=["patient", "staff"])
def test_cancel_refuses_what_is_over(service, status, by):
    appointment = make_appointment(service, TEN, status=status)

    with pytest.raises(NotCancellable):
        actions.cancel(reference=appointment.reference, now=NOW, by=by)


def test_cancel_a_visit_only_until_its_end(service):
    booked = book(service, hold(service).reference)

    with pytest.raises(VisitOver):
        actions.cancel(reference=booked.reference, now=booked.ends_at, by=DESK)
    assert not Message.objects.filter(kind="cancellation").exists()
    last = booked.ends_at - timedelta(seconds=1)
    assert actions.cancel(reference=booked.reference, now=last, by=DESK).status == "cancelled"


def test_cancel_an_arrived_visit_is_for_staff(service):
    appointment = make_appointment(service, TEN, status="arrived")

    with pytest.raises(NotCancellable):
        actions.cancel(reference=appointment.reference, now=NOW, by=PATIENT)
    actions.cancel(reference=appointment.reference, now=NOW, by=DESK)

    appointment.refresh_from_db()
    assert appointment.status == "cancelled"


def test_cancel_knows_no_holds(service):
    held = hold(service)

    with pytest.raises(Appointment.DoesNotExist):
        actions.cancel(reference=held.reference, now=NOW, by=DESK)


@pytest.mark.parametrize("status", ["arrived", "fulfilled", "noshow"])
def test_a_mark_can_be_taken_back(service, status):
    appointment = make_appointment(service, TEN, status=status)

    actions.mark_booked(reference=appointment.reference, now=NOW, by=DESK)

    appointment.refresh_from_db()
    assert appointment.status == "booked"


MARKS = {
    "arrived": actions.mark_arrived,
    "fulfilled": actions.mark_fulfilled,
    "noshow": actions.mark_no_show,
}


@pytest.mark.parametrize("target", MARKS)
@pytest.mark.parametrize("status", ["booked", "arrived", "fulfilled", "noshow"])
def test_marks_follow_the_day(service, status, target):
    appointment = make_appointment(service, TEN, status=status)

    MARKS[target](reference=appointment.reference, now=TEN, by=DESK)

    appointment.refresh_from_db()
    assert appointment.status == target


@pytest.mark.parametrize("target", MARKS)
def test_marks_leave_a_cancelled_visit_as_it_is(service, target):
    appointment = make_appointment(service, TEN, status="cancelled")

    with pytest.raises(WrongStatus):
        MARKS[target](reference=appointment.reference, now=TEN, by=DESK)

    appointment.refresh_from_db()
    assert appointment.status == "cancelled"


def test_nobody_arrives_the_day_before(service):
    appointment = make_appointment(service, TEN)
    midnight = TEN.replace(hour=5, minute=0)  # on the clinic's clock
    just_before = midnight - timedelta(seconds=1)

    with pytest.raises(NotToday):
        actions.mark_arrived(reference=appointment.reference, now=just_before, by=DESK)
    arrived = actions.mark_arrived(reference=appointment.reference, now=midnight, by=DESK)

    assert arrived.status == "arrived"


def test_cancel_for_a_patient_on_the_phone(service):
    booked = book(service, hold(service).reference)

    cancelled = actions.cancel(
        reference=booked.reference,
        now=booked.starts_at,
        by=DESK,
        patient_asked=True,
    )

    assert cancelled.cancelled_by == "patient"


def test_only_arriving_can_be_early(service):
    appointment = make_appointment(service, TEN)
    early = TEN - timedelta(seconds=1)

    for mark in (actions.mark_fulfilled, actions.mark_no_show):
        with pytest.raises(NotStarted):
            mark(reference=appointment.reference, now=early, by=DESK)

    assert actions.mark_arrived(reference=appointment.reference, now=early, by=DESK).status == (
        "arrived"
    )
