"""The page of a patient who is asked to move, and the mail that leads there."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from booking import time_off
from booking.errors import MessageOutdated
from booking.messages import build_mail
from booking.models import Appointment, Message
from booking.sending import send
from booking.tasks import send_again
from tests.html_tree import parse

from .factories import DESK, NOW, local, make_appointment, make_closure, make_service, make_week

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def visit():
    service = make_service()
    make_week(service)
    return make_appointment(service, local(14, 10))


@pytest.fixture
def request_(visit):
    closure = make_closure(local(14, 0), local(15, 0), reason="Private reason")
    return time_off.ask_to_move(visit, closure=closure, now=NOW, by=DESK)


def url(visit):
    return f"/appointments/{visit.reference}/choose/"


def stored(visit):
    return Appointment.objects.get(pk=visit.pk)


def test_page_shows_the_held_times_and_nothing_private(client, visit, request_):
    response = client.get(url(visit))

    page = parse(response.content)
    assert [button.get("value") for button in page.all("button", name="start")] == [
        "2026-12-13T15:00:00Z",
        "2026-12-15T15:00:00Z",
        "2026-12-16T15:00:00Z",
    ]
    assert "Sunday, December 13, 10:00 am" in page.one("main").text
    assert "Until Wednesday, December 9, 7:00 am." in page.one("main").text
    assert len(page.all("h1")) == 1
    assert "Private reason" not in response.text
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"


def test_page_says_the_times_on_the_patients_own_clock_too(client, visit, request_):
    visit.location.kind = "video"
    visit.location.save()
    Appointment.objects.filter(pk=visit.pk).update(own_zone="Asia/Tokyo")

    page = parse(client.get(url(visit)).content)

    assert "Your time: Mon, Dec 14, 12:00 am, Tokyo (JST)" in page.one("ul", class_="choices").text
    kept = page.one("form", class_="times-form").text
    assert "Until Wednesday, December 9, 7:00 am EST." in kept
    assert "Your time: Wed, Dec 9, 9:00 pm, Tokyo (JST)" in kept
    assert "Your time: Tue, Dec 15, 12:00 am" in page.one("section", class_="ticket").text


def test_looking_changes_nothing(client, visit, request_):
    for method in (client.get, client.head, client.options):
        method(url(visit), {"start": "2026-12-15T15:00:00Z", "answer": "cancel"})

    request_.refresh_from_db()
    assert (stored(visit).status, request_.status) == ("booked", "open")


def test_one_tap_moves_the_visit(client, visit, request_):
    response = client.post(url(visit), {"start": "2026-12-15T15:00:00Z"})

    assert response["Location"] == f"/appointments/{visit.reference}/"
    assert stored(visit).starts_at == local(15, 10)
    assert client.get(url(visit))["Location"] == f"/appointments/{visit.reference}/"


def test_patient_asks_for_a_call(client, visit, request_):
    response = client.post(url(visit), {"answer": "call"}, follow=True)

    page = parse(response.content)
    assert page.one("h1").text == "We will call you"
    told = page.one("p", class_="lede").text
    assert "at the phone number you gave us" in told
    assert "we cannot see you at that time" in told
    assert page.all("button", name="start") == []
    assert [b.get("value") for b in page.all("button", name="answer")] == ["cancel"]
    assert stored(visit).status == "booked"


def test_page_of_the_visit_says_only_that_the_time_cannot_be_kept(client, visit, request_):
    visit.booked_at = NOW
    visit.save(update_fields=["booked_at"])

    asked = parse(client.get(visit.get_absolute_url()).content).one("main").text
    client.post(url(visit), {"answer": "call"})
    called = parse(client.get(visit.get_absolute_url()).content)
    cancelling = parse(client.get(f"{visit.get_absolute_url()}cancel/").content).one("main").text

    assert "Your visit stays yours until you choose another time. Choose another time" in asked
    assert "Your visit is booked" not in asked
    assert "We will call you to find another time." in called.one("main").text
    assert called.one("title").text.startswith("Your visit - ")
    assert "goes to someone else" not in cancelling


def test_patient_cancels(client, visit, request_):
    response = client.post(url(visit), {"answer": "cancel"})

    assert response["Location"] == f"/appointments/{visit.reference}/"
    assert (stored(visit).status, stored(visit).cancelled_by) == ("cancelled", "patient")


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ({}, 400, "Choose one of the times below, or tell us what else to do."),
        ({"start": "soon"}, 400, "We could not read that time."),
        ({"start": "2026-12-14T16:00:00Z"}, 409, "This time is no longer offered."),
    ],
)
def test_answer_that_does_not_work_shows_the_times_again(
    client, visit, request_, answer, status, words
):
    response = client.post(url(visit), answer)

    page = parse(response.content)
    assert response.status_code == status
    assert words in page.one("div", class_="errors").text
    assert page.one("title").text.startswith("Error: ")
    assert len(page.all("button", name="start")) == 3
    assert stored(visit).starts_at == local(14, 10)


def test_page_without_held_times_names_the_phone(client, visit, request_):
    with time_machine.travel(local(10, 9), tick=False):
        page = parse(client.get(url(visit)).content)

    assert page.all("button", name="start") == []
    assert "We are not keeping a time for you now." in page.one("main").text


def test_page_links_to_all_other_times(client, visit, request_):
    page = parse(client.get(url(visit)).content)

    links = [link.get("href") for link in page.one("main").all("a")]
    assert f"/appointments/{visit.reference}/reschedule/" in links


@pytest.fixture
def an_hour_before(visit, request_):
    """Stop the clock when it is too late for anybody whom the clinic does not ask."""
    with time_machine.travel(local(14, 9), tick=False):
        yield


def test_any_other_time_can_be_had_however_late_it_is(client, visit, an_hour_before):
    address = f"/appointments/{visit.reference}/reschedule/"

    page = parse(client.get(address).content)
    moved = client.post(address, {"start": "2026-12-21T14:00:00Z"})

    assert page.one("h1").text == "Move your visit"
    assert "until Sunday, December 13" not in page.one("main").text
    assert moved.status_code == 302
    assert stored(visit).starts_at == local(21, 9)


def test_the_visit_can_be_cancelled_however_late_it_is(client, visit, an_hour_before):
    address = f"/appointments/{visit.reference}/cancel/"

    page = parse(client.get(address).content)
    client.post(address)

    assert page.one("h1").text == "Cancel your visit?"
    assert "You can move or cancel it here until" not in page.one("main").text
    assert stored(visit).status == "cancelled"


def test_nobody_whom_the_clinic_asks_reads_that_it_is_too_late(client, visit, an_hour_before):
    page = parse(client.get(f"/appointments/{visit.reference}/").content)

    assert "too late" not in page.one("main").text
    assert "earlier time" not in page.one("main").text


def test_once_it_is_settled_the_limit_counts_again(client, visit, request_, an_hour_before):
    time_off.settle(request_, note="", now=NOW)

    page = parse(client.get(f"/appointments/{visit.reference}/reschedule/").content)

    assert page.one("h1").text == "This visit cannot be moved online"


def test_who_was_not_asked_is_led_to_the_visit(client, visit):
    response = client.get(url(visit))

    assert response["Location"] == f"/appointments/{visit.reference}/"
    assert client.get(url(make_stranger())).status_code == 404


def make_stranger():
    service = make_service()
    return make_appointment(service, local(14, 10), status="pending")


def test_patients_page_leads_to_the_choice(client, visit, request_):
    page = parse(client.get(f"/appointments/{visit.reference}/").content)
    time_off.settle(request_, note="", now=NOW)
    after = parse(client.get(f"/appointments/{visit.reference}/").content)

    links = [[link.get("href") for link in one.one("main").all("a")] for one in (page, after)]
    assert [url(visit) in found for found in links] == [True, False]


def test_nobody_who_is_asked_reads_praise_for_the_old_time(client, visit, request_):
    own = f"/appointments/{visit.reference}/"
    asked = parse(client.get(own).content)
    time_off.settle(request_, note="", now=NOW)
    after = parse(client.get(own).content)

    # It was booked a moment ago, which is the news if nothing else is.
    assert [one.one("h1").text for one in (asked, after)] == ["Your visit", "Your visit is booked"]
    assert "We cannot see you at this time" in [one.text for one in asked.all("h2")]


def test_mail_names_the_times_and_the_link(visit, request_, settings):
    built = build_mail(Message.objects.get(kind="choice"), now=NOW)

    html = built.alternatives[0].content
    link = settings.SITE_URL.rstrip("/") + reverse(
        "booking:appointment-choose", args=[visit.reference]
    )
    assert built.subject == (
        "Please choose another time: your visit on Monday, December 14, 10:00 am"
    )
    for text in (built.body, html):
        assert link in text
        assert "Sunday, December 13, 10:00 am" in text
        assert "Private reason" not in text
    assert "- Tuesday, December 15, 10:00 am" in built.body
    assert "<br><strong>Tuesday, December 15, 10:00 am</strong><br>" in html
    assert [part.mimetype for part in built.alternatives] == ["text/html"]
    assert built.attachments == []
    assert mail.outbox == []


def test_mail_without_times_says_to_choose_or_call(visit):
    make_closure(local(7, 0), local(28, 0, month=2, year=2027))
    request = time_off.ask_to_move(visit, closure=None, now=NOW, by=DESK)
    message = Message.objects.get(kind="choice")

    none = build_mail(message, now=NOW)
    time_off.settle(request, note="", now=NOW)
    settled = build_mail(message, now=NOW)

    assert "We keep" not in none.body
    assert "Choose any other time, or tell us to call you:" in none.body
    assert "We keep" not in settled.body


def move(visit, request_):
    Appointment.objects.filter(pk=visit.pk).update(sequence=1)


def settle(visit, request_):
    time_off.settle(request_, note="By phone", now=NOW + timedelta(minutes=1))


def begin(visit, request_):
    Appointment.objects.filter(pk=visit.pk).update(status="arrived")


@pytest.mark.parametrize("answer", [move, settle, begin])
def test_mail_that_waited_until_it_was_answered_does_not_leave(visit, request_, answer):
    message = Message.objects.get(kind="choice")
    answer(visit, request_)

    send(message.pk, next_try_at=None)

    message.refresh_from_db()
    assert (message.state, mail.outbox) == ("outdated", [])
    with pytest.raises(MessageOutdated):
        send_again(message.pk, now=NOW)


def test_mail_that_nobody_answered_leaves_and_can_be_sent_again(visit, request_):
    message = Message.objects.get(kind="choice")

    send(message.pk, next_try_at=None)

    assert len(mail.outbox) == 1
    assert send_again(message.pk, now=NOW).state == "queued"


@pytest.mark.parametrize("answer", [{"start": "2026-12-16T15:00:00Z"}, {"answer": "cancel"}])
def test_who_is_asked_may_answer_until_the_visit_begins(client, visit, request_, answer):
    with time_machine.travel(local(14, 10, 15), tick=False):
        refused = client.post(url(visit), answer)

    assert (refused.status_code, stored(visit).status) == (409, "booked")
    assert stored(visit).starts_at == visit.starts_at
    with time_machine.travel(local(14, 9, 59), tick=False):
        assert client.post(url(visit), answer).status_code == 302


def test_who_is_asked_late_is_shown_all_other_times_too(client, visit, request_):
    with time_machine.travel(local(14, 8), tick=False):
        others = client.get(f"{visit.get_absolute_url()}reschedule/")
        moved = client.post(others.wsgi_request.path, {"start": "2026-12-17T15:00:00Z"})

    assert parse(others.content).all("input", name="start") != []
    assert (moved.status_code, stored(visit).starts_at) == (302, local(17, 10))
