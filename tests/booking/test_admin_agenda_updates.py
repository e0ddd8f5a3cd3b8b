"""What the agenda hears of others' changes, what looking leaves behind, and a day on paper."""

from datetime import timedelta

import pytest
import time_machine

from booking import actions
from booking.models import AuditEntry, MoveRequest
from tests.html_tree import parse

from .factories import (
    DESK,
    NOW,
    local,
    make_appointment,
    make_closure,
    make_patient,
    make_practitioner,
    make_week,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
AGENDA = "/admin/booking/appointment/agenda/"
PRINT = f"{AGENDA}print/"
HERE = "?on=2026-12-07&view=week"


@pytest.fixture
def visit(bookable_service):
    return make_appointment(bookable_service, local(7, 9))


def audited():
    return list(AuditEntry.objects.order_by("pk").values_list("kind", "visit_number", "note"))


def updates(page):
    """Return the headers of what the page asks by itself."""
    return {"X-Updates": page.context["updates_pass"]}


def state(client, page):
    url = parse(page.content).one(data_state=page.context["state_url"]).get("data-state")
    return client.get(url, headers=updates(page)).json()["tag"]


def test_the_state_is_the_pages_until_something_changes(front_desk, visit):
    page = front_desk.get(AGENDA + HERE)
    assert state(front_desk, page) == page.context["tag"]

    actions.mark_arrived(reference=visit.reference, now=NOW, by=DESK)

    assert state(front_desk, page) != page.context["tag"]


@pytest.mark.parametrize("what", ["closure", "question", "hold that ends"])
def test_the_state_tells_of(front_desk, visit, what):
    held = make_appointment(visit.service, local(7, 11), status="pending")
    page = front_desk.get(AGENDA + HERE)

    later = NOW
    if what == "closure":
        make_closure(local(8, 9), local(8, 10))
    elif what == "question":
        MoveRequest.objects.create(appointment=visit, expires_at=NOW)
    else:
        later = held.expires_at
    with time_machine.travel(later, tick=False):
        assert state(front_desk, page) != page.context["tag"]


def test_the_state_asks_little_and_leaves_no_trace(
    front_desk, visit, django_assert_max_num_queries
):
    page = front_desk.get(AGENDA + HERE)
    before = audited()

    # Session, account and permissions are four; the diaries two.
    with django_assert_max_num_queries(6):
        state(front_desk, page)
    parts = front_desk.get(AGENDA + HERE, headers=updates(page))

    assert audited() == before
    assert parse(parts.content).all("h1") == []
    assert [part.get("id") for part in parse(parts.content).all(data_live=None)] == [
        "agenda-asked",
        "agenda-grid",
    ]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"from": "x", "until": "y"},
        {"from": "0001-01-01T00:00:00Z", "until": "9999-12-31T00:00:00Z"},
        {"from": "2026-13-01T00:00:00Z"},
    ],
    ids=str,
)
def test_a_state_of_no_time_is_refused_in_words(front_desk, query):
    response = front_desk.get(f"{AGENDA}state/", query)

    assert response.status_code == 400
    assert response.json() == {"error": "Say from when until when, in UTC."}


# How much it asks of the database


def test_a_week_takes_at_most_twelve_queries_however_many_visits(
    front_desk, bookable_service, django_assert_max_num_queries
):
    make_week(bookable_service)
    patient, counts = make_patient(), []
    for numbers in (range(3), range(3, 200)):
        for number in numbers:
            day, quarter = divmod(number, 40)
            starts_at = local(7 + day, 8) + timedelta(minutes=15 * quarter)
            ends_at = starts_at + timedelta(minutes=15)
            make_appointment(
                bookable_service, starts_at, patient=patient, ends_at=ends_at, busy_until=ends_at
            )
        with django_assert_max_num_queries(12) as captured:
            page = front_desk.get(AGENDA + HERE)
        counts.append((len(parse(page.content).all("a", class_="appt")), len(captured)))

    (few, queries), (many, the_same) = counts
    assert (few, many) == (3, 200)
    assert queries == the_same


# Traces


def test_looking_is_noted_once_with_the_days(front_desk, visit):
    front_desk.get(AGENDA + HERE)
    front_desk.get(f"{AGENDA}{HERE}&visit={visit.pk}")
    front_desk.get(f"{AGENDA}?on=2026-12-07&view=day")

    assert audited() == [
        ("saw", None, "agenda, December 7 to 13"),
        ("saw", visit.pk, "agenda, December 7 to 13"),
        ("saw", None, "agenda, December 7"),
    ]


@pytest.mark.parametrize("url", [AGENDA, PRINT])
def test_whoever_asks_for_no_page_has_seen_none(front_desk, visit, url):
    assert front_desk.head(url).status_code == 200

    assert audited() == []


# On paper


def test_the_day_sheet_has_what_the_desk_needs_and_no_reasons(front_desk, bookable_service):
    make_appointment(bookable_service, local(7, 9), reason="Calf cramps", status="arrived")
    other = make_practitioner(name="Dr. Other", credentials="ND")
    ben = make_patient(name="Ben Sample")
    make_appointment(bookable_service, local(7, 10), patient=ben, practitioner=other)
    make_appointment(bookable_service, local(8, 10))
    make_appointment(bookable_service, local(7, 11), status="pending")

    page = parse(front_desk.get(f"{PRINT}?on=2026-12-07").content)

    place = bookable_service.location.name
    rows = [[cell.text for cell in row.children] for row in page.all("tr")]
    head = ["Time", "Name", "Phone", "Visit", "Place", "Status", "Notes"]
    kind = "First consultation"
    assert rows == [
        head,
        ["9:00 am to 10:00 am", "Ana Example", "(212) 555-0123", kind, place, "Arrived", ""],
        head,
        ["10:00 am to 11:00 am", "Ben Sample", "(212) 555-0123", kind, place, "Booked", ""],
    ]
    assert [one.text for one in page.all("h2")][-2:] == [
        bookable_service.practitioner.name,
        "Dr. Other, ND",
    ]
    assert page.one("h1").text == "Day sheet, Monday, December 7"


def test_the_day_sheet_strikes_through_who_does_not_come(front_desk, bookable_service):
    make_appointment(bookable_service, local(7, 9), status="cancelled")

    row = parse(front_desk.get(f"{PRINT}?on=2026-12-07").content).one("tr", class_="sheet__off")

    place = bookable_service.location.name
    kind = "First consultation"
    assert [cell.text for cell in row.children] == [
        "9:00 am to 10:00 am Cancelled",
        "Ana Example",
        "",
        kind,
        place,
        "Cancelled",
        "",
    ]


def test_printing_is_noted_for_each_visit_in_one_query(
    front_desk, bookable_service, django_assert_num_queries
):
    visits = [make_appointment(bookable_service, local(7, hour)) for hour in (9, 10, 11)]

    with django_assert_num_queries(9):
        front_desk.get(f"{PRINT}?on=2026-12-07")

    words = "day sheet, December 7"
    assert audited() == [("printed", visit.pk, words) for visit in visits]


def test_a_day_without_visits_says_what_to_do(front_desk, bookable_service):
    page = front_desk.get(f"{PRINT}?on=2026-12-08").content.decode()

    assert "No visits that day." in page
    assert audited() == [("printed", None, "day sheet, December 8")]
