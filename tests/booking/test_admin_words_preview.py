"""Words that are not saved yet, in a mail about a real visit."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from booking.models import Appointment, Message, MessageWords
from booking.words import WORDS
from tests.html_tree import parse

from .desk import signed_in
from .factories import (
    NOW,
    TEN,
    local,
    make_appointment,
    make_patient,
    make_service,
    offer_times,
    wait,
)
from .waiting import MONDAY, cancel, make_full_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
CANCELLED = ("cancellation", "cancellation_by_clinic")


@pytest.fixture
def visit():
    return make_appointment(make_service(), TEN, patient=make_patient(name="Ana <i>Example</i>"))


def url(key="confirmation", view="preview"):
    return f"/admin/booking/messagewords/{key}/{view}/"


def preview(client, visit=None, key="confirmation", part="mail", **words):
    kind = WORDS[key]
    fields = {name: getattr(kind.default, name) for name in kind.parts} | words | {"part": part}
    return client.post(url(key), fields | ({"visit": str(visit.reference)} if visit else {}))


def choices(client, key="confirmation"):
    select = parse(client.get(url(key, "change")).content).one("select", name="visit")
    return [(node.text, "selected" in node.attributes) for node in select.all("option")]


def test_it_shows_unsaved_words_and_stores_and_queues_nothing(front_desk, visit):
    before = Appointment.objects.values().get()

    response = preview(front_desk, visit, subject="Soon: {day}", heading="<b> for {name}")

    page = parse(response.content)
    assert page.one("h1").text == "<b> for Ana <i>Example</i>"
    assert page.one("title").text == "Soon: Wednesday, December 9"
    assert page.one("body").children[0].text == "Subject: Soon: Wednesday, December 9"
    assert f"Reference {visit.spoken_reference}" in page.text
    assert not MessageWords.objects.exists()
    assert not Message.objects.exists()
    assert not ProcrastinateJob.objects.exists()
    assert Appointment.objects.values().get() == before


def test_its_policy_lets_it_do_nothing_but_be_shown_here(front_desk, visit):
    response = preview(front_desk, visit)

    assert response["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self' 'unsafe-inline'; frame-ancestors 'self'; "
        "sandbox allow-same-origin"
    )
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert parse(response.content).one("base").get("target") == "_blank"


def test_the_form_posts_into_its_frame_without_scripts(front_desk, visit):
    page = parse(front_desk.get(url(view="change")).content)

    button = page.one("button", formtarget="preview")
    assert button.get("formaction") == url()
    assert page.one("iframe").get("name") == "preview"
    assert choices(front_desk) == [
        (f"Wed, Dec 9, 2026, 10:00 am EST ({visit.spoken_reference})", True)
    ]


def test_plain_text_can_be_chosen(front_desk, visit):
    page = parse(preview(front_desk, visit, part="text", heading="Hi & bye").content)

    assert page.one("pre").text.startswith("Hi & bye Hello Ana <i>Example</i>, we look forward")
    assert "Subject: Your visit on Wednesday, December 9, 10:00 am" in page.text


def test_text_message_is_shown_with_its_length(front_desk, visit):
    text = "{clinic}, {day}"

    page = parse(preview(front_desk, visit, "reminder_text", opening=text).content)

    shown = page.one("pre").text
    assert "Wednesday, December 9 Emergency? Call 911." in shown
    assert f"{len(shown)} characters. It shows on locked phones." in page.text


def test_errors_in_the_words_are_said_in_the_frame(front_desk, visit):
    response = preview(front_desk, visit, subject="{name}", opening="{nmae}")

    items = [node.text for node in parse(response.content).all("li")]
    assert items[0].startswith("Subject: “{name}” cannot stand here.")
    assert items[1].startswith("Opening: “{nmae}” cannot stand here.")
    assert "sandbox" in response["Content-Security-Policy"]
    assert "style=" not in response.text
    assert "<style" not in response.text


@pytest.mark.parametrize("key", [key for key in WORDS if key not in ("offer", "waiting")])
def test_each_kind_about_a_visit_is_made_of_it(front_desk, visit, key):
    opening = "Here, " + "".join(f"{{{name}}}|" for name in WORDS[key].placeholders)

    page = parse(preview(front_desk, visit, key, opening=opening).content)

    assert "Here, " in page.text
    assert "cannot be used" not in page.text
    visit.refresh_from_db()
    assert (visit.status, visit.cancelled_by) == ("booked", "")


@pytest.mark.parametrize("key", CANCELLED)
def test_cancellations_say_who_cancels(front_desk, visit, key):
    page = parse(preview(front_desk, visit, key).content)

    ours = "Or call" in page.text
    assert ours == (key == "cancellation_by_clinic")


def test_offers_and_places_on_the_list_are_shown_if_there_are_any(front_desk):
    service = make_full_service()
    none_offered = preview(front_desk, key="offer").content
    none_waiting = preview(front_desk, key="waiting").content
    wait(service)
    place = preview(front_desk, key="waiting", heading="In line").content
    cancel(service, MONDAY)
    offer_times()
    offer = preview(front_desk, key="offer", heading="Free: {kept_until}").content

    assert "No time was offered to anybody yet" in parse(none_offered).text
    assert "Nobody is on the waiting list" in parse(none_waiting).text
    assert parse(place).one("h1").text == "In line"
    assert "For Ana Example" in parse(place).text
    assert parse(offer).one("h1").text == "Free: Monday, December 7, 10:00 am"


def test_links_of_somebody_without_a_visit_to_come_are_not_shown(front_desk):
    past = make_appointment(make_service(), NOW - timedelta(days=2))

    page = parse(preview(front_desk, past, "links").content)

    assert "This patient has no visit to come" in page.text


def test_choices_are_the_visits_of_these_weeks_that_were_booked_last(front_desk):
    service = make_service()
    for number in range(21):
        at = NOW + timedelta(hours=number)
        make_appointment(service, local(8, 0) + number * service.duration, booked_at=at)
    make_appointment(service, NOW - timedelta(days=40), booked_at=NOW + timedelta(days=1))
    make_appointment(service, NOW - timedelta(days=1), booked_at=NOW + timedelta(days=1))
    make_appointment(service, local(20, 9), status="cancelled")
    make_appointment(service, local(20, 9), status="pending")
    Appointment.objects.filter(starts_at=local(8, 5)).update(is_private=True)

    found = choices(front_desk)

    assert [len(found), found[0][0][:16], found[-1][0][:16]] == [
        20,
        "Sun, Dec 6, 2026",
        "Tue, Dec 8, 2026",
    ]
    assert [label for label, is_chosen in found if is_chosen] == [found[1][0]]
    assert [label[-9:] for label, _ in found if "5:00 am" in label] == [", private"]


def test_what_cannot_be_shown_is_said(front_desk, visit):
    gone = make_appointment(visit.service, local(20, 9, year=2027))

    assert "not in the list any more" in preview(front_desk, gone).text


def test_without_visits_the_page_and_the_frame_say_so(front_desk):
    words = "There is no visit in these weeks"

    page = front_desk.get(url(view="change")).text

    assert words in page
    assert "<iframe" not in page
    assert words in preview(front_desk).text


def test_it_takes_the_right_to_see_whom_it_names(visit):
    stranger = signed_in("view_appointment", "view_messagewords")
    assert preview(stranger, visit).status_code == 403
    User.objects.all().delete()

    editor = signed_in("view_messagewords", "change_messagewords")
    assert url() not in editor.get(url(view="change")).text
    assert preview(editor, visit).status_code == 403
    User.objects.all().delete()

    booker = signed_in("change_messagewords", "view_appointment")
    assert preview(booker, visit).status_code == 200
    assert preview(booker, key="waiting").status_code == 403


def test_it_takes_a_post_and_a_known_kind(front_desk, visit):
    assert front_desk.get(url()).status_code == 405
    assert front_desk.post(url("agenda")).status_code == 404
    assert Client(enforce_csrf_checks=True).post(url()).status_code in (302, 403)
