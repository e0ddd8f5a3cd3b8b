import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from clinic.models import Clinic
from conditions.feedback import NOTES_A_DAY, NOTES_AN_HOUR
from conditions.models import Feedback
from conditions.publishing import publish, unpublish
from tests.html_tree import parse

from .factories import NOW, make_condition, make_live_condition, make_live_treatment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST = "/admin/conditions/feedback/"


@pytest.fixture(autouse=True)
def _empty_memory():
    cache.clear()
    yield
    cache.clear()


def url_of(article):
    return f"{article.get_absolute_url()}feedback/"


def send(client, article, status=303, headers=None, address="192.0.2.1", **answers):
    answers = {"helpful": "yes", "text": "", "website": ""} | answers
    response = client.post(url_of(article), answers, headers=headers, REMOTE_ADDR=address)
    assert response.status_code == status
    return response


@pytest.mark.parametrize(
    ("make", "field"), [(make_live_condition, "condition"), (make_live_treatment, "treatment")]
)
def test_feedback_is_stored_with_the_day_and_nothing_about_the_reader(client, make, field):
    article = make()

    response = send(client, article, helpful="no", text="Too long.\r\nMore pictures.")

    stored = Feedback.objects.values().get()
    del stored["id"]
    assert stored == {
        "condition_id": None,
        "treatment_id": None,
        "was_helpful": False,
        "text": "Too long.\nMore pictures.",
        "sent_on": date(2026, 12, 7),
        "is_done": False,
    } | {f"{field}_id": article.pk}
    assert response.url == f"{url_of(article)}thanks/"
    assert response.cookies == {}


def test_thanks_say_that_nobody_answers_and_whom_to_call(client):
    Clinic.objects.create(emergency_number="112")
    article = make_live_condition(title="Spasms")

    response = client.get(send(client, article, text="My note").url)

    page = parse(response.content)
    assert page.one("h1").text == "Thank you"
    assert "We cannot answer, because we do not know who you are." in page.one("main").text
    assert page.one("main").one("a", href="tel:112").text == "112"
    assert page.one("meta", name="robots").get("content") == "noindex"
    assert "My note" not in page.text
    assert response.cookies == {}


@pytest.mark.parametrize("path", ["", "feedback/", "feedback/thanks/"])
def test_pages_are_the_same_for_everybody(client, path):
    article = make_live_condition()
    url = f"{article.get_absolute_url()}{path}"

    first = client.get(url)
    send(client, article)
    second = Client().get(url)

    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.cookies == {}


def test_form_stands_alone_and_asks_for_nothing_personal(client, django_assert_num_queries):
    article = make_live_condition(title="Spasms")

    with django_assert_num_queries(2):
        page = parse(client.get(url_of(article)).content)

    form = page.one("form", method="post")
    assert form.get("action") == url_of(article)
    assert "Please write no names and nothing about your health." in page.one("main").text
    names = [node.get("name") for node in form.all() if node.get("name")]
    assert names == ["helpful", "helpful", "text", "website"]
    assert page.one("meta", name="robots").get("content") == "noindex"


@pytest.mark.parametrize(
    ("answers", "href", "words"),
    [
        ({"helpful": ""}, "#feedback_helpful_0", "Choose yes or no."),
        ({"helpful": "maybe"}, "#feedback_helpful_0", "Choose yes or no."),
        ({"text": "x" * 501}, "#feedback_text", "Shorten your note to 500 characters."),
        ({"website": "https://x"}, "#feedback_website", "The last box must stay empty."),
        ({"website": "a\0"}, "#feedback_website", "The last box must stay empty."),
    ],
)
def test_what_is_wrong_is_said_and_the_note_kept(client, answers, href, words):
    article = make_live_condition()

    response = send(client, article, 422, **({"text": "My <b>note</b>"} | answers))

    page = parse(response.content)
    link = page.one("div", role="alert").one("a")
    assert (link.get("href"), link.text[: len(words)]) == (href, words)
    assert page.one("textarea").text == answers.get("text", "My <b>note</b>")
    assert page.one("title").text.startswith("Error: ")
    assert "no-store" in response.headers["Cache-Control"]
    assert not Feedback.objects.exists()


def test_a_filled_trap_is_shown_so_that_people_can_clear_it(client):
    article = make_live_condition()

    page = parse(send(client, article, 422, website="Mine").content)
    untouched = parse(client.get(url_of(article)).content)

    assert page.one("input", name="website").get("value") == "Mine"
    assert page.one("input", name="website").get("tabindex") is None
    assert untouched.one("input", name="website").parent.get("class") == "field hide"


def test_text_loses_what_cannot_be_seen_and_stays_text(client):
    article = make_live_condition()

    send(client, article, text=" a\0b\x07c\x1b[31m\u202ed\x85\n<script>\te ")

    assert Feedback.objects.get().text == "abc[31md\n<script> e"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
        {"origin": "https://evil.example"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "https://testserver"},
        {"origin": "null"},
    ],
)
def test_another_site_cannot_send(client, headers):
    article = make_live_condition()

    response = send(client, article, 403, headers=headers, text="My note")

    page = parse(response.content)
    assert "This came from another website" in page.one("div", role="alert").text
    assert page.one("textarea").text == "My note"
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin", "origin": "http://testserver"},
        {"sec-fetch-site": "none"},
        {"origin": "http://testserver"},
        {},
    ],
)
def test_the_site_itself_can_send_without_a_token(headers):
    article = make_live_condition()

    send(Client(enforce_csrf_checks=True), article, headers=headers)

    assert Feedback.objects.count() == 1


def test_notes_from_one_address_have_a_limit(client, clock):
    articles = [make_live_condition(), make_live_condition()]
    for number in range(NOTES_AN_HOUR):
        send(client, articles[number % 2])

    response = send(client, articles[0], 429, text="My note")
    send(client, articles[0], address="192.0.2.2")
    clock.shift(timedelta(hours=1, seconds=1))
    send(client, articles[0])

    page = parse(response.content)
    assert "Please send it again in an hour." in page.one("div", role="alert").text
    assert page.one("textarea").text == "My note"
    assert Feedback.objects.count() == NOTES_AN_HOUR + 2


def test_a_household_counts_as_one_address(client):
    article = make_live_condition()
    for number in range(NOTES_AN_HOUR):
        send(client, article, address=f"2001:db8::{number + 1}")

    send(client, article, 429, address="2001:db8::ffff")
    send(client, article, address="2001:db8:0:1::1")


def test_an_unknown_address_counts_too(client):
    article = make_live_condition()
    for _ in range(NOTES_AN_HOUR):
        send(client, article, address="")

    send(client, article, 429, address="")


def test_no_address_is_kept_in_memory(client, monkeypatch):
    kept = []
    monkeypatch.setattr(cache, "add", lambda key, value, timeout: kept.append(key))

    send(client, make_live_condition(), address="192.0.2.77")

    assert re.fullmatch(r"feedback-[0-9a-f]{64}", kept[0])


def test_an_article_takes_so_many_notes_a_day(client, clock):
    article, other = make_live_condition(), make_live_condition()
    Feedback.objects.bulk_create(
        Feedback(condition=article, was_helpful=True, sent_on=date(2026, 12, 7))
        for _ in range(NOTES_A_DAY)
    )

    send(client, article, 429)
    send(client, other)
    clock.shift(timedelta(days=1))
    send(client, article)


def test_what_is_not_live_takes_no_feedback(client):
    draft = make_condition()
    scheduled = make_condition()
    publish(scheduled, by="tests", now=NOW + timedelta(days=1))
    gone = make_live_condition()
    unpublish(gone, by="tests", now=NOW)

    for article, status in ((draft, 404), (scheduled, 404), (gone, 410)):
        send(client, article, status)
        assert client.get(url_of(article)).status_code == status
        assert client.get(f"{url_of(article)}thanks/").status_code == status


def test_other_methods_are_refused(client):
    article = make_live_condition()

    assert client.put(url_of(article)).status_code == 405
    assert client.post(f"{url_of(article)}thanks/").status_code == 405


def make_feedback(**kwargs):
    defaults = {"condition": make_condition(title="Spasms"), "was_helpful": False}
    return Feedback.objects.create(**defaults | {"sent_on": date(2026, 12, 7)} | kwargs)


def test_staff_read_feedback_and_tick_it_off(client, editor):
    note = make_feedback(text="<script>alert(1)</script>")

    listed = client.get(LIST).content.decode()
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": note.pk}
    client.post(LIST, form | {"form-0-is_done": "on", "_save": "Save"})

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in listed
    assert "<script>alert" not in listed
    note.refresh_from_db()
    assert note.is_done


def test_staff_cannot_change_or_add_words(client, editor):
    note = make_feedback(text="Too long")

    content = client.get(f"{LIST}{note.pk}/change/").content.decode()
    client.post(f"{LIST}{note.pk}/change/", {"text": "Fine", "is_done": "on"})

    note.refresh_from_db()
    assert "Too long" in content
    assert (note.text, note.is_done) == ("Too long", True)
    assert client.get(f"{LIST}add/").status_code == 403


def test_list_of_feedback_can_be_narrowed_and_counts_its_queries(
    client, editor, django_assert_max_num_queries
):
    make_feedback(text="Open one")
    make_feedback(text="Done one", is_done=True, condition=None, treatment=make_live_treatment())

    with django_assert_max_num_queries(14):
        content = client.get(f"{LIST}?is_done__exact=0").content.decode()

    assert "Open one" in content
    assert "Done one" not in content
