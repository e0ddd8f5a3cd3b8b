"""What is due by the clock: when reminders are written, and when they are of no use any more."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from booking import actions, tasks
from booking.models import Appointment, Message, Patient
from booking.reminders import useful_until

from .factories import DESK, NOW, local, make_appointment, make_patient, make_service, make_week
from .workers import make_due_now

pytestmark = pytest.mark.django_db

DAY = 24 * 60
LEADS = [3 * DAY, 120]
# A Monday at 10:00 in New York, two weeks after `NOW`.
AT = local(21, 10)
LONG_AGO = NOW - timedelta(days=60)


def make_visit(*, leads=LEADS, starts_at=AT, booked_at=LONG_AGO, **kwargs):
    service = make_service(reminder_minutes=leads)
    make_week(service)
    return make_appointment(service, starts_at, booked_at=booked_at, **kwargs)


def write(at):
    with time_machine.travel(at, tick=False):
        tasks.write_due(now=at)


def reminders(**kwargs):
    """Return the lead and the SEQUENCE of all reminders, in the order of their writing."""
    rows = Message.objects.filter(kind="reminder", **kwargs).order_by("pk")
    return list(rows.values_list("lead_minutes", "sequence"))


def before(minutes, *, starts_at=AT):
    return starts_at - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (before(3 * DAY) - timedelta(microseconds=1), []),
        (before(3 * DAY), [3 * DAY]),
        (before(1.5 * DAY) - timedelta(microseconds=1), [3 * DAY]),
        (before(1.5 * DAY), []),
        (before(120) - timedelta(microseconds=1), []),
        (before(120), [120]),
        (before(60) - timedelta(microseconds=1), [120]),
        (before(60), []),
        (before(0), []),
        (before(-30), []),
        (before(-2 * DAY), []),
    ],
)
def test_reminder_is_written_from_its_time_until_half_of_that_is_gone(at, written):
    make_visit()

    write(at)

    assert [lead for lead, _ in reminders()] == written


def test_reminder_is_written_once():
    visit = make_visit()

    for minutes in (3 * DAY, 3 * DAY, 3 * DAY - 1, 2 * DAY, 121, 120, 120, 119, 61):
        write(before(minutes))

    assert reminders(appointment=visit) == [(3 * DAY, 0), (120, 0)]


@pytest.mark.parametrize("status", ["cancelled", "arrived", "fulfilled", "noshow"])
def test_only_a_booked_visit_has_reminders(status):
    make_visit(status=status)

    write(before(3 * DAY))

    assert reminders() == []


def test_no_lead_no_reminder():
    make_visit(leads=[])

    write(before(3 * DAY))
    write(before(120))

    assert reminders() == []


@pytest.mark.parametrize(
    ("booked_at", "written"),
    [
        (before(3 * DAY), [3 * DAY, 120]),
        (before(3 * DAY) + timedelta(seconds=1), [120]),
        (before(120) + timedelta(seconds=1), []),
    ],
)
def test_visit_booked_after_a_reminder_was_due_has_none(booked_at, written):
    make_visit(booked_at=booked_at)

    for minutes in range(3 * DAY, 0, -30):
        write(before(minutes))

    assert [lead for lead, _ in reminders()] == written


def test_of_two_that_are_due_only_the_later_is_written():
    make_visit(leads=[240, 180, 120])

    write(before(115))
    write(before(114))

    assert [lead for lead, _ in reminders()] == [120]


def move(visit, starts_at, *, now):
    with time_machine.travel(now, tick=False):
        actions.reschedule(
            reference=visit.reference,
            practitioners=[visit.practitioner],
            starts_at=starts_at,
            now=now,
            by=DESK,
        )


def test_moved_visit_takes_its_reminders_along(run_worker):
    visit = make_visit(starts_at=local(14, 10))
    write(before(3 * DAY, starts_at=local(14, 10)))
    move(visit, AT, now=local(11, 11))

    with time_machine.travel(local(11, 11), tick=False):
        run_worker()
    for minutes in (3 * DAY, 120):
        write(before(minutes))

    assert reminders() == [(3 * DAY, 0), (3 * DAY, 1), (120, 1)]
    assert list(Message.objects.order_by("pk").values_list("kind", "state"))[:2] == [
        ("reminder", "outdated"),
        ("moved", "sent"),
    ]
    assert [one.subject for one in mail.outbox] == [
        "New time: your visit on Monday, December 21, 10:00 am"
    ]


def test_visit_moved_after_the_new_reminder_was_due_has_none():
    visit = make_visit(starts_at=local(28, 10))
    move(visit, AT, now=before(2 * DAY))

    write(before(2 * DAY))
    write(before(120))

    assert reminders() == [(120, 1)]


def test_queued_reminder_of_a_cancelled_visit_does_not_leave(run_worker):
    visit = make_visit()
    write(before(3 * DAY))
    with time_machine.travel(before(3 * DAY), tick=False):
        actions.cancel(reference=visit.reference, now=timezone.now(), by=DESK)
        run_worker()
    write(before(120))

    states = Message.objects.order_by("pk").values_list("kind", "state")
    assert list(states) == [("reminder", "outdated"), ("cancellation", "sent")]


@pytest.mark.parametrize(
    ("seconds", "state"), [(-1, "sent"), (0, "outdated"), (DAY * 60, "outdated")]
)
def test_reminder_that_waited_too_long_does_not_leave(run_worker, seconds, state):
    make_visit()
    write(before(3 * DAY))

    with time_machine.travel(before(1.5 * DAY) + timedelta(seconds=seconds), tick=False):
        run_worker()

    message = Message.objects.get()
    assert (message.state, message.sent_at is not None) == (state, state == "sent")
    assert len(mail.outbox) == (state == "sent")


@pytest.mark.parametrize(
    ("starts_at", "due_at"),
    [
        # The clocks go forward on March 14, 2027, and back on November 7.
        (local(15, 10, month=3, year=2027), local(12, 9, month=3, year=2027)),
        (local(8, 10, month=11, year=2027), local(5, 11, month=11, year=2027)),
        (local(14, 3, month=3, year=2027), local(11, 2, month=3, year=2027)),
        (local(7, 1, month=11, year=2027, fold=0), local(4, 1, month=11, year=2027)),
        (local(7, 1, month=11, year=2027, fold=1), local(4, 2, month=11, year=2027)),
    ],
    ids=["March", "November", "after the missing hour", "first 1 am", "second 1 am"],
)
def test_three_days_are_72_hours_when_the_clocks_change(starts_at, due_at):
    make_visit(starts_at=starts_at)

    write(due_at - timedelta(seconds=1))
    early = reminders()
    write(due_at)

    assert due_at == starts_at - timedelta(hours=72)
    assert early == []
    assert reminders() == [(3 * DAY, 0)]


def test_useful_until_is_half_of_the_lead():
    assert useful_until(AT, 120) == AT - timedelta(hours=1)


@pytest.mark.parametrize("step", [1, 60], ids=["every minute", "every hour"])
def test_clock_runs_over_all_windows(step):
    visits = [make_visit(starts_at=AT + timedelta(minutes=7 * n)) for n in range(3)]
    start = before(121)

    for minutes in range(0, 135, step):
        write(start + timedelta(minutes=minutes))

    assert Message.objects.count() == 3
    assert {one.appointment_id: one.lead_minutes for one in Message.objects.all()} == {
        visit.pk: 120 for visit in visits
    }


def test_worker_that_was_down_writes_what_is_still_of_use(run_worker):
    """It was down for four days. Then it starts, at 10:00 on Monday the 21st."""
    over = make_visit(starts_at=AT - timedelta(days=1))
    just_begun = make_visit()
    too_late = make_visit(starts_at=AT + timedelta(minutes=59))
    short = make_visit(starts_at=AT + timedelta(minutes=61))
    between = make_visit(starts_at=AT + timedelta(hours=30))
    long = make_visit(starts_at=AT + timedelta(hours=37))
    exactly = make_visit(starts_at=AT + timedelta(hours=72))
    not_yet = make_visit(starts_at=AT + timedelta(hours=73))
    cancelled = make_visit(starts_at=AT + timedelta(hours=71), status="cancelled")
    fresh = make_visit(starts_at=AT + timedelta(hours=70), booked_at=AT - timedelta(hours=1))

    with time_machine.travel(AT, tick=False):
        for _ in range(2):
            tasks.write_what_is_due.defer(timestamp=0)
            run_worker()
            make_due_now()
            run_worker()

    written = Message.objects.filter(kind="reminder", state="sent")
    assert dict(written.values_list("appointment", "lead_minutes")) == {
        short.pk: 120,
        long.pk: 3 * DAY,
        exactly.pk: 3 * DAY,
    }
    silent = [over, just_begun, too_late, between, not_yet, cancelled, fresh]
    assert not Message.objects.filter(appointment__in=silent).exists()
    assert len(mail.outbox) == Message.objects.count() == 3


TEXTS = {"BACKEND": "clinic.sms.ConsoleSms", "OPTIONS": {}}


@pytest.mark.parametrize(
    ("wants_texts", "sms", "channels"),
    [
        (True, TEXTS, ["email", "sms"]),
        (True, None, ["email"]),
        (False, TEXTS, ["email"]),
    ],
)
def test_text_reminder_only_if_wanted_and_switched_on(settings, wants_texts, sms, channels):
    settings.SMS = sms
    make_visit(wants_texts=wants_texts)

    write(before(120))
    write(before(119))

    rows = Message.objects.order_by("pk").values_list("channel", "lead_minutes", "to_phone")
    phones = {"email": "", "sms": "+12125550123"}
    assert list(rows) == [(channel, 120, phones[channel]) for channel in channels]


def test_text_that_nobody_wants_any_more_does_not_leave(settings, run_worker):
    settings.SMS = TEXTS
    visit = make_visit(wants_texts=True)
    write(before(120))
    actions.choose_messages(reference=visit.reference, is_private=False, wants_texts=False)

    with time_machine.travel(before(120), tick=False):
        run_worker()

    states = Message.objects.order_by("pk").values_list("channel", "state")
    assert list(states) == [("email", "sent"), ("sms", "outdated")]


def test_text_is_written_too_after_a_crash_between_mail_and_text(settings, monkeypatch):
    settings.SMS = TEXTS
    make_visit(wants_texts=True)
    once = tasks.record_once

    def crash_at_text(about, **kwargs):
        if about["channel"] == "sms":
            raise RuntimeError("crash")
        return once(about, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "record_once", crash_at_text)
        write(before(120))
        assert reminders() == []
    write(before(119))

    assert sorted(Message.objects.values_list("channel", flat=True)) == ["email", "sms"]


def test_number_of_queries_does_not_depend_on_what_is_stored(django_assert_num_queries):
    at = before(120)
    make_visit()
    write(at)
    with django_assert_num_queries(3):
        tasks.write_due(now=at)

    for hours in range(1, 30):
        make_visit(starts_at=AT + timedelta(hours=hours), booked_at=at)
    with django_assert_num_queries(3):
        tasks.write_due(now=at)

    assert Appointment.objects.count() == 30


def test_what_cannot_be_written_holds_up_nothing_else(caplog):
    visit = make_visit(leads=[180])
    ben = make_patient(name="Ben", email="ben@example.com")
    later = AT + timedelta(hours=1)
    other = make_appointment(visit.service, later, booked_at=LONG_AGO, patient=ben)
    Patient.objects.filter(pk=visit.patient_id).update(email="")

    write(before(100))

    assert list(Message.objects.values_list("appointment", flat=True)) == [other.pk]
    assert f"The reminder of visit {visit.pk} cannot be written: IntegrityError" in caplog.text
    assert "ana" not in caplog.text.lower()
