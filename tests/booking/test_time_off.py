"""Visits in time off: patients are asked to move, with times held for them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from booking import actions, time_off
from booking.actors import PATIENT
from booking.availability import find_slots, is_offered
from booking.errors import (
    AlreadyAsked,
    NotMovable,
    SlotNotOffered,
    SlotTaken,
    StatusChanged,
    TooLateToMove,
)
from booking.models import WAITING, Appointment, Message, MoveAlternative, MoveRequest
from booking.reasons import explain

from .factories import (
    DESK,
    NEW_YORK,
    NOW,
    hold,
    local,
    make_appointment,
    make_closure,
    make_location,
    make_practitioner,
    make_service,
    make_week,
    search_for,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def service():
    """Open every day from 9 to 12."""
    service = make_service(cancel_notice_minutes=24 * 60)
    make_week(service)
    return service


@pytest.fixture
def visit(service):
    return make_appointment(service, local(14, 10))


@pytest.fixture
def closure(visit):
    return make_closure(local(14, 0), local(15, 0), practitioner=visit.practitioner)


def ask(visit, closure, *, now=NOW, **kwargs):
    return time_off.ask_to_move(visit, closure=closure, now=now, by=DESK, **kwargs)


def move(visit, starts_at, *, now=NOW, by=PATIENT, **kwargs):
    return actions.reschedule(
        reference=visit.reference, starts_at=starts_at, now=now, by=by, **kwargs
    )


def clocks(held):
    return [one.starts_at.astimezone(NEW_YORK).strftime("%d %H:%M") for one in held]


def holds():
    return Appointment.objects.filter(status="pending")


def test_patient_is_sent_the_nearest_free_times_on_different_days(visit, closure):
    request = ask(visit, closure)

    assert clocks(request.held_times(NOW)) == ["13 10:00", "15 10:00", "16 10:00"]
    assert (request.status, request.by_name, request.closure) == ("open", "Pat Desk", closure)
    assert str(request) == f"{visit.spoken_reference}, no answer yet"
    held = request.alternatives.first()
    assert str(held) == f"{request.pk}: {held.hold_id}"
    message = Message.objects.get()
    assert (message.kind, message.appointment, message.to_email) == (
        "choice",
        visit,
        "ana@example.com",
    )
    visit.refresh_from_db()
    assert (visit.status, visit.starts_at) == ("booked", local(14, 10))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (NOW, NOW + timedelta(days=2)),
        (local(11, 12), local(12, 23, 59)),
        (local(13, 12), local(14, 10)),
    ],
    ids=["two days", "the day before the closure", "the visit, if that is past"],
)
def test_times_are_held_for_a_while(visit, closure, now, until):
    with time_machine.travel(now, tick=False):
        request = ask(visit, closure, now=now)

        assert request.expires_at == until
        assert {one.expires_at for one in request.held_times(now)} == {until}
    with time_machine.travel(until, tick=False):
        assert request.held_times(until) == []


def test_fewer_times_are_held_if_there_are_fewer_and_the_mail_leaves_all_the_same(service):
    make_closure(local(7, 0), local(14, 0))
    make_closure(local(16, 0), local(28, 0, month=2, year=2027))
    visit = make_appointment(service, local(15, 9))

    one = ask(visit, make_closure(local(15, 0), local(15, 10)))
    make_closure(local(14, 0), local(16, 0))
    none = ask(make_appointment(service, local(14, 10)), None)

    assert clocks(one.held_times(NOW)) == ["14 09:00", "15 10:00", "15 11:00"]
    assert none.held_times(NOW) == []
    assert Message.objects.count() == 2


def test_held_times_are_taken_for_others_and_free_for_their_patient(service, visit, closure):
    ask(visit, closure)
    theirs = search_for(service, moving=visit.reference)

    assert not is_offered(search_for(service), local(15, 10))
    assert is_offered(theirs, local(15, 10))
    assert explain(theirs, service.practitioner, local(15, 10)) == []
    with pytest.raises(SlotTaken):
        hold(service, local(15, 10))
    assert move(visit, local(15, 10, 30)).starts_at == local(15, 10, 30)


def test_choosing_a_held_time_gives_up_the_others_and_answers(visit, closure):
    request = ask(visit, closure)

    moved = move(visit, local(15, 10))

    request.refresh_from_db()
    assert moved.starts_at == local(15, 10)
    assert (request.status, request.answered_at) == ("moved", NOW)
    assert not holds().exists()


def test_held_time_can_be_chosen_inside_the_notice(service, visit, closure):
    service.notice_minutes = 7 * 24 * 60
    service.save()
    now = local(13, 8)
    with time_machine.travel(NOW, tick=False):
        ask(visit, closure)
        assert clocks(holds()) == ["15 10:00", "16 10:00", "17 10:00"]
    holds().update(expires_at=local(14, 9))

    with time_machine.travel(now, tick=False):
        with pytest.raises(SlotNotOffered):
            move(visit, local(16, 11), now=now)
        assert move(visit, local(16, 10), now=now).starts_at == local(16, 10)


def test_held_time_that_is_closed_by_now_is_refused(visit, closure):
    request = ask(visit, closure)
    make_closure(local(15, 0), local(16, 0))

    with pytest.raises(SlotNotOffered):
        move(visit, local(15, 10))

    request.refresh_from_db()
    assert request.status == "open"
    assert len(request.held_times(NOW)) == 3


@pytest.mark.parametrize("do", ["move", "cancel"])
def test_patient_may_answer_however_late(visit, closure, do):
    now = local(14, 7)
    with time_machine.travel(now, tick=False):
        with pytest.raises(TooLateToMove):
            move(visit, local(15, 11), now=now)
        ask(visit, closure, now=now)
        if do == "move":
            assert move(visit, local(15, 11), now=now).status == "booked"
        else:
            gone = actions.cancel(reference=visit.reference, now=now, by=PATIENT)
            assert gone.status == "cancelled"


@pytest.mark.parametrize("by", [PATIENT, DESK])
def test_cancelling_answers_whoever_does_it(visit, closure, by):
    request = ask(visit, closure)

    actions.cancel(reference=visit.reference, now=NOW, by=by)

    request.refresh_from_db()
    assert request.status == "cancelled"
    assert not holds().exists()


def test_moving_by_staff_answers_too(visit, closure):
    request = ask(visit, closure)

    move(visit, local(16, 10), by=DESK)

    request.refresh_from_db()
    assert request.status == "moved"


def test_asking_twice_asks_first(visit, closure):
    first = ask(visit, closure)

    with pytest.raises(AlreadyAsked):
        ask(visit, closure)
    second = ask(visit, closure, again=True)

    first.refresh_from_db()
    assert (first.status, second.status) == ("closed", "open")
    assert clocks(second.held_times(NOW)) == ["13 10:00", "15 10:00", "16 10:00"]
    assert holds().count() == 3
    assert Message.objects.count() == 2


@pytest.mark.parametrize("status", ["cancelled", "arrived", "noshow"])
def test_only_booked_visits_to_come_can_be_asked_about(service, status):
    visit = make_appointment(service, local(14, 10), status=status)
    past = make_appointment(service, local(6, 10))

    for one in (visit, past):
        with pytest.raises(NotMovable):
            ask(one, None)
    assert not holds().exists()
    assert not Message.objects.exists()


def test_visit_that_was_moved_meanwhile_is_not_asked_about(visit, closure):
    ask(visit, closure)
    move(visit, local(15, 10))

    with pytest.raises(StatusChanged):
        ask(visit, closure, again=True)


@pytest.mark.parametrize("whose", ["practitioner", "location"])
def test_visit_that_the_closure_is_not_for_is_not_asked_about(visit, whose):
    """It was given to somebody who is there, or to another place, while the page was open."""
    other = {"practitioner": make_practitioner, "location": make_location}[whose]()
    closure = make_closure(local(14, 0), local(15, 0), **{whose: other})

    with pytest.raises(StatusChanged):
        ask(visit, closure)
    assert not Message.objects.exists()


def test_patient_asks_for_a_call_and_may_still_move(visit, closure):
    request = ask(visit, closure)

    time_off.ask_for_a_call(visit, now=NOW)

    request.refresh_from_db()
    assert (request.status, holds().count()) == ("kept", 0)
    assert time_off.waiting_request(visit) == request
    move(visit, local(16, 10))
    request.refresh_from_db()
    assert request.status == "moved"


def test_settling_by_phone_ends_it(visit, closure):
    request = ask(visit, closure)

    assert time_off.settle(request, note="Comes on Friday.", now=NOW)
    assert not time_off.settle(request, note="Again.", now=NOW)

    request.refresh_from_db()
    assert (request.status, request.note) == ("closed", "Comes on Friday.")
    assert time_off.waiting_request(visit) is None
    assert not holds().exists()


def test_held_times_that_ran_out_block_nobody(service, visit, closure):
    request = ask(visit, closure)
    later = NOW + time_off.ALTERNATIVES_LAST

    taken = hold(service, local(15, 10), now=later)

    with time_machine.travel(later, tick=False):
        assert request.held_times(later) == []
        assert taken.starts_at == local(15, 10)
        with pytest.raises(SlotTaken):
            move(visit, local(15, 10), now=later)


def test_several_patients_get_different_times(service, visit, closure):
    other = make_appointment(service, local(14, 11))

    one, two = ask(visit, closure), ask(other, closure)

    assert not set(clocks(one.held_times(NOW))) & set(clocks(two.held_times(NOW)))


def test_deleted_closure_leaves_the_question(visit, closure):
    request = ask(visit, closure)

    closure.delete()

    request.refresh_from_db()
    assert (request.closure, request.status) == (None, "open")


@pytest.mark.parametrize(
    "values", [{"status": "open"}, {"status": "lost", "answered_at": NOW}, {"status": "moved"}]
)
def test_database_refuses_what_cannot_be(visit, closure, values):
    ask(visit, closure)

    with pytest.raises(IntegrityError), transaction.atomic():
        MoveRequest.objects.create(appointment=visit, expires_at=NOW, **values)


@pytest.mark.parametrize("status", ["open", "kept"])
def test_database_keeps_one_question_a_visit_that_is_not_settled(visit, closure, status):
    asked = time_off.ask_to_move(visit, closure=closure, now=NOW, by=DESK)
    time_off.ask_for_a_call(visit, now=NOW)
    answered_at = NOW if status == "kept" else None

    with pytest.raises(IntegrityError, match="one_waiting"), transaction.atomic():
        MoveRequest.objects.create(
            appointment=visit, expires_at=NOW, status=status, answered_at=answered_at
        )
    time_off.settle(asked, note="", now=NOW)
    MoveRequest.objects.create(
        appointment=visit, expires_at=NOW, status=status, answered_at=answered_at
    )

    assert MoveRequest.objects.filter(status__in=WAITING).count() == 1


def test_database_holds_a_time_for_one_question(visit, closure):
    held = time_off.ask_to_move(visit, closure=closure, now=NOW, by=DESK).alternatives.first()

    with pytest.raises(IntegrityError, match="movealternative_once"), transaction.atomic():
        MoveAlternative.objects.create(request=held.request, hold=held.hold)


def test_free_times_are_listed_as_before_once_all_is_answered(service, visit, closure):
    search = search_for(service)
    span = {"first_on": local(13, 9).date(), "last_on": local(16, 9).date()}
    before = find_slots(search, **span)

    ask(visit, closure)
    during = find_slots(search, **span)
    time_off.settle(MoveRequest.objects.get(), note="", now=NOW)

    assert len(during) < len(before)
    assert find_slots(search, **span) == before
