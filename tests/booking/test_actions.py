from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, transaction

from booking import actions, availability, tasks
from booking.actions import holds, taking
from booking.actors import PATIENT
from booking.errors import (
    SlotNotOffered,
    SlotTaken,
    StatusChanged,
)
from booking.models import Appointment, AppointmentStatus, Message, Patient, Screening

from .factories import (
    NOW,
    TEN,
    book,
    hold,
    local,
    make_appointment,
    make_closure,
    make_details,
    make_practitioner,
    make_screening_pass,
    make_service,
    make_week,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    service = make_service(buffer_before_minutes=5, buffer_after_minutes=10)
    make_week(service)
    return service


def test_hold_keeps_the_time_for_ten_minutes(service):
    held = hold(service)

    held.refresh_from_db()
    assert held.status == AppointmentStatus.PENDING
    assert (held.starts_at, held.ends_at) == (TEN, local(9, 11))
    assert (held.busy_from, held.busy_until) == (local(9, 9, 55), local(9, 11, 10))
    assert held.expires_at == NOW + timedelta(minutes=10)
    assert held.patient is None


def test_hold_refuses_what_someone_else_holds(service):
    hold(service)

    with pytest.raises(SlotTaken):
        hold(service)
    assert Appointment.objects.count() == 1


def test_hold_takes_over_an_expired_hold(service):
    hold(service)

    later = hold(service, now=NOW + timedelta(minutes=10))

    assert Appointment.objects.get() == later


@pytest.mark.parametrize(
    "starts_at",
    [
        local(9, 10, 15),
        local(9, 8, 30),
        local(9, 11, 30),
        local(2, 10),
        local(9, 10) + timedelta(days=70),
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=UTC),
    ],
    ids=[
        "off the grid",
        "before hours",
        "past closing",
        "past",
        "horizon",
        "max",
        "min",
    ],
)
def test_hold_refuses_what_is_not_offered(service, starts_at):
    with pytest.raises(SlotNotOffered):
        hold(service, starts_at)
    assert not Appointment.objects.exists()


def test_hold_refuses_inside_the_notice_period(service):
    service.notice_minutes = 60
    service.save()

    with pytest.raises(SlotNotOffered):
        hold(service, now=TEN - timedelta(minutes=59))
    assert hold(service, now=TEN - timedelta(minutes=60)).starts_at == TEN


def test_hold_refuses_a_closure(service):
    make_closure(local(9, 10, 59), local(9, 12))

    with pytest.raises(SlotNotOffered):
        hold(service)


def test_hold_refuses_a_practitioner_or_service_that_is_not_open(service):
    with pytest.raises(SlotNotOffered):
        actions.hold(
            service=service,
            practitioners=[make_practitioner()],
            starts_at=TEN,
            now=NOW,
            by=PATIENT,
        )
    type(service).objects.update(is_active=False)
    with pytest.raises(SlotNotOffered):
        hold(service)


def test_hold_replaces_the_browsers_earlier_one(service):
    first = hold(service)

    second = hold(service, local(9, 10, 30), replaces=first.reference)

    assert Appointment.objects.get() == second
    assert second.starts_at == local(9, 10, 30)


def test_hold_renews_the_browsers_own_time(service):
    first = hold(service)

    again = hold(service, now=NOW + timedelta(minutes=9), replaces=first.reference)

    assert again.reference == first.reference
    assert Appointment.objects.get().expires_at == NOW + timedelta(minutes=19)


def test_choosing_a_held_time_again_and_again_ends_as_the_button_does(service):
    first = hold(service)
    for _ in range(20):
        last = first.expires_at
        first = hold(service, now=last - timedelta(seconds=30), replaces=first.reference)

    assert NOW + actions.LONGEST_HOLD <= last <= NOW + actions.LONGEST_HOLD + actions.HOLD_DURATION
    assert first.expires_at == last


def test_hold_keeps_the_earlier_one_when_the_new_one_fails(service):
    first = hold(service)
    hold(service, local(9, 11, 0) + timedelta(days=1))

    with pytest.raises(SlotTaken):
        hold(service, local(10, 11), replaces=first.reference)

    assert Appointment.objects.filter(reference=first.reference).exists()


def test_hold_does_not_replace_what_is_booked(service):
    booked = make_appointment(service, TEN)

    hold(service, local(10, 10), replaces=booked.reference)

    assert Appointment.objects.filter(pk=booked.pk, status="booked").exists()


def test_release_drops_a_hold_and_nothing_else(service):
    held, booked = hold(service), make_appointment(service, local(10, 10))

    actions.release(reference=held.reference, now=NOW, by=PATIENT)
    actions.release(reference=booked.reference, now=NOW, by=PATIENT)
    actions.release(reference=uuid4(), now=NOW, by=PATIENT)

    assert Appointment.objects.get() == booked


def test_a_hold_is_dropped_in_one_statement(service, django_assert_num_queries):
    held = hold(service)

    with django_assert_num_queries(1):
        actions.release(reference=held.reference, now=NOW, by=PATIENT)

    assert not Appointment.objects.exists()


def test_book_turns_the_hold_into_a_visit(service):
    held = hold(service)
    details = make_details(reason="Calf cramps", medicines="None")
    screening = make_screening_pass(condition="spasms-and-twitches", outcome="urgent")

    booked = book(service, held.reference, details=details, screening=screening)

    booked.refresh_from_db()
    assert booked.pk == held.pk
    assert (booked.status, booked.expires_at, booked.sequence) == ("booked", None, 0)
    assert (booked.reason, booked.medicines) == ("Calf cramps", "None")
    assert (booked.booked_at, booked.consented_at) == (NOW, NOW)
    assert booked.condition_slug == "spasms-and-twitches"
    assert str(booked.patient.phone) == "+12125550123"
    recorded = Screening.objects.get(appointment=booked)
    assert (recorded.outcome, recorded.ruleset) == ("urgent", screening.ruleset)
    message = Message.objects.get()
    assert (message.kind, message.to_email, message.sequence) == (
        "confirmation",
        "ana@example.com",
        0,
    )


def test_book_twice_gives_one_visit_and_one_message(service):
    held = hold(service)

    first = book(service, held.reference)
    second = book(service, held.reference, details=make_details(name="Someone Else"))

    assert first == second
    assert Appointment.objects.count() == Patient.objects.count() == Message.objects.count() == 1
    assert second.patient.name == "Ana Example"


def test_book_takes_an_expired_hold_again_when_the_time_is_free(service):
    held = hold(service)

    booked = book(service, held.reference, now=NOW + timedelta(hours=1))

    assert booked.reference == held.reference
    assert Appointment.objects.get().status == "booked"


def test_book_refuses_when_the_time_went_meanwhile(service):
    held = hold(service)
    later = NOW + timedelta(minutes=11)
    other = hold(service, now=later)

    with pytest.raises(SlotTaken):
        book(service, held.reference, now=later)

    assert Appointment.objects.get() == other
    assert not Patient.objects.exists()
    assert not Message.objects.exists()


def test_book_refuses_a_held_time_that_was_closed_meanwhile(service):
    held = hold(service)
    make_closure(local(9, 10, 59), local(9, 12))

    with pytest.raises(SlotNotOffered):
        book(service, held.reference)

    assert Appointment.objects.get().status == AppointmentStatus.PENDING
    assert not Message.objects.exists()


def test_book_moves_the_hold_to_the_time_the_form_shows(service):
    held = hold(service)

    booked = book(service, held.reference, local(10, 9))

    assert (booked.reference, booked.starts_at) == (held.reference, local(10, 9))
    assert Appointment.objects.count() == 1


def test_book_is_not_blocked_by_the_browsers_newer_hold(service):
    first = hold(service)
    actions.release(reference=first.reference, now=NOW, by=PATIENT)
    newer = hold(service)

    booked = book(service, first.reference, replaces=newer.reference)

    assert Appointment.objects.get() == booked
    assert booked.reference == first.reference


def test_hold_moves_no_booked_visit(service):
    booked = book(service, hold(service).reference)

    with pytest.raises(StatusChanged):
        hold(service, local(8, 11), reference=booked.reference)
    assert Appointment.objects.get().starts_at == booked.starts_at


def test_book_finds_a_known_patient_and_overwrites_nobody(service):
    known = book(service, hold(service).reference).patient
    days = iter(local(day, 10) for day in (10, 11, 14, 15))

    def booked_patient(**details):
        starts_at = next(days)
        held = hold(service, starts_at)
        return book(service, held.reference, starts_at, details=make_details(**details)).patient

    assert booked_patient(name="ana example", email="Ana@Example.com") == known
    assert booked_patient(name="Her Child") != known
    assert booked_patient(phone="+12125550199") != known
    at_work = booked_patient(phone_extension="42")
    assert (at_work.phone_display, at_work != known) == ("(212) 555-0123 ext. 42", True)
    known.refresh_from_db()
    assert (known.name, str(known.phone)) == ("Ana Example", "+12125550123")


def test_a_visit_and_its_message_commit_together(service, monkeypatch):
    held = hold(service)

    def fail(*args, **kwargs):
        raise RuntimeError("the queue is down")

    monkeypatch.setattr(tasks, "announce", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        book(service, held.reference)

    assert Appointment.objects.get().status == AppointmentStatus.PENDING
    assert not Patient.objects.exists()
    assert not Screening.objects.exists()


def see_a_free_diary(monkeypatch):
    """Let the checks pass that stand before the database's own."""
    monkeypatch.setattr(availability, "is_offered", lambda *args, **kwargs: True)
    monkeypatch.setattr(taking, "is_taken", lambda *args, **kwargs: False)


def test_what_the_constraint_refuses_is_taken(service, monkeypatch):
    hold(service)
    see_a_free_diary(monkeypatch)

    with pytest.raises(SlotTaken) as refusal:
        hold(service)
    assert "no_overlap" in str(refusal.value.__cause__)


def test_any_other_broken_rule_is_an_error(service, monkeypatch):
    see_a_free_diary(monkeypatch)
    service.duration_minutes = 10_000

    with pytest.raises(IntegrityError, match="not_too_long"):
        hold(service)


def test_a_reference_that_somebody_books_meanwhile_is_taken(service, monkeypatch):
    booked = make_appointment(service, local(10, 10))
    monkeypatch.setattr(holds, "give_up", lambda reference: None)

    with pytest.raises(SlotTaken) as refusal:
        hold(service, reference=booked.reference)
    assert "reference_key" in str(refusal.value.__cause__)


def test_a_database_in_trouble_is_an_error(service, monkeypatch):
    def fail(*args):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(holds, "queue_for", fail)

    with pytest.raises(OperationalError, match="closed the connection"):
        hold(service)
