"""The page that shows the calendar files of a visit."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission, User
from icalendar import Calendar

from booking import actions
from booking.calendars import event_uid
from booking.messages import build_mail
from booking.models import Message, MessageKind
from tests.html_tree import parse

from .factories import DESK, NOW, book, local, make_appointment

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def visit(bookable_service):
    """Booked for Monday the 14th, 9 am."""
    return book(bookable_service, starts_at=local(14, 9))


def url(visit):
    return f"/admin/booking/appointment/{visit.pk}/calendar/"


def tables(client, visit):
    """Return the page's tables: the cells of each row."""
    page = parse(client.get(url(visit)).content)
    return [
        [[cell.text for cell in row.all("td")] for row in table.one("tbody").all("tr")]
        for table in page.one("div", id="content-main").all("table")
    ]


def later(visit, minutes):
    return {"reference": visit.reference, "now": NOW + timedelta(minutes=minutes), "by": DESK}


def send(message, minutes):
    at = NOW + timedelta(minutes=minutes)
    Message.objects.filter(pk=message.pk).update(state="sent", sent_at=at)


def test_page_shows_each_file_in_order_and_what_is_to_be_had_now(front_desk, visit):
    send(visit.messages.get(), 1)
    actions.reschedule(**later(visit, 10), starts_at=local(14, 10))
    send(visit.messages.get(kind="moved"), 11)
    actions.cancel(**later(visit, 20))

    mailed, now = tables(front_desk, visit)

    day = "Mon, Dec 7, 2026,"
    assert mailed == [
        ["Confirmation", "0", "REQUEST", f"{day} 7:00 am EST", f"{day} 7:01 am EST", "Sent"],
        ["New time", "1", "REQUEST", f"{day} 7:10 am EST", f"{day} 7:11 am EST", "Sent"],
        ["Cancellation", "2", "CANCEL", f"{day} 7:20 am EST", "-", "Waiting to be sent"],
    ]
    assert now == [["calendar.ics", "2", "CANCEL", "CANCELLED"]]


def test_page_says_what_the_files_say(front_desk, client, visit):
    mail = build_mail(visit.messages.get(), now=NOW).message()
    part = next(part for part in mail.walk() if part.get_content_subtype() == "calendar")
    mailed = Calendar.from_ical(part.get_content())
    download = Calendar.from_ical(client.get(f"{visit.get_absolute_url()}calendar.ics").content)

    page = front_desk.get(url(visit)).text
    ((_, sequence, method, *_),), (now,) = tables(front_desk, visit)

    assert mailed.events[0]["UID"] == download.events[0]["UID"] == event_uid(visit)
    assert f"<code>{event_uid(visit)}</code>" in page
    assert (sequence, method) == (str(mailed.events[0]["SEQUENCE"]), mailed["METHOD"])
    event = download.events[0]
    assert now[1:] == [str(event["SEQUENCE"]), download["METHOD"], event["STATUS"]]


def test_mail_without_a_file_is_left_out(front_desk, bookable_service):
    visit = make_appointment(bookable_service, local(14, 9))
    visit.messages.create(
        kind=MessageKind.CHOICE,
        to_email="ana@example.com",
        sequence=0,
        message_id="<1@clinic.example>",
    )

    mailed, now = tables(front_desk, visit)

    assert mailed == [["None yet."]]
    assert now == [["calendar.ics", "0", "PUBLISH", "CONFIRMED"]]


def test_visit_leads_to_the_page_and_a_mere_hold_has_none(front_desk, bookable_service, visit):
    held = make_appointment(bookable_service, local(21, 9), status="pending")

    pages = [
        front_desk.get(f"/admin/booking/appointment/{one.pk}/change/").text for one in (visit, held)
    ]

    assert f'<a href="{url(visit)}">Calendar files</a>' in pages[0]
    assert "Calendar files" not in pages[1]
    assert front_desk.get(url(held)).status_code == 404


def test_page_names_no_patient_and_is_for_reading(front_desk, visit):
    page = front_desk.get(url(visit)).text

    assert "Ana" not in page
    assert str(visit.reference) not in page
    assert front_desk.post(url(visit)).status_code == 405


@pytest.mark.parametrize(
    ("group", "status"),
    [("Front desk", 200), ("Content", 403), ("Clinical reviewer", 403), ("Author", 403)],
)
def test_page_is_for_the_roles_that_see_visits(client, visit, group, status):
    user = User.objects.create_user("somebody", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)

    assert client.get(url(visit)).status_code == status


@pytest.mark.parametrize(
    ("codename", "status"),
    [("view_appointment", 200), ("view_message", 403), ("change_practitioner", 403)],
)
def test_page_needs_the_permission_to_see_visits(client, visit, codename, status):
    user = User.objects.create_user("somebody", is_staff=True)
    given = ("see_every_diary", codename)
    user.user_permissions.set(Permission.objects.filter(codename__in=given))
    client.force_login(user)

    assert client.get(url(visit)).status_code == status


def test_strangers_are_asked_to_sign_in(client, visit):
    assert client.get(url(visit))["Location"].startswith("/admin/login/")
