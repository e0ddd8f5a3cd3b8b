"""Nobody sees a patient in the admin by a way that the audit does not hear of."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from booking.models import AuditEntry

from .factories import book, local, make_details

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
AGENDA = "/admin/booking/appointment/agenda/"
NAME = "Wilma Example"


@pytest.fixture
def visit(service):
    details = make_details(name=NAME, email="wilma@example.com")
    return book(service, starts_at=local(7, 10), details=details)


def pages(visit):
    patient = f"/admin/booking/patient/{visit.patient_id}"
    return [AGENDA, f"{AGENDA}print/", "/admin/booking/patient/", f"{patient}/change/"]


def test_every_page_that_names_a_patient_is_noted(front_desk, visit):
    own = [f"/admin/booking/patient/{visit.patient_id}/history/"]

    for url in (*pages(visit), *own):
        before = AuditEntry.objects.count()
        assert (NAME in front_desk.get(url).text, AuditEntry.objects.count() - before) == (True, 1)


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_pages_answer_no_other_way_of_asking(front_desk, visit, method):
    answers = [front_desk.generic(method, url) for url in (*pages(visit), "/admin/")]

    assert [answer.status_code for answer in answers] == [405] * 5


def test_whoever_sends_a_form_to_see_the_page_has_seen_it(front_desk, visit):
    _agenda, *others = pages(visit)

    answers = [front_desk.post(url, {"add_note": "", "text": ""}) for url in others]

    assert [NAME in answer.text for answer in answers] == [True] * 3
    assert AuditEntry.objects.count() == 3


def test_what_a_page_asks_by_itself_is_for_its_own_days_and_session(front_desk, visit):
    week, day = f"{AGENDA}?on=2026-12-07", f"{AGENDA}?on=2026-12-07&view=day"
    asks = front_desk.get(week).context["updates_pass"]
    other = Client()
    other.force_login(User.objects.get(username="desk"))
    tries = [(front_desk, week, asks), (front_desk, week, "1"), (front_desk, day, asks)]

    seen = []
    for browser, url, sent in [*tries, (other, week, asks)]:
        before = AuditEntry.objects.count()
        answer = browser.get(url, headers={"X-Updates": sent})
        seen.append((NAME in answer.text, AuditEntry.objects.count() - before))

    assert seen == [(True, 0), (True, 1), (True, 1), (True, 1)]


@pytest.mark.parametrize(
    ("model", "field"),
    [
        ("appointment", "patient"),
        ("patientnote", "patient"),
        ("message", "appointment"),
        ("message", "waitlist_offer"),
        ("waitlistoffer", "entry"),
    ],
)
def test_no_field_of_a_form_offers_patients(front_desk, visit, model, field):
    query = {"app_label": "booking", "model_name": model, "field_name": field, "term": "Wil"}

    answer = front_desk.get("/admin/autocomplete/", query)

    assert (answer.status_code in (403, 404), NAME in answer.text) == (True, False)
