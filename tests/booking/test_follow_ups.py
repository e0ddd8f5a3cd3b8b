"""The mail after a visit and the practitioner's mail of the day: to whom, when, and once."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from booking import tasks
from booking.messages import build_mail
from booking.models import Appointment, MailOptOut, Message

from .factories import NOW, local, make_appointment, make_practitioner, make_service

pytestmark = pytest.mark.django_db

# A Monday at 10:00 in New York; the visit takes an hour, the mail follows a day later.
AT = local(14, 10)
DUE = AT + timedelta(hours=25)


def make_visit(*, starts_at=AT, status="fulfilled", **kwargs):
    service = make_service(**{"follow_up_minutes": 24 * 60, "reminder_minutes": []} | kwargs)
    return make_appointment(service, starts_at, status=status)


def write(at):
    with time_machine.travel(at, tick=False):
        tasks.write_due(now=at)


def written(kind="follow_up"):
    return Message.objects.filter(kind=kind).count()


@pytest.mark.parametrize(
    ("at", "count"),
    [
        (DUE - timedelta(microseconds=1), 0),
        (DUE, 1),
        (DUE + timedelta(days=7, microseconds=-1), 1),
        (DUE + timedelta(days=7), 0),
    ],
)
def test_follow_up_is_written_from_its_time_on_for_a_week(at, count):
    make_visit()

    write(at)
    write(at)

    assert written() == count


def test_follow_up_of_no_minutes_and_of_thirty_days():
    make_visit(follow_up_minutes=0)
    make_visit(follow_up_minutes=30 * 24 * 60)
    make_visit(follow_up_minutes=None)

    counts = []
    for at in (timedelta(hours=1), timedelta(days=30, hours=1), timedelta(days=37)):
        write(AT + at)
        counts.append(written())

    assert counts == [1, 2, 2]


@pytest.mark.parametrize("status", ["booked", "arrived", "cancelled", "noshow"])
def test_only_who_came_gets_a_follow_up(status):
    make_visit(status=status)

    write(DUE)

    assert written() == 0


def test_who_has_opted_out_gets_no_follow_up():
    make_visit()
    MailOptOut.objects.create(email="ANA@example.com")

    write(DUE)

    assert written() == 0


def take_the_mark_back():
    Appointment.objects.update(status="noshow")


def opt_out():
    MailOptOut.objects.create(email="Ana@Example.com")


@pytest.mark.parametrize("meanwhile", [take_the_mark_back, opt_out])
def test_follow_up_that_became_untrue_does_not_leave(run_worker, meanwhile):
    make_visit()
    write(DUE)
    meanwhile()

    with time_machine.travel(DUE, tick=False):
        run_worker()
    write(DUE)

    assert list(Message.objects.values_list("kind", "state")) == [("follow_up", "outdated")]
    assert mail.outbox == []


def make_day(*starts, status="booked", **kwargs):
    """Make a practitioner who gets an agenda, with visits at these times."""
    values = {"gets_agenda": True, "email": "li@clinic.example"}
    practitioner = make_practitioner(**values | kwargs)
    service = make_service(practitioner=practitioner, reminder_minutes=[])
    for starts_at in starts or (AT,):
        make_appointment(
            service, starts_at, practitioner=practitioner, status=status, reason="secret"
        )
    return practitioner


@pytest.mark.parametrize(
    ("at", "count"),
    [
        (local(13, 23, 59), 0),
        (local(14, 0), 0),
        (local(14, 5, 59), 0),
        (local(14, 6), 1),
        (local(14, 9, 59), 1),
        (local(14, 10), 0),
        (local(14, 12), 0),
        (local(15, 6), 0),
    ],
)
def test_agenda_is_written_from_six_until_the_last_visit_begins(at, count):
    make_day()

    write(at)
    write(at + timedelta(microseconds=1))

    assert written("agenda") == count


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (local(14, 5, 59, month=3, year=2027), local(14, 6, month=3, year=2027)),
        (local(7, 5, 59, month=11, year=2027), local(7, 6, month=11, year=2027)),
    ],
    ids=["March", "November"],
)
def test_six_is_on_the_clinics_clock_on_the_days_it_changes(first, last):
    make_day(last + timedelta(hours=4))

    write(first)
    assert written("agenda") == 0
    write(last)
    assert written("agenda") == 1


def test_agenda_is_written_once_a_day():
    practitioner = make_day(local(14, 10), local(15, 10))

    for hours in range(48):
        write(local(14, 0) + timedelta(hours=hours))

    days = Message.objects.filter(kind="agenda", practitioner=practitioner)
    assert [str(day) for day in days.values_list("about_on", flat=True)] == [
        "2026-12-14",
        "2026-12-15",
    ]


@pytest.mark.parametrize("kwargs", [{"is_active": False}, {"email": ""}, {"gets_agenda": False}])
def test_agenda_goes_to_nobody_else(kwargs):
    make_day(**kwargs)

    write(local(14, 7))

    assert written("agenda") == 0


@pytest.mark.parametrize("status", ["pending", "cancelled"])
def test_day_without_visits_has_no_agenda(status):
    make_day(status=status)

    write(local(14, 7))

    assert written("agenda") == 0


def test_agenda_lists_the_day_and_names_no_patient():
    make_day(local(14, 0), local(14, 10), local(14, 23, 30), local(15, 0, 30))
    write(local(14, 7))

    agenda = build_mail(Message.objects.get(kind="agenda"), now=local(14, 7))

    assert agenda.to == ["li@clinic.example"]
    assert agenda.subject == "Your day: Monday, December 14"
    assert "3 visits on Monday, December 14, as of 7:00 am." in " ".join(agenda.body.split())
    assert [line for line in agenda.body.splitlines() if " to " in line and "m" in line[-2:]] == [
        "12:00 am to 1:00 am",
        "10:00 am to 11:00 am",
        "11:30 pm to 12:30 am",
    ]
    raw = agenda.message().as_string()
    assert [word for word in ("Ana", "555-0123", "ana@", "secret") if word in raw] == []


def test_agenda_that_waited_until_the_last_visit_began_does_not_leave(run_worker):
    make_day()
    write(local(14, 7))

    with time_machine.travel(AT, tick=False):
        run_worker()

    assert list(Message.objects.values_list("kind", "state")) == [("agenda", "outdated")]
    assert mail.outbox == []


def test_day_is_read_when_the_agenda_leaves(run_worker):
    make_day(local(14, 10), local(14, 12))
    write(local(14, 7))
    Appointment.objects.filter(starts_at=local(14, 12)).update(
        status="cancelled", cancelled_at=NOW, cancelled_by="staff"
    )

    with time_machine.travel(local(14, 8), tick=False):
        run_worker()

    (sent,) = mail.outbox
    assert "1 visit on Monday" in sent.body
