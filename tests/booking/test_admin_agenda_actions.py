"""What the front desk does from the agenda, what it hears of others' changes, and a day on paper."""

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.test import Client

from booking import actions
from booking.models import AuditEntry, Message
from booking.templatetags.clinic_times import iso_utc
from tests.html_tree import parse

from .desk import CALLER, hidden, move, said, signed_in
from .factories import (
    DESK,
    NOW,
    book,
    local,
    make_appointment,
    make_location,
    make_patient,
    make_practitioner,
    make_service,
    make_week,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
AGENDA = "/admin/booking/appointment/agenda/"
PRINT = f"{AGENDA}print/"
HERE = "?on=2026-12-07&view=week"


@pytest.fixture
def visit(bookable_service):
    return make_appointment(bookable_service, local(7, 9))


def open_visit(client, visit):
    """Open the visit beside the agenda, and return what its form sends by itself."""
    page = parse(client.get(f"{AGENDA}{HERE}&visit={visit.pk}").content)
    form = page.one("section", id="visit").one("form")
    return {field.get("name"): field.get("value") for field in form.all("input", type="hidden")}


def buttons(client, visit):
    page = parse(client.get(f"{AGENDA}{HERE}&visit={visit.pk}").content)
    panel = page.one("section", id="visit")
    return [one.text for one in panel.all(class_="agenda-button")]


def press(client, visit, do, fields=None, **answers):
    fields = fields or open_visit(client, visit)
    return client.post(AGENDA + HERE, fields | {"do": do} | answers)


def audited():
    return list(AuditEntry.objects.order_by("pk").values_list("kind", "visit_number", "note"))


@pytest.mark.parametrize(
    ("do", "status"), [("arrived", "arrived"), ("done", "fulfilled"), ("missed", "noshow")]
)
def test_a_mark_is_made_and_leads_back_to_the_visit(front_desk, visit, do, status):
    with time_machine.travel(local(7, 9, 30), tick=False):
        response = press(front_desk, visit, do)

    visit.refresh_from_db()
    assert visit.status == status
    assert response.url == f"{AGENDA}{HERE}#visit-{visit.pk}"
    assert len(said(response)) == 1
    assert audited()[-1][:2] == ("changed", visit.pk)


def test_a_mark_is_taken_back(front_desk, visit):
    actions.mark_arrived(reference=visit.reference, now=NOW, by=DESK)

    press(front_desk, visit, "booked")

    visit.refresh_from_db()
    assert visit.status == "booked"


@pytest.mark.parametrize(
    ("status", "at", "expected"),
    [
        ("booked", local(6, 12), ["Move", "Cancel this visit"]),
        ("booked", local(7, 8), ["Arrived", "Move", "Cancel this visit"]),
        ("booked", local(7, 9, 30), ["Arrived", "Done", "No-show", "Move", "Cancel this visit"]),
        ("booked", local(7, 11), ["Arrived", "Done", "No-show"]),
        ("arrived", local(7, 9, 30), ["Done", "No-show", "Take back", "Cancel this visit"]),
        ("fulfilled", local(7, 11), ["Arrived", "No-show", "Take back"]),
        ("cancelled", local(7, 8), []),
        ("pending", local(7, 7), []),
    ],
    ids=[
        "the day before",
        "that morning",
        "in its time",
        "after it",
        "arrived",
        "done",
        "cancelled",
        "held",
    ],
)
def test_a_visit_has_the_buttons_that_its_state_allows(
    front_desk, bookable_service, status, at, expected
):
    visit = make_appointment(bookable_service, local(7, 9), status=status)

    with time_machine.travel(at, tick=False):
        assert buttons(front_desk, visit) == expected


def test_what_changed_meanwhile_is_refused_with_what_happened_and_by_whom(front_desk, visit):
    fields = open_visit(front_desk, visit)
    actions.cancel(reference=visit.reference, now=NOW, by=DESK)

    response = press(front_desk, visit, "arrived", fields)

    visit.refresh_from_db()
    assert visit.status == "cancelled"
    (words,) = said(response)
    assert words.startswith("Nothing changed: Mon, Dec 7, 2026, 9:00 am EST")
    assert "Cancelled, by the clinic (Pat Desk, Mon, Dec 7, 2026, 7:00 am EST)." in words
    assert [kind for kind, *_ in audited()] == ["saw"]


def test_a_visit_moved_meanwhile_is_not_cancelled(front_desk, service):
    visit = book(service, starts_at=local(7, 9))
    fields = open_visit(front_desk, visit)
    actions.reschedule(reference=visit.reference, starts_at=local(8, 9), now=NOW, by=DESK)

    response = press(front_desk, visit, "cancel", fields)

    visit.refresh_from_db()
    assert visit.status == "booked"
    assert "Moved from Mon, Dec 7" in said(response)[0]


def test_what_comes_too_soon_is_refused_and_not_noted(front_desk, visit):
    response = press(front_desk, visit, "missed")

    visit.refresh_from_db()
    assert visit.status == "booked"
    assert "This visit has not started yet." in said(response)[0]
    assert [kind for kind, *_ in audited()] == ["saw"]


def test_cancelling_asks_first_and_then_leads_back(front_desk, visit):
    question = press(front_desk, visit, "cancel")
    assert "Cancel and tell the patient?" in question.content.decode()
    visit.refresh_from_db()
    assert visit.status == "booked"

    page = parse(question.content)
    fields = {
        field.get("name"): field.get("value")
        for field in page.one("div", id="content").all("input", type="hidden")
    }
    response = front_desk.post(AGENDA + HERE, fields | {"asked_by": "patient"})

    visit.refresh_from_db()
    assert (visit.status, visit.cancelled_by) == ("cancelled", "patient")
    assert Message.objects.filter(appointment=visit, kind="cancellation").count() > 0
    assert response.url == f"{AGENDA}{HERE}#visit-{visit.pk}"


@pytest.mark.parametrize("do", ["", "delete"])
def test_what_is_no_button_changes_nothing(front_desk, visit, do):
    response = press(front_desk, visit, do)

    assert said(response) == ["Nothing changed: choose a button."]


@pytest.mark.parametrize("pk", ["", "x", "0", "9" * 40])
def test_a_visit_that_is_not_there_is_not_found(front_desk, visit, pk):
    assert front_desk.post(AGENDA + HERE, {"visit": pk, "do": "arrived"}).status_code == 404


def test_moving_leads_back_to_the_agenda(front_desk, service):
    visit = book(service, starts_at=local(9, 10))

    response = move(front_desk, visit, local(10, 10), back="on=2026-12-09&view=day&next=//evil")

    assert response.url == f"{AGENDA}?on=2026-12-09&view=day#visit-{visit.pk}"


def test_a_free_time_fills_in_who_where_and_when(front_desk, bookable_service):
    other = make_service(name="Follow-up", slug="a-first-one", location=make_location())
    make_week(other)
    page = parse(front_desk.get(f"{AGENDA}{HERE}&practitioner={other.practitioner.slug}").content)
    url = page.all("li", class_="agenda__free")[1].one("a").get("href")

    form = parse(front_desk.get(url).content)

    def chosen(name):
        return [
            one.get("value")
            for one in form.one(id=name).all("option")
            if "selected" in one.attributes
        ]

    assert chosen("id_service") == ["a-first-one"]
    assert chosen("id_practitioner") == [other.practitioner.slug]
    assert chosen("id_location") == [other.location.slug]
    starts = [one for one in form.all("input", name="start") if "checked" in one.attributes]
    assert [one.get("value") for one in starts] == [iso_utc(local(7, 10))]
    assert form.one("input", name="back").get("value") == (
        f"on=2026-12-07&view=week&practitioner={other.practitioner.slug}"
    )


def test_booking_from_a_free_time_leads_back_to_it(front_desk, bookable_service):
    page = front_desk.get("/admin/booking/appointment/add/")

    response = front_desk.post(
        "/admin/booking/appointment/add/",
        CALLER
        | hidden(page)
        | {"start": iso_utc(local(7, 10)), "back": "on=2026-12-07&view=week", "book": "Book"},
    )

    visit = bookable_service.appointments.get()
    assert response.url == f"{AGENDA}{HERE}#visit-{visit.pk}"


# Who may


def test_who_may_not_see_visits_sees_no_agenda(visit):
    client = signed_in("view_patient")

    for url in (AGENDA, f"{AGENDA}state/", PRINT):
        assert client.get(url).status_code == 403
    assert client.post(AGENDA + HERE, {"visit": visit.pk, "do": "arrived"}).status_code == 403


def test_who_may_only_look_has_no_buttons_and_no_free_times(visit):
    client = signed_in("view_appointment", "see_every_diary")

    page = parse(client.get(f"{AGENDA}{HERE}&visit={visit.pk}").content)

    assert page.all("button", name="do") == []
    assert page.all("li", class_="agenda__free") == []
    fields = {"visit": visit.pk, "status": "booked", "sequence": 0, "do": "arrived"}
    assert client.post(AGENDA + HERE, fields).status_code == 403


@pytest.fixture
def own_diary(bookable_service):
    """The browser of a practitioner, who may see their own diary alone."""
    user = User.objects.create_user("dr", is_staff=True)
    user.groups.add(Group.objects.get(name="Practitioner"))
    bookable_service.practitioners.add(make_practitioner(name="Dr. Own", user=user))
    client = Client()
    client.force_login(user)
    return client


def test_a_practitioner_sees_their_own_visits_alone(own_diary, bookable_service, visit):
    own = make_practitioner_visit(bookable_service)
    page = own_diary.get(AGENDA + HERE)

    assert [one.pk for one in page.context["look"].practitioners] == [own.practitioner_id]
    assert [link.get("id") for link in parse(page.content).all("a", class_="appt")] == [
        f"open-{own.pk}-d-2026-12-07"
    ]
    assert own_diary.get(f"{AGENDA}{HERE}&visit={visit.pk}").context["panel"] is None
    fields = {"visit": visit.pk, "status": "booked", "sequence": 0, "do": "arrived"}
    assert own_diary.post(AGENDA + HERE, fields).status_code == 404
    assert "Ben Sample" in (sheet := own_diary.get(PRINT + HERE).content.decode())
    assert "Ana Example" not in sheet


def make_practitioner_visit(service):
    own = service.practitioners.get(name="Dr. Own")
    patient = make_patient(name="Ben Sample")
    return make_appointment(service, local(7, 9), practitioner=own, patient=patient)
