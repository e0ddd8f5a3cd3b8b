"""What staff read about a message, how they find it, and what waits for them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User

from booking.admin.message_wording import address_words, hint_for, state_words
from booking.models import Message, MessageKind
from tests.html_tree import parse

from .factories import NOW, local, make_appointment, make_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
LIST = "/admin/booking/message/"
TEXT = {"channel": "sms", "to_email": "", "to_phone": "+12125550123", "kind": "reminder"}


@pytest.fixture
def visit():
    return make_appointment(make_service(), local(14, 9))


def make_message(visit, state="failed", **kwargs):
    """Make one of that state, asked for now."""
    defaults = {"kind": "choice", "to_email": "ana@example.com", "sequence": 0, "created_at": NOW}
    if state in ("sent", "bounced"):
        defaults["sent_at"] = NOW
    if state == "bounced":
        defaults["bounced_at"] = NOW
    if kwargs.get("kind") == "reminder":
        defaults["lead_minutes"] = 120
    message_id = f"<{Message.objects.count()}@clinic.example>"
    fields = defaults | {"state": state, "message_id": message_id} | kwargs
    return Message.objects.create(appointment=visit, **fields)


def listed(client, **query):
    if term := query.pop("q", ""):
        response = client.post(LIST, {"q": term, "search_for": "Search"}, follow=True)
    else:
        response = client.get(LIST, query)
    return {message.pk for message in response.context["cl"].result_list}


def visit_url(visit):
    return f"/admin/booking/appointment/{visit.pk}/change/"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "queued"}, "Waiting to be sent"),
        ({"state": "queued", "attempts": 2}, "Could not leave yet: we try again"),
        ({"state": "sending"}, "Being sent: it may have left"),
        ({"state": "sent"}, "Sent"),
        ({"state": "failed"}, "Not sent: we do not try again"),
        ({"state": "bounced"}, "Came back: it did not arrive"),
        ({"state": "outdated"}, "Not needed any more: no longer true, or too late"),
    ],
)
def test_each_state_is_said_in_words(fields, words):
    assert state_words(Message(**fields)) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"last_error": "SMTPRecipientsRefused 550 at mail.py:1"},
            "The address does not exist: ask the patient.",
        ),
        (
            {"kind": MessageKind.AGENDA, "server_answer": "550 no such user"},
            "The address does not exist: correct it.",
        ),
        (
            {"state": "bounced", "server_answer": "5.1.1 unknown"},
            "The address does not exist: ask the patient.",
        ),
        (
            {"server_answer": "550 5.7.1 policy"},
            "Their mail server refuses our mail: call the patient.",
        ),
        ({"server_answer": "552 5.2.2 over quota"}, "Their mailbox is full: call the patient."),
        (
            {"state": "queued", "last_error": "SMTPRecipientsRefused 451 at mail.py:1"},
            "Their mail server is busy: we try again.",
        ),
        ({"server_answer": "451 later"}, "Their mail server is busy: call the patient."),
        (
            {"state": "queued", "last_error": "SMTPAuthenticationError 535 at mail.py:1"},
            "Our own mail server refuses our password: tell whoever runs this site.",
        ),
        (
            {"state": "queued", "last_error": "ConnectionRefusedError at socket.py:1"},
            "Our mail server cannot be reached: we try again.",
        ),
        (
            {"last_error": "ProviderError 422 at providers.py:1"},
            "It could not be sent: call the patient.",
        ),
        ({"state": "bounced", "server_answer": "bounced"}, "It did not arrive: call the patient."),
        ({"state": "sent", "server_answer": "250 queued as 550123"}, ""),
        ({"state": "queued"}, ""),
        (
            TEXT | {"last_error": "SmsRefused at twilio.py:1"},
            "This number takes no text messages, or they are switched off: call the patient.",
        ),
        (
            TEXT | {"state": "queued", "last_error": "SmsFailed at twilio.py:1"},
            "Text messages cannot leave: we try again.",
        ),
        (TEXT | {"last_error": "The program was stopped. It may have left: ask."}, ""),
    ],
)
def test_what_a_server_answers_is_said_in_words(fields, words):
    assert hint_for(Message(**{"kind": "choice", "state": "failed"} | fields)) == words


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+12125550123", "(212) 555-0123"),
        ("+81312345678", "+81 3-1234-5678"),
        ("no number", "no number"),
    ],
)
def test_a_phone_number_is_shown_as_people_write_it(stored, shown):
    assert address_words(Message(**TEXT | {"to_phone": stored})) == shown


def test_a_messages_page_shows_all_of_it(front_desk, visit):
    message = make_message(
        visit,
        "queued",
        attempts=2,
        next_try_at=NOW + timedelta(minutes=5),
        last_error="SMTPRecipientsRefused 451 at mail.py:1",
    )

    page = parse(front_desk.get(f"{LIST}{message.pk}/change/").content)

    shown = {
        name: page.one("div", class_=f"field-{name}").one("div", class_="readonly").text
        for name in ("kind", "channel", "address", "outcome", "hint", "next_try", "sent", "answer")
    }
    assert shown == {
        "kind": "Please choose another time",
        "channel": "Email",
        "address": "ana@example.com",
        "outcome": "Could not leave yet: we try again",
        "hint": "Their mail server is busy: we try again.",
        "next_try": "Mon, Dec 7, 2026, 7:05 am EST",
        "sent": "-",
        "answer": "SMTPRecipientsRefused 451 at mail.py:1",
    }


def test_list_is_narrowed_down_and_searched(front_desk, visit):
    failed = make_message(visit)
    text = make_message(visit, "queued", **TEXT)
    sent = make_message(visit, "sent")

    assert listed(front_desk, state="failed") == {failed.pk}
    assert listed(front_desk, channel="sms") == {text.pk}
    assert listed(front_desk, kind="reminder") == {text.pk}
    assert listed(front_desk, q="212-555-0123") == {text.pk}
    assert listed(front_desk, q=" 555 0123") == {text.pk}
    assert listed(front_desk, q="ANA@") == {failed.pk, sent.pk}


def test_list_asks_as_much_for_many_as_for_one(
    front_desk, visit, django_assert_num_queries, django_assert_max_num_queries
):
    make_message(visit)
    with django_assert_max_num_queries(20) as one:
        front_desk.get(LIST)

    make_message(make_appointment(visit.service, local(21, 9)))
    make_message(None, kind="links")

    with django_assert_num_queries(len(one)):
        front_desk.get(LIST)


def make_old_and_new(visit):
    """Return the two messages that need somebody, among others that do not."""
    long_ago = NOW - timedelta(days=31)
    failed = make_message(visit)
    came_back = make_message(visit, "bounced", created_at=long_ago)
    make_message(visit, created_at=long_ago)
    make_message(visit, "bounced", bounced_at=long_ago)
    make_message(visit, "sent")
    make_message(visit, "outdated")
    make_message(None, kind="notice_failed", about_message=failed, to_email="desk@example.com")
    return {failed.pk, came_back.pk}


def test_index_counts_what_did_not_arrive_and_leads_to_it(front_desk, visit):
    wanted = make_old_and_new(visit)

    page = parse(front_desk.get("/admin/").content)

    link = page.one("a", href=f"{LIST}?state=somebody")
    assert link.text == "2 messages to patients did not arrive"
    assert listed(front_desk, state="somebody") == wanted


def test_what_was_sent_again_waits_for_nobody(front_desk, visit):
    message = make_message(visit)

    front_desk.post(LIST, {"action": "send_again", "_selected_action": [message.pk]})

    assert "did not arrive" not in front_desk.get("/admin/").text
    assert listed(front_desk, state="somebody") == set()


def test_index_says_nothing_of_messages_to_those_who_may_not_see_them(client, visit):
    make_message(visit)
    user = User.objects.create_user("other", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_appointment"))
    client.force_login(user)

    assert "did not arrive" not in client.get("/admin/").text


def test_visit_shows_its_messages_and_sends_one_again(front_desk, visit):
    message = make_message(visit, server_answer="550 5.1.1 unknown")
    make_message(visit, "outdated")
    url = visit_url(visit)

    rows = parse(front_desk.get(url).content).one(id="messages-group").one("tbody").all("tr")
    response = front_desk.post(url, {"_send_again": message.pk}, follow=True)

    cells = [cell.text for cell in rows[0].all("td")]
    assert cells[:6] == [
        "Please choose another time",
        "Not sent: we do not try again",
        "The address does not exist: ask the patient.",
        "Send again",
        "ana@example.com",
        "Email",
    ]
    button = rows[0].one("button", name="_send_again")
    assert button.get("aria-label") == "Send again: Please choose another time, email"
    assert rows[1].all("button") == []
    assert "Waiting to be sent: 1." in response.text
    assert response.redirect_chain == [(url, 302)]
    message.refresh_from_db()
    assert message.state == "queued"


def test_visit_sends_again_only_what_is_about_it(front_desk, visit):
    message = make_message(make_appointment(visit.service, local(21, 9)))

    for pk in (message.pk, "9" * 30, "x"):
        front_desk.post(visit_url(visit), {"_send_again": pk})

    message.refresh_from_db()
    assert message.state == "failed"


def test_who_only_looks_at_visits_sends_nothing(client, visit):
    message = make_message(visit)
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_appointment"))
    client.force_login(user)

    page = client.get(visit_url(visit)).text
    client.post(visit_url(visit), {"_send_again": message.pk})

    assert "_send_again" not in page
    message.refresh_from_db()
    assert message.state == "failed"
