"""Whatever destroys says first what it hits, in the clinic's words, or why it cannot be."""

from datetime import time, timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.options import ActionLocation
from django.contrib.auth.models import Group, User
from django.urls import reverse

from booking.models import (
    AvailableTime,
    BusyCalendar,
    Location,
    MailOptOut,
    NotAvailableTime,
    Practitioner,
    Service,
)
from clinic.help import cannot_delete_words, deleting_words
from conditions.models import Feedback
from tests.clinic.test_help import JARGON, MOST_WORDS
from tests.conditions.factories import make_condition
from tests.html_tree import parse

from .factories import (
    NOW,
    local,
    make_appointment,
    make_available_time,
    make_closure,
    make_practitioner,
    make_service,
)

pytestmark = pytest.mark.django_db

CAN_GO = [
    model_admin
    for model_admin in admin.site._registry.values()
    # Others refuse whoever asks: `has_delete_permission` of their own, which says no.
    if model_admin.opts.label_lower
    not in {
        "clinic.clinic",
        "clinic.signin",
        "booking.auditentry",
        "booking.legalhold",
        "booking.retentionrule",
        "booking.retentionrun",
        "conditions.revision",
        "conditions.linkcheck",
        "conditions.remedy",
        "booking.message",
        "booking.appointment",
        "booking.moverequest",
        "booking.messagewords",
        "booking.patient",
        "booking.waitlistentry",
    }
]


def url_of(record, page="delete"):
    opts = record._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=[record.pk])


def main_of(page):
    return parse(page.content.decode()).one(id="content")


def ask(client, *records):
    """Return the text of the question before these go, from their list."""
    opts = records[0]._meta
    listed = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    chosen = {"action": "delete_selected", "_selected_action": [one.pk for one in records]}
    return main_of(client.post(listed, chosen)).text


@pytest.mark.parametrize("model_admin", CAN_GO, ids=lambda one: one.opts.label_lower)
def test_every_list_that_deletes_says_what_that_does(model_admin, rf):
    rf = rf.get("/")
    rf.user = User(is_superuser=True, is_active=True)
    assert model_admin.has_delete_permission(rf)

    if not callable(getattr(model_admin, "deleting", None)):
        (words,) = deleting_words(model_admin, [])
        assert words.endswith("."), f"{model_admin.opts.label_lower} lacks `deleting`"
        assert len(words.split()) <= MOST_WORDS
        assert not JARGON.search(words)
    assert len(cannot_delete_words(model_admin).split()) <= MOST_WORDS


@pytest.mark.parametrize(
    "model_admin",
    [one for one in admin.site._registry.values() if one not in CAN_GO],
    ids=lambda one: one.opts.label_lower,
)
def test_the_others_delete_nothing(model_admin, rf):
    rf = rf.get("/")
    rf.user = User(is_superuser=True, is_active=True)

    assert not model_admin.has_delete_permission(rf)


def test_deleting_a_closure_names_when_times_are_offered_again(front_desk):
    closure = make_closure(local(9, 0), local(10, 0), reason="Holiday")

    text = main_of(front_desk.get(url_of(closure))).text
    front_desk.post(url_of(closure), {"post": "yes"})

    assert "Times are offered again: Wed, Dec 9, 2026, everybody." in text
    assert not NotAvailableTime.objects.exists()


def test_of_several_closures_each_is_named_and_the_rest_counted(admin_client):
    closures = [make_closure(local(9, 0), local(10, 0)) for _ in range(22)]

    text = ask(admin_client, *closures)

    assert text.startswith("Delete 22 closures?")
    assert text.count("Times are offered again") == 20
    assert "So they are in 2 more closures." in text
    assert NotAvailableTime.objects.count() == 22


def test_deleting_a_practitioner_counts_what_goes_with_them(admin_client, service):
    person = make_practitioner()
    AvailableTime.objects.create(
        practitioner=person,
        location=service.location,
        weekday=0,
        start_time=time(9),
        end_time=time(12),
    )
    make_closure(local(9, 0), local(10, 0), practitioner=person)

    text = main_of(admin_client.get(url_of(person))).text

    assert "Their hours, closures and calendars go with them" in text
    assert "Available times: 1" in text
    assert "Closures: 1" in text
    assert "relationship" not in text


def test_a_practitioner_with_busy_times_goes_without_another_permission(client):
    person = make_practitioner()
    calendar = BusyCalendar.objects.create(
        practitioner=person, url="https://calendar.example.org/secret.ics"
    )
    make_closure(local(9, 9), local(9, 10), practitioner=person, busy_calendar=calendar)
    owner = User.objects.create_user("owner", is_staff=True)
    owner.groups.add(Group.objects.get(name="Owner"))
    client.force_login(owner)

    asked = main_of(client.get(url_of(person)))
    client.post(url_of(person), {"post": "yes"})

    assert "You may not delete" not in asked.text
    assert "secret" not in asked.text
    assert not Practitioner.objects.exists()
    assert not NotAvailableTime.objects.exists()


def make_visit(service):
    return make_appointment(service, local(9, 10))


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        ("service", "Untick “bookable” instead"),
        ("practitioner", "Untick “active” instead"),
        ("location", "Take it out of the services instead"),
    ],
)
def test_what_has_visits_stays_and_says_what_to_do(admin_client, service, what, instead):
    visit = make_visit(service)
    record = getattr(visit, what)

    one = main_of(admin_client.get(url_of(record)))
    several = ask(admin_client, record)
    admin_client.post(url_of(record), {"post": "yes"})

    for text in (one.text, several):
        assert instead in text
        assert "In the way:" in text
        assert "Appointments: 1" in text
        assert "Ana Example" not in text
    assert not one.all("form")
    assert type(record).objects.filter(pk=record.pk).exists()


def test_a_visit_that_nobody_booked_goes(admin_client):
    service = make_service()

    text = main_of(admin_client.get(url_of(service))).text
    admin_client.post(url_of(service), {"post": "yes"})

    assert text.startswith("Delete this service?")
    assert "links to it lead nowhere" in text
    assert not Service.objects.exists()


def test_a_place_with_nothing_at_it_goes_with_its_closures(admin_client):
    place = Location.objects.create(slug="harbor", name="Harbor")
    make_closure(local(9, 0), local(10, 0), location=place)

    text = main_of(admin_client.get(url_of(place))).text
    admin_client.post(url_of(place), {"post": "yes"})

    assert "Closures: 1" in text
    assert not Location.objects.exists()


def test_a_calendar_says_how_many_times_are_offered_again(admin_client):
    person = make_practitioner()
    calendar = BusyCalendar.objects.create(
        practitioner=person, url="https://calendar.example.org/secret.ics"
    )
    for hour in (9, 11):
        make_closure(
            local(9, hour), local(9, hour + 1), practitioner=person, busy_calendar=calendar
        )

    for text in (main_of(admin_client.get(url_of(calendar))).text, ask(admin_client, calendar)):
        assert "go with it: 2. They are offered again." in text
        assert "secret" not in text


def test_who_wants_no_mail_gets_it_again(front_desk):
    entry = MailOptOut.objects.create(email="ana@example.com")

    assert "sent to this address again" in main_of(front_desk.get(url_of(entry))).text


def test_a_draft_goes_and_an_article_that_was_live_stays(admin_client):
    draft = make_condition()
    Feedback.objects.create(condition=draft, was_helpful=True, sent_on=NOW.date())

    text = main_of(admin_client.get(url_of(draft))).text

    assert "It was never on the site." in text
    assert "Feedback: 1" in text


def test_an_account_that_published_stays(admin_client):
    user = User.objects.create_user("leaver")

    assert "cannot sign in any more" in main_of(admin_client.get(url_of(user))).text


def test_keeping_it_is_a_link_that_needs_no_script(front_desk):
    closure = make_closure(local(9, 0), local(10, 0))

    links = [one.get("href") for one in main_of(front_desk.get(url_of(closure))).all("a")]

    assert url_of(closure, "change") in links
    assert "#" not in links


def test_what_one_may_not_delete_is_refused_in_words(client):
    group = Group.objects.get(name="Front desk")
    user = User.objects.create_user("desk", is_staff=True)
    user.groups.add(group)
    client.force_login(user)
    service = make_service()
    make_available_time(service)

    assert client.get(url_of(service)).status_code == 403
    assert client.get(url_of(make_closure(NOW, NOW + timedelta(days=1)))).status_code == 200


# Acts that are no deletion, each with its question.

ASKED_FIRST = [
    ("booking_appointment", "cancel", "Cancel and tell the patient?"),
    ("booking_practitioner", "stop_feed", "Stop the calendar’s address?"),
    ("booking_practitioner", "renew_feed", "Renew the calendar’s address?"),
]


@pytest.mark.parametrize(("model", "action", "question"), ASKED_FIRST)
def test_other_acts_ask_first_and_do_nothing_yet(admin_client, service, model, action, question):
    visit = make_appointment(service, local(28, 10))
    person = service.practitioner
    person.renew_feed()
    record = visit if model == "booking_appointment" else person
    url = reverse(f"admin:{model}_change", args=[record.pk])

    chosen = {f"{ActionLocation.CHANGE_FORM.value}-action": action, "_selected_action": record.pk}
    page = admin_client.post(url, chosen)

    assert question in main_of(page).text
    assert "Read what happens, then confirm it" in main_of(page).text
    before = (visit.status, person.feed_token)
    visit.refresh_from_db()
    person.refresh_from_db()
    assert (visit.status, person.feed_token) == before
