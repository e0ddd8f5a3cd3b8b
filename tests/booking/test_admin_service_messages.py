"""What the owner sets about the messages of a service."""

import pytest

from booking.models import Service
from conditions.models import Condition
from tests.html_tree import parse

from .factories import make_service
from .journeys import make_article
from .test_admin_services import LIST, answers, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def boxes(page, name):
    """Return the boxes of a question: the words beside each, and whether it is ticked."""
    return {
        label.text: "checked" in label.one("input").attributes
        for label in page.one("div", class_=f"field-{name}").all("label")
        if label.all("input")
    }


def test_owner_sets_what_patients_are_sent(admin_client):
    service, article = make_service(), make_article()
    told = {
        "emergency_line": "Call 911 if your chest hurts.",
        "reminder_minutes": "90 minutes, 1 week and 2 Days; 2h",
        "follow_up_minutes_0": 2,
        "follow_up_minutes_1": 1440,
        "follow_up_articles": [article.pk],
    }

    response = admin_client.post(url(service), answers(service, **told))

    service = Service.objects.get()
    assert response.status_code == 302
    assert service.emergency_line == "Call 911 if your chest hurts."
    assert service.reminder_minutes == [7 * 1440, 2 * 1440, 120, 90]
    assert service.follow_up_minutes == 2 * 1440
    assert list(service.follow_up_articles.all()) == [article]


def test_nothing_of_it_has_to_be_sent(admin_client):
    service = make_service(follow_up_minutes=60)

    admin_client.post(url(service), answers(service, reminder_minutes=" , "))

    service = Service.objects.get()
    assert (service.reminder_minutes, service.follow_up_minutes) == ([], None)


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        ([4320, 120], "3 days, 2 hours"),
        ([1440, 90, 15], "24 hours, 90 minutes, 15 minutes"),
        ([], ""),
    ],
)
def test_reminders_are_shown_as_people_write_them(admin_client, minutes, shown):
    service = make_service(reminder_minutes=minutes)

    box = parse(admin_client.get(url(service)).content).one("input", name="reminder_minutes")

    assert (box.get("value") or "") == shown


def test_what_the_form_shows_can_be_sent_back(admin_client):
    service = make_service(reminder_minutes=[43200, 1440, 90])
    box = parse(admin_client.get(url(service)).content).one("input", name="reminder_minutes")

    admin_client.post(url(service), answers(service, reminder_minutes=box.get("value")))

    assert Service.objects.get().reminder_minutes == [43200, 1440, 90]


def test_new_service_begins_with_the_usual_reminders(admin_client):
    page = parse(admin_client.get(f"{LIST}add/").content)

    assert page.one("input", name="reminder_minutes").get("value") == "3 days, 2 hours"


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ("soon", ["“soon” is no length."]),
        ("2", ["“2” is no length."]),
        ("1.5 hours", ["“1.5 hours” is no length."]),
        ("1 hour 30 minutes", ["“1 hour 30 minutes” is no length."]),
        ("-2 hours", ["“-2 hours” is no length."]),
        ("14 minutes", ["“14 minutes” is too short: remind at least 15 minutes before."]),
        ("31 days", ["“31 days” is too long: remind at most 30 days before."]),
        ("9" * 30 + " days", ["is too long: remind at most 30 days before."]),
        ("2 hours, 120 minutes", ["“120 minutes” stands there twice."]),
        ("6 days, 5 days, 4 days, 3 days, 2 days, 1 day", ["at most 5 reminders: these are 6."]),
        ("soon, 31 days", ["“soon” is no length.", "“31 days” is too long"]),
    ],
)
def test_reminders_that_cannot_be_are_refused_and_what_was_typed_is_kept(
    admin_client, typed, errors
):
    service, article = make_service(), make_article()

    response = admin_client.post(
        url(service),
        answers(
            service,
            reminder_minutes=typed,
            emergency_line="Call 911.",
            follow_up_minutes_0=3,
            follow_up_articles=[article.pk],
        ),
    )

    page = parse(response.content)
    said = page.one("div", class_="field-reminder_minutes").one("ul", class_="errorlist")
    assert len(said.all("li")) == len(errors)
    assert [words for words in errors if words not in said.text] == []
    assert page.one("input", name="reminder_minutes").get("value") == typed
    assert page.one("input", name="emergency_line").get("value") == "Call 911."
    assert page.one("input", name="follow_up_minutes_0").get("value") == "3"
    assert boxes(page, "follow_up_articles") == {"Spasms and twitches": True}
    assert Service.objects.get().reminder_minutes == [4320, 120]


def test_a_mail_later_than_a_month_is_refused(admin_client):
    service = make_service()

    response = admin_client.post(
        url(service), answers(service, follow_up_minutes_0=31, follow_up_minutes_1=1440)
    )

    assert "Enter at most 30 days." in response.text
    assert Service.objects.get().follow_up_minutes is None


def test_articles_are_those_on_the_site_by_their_live_titles(admin_client):
    service = make_service()
    make_article()
    gone = Condition.objects.create(slug="gone", title="Gone")
    Condition.objects.create(slug="draft", title="A draft")
    service.follow_up_articles.add(gone)

    page = parse(admin_client.get(url(service)).content)

    assert boxes(page, "follow_up_articles") == {
        "Spasms and twitches": False,
        "Gone (not on the site now)": True,
    }


def test_an_article_that_is_off_the_site_stays_ticked_but_cannot_be_added(admin_client):
    service = make_service()
    gone = Condition.objects.create(slug="gone", title="Gone")
    draft = Condition.objects.create(slug="draft", title="A draft")
    service.follow_up_articles.add(gone)

    kept = admin_client.post(url(service), answers(service, follow_up_articles=[gone.pk]))
    refused = admin_client.post(url(service), answers(service, follow_up_articles=[draft.pk]))

    assert (kept.status_code, refused.status_code) == (302, 200)
    assert list(service.follow_up_articles.all()) == [gone]


def test_who_may_only_look_at_services_sees_what_is_sent(front_desk):
    service = make_service(emergency_line="Call 911.")

    page = parse(front_desk.get(url(service)).content)

    line = page.one("div", class_="field-emergency_line").one("div", class_="readonly")
    assert line.text == "Call 911."
