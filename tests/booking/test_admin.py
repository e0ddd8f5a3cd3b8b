from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from booking.models import (
    Appointment,
    Message,
    MessageKind,
    NotAvailableTime,
    Patient,
    Screening,
    Service,
)
from booking.tasks import announce

from .factories import (
    NOW,
    local,
    make_appointment,
    make_location,
    make_patient,
    make_practitioner,
    make_service,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/booking/appointment/"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def front_desk(client):
    user = User.objects.create_user("desk", is_staff=True)
    user.groups.add(Group.objects.get(name="Front desk"))
    client.force_login(user)
    return client


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
    assert pks("?q=ana") == [past.pk, today.pk, tomorrow.pk]


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
    ],
)
def test_search_finds_by_name_email_phone_and_reference(front_desk, term):
    service = make_service()
    other = make_patient(name="Bo", email="bo@x.org", phone="+13125550188")
    make_visit(service, local(8, 13), patient=other)
    wanted = make_visit(service, reference="4f7a9c21-0000-4000-8000-000000000001")

    assert listed(front_desk.get(LIST, {"q": term})) == [wanted.pk]


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
    assert content.count("Mon, Dec 7, 2026, 7:00 am EST") == 4
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


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/"])
def test_no_adding_and_no_deleting(admin_client, path):
    visit = make_visit()

    response = admin_client.post(LIST + path.format(pk=visit.pk), {"post": "yes"})

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


@pytest.mark.parametrize("run", [run_on_list, run_on_form], ids=["list", "form"])
def test_cancelling_asks_first_then_tells_the_patient(front_desk, run):
    visit = make_visit()

    asked = run(front_desk, "cancel", visit)
    visit.refresh_from_db()
    assert visit.status == "booked"
    assert "Cancel this visit" in asked.content.decode()
    assert dict(asked.context["posted"])["_selected_action"] == str(visit.pk)

    response = run(front_desk, "cancel", visit, confirmed="yes")

    visit.refresh_from_db()
    assert (visit.status, visit.cancelled_by, visit.sequence) == ("cancelled", "staff", 1)
    assert Message.objects.get().kind == MessageKind.CANCELLATION
    assert ProcrastinateJob.objects.count() == 1
    assert said(response) == [
        f"“Cancelled”: Tue, Dec 8, 2026, 10:30 am EST ({visit.spoken_reference})."
    ]


def test_actions_explain_what_they_skip(front_desk):
    service = make_service()
    done = make_visit(service, local(4, 9), status="fulfilled")
    cancelled = make_visit(service, local(8, 9), status="cancelled")
    held = make_visit(service, local(8, 11), status="pending")
    booked = make_visit(service, local(8, 13))

    response = run_on_list(
        front_desk, "cancel", done, cancelled, held, booked, confirmed="yes", day="all"
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
    visit = make_visit()

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


def closure_data(starts, ends, **extra):
    return {
        "starts_at_0": starts[:10],
        "starts_at_1": starts[11:],
        "ends_at_0": ends[:10],
        "ends_at_1": ends[11:],
        "reason": "Snow",
        "practitioner": "",
    } | extra


def test_closure_warns_of_the_visits_it_hits(front_desk):
    service = make_service()
    hit = make_visit(service, local(8, 10, 30))
    make_visit(service, local(8, 12, 30), status="cancelled")
    make_visit(service, local(9, 9))

    response = front_desk.post(
        "/admin/booking/notavailabletime/add/",
        closure_data("2026-12-08 00:00", "2026-12-09 00:00"),
    )

    closure = NotAvailableTime.objects.get()
    assert closure.starts_at == datetime(2026, 12, 8, 5, tzinfo=UTC)
    assert said(response)[0] == (
        "1 visit is booked in this closure. It was not cancelled; please move or cancel it: "
        f'<a href="{change_url(hit)}">Tue, Dec 8, 2026, 10:30 am EST ({hit.spoken_reference})</a>.'
    )
    hit.refresh_from_db()
    assert hit.status == "booked"


def test_closure_of_one_practitioner_warns_of_their_visits_only(front_desk):
    service = make_service()
    make_visit(service)
    other = make_practitioner()

    response = front_desk.post(
        "/admin/booking/notavailabletime/add/",
        closure_data("2026-12-08 00:00", "2026-12-09 00:00", practitioner=other.pk),
    )

    assert NotAvailableTime.objects.get().practitioner == other
    assert len(said(response)) == 1


def test_closure_with_many_visits_lists_twenty(front_desk):
    service = make_service(duration_minutes=15)
    for number in range(23):
        make_visit(service, local(8, 9) + timedelta(minutes=15 * number))

    response = front_desk.post(
        "/admin/booking/notavailabletime/add/",
        closure_data("2026-12-08 00:00", "2026-12-09 00:00"),
    )

    warning = said(response)[0]
    assert warning.startswith("23 visits are booked in this closure. They were not cancelled;")
    assert warning.count("<a ") == 20
    assert warning.endswith(" and 3 more.")


def test_patients_are_found_by_phone_and_cannot_be_added(front_desk):
    wanted = make_patient()
    make_patient(name="Bo", phone="+13125550188")

    response = front_desk.get("/admin/booking/patient/", {"q": "212-555-0123"})
    by_name = front_desk.get("/admin/booking/patient/", {"q": "bo"})

    assert listed(response) == [wanted.pk]
    assert [row.name for row in by_name.context["cl"].result_list] == ["Bo"]
    assert front_desk.get("/admin/booking/patient/add/").status_code == 403
    assert (
        front_desk.post(f"/admin/booking/patient/{wanted.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )


def test_patient_can_be_corrected(front_desk):
    patient = make_patient()

    front_desk.post(
        f"/admin/booking/patient/{patient.pk}/change/",
        {"name": "Ana Example", "email": "new@example.com", "phone": "212 555 0199"},
    )

    patient = Patient.objects.get()
    assert (patient.email, patient.phone.as_e164) == ("new@example.com", "+12125550199")


@pytest.mark.parametrize("model", ["practitioner", "location", "service", "notavailabletime"])
def test_owner_screens_open(admin_client, model):
    service = make_service()
    closure = NotAvailableTime.objects.create(starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    pk = {
        "practitioner": service.practitioner.pk,
        "location": service.location.pk,
        "service": service.pk,
        "notavailabletime": closure.pk,
    }[model]

    base = f"/admin/booking/{model}/"

    for path in ("", "add/", f"{pk}/change/"):
        assert admin_client.get(base + path).status_code == 200


def test_owner_adds_weekly_hours(admin_client):
    service = make_service()
    practitioner = service.practitioner
    prefix = "available_times"

    response = admin_client.post(
        f"/admin/booking/practitioner/{practitioner.pk}/change/",
        {
            "name": "Dr. New",
            "slug": practitioner.slug,
            "is_active": "on",
            f"{prefix}-TOTAL_FORMS": 1,
            f"{prefix}-INITIAL_FORMS": 0,
            f"{prefix}-0-practitioner": practitioner.pk,
            f"{prefix}-0-weekday": 0,
            f"{prefix}-0-start_time": "09:00",
            f"{prefix}-0-end_time": "12:00",
            f"{prefix}-0-location": service.location.pk,
        },
    )

    assert response.status_code == 302
    assert [str(hours) for hours in practitioner.available_times.all()] == ["Monday 09:00 to 12:00"]
    assert Service.objects.get().practitioner.name == "Dr. New"
