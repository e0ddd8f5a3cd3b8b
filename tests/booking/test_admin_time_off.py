"""Staff ask patients to move visits that time off falls on, and see who has not answered."""

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages

from booking import time_off
from booking.models import Appointment, Message, MoveRequest, NotAvailableTime

from .factories import (
    DESK,
    NOW,
    local,
    make_appointment,
    make_closure,
    make_patient,
    wait_to_move,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
ADD = "/admin/booking/notavailabletime/add/"
LIST = "/admin/booking/moverequest/"


@pytest.fixture
def visits(service):
    return [make_appointment(service, local(14, hour)) for hour in (9, 10)]


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def listed(response):
    return [row.appointment for row in response.context["cl"].result_list]


def ask(visit, closure=None):
    return time_off.ask_to_move(visit, closure=closure, now=NOW, by=DESK)


def act(client, action, requests, **answers):
    data = {"action": action, "_selected_action": [one.pk for one in requests]}
    return client.post(LIST, data | answers)


def test_question_offers_to_ask_each_patient(front_desk, visits):
    ask(visits[1])

    page = front_desk.post(ADD, {"first_on": "2026-12-14"}).text

    assert f'name="ask" value="{visits[0].pk}" id="ask-{visits[0].pk}" checked' in page
    assert f'name="ask" value="{visits[1].pk}" id="ask-{visits[1].pk}">' in page
    assert "again: asked Mon, Dec 7, no answer yet" in page


def test_chosen_patients_are_asked_once_the_closure_stands(front_desk, visits):
    data = {"first_on": "2026-12-14", "visits": "send", "seen": [one.pk for one in visits]}

    response = front_desk.post(ADD, data | {"ask": [visits[1].pk, 999]})

    request = MoveRequest.objects.get()
    assert request.appointment == visits[1]
    assert request.closure == NotAvailableTime.objects.get()
    assert request.by_name == "desk"
    assert {one.starts_at.date() for one in request.held_times(NOW)} & {
        local(14, 9).date()
    } == set()
    assert Message.objects.get().kind == "choice"
    assert said(response)[-1] == (
        f'Asked to choose another time: 1. <a href="{LIST}">See who has not answered</a>'
    )


def test_nobody_is_asked_when_the_visits_are_left_or_the_closure_is_not_saved(front_desk, visits):
    everybody = [one.pk for one in visits]

    front_desk.post(ADD, {"first_on": "2026-12-14", "visits": "send", "ask": everybody})
    front_desk.post(
        ADD, {"first_on": "2026-12-14", "visits": "stay", "seen": everybody, "ask": everybody}
    )

    assert NotAvailableTime.objects.count() == 1
    assert not MoveRequest.objects.exists()


def test_who_may_not_change_visits_asks_nobody(client, visits):
    user = User.objects.create_user("closer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="add_notavailabletime"))
    client.force_login(user)
    everybody = [one.pk for one in visits]
    data = {"first_on": "2026-12-14", "visits": "send", "seen": everybody, "ask": everybody}

    page = client.post(ADD, {"first_on": "2026-12-14"}).text
    client.post(ADD, data)

    assert 'name="ask"' not in page
    assert NotAvailableTime.objects.count() == 1
    assert not MoveRequest.objects.exists()


def test_closures_page_counts_who_has_not_answered_and_asks_the_others(front_desk, visits):
    closure = make_closure(local(14, 0), local(15, 0))
    ask(visits[0], closure)
    page_url = f"/admin/booking/notavailabletime/{closure.pk}/change/"

    before = front_desk.get(page_url)
    name = before.context["action_form"]["action"].html_name
    action = {name: "ask_patients", "_selected_action": closure.pk}
    asked = front_desk.post(page_url, action)
    front_desk.post(page_url, action | {"visits": "send", "ask": [visits[1].pk]})
    after = front_desk.get(page_url)

    assert f'<a href="{LIST}?closure__id__exact={closure.pk}">1 patient</a>' in before.text
    assert [visit for visit, _ in asked.context["visits"]] == visits
    assert "nothing is saved yet" not in asked.text
    assert f'<a href="{LIST}?closure__id__exact={closure.pk}">2 patients</a>' in after.text


def test_empty_closure_waits_for_nobody(front_desk):
    closure = make_closure(local(14, 0), local(15, 0))

    page = front_desk.get(f"/admin/booking/notavailabletime/{closure.pk}/change/").text

    assert '<div class="readonly">Nobody</div>' in page


def test_list_opens_on_who_has_not_answered(front_desk, service):
    open_, kept, settled = (make_appointment(service, local(day, 10)) for day in (14, 15, 16))
    for visit in (open_, kept, settled):
        ask(visit)
    time_off.ask_for_a_call(kept, now=NOW)
    time_off.settle(MoveRequest.objects.get(appointment=settled), note="", now=NOW)

    assert listed(front_desk.get(LIST)) == [open_, kept]
    assert listed(front_desk.get(LIST, {"answer": "kept"})) == [kept]
    assert listed(front_desk.get(LIST, {"answer": "all"})) == [open_, kept, settled]


def test_list_says_until_when_times_are_kept_while_they_are(front_desk, service):
    visit = make_appointment(service, local(14, 10))
    ask(visit)

    waiting = front_desk.get(LIST).text
    time_off.ask_for_a_call(visit, now=NOW)
    wants_call = front_desk.get(LIST).text

    until = '<td class="field-until">{}</td>'
    assert until.format("Wed, Dec 9, 2026, 7:00 am EST") in waiting
    assert until.format("-") in wants_call


def test_list_asks_as_much_for_many_as_for_one(front_desk, service, django_assert_num_queries):
    closure = make_closure(local(14, 0), local(16, 0), location=service.location)
    ask(make_appointment(service, local(14, 9)), closure)
    front_desk.get(LIST)
    with django_assert_num_queries(9):
        front_desk.get(LIST)

    ask(make_appointment(service, local(15, 9), patient=make_patient(name="Bo")), closure)

    with django_assert_num_queries(9):
        front_desk.get(LIST)


def test_request_can_be_read_and_not_changed(front_desk, visits):
    request = ask(visits[0])
    page_url = f"{LIST}{request.pk}/change/"

    page = front_desk.get(page_url).text

    assert "Mon, Dec 14, 2026, 11:00 am EST, Tue, Dec 15, 2026, 9:00 am EST" in page
    assert front_desk.post(page_url, {"note": "x"}).status_code == 403
    assert front_desk.get(f"{LIST}add/").status_code == 403


def test_visit_leads_to_what_is_still_open_with_its_patient(front_desk, visits):
    asked, other = ask(visits[0]), visits[1]
    entry = wait_to_move(visits[0])
    pages = [
        front_desk.get(f"/admin/booking/appointment/{visit.pk}/change/").content.decode()
        for visit in (visits[0], other)
    ]

    for link in (
        f'<a href="{LIST}{asked.pk}/change/">Asked to move, time off: no answer yet</a>',
        f'<a href="/admin/booking/waitlistentry/{entry.pk}/change/">Waits for an earlier time</a>',
    ):
        assert link in pages[0]
        assert link not in pages[1]


def test_first_page_leads_to_booking_by_phone_who_may(front_desk, client):
    link = '<a href="/admin/booking/appointment/add/">Book a visit by phone</a>'
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_appointment"))

    desk = front_desk.get("/admin/").content.decode()
    client.force_login(reader)

    assert link in desk
    assert link not in client.get("/admin/").content.decode()


def test_settled_by_phone_asks_for_a_note(front_desk, visits):
    request = ask(visits[0])

    question = act(front_desk, "settle", [request])
    response = act(front_desk, "settle", [request], confirmed="yes", note=" Comes on\0Friday. ")

    request.refresh_from_db()
    assert "What you agreed on" in question.text
    assert (request.status, request.note) == ("closed", "Comes on Friday.")
    assert said(response)[-1] == "Settled: 1."
    assert not Appointment.objects.filter(status="pending").exists()


def test_asking_again_is_asked_about(front_desk, visits):
    request = ask(visits[0])

    question = act(front_desk, "send_again", [request])
    assert Message.objects.count() == 1
    act(front_desk, "send_again", [request], confirmed="yes")

    assert "asked Mon, Dec 7, 2026, 7:00 am EST" in question.text
    assert Message.objects.count() == 2
    assert MoveRequest.objects.filter(status="open").count() == 1


def test_visit_that_is_over_is_not_asked_about_again(front_desk, service):
    visit = make_appointment(service, local(7, 9))
    request = ask(visit)
    Appointment.objects.filter(pk=visit.pk).update(status="arrived")

    response = act(front_desk, "send_again", [request], confirmed="yes")

    assert said(response)[-1].endswith("This visit can no longer be moved.")
    assert MoveRequest.objects.get().status == "open"


def test_list_is_for_those_who_see_visits(client, visits):
    user = User.objects.create_user("writer", is_staff=True)
    client.force_login(user)

    assert client.get(LIST).status_code == 403
