from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import actions
from booking.models import (
    Appointment,
    Message,
    MessageKind,
    Screening,
)
from booking.tasks import announce
from tests.html_tree import parse

from .desk import search
from .factories import (
    DESK,
    NOW,
    local,
    make_appointment,
    make_location,
    make_patient,
    make_service,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
LIST = "/admin/booking/appointment/"


@pytest.fixture
def viewer(client):
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_appointment"))
    client.force_login(user)
    return client


def make_visit(service=None, starts_at=None, **kwargs):
    return make_appointment(service or make_service(), starts_at or local(8, 10, 30), **kwargs)


def change_url(appointment):
    return reverse("admin:booking_appointment_change", args=[appointment.pk])


def run_on_list(client, action, *appointments, **extra):
    data = {"action": action, "_selected_action": [a.pk for a in appointments], "index": 0}
    return client.post(LIST, data | extra)


def run_on_form(client, action, appointment, **extra):
    data = {"CHANGE_FORM-action": action, "_selected_action": appointment.pk}
    return client.post(change_url(appointment), data | extra)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def listed(response):
    return [row.pk for row in response.context["cl"].result_list]


def test_list_shows_the_locations_clock(front_desk):
    location = make_location(time_zone="America/Los_Angeles")
    make_visit(make_service(location=location))

    content = front_desk.get(LIST).content.decode()

    assert "Tue, Dec 8, 2026, 7:30 am PST" in content
    assert "Ana Example" in content


def test_list_opens_on_what_is_to_come(front_desk):
    service = make_service()
    past = make_visit(service, local(4, 9))
    today = make_visit(service, local(7, 9))
    tomorrow = make_visit(service, local(8, 9))

    def pks(query):
        return listed(front_desk.get(LIST + query))

    assert pks("") == [today.pk, tomorrow.pk]
    assert pks("?day=today") == [today.pk]
    assert pks("?day=tomorrow") == [tomorrow.pk]
    assert pks("?day=past") == [past.pk]
    assert pks("?day=all") == [past.pk, today.pk, tomorrow.pk]
    assert listed(search(front_desk, LIST, "ana")) == [past.pk, today.pk, tomorrow.pk]


def test_expired_holds_show_only_when_asked_for(front_desk):
    service = make_service()
    held = make_visit(service, local(8, 9), status="pending")
    expired = make_visit(
        service, local(8, 11), status="pending", expires_at=NOW - timedelta(minutes=1)
    )
    booked = make_visit(service, local(8, 13))

    assert listed(front_desk.get(LIST)) == [held.pk, booked.pk]
    assert listed(front_desk.get(LIST + "?status=pending")) == [held.pk]
    assert listed(front_desk.get(LIST + "?status=expired")) == [expired.pk]
    assert listed(front_desk.get(LIST + "?status=booked")) == [booked.pk]


@pytest.mark.parametrize(
    "term",
    [
        "Example",
        "ana@example.com",
        "(212) 555-0123",
        "+1 212 555 0123",
        "555-0123",
        "4F7A-9C21",
        "4f7a9c21",
        "4f7a9c21-0000-4000-8000-000000000001",
        "4f7a 9c21",
        "212-555-0123 x7",
        "ana 0123",
        "example ANA",
        "o'neil",
        "O’Neil",
    ],
)
def test_search_finds_by_name_email_phone_and_reference(front_desk, term):
    service = make_service()
    other = make_patient(name="Bo", email="bo@x.org", phone="+13125550188")
    make_visit(service, local(8, 13), patient=other)
    patient = make_patient(name="Ana O’Neil Example")
    wanted = make_visit(service, patient=patient, reference="4f7a9c21-0000-4000-8000-000000000001")

    assert listed(search(front_desk, LIST, term)) == [wanted.pk]


@pytest.mark.parametrize("query", ["q=%00", "q=" + "9" * 5000, "day=x", "status=x", "q=-"])
def test_odd_queries_are_no_error(front_desk, query):
    make_visit()

    assert front_desk.get(f"{LIST}?{query}").status_code in {200, 302, 400}


def test_list_queries_do_not_depend_on_the_rows(front_desk, django_assert_num_queries):
    service = make_service()
    make_visit(service, local(8, 9))
    front_desk.get(LIST)
    with CaptureQueriesContext(connection) as one:
        front_desk.get(LIST)
    make_visit(service, local(8, 11))
    make_visit(service, local(8, 13), patient=make_patient(name="Bo"))

    with django_assert_num_queries(len(one)):
        front_desk.get(LIST)


def test_form_is_read_only_and_shows_mails_and_screening(front_desk):
    visit = make_visit(reason="Stiff calf", medicines="None")
    Screening.objects.create(
        appointment=visit, ruleset="0" * 32, outcome="see_doctor", screened_at=NOW
    )
    announce(visit, kind=MessageKind.CONFIRMATION, now=NOW)

    content = front_desk.get(change_url(visit)).content.decode()

    assert "A sign to see a doctor about" in content
    assert "Waiting to be sent" in content
    assert content.count("Mon, Dec 7, 2026, 7:00 am EST") == 5
    assert "Stiff calf" in content
    assert "(212) 555-0123" in content
    assert 'name="_save"' not in content
    assert 'name="status"' not in content


def test_form_of_a_hold(front_desk):
    hold = make_visit(status="pending")

    content = front_desk.get(change_url(hold)).content.decode()

    assert "None: held, not booked" in content


def test_status_cannot_be_posted(front_desk):
    visit = make_visit()

    response = front_desk.post(change_url(visit), {"status": "fulfilled", "_save": "Save"})

    visit.refresh_from_db()
    assert response.status_code == 403
    assert visit.status == "booked"


def test_no_deleting(admin_client):
    visit = make_visit()

    response = admin_client.post(f"{LIST}{visit.pk}/delete/", {"post": "yes"})

    assert response.status_code == 403
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("action", "status", "label"),
    [
        ("mark_arrived", "arrived", "Arrived"),
        ("mark_fulfilled", "fulfilled", "Done"),
        ("mark_no_show", "noshow", "Did not come"),
    ],
)
@pytest.mark.parametrize("run", [run_on_list, run_on_form], ids=["list", "form"])
def test_marking(front_desk, run, action, status, label):
    visit = make_visit(starts_at=local(7, 6))

    response = run(front_desk, action, visit)

    visit.refresh_from_db()
    assert response.status_code == 302
    assert visit.status == status
    assert said(response) == [
        f"“{label}”: Mon, Dec 7, 2026, 6:00 am EST ({visit.spoken_reference})."
    ]
    assert LogEntry.objects.get().change_message == f"Marked as “{label}”."


@pytest.mark.parametrize("asked_by", ["patient", "staff"])
@pytest.mark.parametrize("run", [run_on_list, run_on_form], ids=["list", "form"])
def test_cancelling_asks_first_then_tells_the_patient(front_desk, run, asked_by):
    visit = make_visit()

    asked = run(front_desk, "cancel", visit)
    visit.refresh_from_db()
    assert visit.status == "booked"
    assert "Cancel this visit" in asked.content.decode()
    assert dict(asked.context["posted"])["_selected_action"] == str(visit.pk)

    response = run(front_desk, "cancel", visit, confirmed="yes", asked_by=asked_by)

    visit.refresh_from_db()
    assert (visit.status, visit.cancelled_by, visit.sequence) == ("cancelled", asked_by, 1)
    assert Message.objects.get().kind == MessageKind.CANCELLATION
    assert ProcrastinateJob.objects.count() == 1
    assert said(response) == [
        f"“Cancelled”: Tue, Dec 8, 2026, 10:30 am EST ({visit.spoken_reference})."
    ]


@pytest.mark.parametrize("run", [run_on_list, run_on_form], ids=["list", "form"])
def test_a_visit_that_was_moved_since_the_question_is_not_cancelled(front_desk, run):
    visit = make_visit()
    seen = parse(run(front_desk, "cancel", visit).content).one("input", name="seen").get("value")
    moved = {"starts_at": local(10, 9), "override": True}
    actions.reschedule(reference=visit.reference, now=NOW, by=DESK, **moved)

    answers = {"confirmed": "yes", "asked_by": "patient", "seen": ["odd", seen]}
    response = run(front_desk, "cancel", visit, **answers)

    visit.refresh_from_db()
    assert visit.status == "booked"
    assert said(response) == [
        f"Not changed: Thu, Dec 10, 2026, 9:00 am EST ({visit.spoken_reference}): it stays "
        "“Booked”. This visit was changed meanwhile. Please look at it again."
    ]


def test_cancelling_keeps_a_note_for_the_history(front_desk):
    visit = make_visit()
    asked_again = run_on_form(front_desk, "cancel", visit, confirmed="yes", note="Has the flu")
    assert 'value="Has the flu"' in asked_again.text

    run_on_form(
        front_desk, "cancel", visit, confirmed="yes", asked_by="patient", note=" Has\r\nthe\0flu "
    )

    event = visit.events.get()
    assert (event.kind, event.by_name, event.note) == ("cancelled", "desk", "Has the flu")


def test_cancelling_asks_about_what_can_be_cancelled_alone(front_desk):
    service = make_service()
    open_visit = make_visit(service, local(8, 9))
    cancelled = make_visit(service, local(8, 13), status="cancelled")

    asked = run_on_list(front_desk, "cancel", open_visit, cancelled)
    told = run_on_list(front_desk, "cancel", cancelled)

    assert [label for label, _ in asked.context["visits"]] == [
        f"Tue, Dec 8, 2026, 9:00 am EST ({open_visit.spoken_reference})"
    ]
    assert "1 more of those you chose stays as it is" in asked.text
    assert said(told)[0].endswith("it is “Cancelled” already.")


def test_cancelling_takes_only_the_visits_that_were_shown(front_desk):
    service = make_service()
    shown = make_visit(service, local(8, 9))
    data = {"action": "cancel", "_selected_action": [shown.pk], "select_across": "1"}
    asked = front_desk.post(LIST, data)
    later = make_visit(service, local(8, 13))

    front_desk.post(LIST, dict(asked.context["posted"]) | {"confirmed": "yes", "asked_by": "staff"})

    shown.refresh_from_db()
    later.refresh_from_db()
    assert (shown.status, later.status) == ("cancelled", "booked")


@pytest.mark.parametrize("asked_by", [None, "hacker"])
def test_cancelling_without_saying_who_asks_again(front_desk, asked_by):
    visit = make_visit()

    response = run_on_list(
        front_desk, "cancel", visit, confirmed="yes", **({"asked_by": asked_by} if asked_by else {})
    )

    visit.refresh_from_db()
    assert visit.status == "booked"
    assert "Who cancels?" in response.text


def test_actions_explain_what_they_skip(front_desk):
    service = make_service()
    done = make_visit(service, local(4, 9), status="fulfilled")
    cancelled = make_visit(service, local(8, 9), status="cancelled")
    held = make_visit(service, local(8, 11), status="pending")
    booked = make_visit(service, local(8, 13))

    response = run_on_list(
        front_desk,
        "cancel",
        done,
        cancelled,
        held,
        booked,
        confirmed="yes",
        asked_by="staff",
        day="all",
    )

    # The list's own filter holds for actions too: the one of last week is not in it.
    assert said(response) == [
        f"“Cancelled”: Tue, Dec 8, 2026, 1:00 pm EST ({booked.spoken_reference}).",
        f"Not changed: Tue, Dec 8, 2026, 9:00 am EST ({cancelled.spoken_reference}): "
        "it is “Cancelled” already.",
        f"Not changed: Tue, Dec 8, 2026, 11:00 am EST ({held.spoken_reference}): "
        "it is only held, nobody has booked it.",
    ]


def test_refused_action_gives_the_reason(front_desk):
    visit = make_visit(status="fulfilled")

    response = run_on_form(front_desk, "cancel", visit, confirmed="yes")

    visit.refresh_from_db()
    assert visit.status == "fulfilled"
    assert said(response) == [
        f"Not changed: Tue, Dec 8, 2026, 10:30 am EST ({visit.spoken_reference}): "
        "it stays “Done”. This visit can no longer be cancelled."
    ]


def test_messages_hold_no_name(front_desk):
    visit = make_visit(starts_at=local(7, 10))

    response = run_on_list(front_desk, "mark_arrived", visit)

    assert "Ana" not in " ".join(said(response))
    assert "Ana" not in LogEntry.objects.get().object_repr


@pytest.mark.parametrize("run", [run_on_list, run_on_form], ids=["list", "form"])
def test_viewers_cannot_act(viewer, run):
    visit = make_visit(starts_at=local(7, 6))

    content = viewer.get(change_url(visit)).content.decode()
    run(viewer, "mark_arrived", visit)

    visit.refresh_from_db()
    assert visit.status == "booked"
    assert "mark_arrived" not in content


def test_strangers_see_nothing(client):
    client.force_login(User.objects.create_user("other", is_staff=True))

    assert client.get(LIST).status_code == 403
    assert client.get(change_url(make_visit())).status_code == 403
