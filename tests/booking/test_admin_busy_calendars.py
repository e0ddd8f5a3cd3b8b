"""The page of practitioners' own calendars, and their times among the closures."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import actions
from booking.models import BusyCalendar, MoveRequest, NotAvailableTime, Practitioner

from .desk import said
from .factories import NOW, local, make_appointment, make_closure, make_practitioner, make_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
LIST = "/admin/booking/busycalendar/"
CLOSURES = "/admin/booking/notavailabletime/"
TEN = (local(9, 10), local(9, 11))
ADDRESS = "https://calendar.example/secret.ics"


@pytest.fixture
def calendar():
    return BusyCalendar.objects.create(
        practitioner=make_practitioner(name="Dr. Lisanti"), url=ADDRESS
    )


def read(calendar, *periods, minutes=5):
    actions.keep_busy_times(calendar, list(periods), tried_at=NOW - timedelta(minutes=minutes))


def page_of(calendar):
    return f"{LIST}{calendar.pk}/change/"


def waiting():
    return [
        job.args for job in ProcrastinateJob.objects.filter(task_name="booking.read_busy_calendar")
    ]


def test_address_that_is_none_can_be_put_right(admin_client, calendar):
    BusyCalendar.objects.update(url="https://[")

    pages = [admin_client.get(one).status_code for one in (LIST, page_of(calendar))]
    admin_client.post(page_of(calendar), {"practitioner": calendar.practitioner_id, "url": ADDRESS})

    calendar.refresh_from_db()
    assert (pages, calendar.url) == ([200, 200], ADDRESS)


def test_calendar_that_is_added_is_read_at_once(admin_client):
    whose = make_practitioner()

    response = admin_client.post(f"{LIST}add/", {"practitioner": whose.pk, "url": ADDRESS})

    calendar = BusyCalendar.objects.get()
    assert (response.status_code, calendar.url) == (302, ADDRESS)
    assert waiting() == [{"pk": calendar.pk}]
    assert not LogEntry.objects.filter(change_message__contains="secret").exists()
    assert "secret" not in LogEntry.objects.get().object_repr


@pytest.mark.parametrize("scheme", ["webcal", "WEBCAL"])
def test_address_may_be_written_as_calendar_programs_do(admin_client, scheme):
    url = f"{scheme}://calendar.example/secret.ics"

    admin_client.post(f"{LIST}add/", {"practitioner": make_practitioner().pk, "url": url})

    assert BusyCalendar.objects.get().url == ADDRESS


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://calendar.example/", "The address must begin with https://."),
        ("calendar.example/a.ics", "The address must begin with https://."),
        ("https://me:secret@calendar.example/", "The address holds a user name."),
        ("https://calendar.example:8443/", "The address names an unusual port."),
        ("https:///a.ics", "The address is not written right."),
        (
            "https://a b.example/",
            "The address has a space or another sign that does not belong there.",
        ),
        ("", "This field is required."),
    ],
)
def test_address_that_would_never_be_read_is_refused(admin_client, url, words):
    data = {"practitioner": make_practitioner().pk, "url": url}

    response = admin_client.post(f"{LIST}add/", data)

    assert response.context["errors"][0][0] == words
    assert not BusyCalendar.objects.exists()


def test_state_is_said_in_words(admin_client, calendar):
    def state():
        [row] = admin_client.get(LIST).context["cl"].result_list
        return admin_client.get(LIST).context["cl"].model_admin.state(row).replace("\xa0", " ")

    assert state() == "Not read yet."
    actions.note_unreadable(calendar, "It is too long.", tried_at=NOW - timedelta(hours=1))
    assert state() == "Could never be read: It is too long."
    read(calendar, TEN)
    assert state() == "Read 5 minutes ago: 1 busy time."
    read(calendar, TEN, (local(10, 9), local(10, 10)), minutes=2)
    actions.note_unreadable(calendar, "It is too long.", tried_at=NOW)
    assert state() == (
        "Cannot be read since Mon, Dec 7, 2026, 6:58 am EST: It is too long. "
        "What was read before still counts: 2 busy times."
    )
    type(calendar.practitioner).objects.update(is_active=False)
    assert state() == "Not read, as its owner is not active. 2 busy times of before."


def test_changing_the_address_reads_it_again_and_leaves_whose_it_is(admin_client, calendar):
    other = make_practitioner()

    admin_client.post(page_of(calendar), {"practitioner": other.pk, "url": "https://b.example/"})

    after = BusyCalendar.objects.get()
    assert (after.url, after.practitioner) == ("https://b.example/", calendar.practitioner)
    assert waiting() == [{"pk": calendar.pk}]


def test_read_now(admin_client, calendar):
    chosen = {"action": "read_now", "_selected_action": [calendar.pk]}

    response = admin_client.post(LIST, chosen)

    assert said(response) == ["Queued. Open this page again to see how it went."]
    assert waiting() == [{"pk": calendar.pk}]


def test_front_desk_sees_how_it_is_but_not_the_address(front_desk, calendar):
    read(calendar, TEN)

    pages = front_desk.get(LIST).text + front_desk.get(page_of(calendar)).text

    assert "5\xa0minutes ago: 1 busy time." in pages
    assert "calendar.example" in pages
    assert "secret" not in pages
    assert front_desk.post(page_of(calendar), {"url": "https://b.example/"}).status_code == 403
    assert front_desk.get(f"{LIST}add/").status_code == 403
    chosen = {"action": "read_now", "_selected_action": [calendar.pk]}
    front_desk.post(LIST, chosen)
    assert waiting() == []


def test_owner_sees_the_address(admin_client, calendar):
    assert ADDRESS in admin_client.get(page_of(calendar)).text


def test_list_asks_as_often_for_three_as_for_one(
    admin_client, calendar, django_assert_max_num_queries
):
    read(calendar, TEN)
    with django_assert_max_num_queries(100) as one:
        admin_client.get(LIST)
    for _ in range(2):
        BusyCalendar.objects.create(practitioner=make_practitioner(), url=ADDRESS)
    with django_assert_max_num_queries(100) as three:
        admin_client.get(LIST)

    assert len(one) == len(three)


# Their times among the closures


def listed(client, query=""):
    return [row.reason for row in client.get(CLOSURES + query).context["cl"].result_list]


def test_closures_open_on_what_staff_entered(front_desk, calendar):
    read(calendar, TEN)
    make_closure(*TEN, reason="Snow")

    busy = "Busy in their own calendar"
    assert listed(front_desk) == ["Snow"]
    assert listed(front_desk, "?from=calendar") == [busy]
    assert sorted(listed(front_desk, "?from=all")) == [busy, "Snow"]


def test_read_in_time_is_only_looked_at(admin_client, calendar):
    read(calendar, TEN)
    row = NotAvailableTime.objects.get()
    page_url = f"{CLOSURES}{row.pk}/change/"

    page = admin_client.get(page_url).text
    changed = admin_client.post(page_url, {"first_on": "2026-12-10", "reason": "Mine"})
    deleted = admin_client.post(f"{CLOSURES}{row.pk}/delete/", {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    admin_client.post(f"{CLOSURES}?from=calendar", chosen)

    assert 'name="first_on"' not in page
    assert "Wed, Dec 9, 2026, from 10:00 am, until 11:00 am" in page
    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert NotAvailableTime.objects.get() == row


def test_patients_are_not_asked_to_move_for_it(admin_client, calendar):
    service = make_service(practitioner=calendar.practitioner)
    make_appointment(service, TEN[0])
    read(calendar, TEN)
    row = NotAvailableTime.objects.get()
    chosen = {"action": "ask_patients", "_selected_action": [row.pk]}

    response = admin_client.post(f"{CLOSURES}{row.pk}/change/", chosen)

    assert response.status_code == 403
    assert not MoveRequest.objects.exists()


def test_deleting_a_calendar_deletes_its_times_and_needs_no_other_permission(
    admin_client, calendar
):
    snow = make_closure(*TEN, reason="Snow")
    read(calendar, TEN)

    asked = admin_client.get(f"{LIST}{calendar.pk}/delete/")
    admin_client.post(f"{LIST}{calendar.pk}/delete/", {"post": "yes"})

    assert "secret" not in asked.text
    assert NotAvailableTime.objects.get() == snow
    assert not BusyCalendar.objects.exists()


def test_index_says_how_many_cannot_be_read(admin_client, calendar):
    words = "1 calendar of practitioners cannot be read"
    assert words not in admin_client.get("/admin/").text

    BusyCalendar.objects.update(problem="No site has that name.")
    assert words in admin_client.get("/admin/").text

    Practitioner.objects.update(is_active=False)
    assert words not in admin_client.get("/admin/").text


def test_another_address_begins_without_the_problem_of_the_one_before(admin_client, calendar):
    BusyCalendar.objects.update(problem="No site has that name.")
    url = f"/admin/booking/busycalendar/{calendar.pk}/change/"

    admin_client.post(url, {"practitioner": calendar.practitioner_id, "url": calendar.url})
    assert BusyCalendar.objects.get().problem == "No site has that name."

    other = f"{calendar.url}?other=1"
    admin_client.post(url, {"practitioner": calendar.practitioner_id, "url": other})
    assert (BusyCalendar.objects.get().url, BusyCalendar.objects.get().problem) == (other, "")
