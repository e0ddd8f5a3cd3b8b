"""The page on which staff choose what a patient is given to read after a visit."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User

from booking.follow_ups import articles_for, choose_articles
from booking.models import MailOptOut, Message, MessageKind
from conditions.models import Condition
from tests.html_tree import parse

from .factories import NOW, local, make_appointment, make_service
from .journeys import make_article

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def spasms():
    return make_article()


@pytest.fixture
def jaw():
    return make_article("jaw-pain", "Jaw pain")


@pytest.fixture
def visit(spasms):
    """A visit whose service has one article, mailed a day after it."""
    service = make_service(follow_up_minutes=1440)
    service.follow_up_articles.add(spasms)
    return make_appointment(service, local(14, 9))


def change_url(visit):
    return f"/admin/booking/appointment/{visit.pk}/change/"


def url(visit):
    return f"/admin/booking/appointment/{visit.pk}/articles/"


def main(response):
    return parse(response.content).one("div", id="content-main")


def boxes(response):
    return {
        label.text: "checked" in label.one("input").attributes
        for label in main(response).one("fieldset").all("label")
    }


def make_mail(visit, state, **kwargs):
    return Message.objects.create(
        appointment=visit,
        kind=MessageKind.FOLLOW_UP,
        to_email="ana@example.com",
        sequence=0,
        state=state,
        message_id="<1@clinic.example>",
        **kwargs,
    )


def test_the_articles_of_the_service_are_ticked_and_named_as_such(front_desk, visit, jaw):
    response = front_desk.get(url(visit))

    assert boxes(response) == {"Spasms and twitches": True, "Jaw pain": False}
    words = main(response).one("p", id="usual").text
    assert words == (
        "Nothing is chosen for this visit alone, so those of “First consultation” are ticked. "
        "With none ticked, it has those of “First consultation”: Spasms and twitches."
    )


def test_what_is_chosen_holds_for_this_visit_and_is_in_the_log(front_desk, visit, jaw):
    response = front_desk.post(url(visit), {"articles": [jaw.pk]}, follow=True)

    assert response.redirect_chain == [(change_url(visit), 302)]
    assert "Chosen for this visit: 1." in response.text
    assert articles_for(visit, now=NOW) == [jaw]
    log = LogEntry.objects.get()
    assert (log.object_id, log.change_message) == (
        str(visit.pk),
        "Chose to read after the visit: jaw-pain.",
    )
    again = front_desk.get(url(visit))
    assert boxes(again) == {"Spasms and twitches": False, "Jaw pain": True}
    assert "Chosen for this visit alone." in main(again).text


@pytest.mark.parametrize("ticked", ["none", "those of the service"])
def test_a_visit_goes_back_to_what_its_service_has(front_desk, visit, spasms, jaw, ticked):
    choose_articles(visit, [jaw])
    articles = [spasms.pk] if ticked == "those of the service" else []

    response = front_desk.post(url(visit), {"articles": articles}, follow=True)

    assert "This visit has the articles of “First consultation”." in response.text
    assert not visit.follow_up_articles.exists()
    assert articles_for(visit, now=NOW) == [spasms]


def test_an_article_that_left_the_site_meanwhile_is_refused(front_desk, visit, jaw):
    draft = Condition.objects.create(slug="draft", title="A draft")

    response = front_desk.post(url(visit), {"articles": [jaw.pk, draft.pk]})

    page = parse(response.content)
    error = "One of them is not on the site any more. Choose again."
    assert response.status_code == 200
    assert page.one("title").text.startswith("Error: ")
    assert page.one("a", href="#articles-title").text == error
    assert boxes(response) == {"Spasms and twitches": False, "Jaw pain": True}
    assert not visit.follow_up_articles.exists()


def test_an_article_of_the_visit_that_is_off_the_site_is_named_as_such(front_desk, visit):
    gone = Condition.objects.create(slug="gone", title="Gone")
    choose_articles(visit, [gone])

    assert boxes(front_desk.get(url(visit)))["Gone (not on the site now)"] is True


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1440, "The mail leaves 24 hours after its end, if the visit is marked as done."),
        (0, "The mail leaves at its end, if the visit is marked as done."),
        (None, "No mail is sent after such a visit."),
    ],
)
def test_page_says_whether_and_when_a_mail_leaves(front_desk, visit, minutes, words):
    visit.service.follow_up_minutes = minutes
    visit.service.save()

    assert words in main(front_desk.get(url(visit))).text


def test_page_says_that_the_patient_wants_no_mail(front_desk, visit):
    MailOptOut.objects.create(email=visit.patient.email.upper())

    assert "The patient wants no mail after visits." in main(front_desk.get(url(visit))).text


@pytest.mark.parametrize("state", ["sent", "bounced"])
def test_page_says_that_the_mail_has_left(front_desk, visit, state):
    bounced = {"bounced_at": NOW} if state == "bounced" else {}
    make_mail(visit, state, sent_at=NOW - timedelta(hours=1), **bounced)

    words = main(front_desk.get(url(visit))).text

    assert "left on Mon, Dec 7, 2026, 6:00 am EST, and nothing is sent twice." in words


def test_page_says_what_became_of_a_mail_that_has_not_left(front_desk, visit):
    make_mail(visit, "failed")

    words = main(front_desk.get(url(visit))).text

    assert "The mail after this visit: Not sent: we do not try again." in words


@pytest.mark.parametrize("is_private", [True, False])
def test_page_says_that_a_private_mail_names_no_article(front_desk, visit, is_private):
    visit.is_private = is_private
    visit.save()

    words = main(front_desk.get(url(visit))).text

    assert ("a mail names no article" in words) is is_private


@pytest.mark.parametrize(
    ("status", "answer"),
    [("booked", 200), ("arrived", 200), ("fulfilled", 200), ("noshow", 404), ("cancelled", 404)],
)
def test_only_who_came_or_comes_has_something_to_read(front_desk, visit, status, answer):
    other = make_appointment(visit.service, local(21, 9), status=status)

    page = front_desk.get(change_url(other)).text

    assert front_desk.get(url(other)).status_code == answer
    assert ("Articles to read" in page) is (answer == 200)


def test_who_only_looks_at_visits_chooses_nothing(client, visit, jaw):
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_appointment"))
    client.force_login(user)

    assert "Articles to read" not in client.get(change_url(visit)).text
    assert client.get(url(visit)).status_code == 403
    assert client.post(url(visit), {"articles": [jaw.pk]}).status_code == 403
    assert not visit.follow_up_articles.exists()


@pytest.mark.parametrize(
    ("chosen", "private", "texts"),
    [
        (
            {"is_private": True, "wants_texts": True},
            "Yes: they name neither the kind of visit nor articles",
            "Reminders by text message, too",
        ),
        ({}, "No: they may name the kind of visit", "No, email alone"),
    ],
)
def test_visit_says_what_the_patient_wants_of_messages(front_desk, visit, chosen, private, texts):
    other = make_appointment(visit.service, local(21, 9), **chosen)

    page = parse(front_desk.get(change_url(other)).content)

    shown = [
        page.one("div", class_=f"field-{name}").one("div", class_="readonly").text
        for name in ("private", "texts", "to_read")
    ]
    assert shown == [private, texts, "Spasms and twitches"]
