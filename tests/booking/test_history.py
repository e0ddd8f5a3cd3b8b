"""Who did what to a visit, and when: one line for each action, that nobody can change."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from booking import actions
from booking.actors import PATIENT
from booking.models import Appointment, AppointmentEvent, Screening

from .factories import (
    DESK,
    NOW,
    TEN,
    book,
    hold,
    local,
    make_practitioner,
    make_screening_pass,
    make_service,
    make_week,
)
from .journeys import choose_time, make_article, make_red_flags, pass_screening, send_details

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

# Each action of `booking.actions`: what it is called with, and the kind of event it writes.
MOVE = {"starts_at": local(10, 10)}
ACTIONS = {
    "reschedule": (MOVE, "moved"),
    "cancel": ({}, "cancelled"),
    "mark_arrived": ({"now": TEN}, "arrived"),
    "mark_fulfilled": ({"now": TEN}, "fulfilled"),
    "mark_no_show": ({"now": TEN}, "noshow"),
}
BY_PATIENTS = ("reschedule", "cancel")
SILENT = {
    *("hold", "extend", "release", "keep_own_zone", "choose_messages"),
    # The same person, under another number: the audit has it.
    *("give_visits", "keep_private"),
    # About a practitioner's own calendar, not about visits.
    *("keep_busy_times", "note_unreadable"),
    # What is erased is in the audit; in the history it would be a line about nobody.
    *("forget_patient", "forget_words"),
}
OTHERS = {
    *("book", "mark_booked", "PatientDetails", "HOLD_DURATION", "LONGEST_HOLD"),
    # What those who move visits for time off build on.
    *("close_diary", "take_turn", "get_for_change", "patient_may_change", "answer_request"),
}


@pytest.fixture
def service():
    service = make_service(slug="first-consultation")
    make_week(service)
    return service


def events_of(appointment):
    return [
        (event.kind, event.by_role, event.by_name, event.at)
        for event in AppointmentEvent.objects.filter(appointment=appointment)
    ]


def rows(response):
    """Return the history as the page shows it: when, who, what, note."""
    (history,) = (
        inline
        for inline in response.context["inline_admin_formsets"]
        if inline.opts.model is AppointmentEvent
    )
    return [
        tuple(field.contents() for fieldset in form for line in fieldset for field in line)
        for form in history
    ]


def test_every_action_is_in_this_table():
    assert set(actions.__all__) == {*ACTIONS, *SILENT, *OTHERS}


@pytest.mark.parametrize("by", [PATIENT, DESK], ids=lambda by: by.role)
def test_booking_writes_one_event(service, by):
    booked = book(service, by=by, note="As said on the phone")

    assert events_of(booked) == [("booked", by.role, by.name, NOW)]
    assert booked.events.get().note == "As said on the phone"


@pytest.mark.parametrize(
    ("action", "by"),
    [*((name, DESK) for name in ACTIONS), *((name, PATIENT) for name in BY_PATIENTS)],
    ids=lambda value: value if isinstance(value, str) else value.role,
)
def test_each_action_writes_one_event(service, action, by):
    arguments, kind = ACTIONS[action]
    booked = book(service)

    for _twice in range(2):
        getattr(actions, action)(
            **{"reference": booked.reference, "now": NOW, "by": by, **arguments}
        )

    now = arguments.get("now", NOW)
    assert events_of(booked)[1:] == [(kind, by.role, by.name, now)]


def test_taking_a_mark_back_writes_one_event(service):
    booked = book(service)
    actions.mark_arrived(reference=booked.reference, now=TEN, by=DESK)

    actions.mark_booked(reference=booked.reference, now=TEN, by=DESK)

    assert [kind for kind, *_who in events_of(booked)] == ["booked", "arrived", "reset"]


def test_holding_a_time_is_no_history(service):
    held = hold(service)
    actions.extend(reference=held.reference, now=NOW, by=PATIENT)
    actions.release(reference=held.reference, now=NOW, by=PATIENT)

    assert not AppointmentEvent.objects.exists()


def test_a_patient_online_writes_history_too(client, service):
    make_red_flags()
    pass_screening(client, service)
    choose_time(client, service, TEN)
    booked_at = send_details(client, service).url

    client.post(f"{booked_at}cancel/")

    kinds = AppointmentEvent.objects.values_list("kind", "by_role", "by_name")
    assert list(kinds) == [("booked", "patient", ""), ("cancelled", "patient", "")]


@pytest.mark.parametrize(
    "change",
    [
        lambda event: AppointmentEvent.objects.update(note="Never happened"),
        lambda event: AppointmentEvent.objects.all().delete(),
        lambda event: AppointmentEvent.objects.bulk_update([event], ["by_name"]),
        lambda event: event.save(),
        lambda event: event.delete(),
        lambda event: delete_visit(),
        lambda event: run_sql("UPDATE booking_appointmentevent SET at = now()"),
        lambda event: run_sql("DELETE FROM booking_appointmentevent"),
    ],
    ids=["update", "delete", "bulk", "save", "own delete", "visit", "raw update", "raw delete"],
)
def test_the_database_refuses_to_change_history(service, change):
    booked = book(service)

    with pytest.raises(IntegrityError), transaction.atomic():
        change(booked.events.get())

    assert events_of(booked) == [("booked", "patient", "", NOW)]


def test_the_database_refuses_to_make_a_visit_a_hold_again(service):
    booked = book(service)

    with pytest.raises(IntegrityError, match="never a hold again"), transaction.atomic():
        run_sql(
            "UPDATE booking_appointment"
            " SET status = 'pending', expires_at = now(), patient_id = NULL, booked_at = NULL"
        )

    assert Appointment.objects.get(pk=booked.pk).status == "booked"


@pytest.mark.parametrize(
    "table", ["booking_appointmentevent", "booking_appointment", "booking_practitioner"]
)
def test_the_database_refuses_to_empty_the_history(service, table):
    booked = book(service)
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    # As a migration made it: off in the tests' database alone, until this test is over.
    run_sql(
        "ALTER TABLE booking_appointmentevent"
        " ENABLE TRIGGER booking_appointmentevent_is_never_emptied"
    )

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        run_sql(f"TRUNCATE {table} CASCADE")

    assert events_of(booked) == [("booked", "patient", "", NOW)]


def test_the_tests_turn_off_three_triggers_and_no_other():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled = 'D' ORDER BY tgname")
        off = cursor.fetchall()

    assert off == [
        ("booking_appointmentevent_is_never_emptied",),
        ("booking_auditentry_is_never_emptied",),
        ("clinic_signin_is_never_emptied",),
    ]


def delete_visit():
    Screening.objects.all().delete()
    Appointment.objects.all().delete()
    # What refers to it is looked at when the transaction ends, or now.
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")


def run_sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_page_tells_the_history_in_words(front_desk, service):
    other = make_practitioner(name="Dr. Other")
    service.practitioners.add(other)
    make_week(service, practitioner=other)
    booked = book(service)
    first = booked.practitioner.name
    move = {"reference": booked.reference, "now": NOW, "by": DESK}
    actions.reschedule(**move, starts_at=local(10, 10), note="Asked for a Thursday")
    actions.reschedule(**move, starts_at=local(10, 10), practitioners=[other])
    actions.cancel(**move, patient_asked=True, note="Feels well")

    page = front_desk.get(reverse("admin:booking_appointment_change", args=[booked.pk]))

    at = "Mon, Dec 7, 2026, 7:00 am EST"
    assert rows(page) == [
        (
            at,
            "The patient, online",
            f"Booked for Wed, Dec 9, 2026, 10:00 am EST, with {first}",
            "-",
        ),
        (
            at,
            "Pat Desk",
            "Moved from Wed, Dec 9, 2026, 10:00 am EST to Thu, Dec 10, 2026, 10:00 am EST",
            "Asked for a Thursday",
        ),
        (at, "Pat Desk", f"Moved from {first} to Dr. Other", "-"),
        (at, "Pat Desk", "Cancelled, as the patient asked", "Feels well"),
    ]


def test_the_admins_own_history_leads_to_it(front_desk, service):
    visit = book(service)

    page = front_desk.get(reverse("admin:booking_appointment_history", args=[visit.pk])).text

    assert f"{reverse('admin:booking_appointment_change', args=[visit.pk])}#events-group" in page
    assert "have a change history" not in page


def test_nobody_edits_history_in_the_admin(client, service):
    booked = book(service)
    event = booked.events.get()
    client.force_login(User.objects.create_superuser("owner"))
    url = reverse("admin:booking_appointment_change", args=[booked.pk])

    page = client.get(url)
    answer = client.post(
        url,
        {
            "events-TOTAL_FORMS": "2",
            "events-INITIAL_FORMS": "1",
            "events-0-id": event.pk,
            "events-0-note": "Never happened",
            "events-0-DELETE": "on",
            "events-1-note": "Made up",
        },
    )

    assert 'name="events-0-note"' not in page.text
    assert answer.status_code == 403
    assert events_of(booked) == [("booked", "patient", "", NOW)]


@pytest.mark.parametrize(
    ("slug", "shown"),
    [
        ("spasms", '<a href="/conditions/spasms/">Spasms and twitches</a>'),
        ("never-was", "never-was (not on the site now)"),
        ("", "-"),
    ],
)
def test_the_page_leads_to_the_article_the_patient_came_from(front_desk, service, slug, shown):
    make_article(title="Spasms and twitches")
    booked = book(service, screening=make_screening_pass(condition=slug))

    page = front_desk.get(reverse("admin:booking_appointment_change", args=[booked.pk]))

    assert f'<div class="readonly">{shown}</div>' in page.text
