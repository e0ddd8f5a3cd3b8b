from datetime import timedelta

import pytest
import time_machine

from booking import actions
from booking.actions import reschedule
from booking.models import Appointment, AppointmentEvent, Message
from booking.templatetags.clinic_times import iso_utc
from tests.html_tree import parse

from .factories import (
    DESK,
    NOW,
    hold,
    local,
    make_appointment,
    make_closure,
)

# Booked an hour ago, so that its booking is no news any more.
BOOKED_AT = NOW - timedelta(hours=1)


@pytest.fixture
def visit(bookable_service):
    """A visit on Monday in a week, at 10 am."""
    return make_appointment(bookable_service, local(14, 10), booked_at=BOOKED_AT)


def url(visit, query=""):
    return f"{visit.get_absolute_url()}reschedule/{query}"


def move(client, visit, starts_at, query=""):
    return client.post(url(visit, query), {"start": iso_utc(starts_at)})


def slots(page):
    return [slot.get("data-slot") for slot in page.all("input", name="start")]


def links(page):
    return {link.text: link.get("href") for link in page.one("main").all("a")}


def traces():
    """Return all that a move leaves behind."""
    return (
        list(Appointment.objects.order_by("pk").values()),
        AppointmentEvent.objects.count(),
        Message.objects.count(),
    )


def test_the_page_shows_the_present_time_and_the_free_ones(client, visit):
    page = parse(client.get(url(visit, "?from=2026-12-14")).content)

    main = page.one("main")
    assert page.one("h1").text == "Move your visit"
    assert len(main.all(data_appointment_status="booked")) == 1
    assert "You have Monday, December 14, 10:00 am. It stays yours" in main.text
    assert "You can move it here until Sunday, December 13, 10:00 am." in main.text
    # 9:30 and 10:30 overlap the visit itself.
    assert slots(page) == [
        "2026-12-14T14:00:00Z",
        "2026-12-14T14:30:00Z",
        "2026-12-14T15:00:00Z",
        "2026-12-14T15:30:00Z",
        "2026-12-14T16:00:00Z",
    ]
    chosen = [
        slot.get("value")
        for slot in page.all("input", name="start")
        if "checked" in slot.attributes
    ]
    assert chosen == ["2026-12-14T15:00:00Z"]
    assert "tel:911" in links(page).values()
    assert "held for you" not in main.text
    assert "10 minutes" not in main.text


def test_the_page_opens_on_the_first_free_day_and_links_to_others(client, visit):
    page = parse(client.get(url(visit)).content)

    around = [link.get("href") for link in page.one("div", class_="bar").all("a")]
    assert page.one("legend").text == "Monday, December 7"
    assert around == ["?from=2026-12-14"]
    assert links(page)["Monday, December 7, at 9:00 am"] == "?from=2026-12-07"


def test_the_first_other_time_is_not_the_present_one(client, visit):
    make_closure(NOW, local(14, 9, 59))

    page = parse(client.get(url(visit)).content)

    assert "First other time: Monday, December 14, at 10:30 am" in page.one("main").text


@pytest.mark.parametrize(
    ("day", "status", "words"),
    [
        ("2026-02-30", 400, "We could not read the date"),
        ("x" * 10_000, 400, "We could not read the date"),
        ("2999-01-01", 200, "Here is the nearest week."),
    ],
)
def test_the_page_answers_odd_days(client, visit, day, status, words):
    response = client.get(url(visit), {"from": day})

    page = parse(response.content)
    assert response.status_code == status
    assert words in page.one("main").text


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client, visit, method):
    before = traces()

    response = getattr(client, method)(url(visit), {"start": iso_utc(local(14, 9))})

    assert response.status_code == 200
    assert traces() == before


def test_choosing_a_time_moves_the_visit_at_once(client, visit):
    response = move(client, visit, local(21, 9))

    moved = Appointment.objects.get()
    event = moved.events.get()
    assert (response.status_code, response["Location"]) == (302, visit.get_absolute_url())
    assert (moved.reference, moved.status, moved.starts_at) == (
        visit.reference,
        "booked",
        local(21, 9),
    )
    assert (event.kind, event.by_role, event.previous_starts_at) == (
        "moved",
        "patient",
        local(14, 10),
    )
    assert Message.objects.get().kind == "moved"
    page = parse(client.get(response["Location"]).content)
    assert page.one("h1").text == "Your visit has a new time"
    assert page.one("p", class_="ticket__time").text == "9:00 am to 10:00 am"
    assert "Moved from Monday, December 14, 10:00 am." in page.one("main").text


def test_the_new_time_may_overlap_the_old_one(client, visit):
    response = move(client, visit, local(14, 10, 30))

    assert response.status_code == 302
    assert Appointment.objects.get().starts_at == local(14, 10, 30)


def test_the_same_time_again_changes_nothing_and_says_so(client, visit):
    before = traces()

    response = move(client, visit, visit.starts_at)

    page = parse(response.content)
    assert response.status_code == 200
    assert page.one("p", role="status").text.startswith(
        "Monday, December 14, 10:00 am, is the time you have already, so nothing was changed."
    )
    assert traces() == before


def test_the_same_form_sent_twice_moves_once(client, visit):
    first = move(client, visit, local(21, 9))
    after = traces()

    second = move(client, visit, local(21, 9))

    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert traces() == after


def test_the_same_form_sent_twice_is_answered_alike_when_the_new_time_is_near(client, visit):
    first = move(client, visit, local(7, 9))

    second = move(client, visit, local(7, 9))

    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert Appointment.objects.get().sequence == 1


def test_a_second_tab_says_that_the_visit_was_moved_before_it_moves_it_on(client, visit):
    drawn = parse(client.get(url(visit)).content)
    sent = {"sequence": drawn.one("input", name="sequence").get("value")}
    client.post(url(visit), sent | {"start": iso_utc(local(21, 9))})

    told = client.post(url(visit), sent | {"start": iso_utc(local(21, 10))})

    page = parse(told.content)
    assert told.status_code == 409
    assert "was moved meanwhile" in page.one("p", role="alert").text
    assert "You have Monday, December 21, 9:00 am." in page.one("main").text
    assert Appointment.objects.get().starts_at == local(21, 9)
    sent = {"sequence": page.one("input", name="sequence").get("value")}
    client.post(url(visit), sent | {"start": iso_utc(local(21, 10))})
    assert Appointment.objects.get().starts_at == local(21, 10)


@pytest.mark.parametrize("sequence", ["", "x", "²", "-1", "9" * 5000])
def test_a_form_that_names_no_sequence_moves_the_visit_from_where_it_is(client, visit, sequence):
    move(client, visit, local(21, 9))

    client.post(url(visit), {"start": iso_utc(local(21, 10)), "sequence": sequence})

    moves = AppointmentEvent.objects.values_list("previous_starts_at", "starts_at")
    assert list(moves) == [(local(14, 10), local(21, 9)), (local(21, 9), local(21, 10))]


def test_a_stale_form_for_a_visit_that_is_too_near_by_now_gives_the_policy(client, visit):
    reschedule(reference=visit.reference, starts_at=local(7, 9), now=NOW, by=DESK)

    response = client.post(url(visit), {"start": iso_utc(local(21, 9)), "sequence": "0"})

    assert response.status_code == 409
    assert parse(response.content).one("h1").text == "This visit cannot be moved online"


def test_a_time_that_went_meanwhile_leaves_the_visit_and_offers_the_nearest(client, visit):
    hold(visit.service, local(21, 10))
    before = traces()

    response = move(client, visit, local(21, 10))

    page = parse(response.content)
    assert response.status_code == 409
    assert page.one("div", class_="errors").one("li").text == (
        "This time has just been taken. Please choose another one."
    )
    assert "Your visit on Monday, December 14, 10:00 am, is still there." in page.one("main").text
    assert len(page.all(data_appointment_status="booked")) == 1
    assert page.one("form").one(id="id_start").get("value") == slots(page)[0]
    assert {iso_utc(local(21, 9)), iso_utc(local(21, 11))} <= set(slots(page))
    assert iso_utc(local(21, 10)) not in slots(page)
    assert "tel:911" in links(page).values()
    assert traces() == before


@pytest.mark.parametrize(
    ("start", "status"),
    [
        ("2026-12-21T14:10:00Z", 409),
        ("2026-12-22T15:00:00Z", 409),
        ("2020-01-06T15:00:00Z", 409),
        ("8999-12-31T23:59:59Z", 409),
        ("", 400),
        ("abc", 400),
        ("\x00", 400),
    ],
)
def test_a_forged_time_leaves_the_visit(client, visit, start, status):
    before = traces()

    response = client.post(url(visit), {"start": start})

    assert response.status_code == status
    assert "is still there." in parse(response.content).one("main").text
    assert traces() == before


def test_no_free_time_gives_the_phone_number(client, visit):
    make_closure(NOW, NOW + timedelta(days=90))

    shown = parse(client.get(url(visit)).content)
    refused = client.post(url(visit), {"start": iso_utc(local(21, 9))})

    assert shown.one(id="id_start").get("href") == "tel:+12125550100"
    assert links(shown)["Keep my present time"] == visit.get_absolute_url()
    assert refused.status_code == 409
    assert parse(refused.content).one(id="id_start").get("href") == "tel:+12125550100"


def test_a_service_that_is_no_longer_offered_has_no_times(client, visit):
    visit.service.is_active = False
    visit.service.save()

    page = parse(client.get(url(visit)).content)
    refused = move(client, visit, local(21, 9))

    assert slots(page) == []
    assert refused.status_code == 409
    assert Appointment.objects.get().starts_at == local(14, 10)


@pytest.mark.parametrize(("method", "status"), [("get", 200), ("post", 409)])
def test_too_late_gives_the_policy_and_the_phone_number(client, visit, method, status):
    with time_machine.travel(local(13, 10), tick=False):
        response = getattr(client, method)(url(visit), {"start": iso_utc(local(21, 9))})

    page = parse(response.content)
    assert response.status_code == status
    assert page.one("h1").text == "This visit cannot be moved online"
    assert (
        "Visits can be moved or cancelled online until 24 hours before they start. "
        "For this one, that was until Sunday, December 13, 10:00 am." in page.one("main").text
    )
    assert links(page)["Call (212) 555-0100"] == "tel:+12125550100"
    assert slots(page) == []
    assert Appointment.objects.get().starts_at == local(14, 10)


@pytest.mark.parametrize(("method", "status"), [("get", 200), ("post", 409)])
@pytest.mark.parametrize(
    ("state", "heading"),
    [
        ("cancelled", "This visit is cancelled"),
        ("fulfilled", "This visit can no longer be moved"),
        ("noshow", "This visit can no longer be moved"),
        ("arrived", "This visit can no longer be moved"),
    ],
)
def test_a_visit_that_is_over_leads_to_booking_anew(
    client, bookable_service, state, heading, method, status
):
    visit = make_appointment(bookable_service, local(14, 10), status=state, condition_slug="spasms")

    response = getattr(client, method)(url(visit), {"start": iso_utc(local(21, 9))})

    page = parse(response.content)
    assert response.status_code == status
    assert page.one("h1").text == heading
    assert len(page.all(data_appointment_status=state)) == 1
    assert links(page)["Book another visit"] == "/book/?condition=spasms"
    assert Appointment.objects.get().starts_at == local(14, 10)


def cancel(visit):
    actions.cancel(reference=visit.reference, now=NOW, by=DESK)


def move_to_today(visit):
    reschedule(reference=visit.reference, starts_at=local(7, 9), now=NOW, by=DESK)


@pytest.mark.parametrize(
    ("meanwhile", "heading"),
    [
        (cancel, "This visit is cancelled"),
        (move_to_today, "This visit cannot be moved online"),
    ],
)
def test_what_staff_do_meanwhile_is_told(client, visit, monkeypatch, meanwhile, heading):
    def late(**kwargs):
        meanwhile(visit)
        return reschedule(**kwargs)

    monkeypatch.setattr(actions, "reschedule", late)

    response = move(client, visit, local(21, 9))

    assert response.status_code == 409
    assert parse(response.content).one("h1").text == heading


def test_the_page_asks_as_many_queries_with_many_appointments(
    client, visit, django_assert_num_queries, django_assert_max_num_queries
):
    client.get(url(visit))  # What is kept is read.
    with django_assert_max_num_queries(15) as few:
        client.get(url(visit))
    for day in (21, 28):
        make_appointment(visit.service, local(day, 9))

    with django_assert_num_queries(len(few)):
        client.get(url(visit))
