"""Staff edit the words of messages, and try them out on a real visit."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client

from booking.models import MessageWords
from booking.words import WORDS
from conditions.models import Condition, Treatment
from tests.html_tree import parse

from .desk import signed_in
from .factories import NOW, TEN, make_appointment, make_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
LIST = "/admin/booking/messagewords/"
DEFAULT = WORDS["confirmation"].default


def url(key="confirmation", view="change"):
    return f"{LIST}{key}/{view}/"


def typed(key="confirmation", **words):
    """Return what the form sends if only `words` are changed; lines end as browsers end them."""
    kind = WORDS[key]
    fields = {part: getattr(kind.default, part) for part in kind.parts} | words
    return {name: text.replace("\n", "\r\n") for name, text in fields.items()}


def save(client, key="confirmation", **words):
    return client.post(url(key), typed(key, **words) | {"_save": "Save"})


def errors(response):
    return response.context["adminform"].form.errors


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def stored():
    return list(MessageWords.objects.values_list("key", "subject", "heading", "opening", "closing"))


@pytest.fixture
def visit():
    return make_appointment(make_service(), TEN)


def test_list_has_every_kind_in_order_with_what_it_says(front_desk):
    MessageWords.objects.create(key="moved", subject="Ours", changed_at=NOW)

    table = parse(front_desk.get(LIST).content).one(class_="words-list")

    rows = [[cell.text for cell in row.children] for row in table.all("tr")[1:]]
    assert [label for label, _, _ in rows] == [kind.label for kind in WORDS.values()]
    assert rows[0] == ["Booked", "Your visit on {when}", "The default"]
    assert rows[1] == [
        "Moved",
        "Ours",
        "Your own words, changed Mon, Dec 7, 2026, 7:00 am EST",
    ]
    assert rows[5][1] == WORDS["reminder_text"].default.opening
    assert [a.get("href") for a in table.all("a")] == [url(key) for key in WORDS]


def test_index_leads_to_the_list_and_looking_changes_nothing(front_desk):
    assert "Words of messages" in front_desk.get("/admin/").text
    for key in WORDS:
        assert front_desk.get(url(key)).status_code == 200

    assert stored() == []


@pytest.mark.parametrize("view", ["change", "history"])
def test_unknown_kind_is_not_found(front_desk, view):
    assert front_desk.get(url("agenda", view)).status_code == 404


def test_form_shows_what_counts_now_and_the_default(front_desk):
    MessageWords.objects.create(key="confirmation", heading="Ours")

    page = parse(front_desk.get(url()).content)

    assert page.one("input", name="heading").get("value") == "Ours"
    assert page.one("input", name="subject").get("value") == DEFAULT.subject
    helps = [page.one(id=f"id_{part}_helptext").text for part in ("subject", "heading", "closing")]
    assert helps[0] == (
        "Placeholders: {when} {day} {time} {clinic}. "
        "The default, also if this is empty: “Your visit on {when}”"
    ).replace(". The", ".The")
    assert "“Your visit is booked”" in helps[1]
    assert "it may stay empty" in helps[2]
    assert "{practitioner} with whom" in page.one("dl").text.replace("}with", "} with")


def test_saving_stores_only_what_differs_and_says_who_did_it(front_desk):
    response = save(front_desk, opening="Hello {name},\n\nsee you on {day}.")

    assert response.url == LIST
    assert said(response) == ["“Booked” is saved. From now on it says this."]
    assert stored() == [("confirmation", "", "", "Hello {name},\n\nsee you on {day}.", "")]
    assert MessageWords.objects.get().changed_at == NOW
    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.object_id) == ("Words of a message: Booked", "confirmation")
    assert entry.get_change_message() == "Changed Opening."
    assert "Changed Opening." in front_desk.get(url(view="history")).text


def test_saving_it_as_it_is_stores_nothing(front_desk):
    save(front_desk)
    assert stored() == []

    before = NOW - timedelta(days=1)
    MessageWords.objects.create(key="confirmation", opening="One\n\ntwo", changed_at=before)
    save(front_desk, opening="One\n\ntwo")
    assert stored() == [("confirmation", "", "", "One\n\ntwo", "")]
    assert MessageWords.objects.get().changed_at == before
    assert {entry.get_change_message() for entry in LogEntry.objects.all()} == {
        "No fields changed."
    }


@pytest.mark.parametrize("heading", ["", DEFAULT.heading], ids=["empty", "the default"])
def test_last_own_word_taken_back_deletes_the_row(front_desk, heading):
    MessageWords.objects.create(key="confirmation", heading="Ours")

    save(front_desk, heading=heading)

    assert stored() == []


def test_text_message_has_one_box(front_desk):
    response = save(front_desk, "reminder_text", opening="{clinic}: see you {when}. {link}")

    assert response.status_code == 302
    assert stored() == [("reminder_text", "", "", "{clinic}: see you {when}. {link}", "")]
    assert parse(front_desk.get(url("reminder_text")).content).all("input", name="subject") == []


def test_unknown_placeholder_is_refused_with_its_name_and_all_is_kept(front_desk):
    response = save(front_desk, opening="Hello {nmae}", heading="Also new")

    assert list(errors(response)) == ["opening"]
    assert errors(response)["opening"][0].startswith("“{nmae}” cannot stand here. You can use: {na")
    page = parse(response.content)
    assert page.one("textarea", name="opening").text == "Hello {nmae}"
    assert page.one("input", name="heading").get("value") == "Also new"
    assert stored() == []


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Your visit, {name}", "“{name}” cannot stand here. You can use: {when}, {day}, {time}, "),
        ("{service}", "“{service}” cannot stand here."),
        ("About your ACUPUNCTURE", "“Acupuncture” cannot stand in a subject."),
        ("Nerve  pain: {day}", "“Nerve pain” cannot stand in a subject."),
        ("A trapped nerve?", "“trapped nerve” cannot stand in a subject."),
        ("Your first consultation!", "“First consultation” cannot stand in a subject."),
    ],
)
def test_subject_stays_neutral_and_the_form_says_why(front_desk, visit, subject, words):
    Treatment.objects.create(title="Acupuncture", slug="acupuncture")
    article = Condition.objects.create(title="Nerve pain", slug="nerve-pain")
    article.names.create(name="trapped nerve")

    (problem,) = errors(save(front_desk, subject=subject))["subject"]

    assert problem.startswith(words)
    assert "shows on locked phones" in problem
    assert stored() == []


def test_subject_may_have_parts_of_names_and_what_the_default_says(front_desk):
    make_service(name="Visit")
    Condition.objects.create(title="Ache", slug="ache")

    save(front_desk, subject="Your visit: headache or not, {day}")

    assert stored()[0][1] == "Your visit: headache or not, {day}"


@pytest.mark.parametrize(
    ("part", "text"),
    [("subject", "a\u2028b"), ("subject", "a\nBcc: x"), ("heading", "a\x07"), ("closing", "a\x07")],
)
def test_control_characters_are_refused(front_desk, part, text):
    response = save(front_desk, **{part: text})

    assert list(errors(response)) == [part]
    assert "control character" in errors(response)[part][0]


def test_back_to_the_default_asks_first_and_shows_what_changes(front_desk):
    MessageWords.objects.create(key="confirmation", heading="Ours")

    asked = front_desk.post(url(), typed(heading="Ours") | {"_default": "Back"})
    assert stored() != []
    shown = parse(asked.content)
    assert [node.text for node in shown.all("dt")] == ["Heading"]
    assert shown.one("del").text == "[removed: Ours]"
    assert shown.one("ins").text == "[added: Your visit is booked]"

    done = front_desk.post(url(), {"_default": "Back", "confirmed": "yes"})
    assert (done.url, said(done)) == (url(), ["“Booked” says what the default says."])
    assert stored() == []
    assert LogEntry.objects.get().get_change_message() == "Back to the default."

    again = front_desk.post(url(), {"_default": "Back"})
    assert said(again)[-1] == "“Booked” said what the default says already."
    assert LogEntry.objects.count() == 1


def test_nobody_adds_or_deletes(admin_client):
    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(url(view="delete"), {"post": "yes"}).status_code == 403


def test_who_may_only_see_changes_nothing():
    MessageWords.objects.create(key="confirmation", heading="Ours")
    reader = signed_in("view_messagewords", "view_appointment")

    page = reader.get(url())

    assert "Ours" in page.text
    assert "_default" not in page.text
    assert reader.get(LIST).status_code == 200
    assert save(reader, heading="Mine").status_code == 403
    assert reader.post(url(), {"_default": "1", "confirmed": "yes"}).status_code == 403
    assert stored() == [("confirmation", "", "Ours", "", "")]


def test_nobody_else_sees_them():
    stranger = signed_in("view_appointment")

    statuses = [stranger.get(path).status_code for path in (LIST, url(), url(view="history"))]

    assert statuses == [403, 403, 403]
    assert Client().get(LIST).status_code == 302
