"""Erasing against whoever books, sets a hold or sends a mail at that moment, with real connections."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from booking import actions, sending, tasks, waitlist
from booking.actors import PATIENT
from booking.availability import find_slots
from booking.errors import HoldChanged, NotErasable
from booking.models import (
    Appointment,
    LegalHold,
    Message,
    Patient,
    RetentionRule,
    WaitlistEntry,
)
from booking.privacy import retention
from booking.privacy.erasing import erase
from booking.privacy.holds import put_hold
from clinic.models import SignIn
from tests.locks import until_waiting

from .factories import (
    make_appointment,
    make_details,
    make_patient,
    make_screening_pass,
    make_service,
    make_week,
    make_wishes,
    search_for,
)
from .known import DETAILS, found
from .racing import in_a_thread, waits

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
PERSON = {key: DETAILS[key] for key in ("name", "email", "phone", "phone_extension")}


@pytest.fixture
def service(db):
    service = make_service(follow_up_minutes=0)
    make_week(service)
    return service


@pytest.fixture
def visit(service):
    """A visit that took place yesterday."""
    return make_appointment(
        service,
        timezone.now() - DAY,
        status="fulfilled",
        patient=make_patient(**PERSON),
        reason="Why-marker",
    )


def book(service, **kwargs):
    """Book as a patient does, on the clock that runs."""
    now = timezone.now()
    return actions.book(
        reference=uuid4(),
        service=service,
        practitioners=[service.practitioner],
        starts_at=find_slots(search_for(service, now=now))[-1].starts_at,
        details=make_details(**DETAILS),
        screening=make_screening_pass(screened_at=now),
        now=now,
        by=PATIENT,
        **kwargs,
    )


def erase_now(patient):
    erase(patient.pk, user=None, now=timezone.now())


def join(service):
    return waitlist.join(
        service=service,
        location=service.location,
        details=make_details(**DETAILS),
        wishes=make_wishes(until_on=timezone.now().date() + 30 * DAY),
        condition="",
        now=timezone.now(),
    )


def while_open(first, second):
    """Do `first` and, before it is committed, let `second` begin; return what that gives."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            first()
            later = pool.submit(in_a_thread, second)
            until_waiting()
        return later.result()


@pytest.mark.parametrize("chosen", [False, True], ids=["online", "chosen by staff"])
def test_who_books_while_they_are_erased_is_a_new_patient(service, visit, chosen):
    who = {"patient": visit.patient} if chosen else {}

    booked = while_open(partial(erase_now, visit.patient), partial(book, service, **who))

    assert booked.patient.pk != visit.patient_id
    assert booked.patient.name == "Quintessa Marker"
    assert list(Appointment.objects.filter(patient=visit.patient_id).values_list("reason")) == [
        ("",)
    ]


@pytest.mark.parametrize("chosen", [False, True], ids=["online", "chosen by staff"])
def test_who_booked_a_moment_before_is_not_erased(service, visit, chosen):
    who = {"patient": visit.patient} if chosen else {}

    refusal = while_open(partial(book, service, **who), partial(erase_now, visit.patient))

    assert isinstance(refusal, NotErasable)
    assert "still to come" in str(refusal)
    assert Patient.objects.get().name == "Quintessa Marker"


def test_a_hold_set_while_they_are_erased_is_refused(visit):
    hold = partial(put_hold, visit.patient, reason="A suit", by_name="Olga", now=timezone.now())

    refusal = while_open(partial(erase_now, visit.patient), hold)

    assert isinstance(refusal, HoldChanged)
    assert not LegalHold.objects.exists()


def test_who_was_held_a_moment_before_is_not_erased(visit):
    hold = partial(put_hold, visit.patient, reason="A suit", by_name="Olga", now=timezone.now())

    refusal = while_open(hold, partial(erase_now, visit.patient))

    assert "legal hold" in str(refusal)
    assert Patient.objects.get().name == "Quintessa Marker"


def test_no_mail_is_written_to_who_is_erased_meanwhile(visit):
    write = partial(tasks.write_due, now=timezone.now())

    while_open(partial(erase_now, visit.patient), write)

    assert not Message.objects.exists()


def test_a_mail_written_a_moment_before_keeps_no_address(visit):
    write = partial(tasks.write_due, now=timezone.now())

    while_open(write, partial(erase_now, visit.patient))

    assert Message.objects.get().state == "outdated"
    assert found("marker") == set()


@pytest.fixture
def slow_server(monkeypatch):
    """A mail server that answers with the patient's address, once it is let."""
    begun, go_on = threading.Event(), threading.Event()

    def leave(message, *, now):
        begun.set()
        assert go_on.wait(timeout=10)
        message.server_answer = f"250 queued for {message.to_email}"
        return True

    monkeypatch.setattr(sending, "_leave", leave)
    yield begun, go_on
    go_on.set()


def test_of_a_mail_that_is_being_sent_nothing_is_left(visit, slow_server):
    begun, go_on = slow_server
    message = tasks.follow_up(visit, now=timezone.now())

    with ThreadPoolExecutor(max_workers=2) as pool:
        mail = pool.submit(in_a_thread, partial(sending.send, message.pk, next_try_at=None))
        assert begun.wait(timeout=10)
        erasing = waits(pool, partial(erase_now, visit.patient))
        go_on.set()
        assert (mail.result(), erasing.result()) == (None, None)

    assert Message.objects.get().state == "sent"
    assert found("marker") == set()


def test_a_mail_that_takes_too_long_keeps_them_for_now(visit, slow_server):
    begun, go_on = slow_server
    message = tasks.follow_up(visit, now=timezone.now())

    def impatient():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        erase_now(visit.patient)

    with ThreadPoolExecutor(max_workers=2) as pool:
        mail = pool.submit(in_a_thread, partial(sending.send, message.pk, next_try_at=None))
        assert begun.wait(timeout=10)
        refusal = pool.submit(in_a_thread, impatient).result()
        go_on.set()
        mail.result()

    assert "is being sent" in str(refusal)
    assert Patient.objects.get().name == "Quintessa Marker"


def test_a_mail_that_comes_back_while_they_are_erased_is_not_noted(visit):
    message = tasks.follow_up(visit, now=timezone.now())
    message.state, message.sent_at = "sent", timezone.now()
    message.save()
    answer = "550 no mailbox of marker"
    bounce = partial(sending.note_bounce, message, answer=answer, now=timezone.now())

    while_open(partial(erase_now, visit.patient), bounce)

    assert (Message.objects.get().state, found("marker")) == ("sent", set())


def test_who_changes_a_wish_while_they_are_erased_finds_no_place(service, visit):
    entry = join(service)

    def change():
        wishes = make_wishes(until_on=timezone.now().date() + 60 * DAY)
        try:
            waitlist.change_wishes(reference=entry.reference, wishes=wishes, now=timezone.now())
        except WaitlistEntry.DoesNotExist:
            return "no place"

    assert while_open(partial(erase_now, visit.patient), change) == "no place"
    assert found("marker") == set()


def test_what_staff_send_again_a_moment_before_is_not_sent(service, visit):
    cancelled = make_appointment(
        service,
        timezone.now() + DAY,
        status="cancelled",
        cancelled_at=timezone.now(),
        cancelled_by="staff",
        patient=visit.patient,
    )
    message = tasks.announce(cancelled, kind="cancellation", now=timezone.now())
    Message.objects.update(state="failed")
    again = partial(tasks.send_again, message.pk, now=timezone.now())

    while_open(again, partial(erase_now, visit.patient))

    assert Message.objects.values("state", "to_email").get() == {
        "state": "outdated",
        "to_email": "nobody@erased.invalid",
    }


def test_two_who_erase_the_same_patient_erase_them_once(visit):
    refusal = while_open(partial(erase_now, visit.patient), partial(erase_now, visit.patient))

    assert "erased already" in str(refusal)


def test_one_run_after_another_that_takes_the_same_place_goes_on(service, visit):
    entry = join(service)
    WaitlistEntry.objects.update(created_at=timezone.now() - 400 * DAY)
    rule = RetentionRule.objects.create(kind="waiting", keep_months=12)

    run = while_open(
        partial(WaitlistEntry.objects.filter(pk=entry.pk).delete),
        partial(retention.apply, rule, user=None, now=timezone.now()),
    )

    assert run.count == 0


def test_old_sign_ins_go_where_nothing_else_is_in_the_same_transaction(db):
    old = timezone.now() - 400 * DAY
    SignIn.objects.create(at=old, user_id=1, username="pat", outcome="in")
    rule = RetentionRule.objects.create(kind="sign_ins", keep_months=12)

    assert retention.apply(rule, user=None, now=timezone.now()).count == 1


def test_each_patient_of_a_run_is_let_go_before_the_next(db, monkeypatch):
    for name in ("Ana", "Ben"):
        make_patient(name=name, created_at=timezone.now() - 800 * DAY)
    rule = RetentionRule.objects.create(kind="patients", keep_months=12)
    erase, seen = retention.erase, []

    def erase_and_look(pk, **kwargs):
        with ThreadPoolExecutor(max_workers=1) as pool:
            count = Patient.objects.exclude(erased_at=None).count
            seen.append(pool.submit(in_a_thread, count).result())
        erase(pk, **kwargs)

    monkeypatch.setattr(retention, "erase", erase_and_look)

    assert retention.apply(rule, user=None, now=timezone.now()).count == 2
    assert seen == [0, 1]


def test_whatever_comes_first_nothing_of_the_erased_is_left(service, visit):
    calls = [partial(erase_now, visit.patient), *[partial(book, service)] * 3]
    barrier = threading.Barrier(len(calls))

    def run(call):
        barrier.wait(timeout=10)
        return in_a_thread(call)

    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        list(pool.map(run, calls))

    for patient in Patient.objects.all():
        reasons = {reason for (reason,) in patient.appointments.values_list("reason")}
        assert reasons <= ({""} if patient.erased_at else {"Why-marker"})
