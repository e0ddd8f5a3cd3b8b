"""Calendars of practitioners' own: read by a job, and honoured as closures."""

import ssl
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import actions, busy_jobs, time_off
from booking.actors import PATIENT
from booking.availability import find_slots
from booking.busy_times import MOST_BYTES
from booking.errors import SlotNotOffered, StatusChanged
from booking.models import BusyCalendar, Message, NotAvailableTime, Practitioner
from booking.reasons import Why, explain
from clinic import outbound
from tests.clinic.loopback import CERTIFICATE, serve, stop

from .factories import DESK, NOW, local, make_appointment, make_closure, search_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
TEN = (local(9, 10), local(9, 11))
ELEVEN = (local(9, 11), local(9, 12))


def ics(*starts):
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{at}\r\nSUMMARY:Dentist\r\nDTSTART:{at}\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
        for at in starts
    )
    return f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n"


@pytest.fixture
def calendar(service):
    url = "https://calendar.example/secret.ics"
    return BusyCalendar.objects.create(practitioner=service.practitioner, url=url)


@pytest.fixture
def page(monkeypatch):
    """What is found at the address, or why nothing is; and what was asked."""
    page = {"body": ics("20261209T150000Z"), "asked": []}

    def get(self, url, *, most_bytes):
        page["asked"].append((url, most_bytes, connection.in_atomic_block))
        if isinstance(page["body"], Exception):
            raise page["body"]
        return page["body"].encode()

    monkeypatch.setattr(outbound.Client, "get", get)
    return page


def keep(calendar, *periods, at=NOW):
    return actions.keep_busy_times(calendar, list(periods), tried_at=at)


def kept():
    return list(NotAvailableTime.objects.values_list("starts_at", "ends_at"))


def test_busy_time_is_not_offered_and_says_why(service, calendar):
    search = search_for(service)

    keep(calendar, TEN)

    starts = [slot.starts_at for slot in find_slots(search)]
    assert local(9, 9) in starts
    assert local(9, 10) not in starts
    [reason] = explain(search, service.practitioner, TEN[0])
    assert (reason.why, reason.period, reason.name) == (
        Why.CLOSURE,
        TEN,
        "Busy in their own calendar",
    )
    with pytest.raises(SlotNotOffered):
        actions.hold(
            service=service,
            practitioners=[service.practitioner],
            starts_at=TEN[0],
            now=NOW,
            by=PATIENT,
        )


def test_only_what_differs_is_changed(service, calendar):
    snow = make_closure(*TEN, reason="Snow")
    other = BusyCalendar.objects.create(practitioner=service.practitioner, url="https://b.example")
    keep(other, TEN)
    keep(calendar, TEN, ELEVEN)
    before = {row.starts_at: row.pk for row in calendar.busy_times.all()}

    keep(calendar, ELEVEN, (local(10, 10), local(10, 11)))

    after = {row.starts_at: row.pk for row in calendar.busy_times.all()}
    assert set(after) == {local(9, 11), local(10, 10)}
    assert after[local(9, 11)] == before[local(9, 11)]
    assert (snow in NotAvailableTime.objects.all(), other.busy_times.count()) == (True, 1)


def test_visits_stay_and_nobody_is_mailed_or_asked(service, calendar):
    visit = make_appointment(service, TEN[0])

    keep(calendar, TEN)

    visit.refresh_from_db()
    assert (visit.status, Message.objects.count()) == ("booked", 0)
    with pytest.raises(StatusChanged):
        time_off.ask_to_move(visit, closure=calendar.busy_times.get(), now=NOW, by=DESK)


def test_what_was_asked_for_earlier_changes_nothing(calendar):
    keep(calendar, TEN)

    assert not keep(calendar, ELEVEN, at=NOW - timedelta(seconds=1))
    assert not actions.note_unreadable(calendar, "Late.", tried_at=NOW - timedelta(seconds=1))
    assert kept() == [TEN]


@pytest.mark.parametrize("change", ["gone", "moved"])
def test_calendar_that_is_another_by_now_changes_nothing(calendar, change):
    if change == "gone":
        BusyCalendar.objects.all().delete()
    else:
        BusyCalendar.objects.update(url="https://other.example/")

    assert not keep(calendar, TEN)
    assert kept() == []


def test_times_go_with_their_calendar(calendar):
    snow = make_closure(*ELEVEN)
    keep(calendar, TEN)

    calendar.delete()

    assert NotAvailableTime.objects.get() == snow


def test_failure_keeps_what_was_read_and_says_why(calendar):
    over = (local(5, 10), local(5, 11))
    keep(calendar, over, TEN, at=NOW - timedelta(hours=1))

    actions.note_unreadable(calendar, "It is too long.", tried_at=NOW)

    calendar.refresh_from_db()
    assert kept() == [TEN]
    assert (calendar.problem, calendar.last_tried_at) == ("It is too long.", NOW)
    assert calendar.last_read_at == NOW - timedelta(hours=1)
    keep(calendar, TEN)
    calendar.refresh_from_db()
    assert (calendar.problem, calendar.last_read_at) == ("", NOW)


@pytest.mark.parametrize("url", ["http://a.example/", "webcal://a.example/", ""])
def test_database_takes_no_other_address(calendar, url):
    with pytest.raises(IntegrityError, match="busycalendar_https"), transaction.atomic():
        BusyCalendar.objects.update(url=url)


# The jobs


def waiting_jobs():
    jobs = ProcrastinateJob.objects.filter(status="todo").order_by("pk")
    return [(job.task_name, job.args, job.priority) for job in jobs]


def test_worker_knows_the_round_and_when_it_is_due():
    due = {
        periodic.task.name: periodic.cron
        for periodic in app.periodic_registry.periodic_tasks.values()
    }

    assert due["booking.read_busy_calendars"] == "*/15 * * * *"


def test_round_queues_each_calendar_once_and_none_of_who_is_away(calendar):
    away = Practitioner.objects.create(slug="away", name="Away", is_active=False)
    BusyCalendar.objects.create(practitioner=away, url="https://c.example/")

    busy_jobs.read_busy_calendars(timestamp=0)
    busy_jobs.read_busy_calendars(timestamp=0)

    assert waiting_jobs() == [("booking.read_busy_calendar", {"pk": calendar.pk}, -10)]
    busy_jobs.read_busy_calendar(pk=away.busy_calendars.get().pk)
    assert kept() == []


@pytest.mark.django_db(transaction=True)
def test_job_reads_outside_a_transaction_and_is_safe_to_run_twice(calendar, page):
    busy_jobs.read_busy_calendar(pk=calendar.pk)
    first = list(NotAvailableTime.objects.values_list("pk", flat=True))
    busy_jobs.read_busy_calendar(pk=calendar.pk)

    assert page["asked"] == [(calendar.url, MOST_BYTES, False)] * 2
    assert list(NotAvailableTime.objects.values_list("pk", flat=True)) == first
    row = NotAvailableTime.objects.get()
    assert (row.starts_at, row.ends_at) == TEN
    assert (row.practitioner, row.location, row.reason) == (
        calendar.practitioner,
        None,
        "Busy in their own calendar",
    )


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (outbound.NoAnswer("No site has that name."), "No site has that name."),
        (
            "<html>Sign in",
            "The address leads to a web page, perhaps one to sign in, and not to a calendar.",
        ),
    ],
)
def test_job_notes_why_a_calendar_cannot_be_read(calendar, page, caplog, body, problem):
    busy_jobs.read_busy_calendar(pk=calendar.pk)
    page["body"] = body

    busy_jobs.read_busy_calendar(pk=calendar.pk)

    calendar.refresh_from_db()
    assert (kept(), calendar.problem) == ([TEN], problem)
    assert "example" not in caplog.text


def test_job_reads_as_far_as_can_be_booked(service, calendar, page):
    service.horizon_days = 2
    service.save()
    page["body"] = ics(
        "20261205T150000Z", "20261206T150000Z", "20261209T150000Z", "20261212T150000Z"
    )

    busy_jobs.read_busy_calendar(pk=calendar.pk)

    assert [starts_at for starts_at, _ in kept()] == [local(6, 10), local(9, 10)]


@pytest.fixture
def site():
    server = serve(with_tls=True)
    yield server
    stop(server)


def test_job_reads_a_real_site_but_never_a_private_one(calendar, site, monkeypatch):
    path = "/words/" + ics("20261209T150000Z").replace("\r\n", "%0A")
    calendar.url = f"https://localhost:{site.server_port}{path}"
    calendar.save()
    real = outbound.Client
    tls = ssl.create_default_context(cafile=CERTIFICATE)
    known = {"tls": tls, "ports": frozenset({site.server_port})}

    monkeypatch.setattr(busy_jobs, "Client", lambda **kwargs: real(**known, **kwargs))
    busy_jobs.read_busy_calendar(pk=calendar.pk)
    calendar.refresh_from_db()
    assert (site.asked, "private network" in calendar.problem) == ([], True)

    known["is_allowed"] = lambda address: True
    busy_jobs.read_busy_calendar(pk=calendar.pk)
    assert kept() == [TEN]
    assert site.asked[0][2]["User-Agent"] == "Mozilla/5.0 (compatible; clinic calendar)"
