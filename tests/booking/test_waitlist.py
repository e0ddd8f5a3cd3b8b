"""Who is offered which time, when, and for how long."""

from datetime import date, timedelta

import pytest
import time_machine
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import actions, waitlist
from booking.actors import PATIENT
from booking.errors import SlotTaken, TooLateToMove
from booking.models import (
    Appointment,
    AppointmentStatus,
    Message,
    WaitlistEntry,
    WaitlistOffer,
)

from .factories import (
    NOW,
    book,
    hold,
    local,
    make_available_time,
    make_closure,
    make_location,
    make_practitioner,
    make_service,
    offer_times,
    wait,
    wait_to_move,
)
from .waiting import MONDAY, cancel, make_full_service, named, offered

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return make_full_service()


def test_a_freed_time_is_held_for_the_first_who_waits_and_announced(service):
    wait(service, details=named("Ana"))
    wait(service, details=named("Ben"), now=NOW + timedelta(minutes=1))
    cancel(service, MONDAY)

    made = offer_times()

    offer = WaitlistOffer.objects.get()
    held = Appointment.objects.get(status=AppointmentStatus.PENDING)
    assert made == 1
    assert offered() == [("Ana", MONDAY)]
    assert (held.reference, held.starts_at) == (offer.reference, MONDAY)
    assert held.expires_at == offer.expires_at == local(7, 10)
    assert offer.entry.status == "offered"
    assert (offer.message.kind, offer.message.to_email) == ("offer", "ana@example.com")


def test_two_freed_times_go_to_the_first_two_and_one_to_each(service):
    for name in ("Ana", "Ben", "Cleo"):
        wait(service, details=named(name))
    cancel(service, MONDAY)
    cancel(service, local(14, 10))

    offer_times()
    offer_times()

    assert offered() == [("Ana", MONDAY), ("Ben", local(14, 10))]


@pytest.mark.parametrize(
    ("wishes", "is_offered"),
    [
        ({}, True),
        ({"from_on": date(2026, 12, 14), "until_on": date(2026, 12, 14)}, True),
        ({"from_on": date(2026, 12, 15)}, False),
        ({"until_on": date(2026, 12, 13)}, False),
        ({"time_of_day": "mornings"}, True),
        ({"time_of_day": "afternoons"}, False),
    ],
    ids=["any", "that day", "later days", "earlier days", "mornings", "afternoons"],
)
def test_only_a_wanted_time_is_offered(service, wishes, is_offered):
    wait(service, details=named("Ana"), **wishes)
    cancel(service, MONDAY)

    offer_times()

    assert offered() == ([("Ana", MONDAY)] if is_offered else [])


def test_noon_is_the_first_time_of_the_afternoon(service):
    entry = wait(service, time_of_day="afternoons")

    assert [entry.wants(local(14, 11, 59)), entry.wants(local(14, 12))] == [False, True]


def test_days_and_times_of_day_are_those_of_the_location():
    service = make_service(location=make_location(time_zone="Asia/Tokyo"))
    entry = wait(service, from_on=date(2026, 12, 15), time_of_day="mornings")

    # The 15th, 8 am, and the 14th, 11 pm, in Tokyo.
    assert [entry.wants(local(14, 18)), entry.wants(local(14, 9))] == [True, False]


def test_the_first_whom_a_time_suits_gets_it(service):
    wait(service, details=named("Ana"), time_of_day="afternoons")
    wait(service, details=named("Ben"))
    cancel(service, MONDAY)

    offer_times()

    assert offered() == [("Ben", MONDAY)]


def test_who_waits_for_one_practitioner_is_not_offered_another():
    service = make_service(horizon_days=27)
    chosen, other = service.practitioner, make_practitioner()
    service.practitioners.add(other)
    wait(service, details=named("Ana"), practitioner=chosen)
    wait(service, details=named("Ben"))

    make_available_time(service, practitioner=other)
    offer_times()

    assert [(o.entry.person, o.practitioner) for o in WaitlistOffer.objects.all()] == [
        ("Ben", other)
    ]


def test_a_visit_is_offered_only_times_before_it(service):
    visit = Appointment.objects.get(starts_at=local(21, 10))
    wait_to_move(visit)
    cancel(service, local(28, 9))
    cancel(service, local(21, 11))

    offer_times()
    assert offered() == []
    cancel(service, local(21, 9))
    offer_times()

    assert offered() == [("Ana Example", local(21, 9))]
    assert Message.objects.get(kind="offer").to_email == visit.patient.email


def test_what_is_free_when_someone_joins_is_no_news(service):
    cancel(service, MONDAY)
    entry = wait(service)

    with time_machine.travel(NOW, tick=False):
        shown = [slot.starts_at for slot in waitlist.free_times(entry, now=NOW)]
    offer_times()

    assert shown == [MONDAY]
    assert offered() == []


def test_opened_hours_and_a_closure_taken_back_are_news(service):
    closure = make_closure(local(14, 0), local(15, 0))
    cancel(service, MONDAY)
    wait(service, details=named("Ana"))
    wait(service, details=named("Ben"))
    offer_times()
    assert offered() == []

    closure.delete()
    make_available_time(service, weekday=None, on=date(2026, 12, 15))
    offer_times()

    assert offered() == [("Ana", MONDAY), ("Ben", local(15, 9))]


def test_an_offer_without_an_answer_goes_to_the_next_and_not_back(service):
    first = wait(service, details=named("Ana"))
    wait(service, details=named("Ben"))
    cancel(service, MONDAY)
    offer_times()

    offer_times(local(7, 10))
    assert offered() == [("Ben", MONDAY)]
    offer_times(local(7, 12))

    first.refresh_from_db()
    assert first.status == "waiting"
    assert offered() == []
    assert [offer.outcome for offer in WaitlistOffer.objects.all()] == ["ended", "ended"]


def test_an_ended_offer_blocks_nobody_though_no_worker_ran(service):
    wait(service, details=named("Ana"))
    cancel(service, MONDAY)
    offer_times()

    with pytest.raises(SlotTaken):
        hold(service, MONDAY, now=local(7, 9, 59))
    visit = book(service, starts_at=MONDAY, now=local(7, 10))

    assert visit.status == "booked"


@pytest.mark.parametrize(
    ("now", "notice", "until"),
    [
        (local(7, 9), 0, local(7, 11)),
        (local(7, 19), 0, local(7, 21)),
        (local(7, 20, 30), 0, local(8, 9, 30)),
        (local(7, 21), 0, local(8, 10)),
        (local(8, 3), 0, local(8, 10)),
        (local(13, 8), 24 * 60, local(13, 9)),
        (local(13, 8, 31), 24 * 60, None),
        (local(12, 23), 24 * 60, local(13, 9)),
    ],
    ids=[
        "two hours",
        "until the night",
        "in the evening, and on in the morning",
        "from nine on it is night",
        "at night",
        "cut short by the notice",
        "too short to answer",
        "at night, cut short",
    ],
)
def test_an_offer_stands_for_two_hours_of_the_day_and_never_past_the_notice(
    service, now, notice, until
):
    entry = wait(service, until_on=date(2026, 12, 14))
    cancel(service, MONDAY)
    service.notice_minutes = notice
    service.save()

    offer_times(now)

    assert list(entry.offers.values_list("expires_at", flat=True)) == ([until] if until else [])


def test_the_night_ends_at_eight_on_the_day_the_clocks_change():
    # Saturday, 11 pm, before the night of Sunday, March 8, that lacks an hour.
    saturday = local(7, 23, month=3, year=2026)
    service = make_service()
    with time_machine.travel(saturday, tick=False):
        entry = wait(service, now=saturday, from_on=date(2026, 3, 7), until_on=date(2026, 3, 31))
        make_available_time(service)
        offer_times(saturday)

    assert entry.offers.get().expires_at == local(8, 10, month=3, year=2026)
    assert entry.offers.get().expires_at - saturday == timedelta(hours=10)


def test_a_visit_that_cannot_be_moved_much_longer_gets_a_shorter_offer(service):
    visit = Appointment.objects.get(starts_at=MONDAY)
    entry = wait_to_move(visit)
    sunday = local(13, 8)
    make_available_time(service, weekday=None, on=date(2026, 12, 13))

    offer_times(sunday)

    assert entry.offers.get().expires_at == visit.cancellable_until == local(13, 9)


def test_a_visit_that_joins_twice_changes_its_wishes(service):
    visit = Appointment.objects.get(starts_at=local(21, 10))
    first = wait_to_move(visit)
    again = wait_to_move(visit, time_of_day="mornings", now=NOW + timedelta(hours=1))

    assert (again.pk, again.reference, again.created_at) == (
        first.pk, first.reference, first.created_at,
    )  # fmt: skip
    assert again.time_of_day == "mornings"


def test_a_visit_too_near_to_move_cannot_join(service):
    visit = Appointment.objects.get(starts_at=local(7, 9))

    with pytest.raises(TooLateToMove):
        wait_to_move(visit)


def test_an_entry_ends_with_its_days_and_with_its_visit(service):
    days = wait(service, until_on=date(2026, 12, 7))
    visit = Appointment.objects.get(starts_at=local(21, 10))
    to_move = wait_to_move(visit)
    cancel(service, MONDAY)
    offer_times()
    assert WaitlistOffer.objects.get().entry == to_move
    cancel(service, local(21, 10))

    offer_times(local(8, 9))

    assert list(WaitlistEntry.objects.values_list("pk", "status")) == [
        (days.pk, "expired"),
        (to_move.pk, "expired"),
    ]
    assert Appointment.objects.filter(status="pending").count() == 0


def test_an_entry_is_deleted_a_month_after_its_end(service):
    entry = wait(service)
    cancel(service, MONDAY)
    offer_times()
    waitlist.leave(reference=entry.reference, now=NOW)

    offer_times(NOW + timedelta(days=30))
    assert WaitlistEntry.objects.count() == 1
    offer_times(NOW + timedelta(days=30, seconds=1))

    assert WaitlistEntry.objects.count() == 0


@pytest.mark.parametrize("is_active", [True, False])
def test_nothing_is_offered_of_what_cannot_be_booked(service, is_active):
    wait(service)
    cancel(service, MONDAY)
    service.is_active = is_active
    service.save()

    offer_times()

    assert len(offered()) == int(is_active)


def test_a_freed_time_queues_the_offer_if_somebody_waits(service):
    jobs = ProcrastinateJob.objects.filter(task_name="booking.offer_times")
    cancel(service, MONDAY)
    assert jobs.count() == 0
    entry = wait(service)

    cancel(service, local(21, 9))
    assert jobs.count() == 1
    visit = Appointment.objects.get(starts_at=local(28, 9), status="booked")
    actions.reschedule(reference=visit.reference, starts_at=MONDAY, now=NOW, by=PATIENT)
    assert jobs.count() == 2
    wait(service, details=named("Ben"))
    waitlist.leave(reference=entry.reference, now=NOW)

    assert jobs.count() == 3


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("task", ["offer_freed_times", "look_after_waitlist"])
def test_both_tasks_offer_what_is_free(service, task):
    wait(service)
    cancel(service, MONDAY)

    arguments = {"timestamp": 0} if task == "look_after_waitlist" else {}
    getattr(waitlist, task)(**arguments)

    assert offered() == [("Ana Example", MONDAY)]
