"""When a session of staff ends, and that nobody else has one."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django import app

from clinic.sign_in.jobs import forget_sessions
from tests.html_tree import parse

from .staff import PASSWORD, TWO_STEP, give_app, is_signed_in, make_staff, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
MINUTE, HOUR = 60, 3600
PAGE = "/admin/booking/appointment/?status=booked"


@pytest.fixture
def desk(client):
    """A browser that the front desk is signed in with."""
    make_staff(group="Front desk")
    sign_in(client)
    return client


def test_a_pause_ends_the_session_and_the_way_back_is_kept(desk, clock):
    clock.shift(29 * MINUTE)
    meanwhile = desk.get(PAGE)
    clock.shift(30 * MINUTE)
    answer = desk.get(PAGE, follow=True)

    page = parse(answer.content)
    assert meanwhile.status_code == 200
    assert "because nothing was done here for a while" in page.one(class_="errornote").text
    assert page.one("input", name="next").get("value") == PAGE
    assert sign_in(desk, next=PAGE).request["PATH_INFO"] == "/admin/booking/appointment/"


def test_the_clinic_says_how_long_a_pause_may_be(desk, clock, settings):
    settings.STAFF_IDLE_MINUTES = 5
    clock.shift(5 * MINUTE)

    assert not is_signed_in(desk)


def test_a_form_that_was_sent_too_late_leads_back_to_its_page(desk, clock):
    clock.shift(31 * MINUTE)

    answer = desk.post(
        "/admin/content-today/check-links/",
        headers={"referer": "http://testserver/admin/content-today/?a=b"},
    )
    page = parse(desk.get(answer.url).content)

    assert page.one("input", name="next").get("value") == "/admin/content-today/?a=b"
    assert page.one(class_="errornote").text.endswith("What you sent last was not saved.")


def test_a_form_from_elsewhere_does_not_say_where_to_go(desk, clock):
    clock.shift(31 * MINUTE)

    answer = desk.post("/admin/", headers={"referer": "https://evil.example/"})

    assert answer.url == "/admin/login/?next=%2Fadmin%2F&ended=pause&unsaved=yes"


def test_a_session_ends_after_twelve_hours_in_any_case(desk, clock):
    for _ in range(24 * 2 - 1):
        clock.shift(15 * MINUTE)
        assert is_signed_in(desk)
    clock.shift(15 * MINUTE)

    answer = desk.get("/admin/", follow=True)

    note = parse(answer.content).one(class_="errornote").text
    assert "signed in for a whole day" in note


def test_a_page_that_updates_itself_keeps_no_session_alive(desk, clock):
    answers = []
    for _ in range(4):
        clock.shift(10 * MINUTE)
        answers.append(desk.get("/admin/", headers={"x-updates": "1"}).status_code)
    clicked = desk.get("/admin/")

    assert answers == [200, 200, 401, 401]
    assert clicked.url == "/admin/login/?next=%2Fadmin%2F&ended=pause"


def test_the_clock_is_written_at_most_once_a_minute(desk, clock):
    def writes():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            desk.get("/admin/")
        return sum(q["sql"].startswith("UPDATE") for q in queries)

    clock.shift(59)
    before = writes()
    clock.shift(1)

    assert (before, writes(), writes()) == (0, 1, 0)


def test_whoever_stops_after_the_first_step_is_signed_out_too(client, clock):
    give_app(make_staff())
    sign_in(client)
    clock.shift(30 * MINUTE)

    answers = [client.get(TWO_STEP), client.get("/admin/login/")]

    assert answers[0].url == "/admin/login/?next=%2Fadmin%2Ftwo-step%2F&ended=pause"
    assert answers[1].status_code == 200


def test_the_sign_in_page_ends_a_session_that_is_over(desk, clock):
    clock.shift(30 * MINUTE)

    page = desk.get("/admin/login/", follow=True)

    assert "nothing was done here" in parse(page.content).one(class_="errornote").text
    assert Session.objects.count() == 0


def test_the_night_takes_sessions_that_expired_and_no_other(desk, clock):
    clock.shift(12 * HOUR)
    at_noon = Client()
    sign_in(at_noon)
    clock.shift(1)

    forget_sessions(timestamp=0)

    assert [one.session_key for one in Session.objects.all()] == [at_noon.session.session_key]


def test_the_worker_knows_when_sessions_are_deleted():
    due = {
        periodic.task.name: periodic.cron
        for periodic in app.periodic_registry.periodic_tasks.values()
    }

    assert due["clinic.forget_sessions"] == "7 4 * * *"


def test_changing_the_password_ends_the_other_sessions(client):
    make_staff()
    other = Client()
    sign_in(other)
    sign_in(client)
    new = {"new_password1": "quite another password", "new_password2": "quite another password"}

    client.post(reverse("admin:password_change"), {"old_password": PASSWORD, **new})

    assert User.objects.get().check_password("quite another password")
    assert (is_signed_in(client), is_signed_in(other)) == (True, False)


def test_the_form_for_a_new_password_says_the_rules(desk):
    rules = parse(desk.get(reverse("admin:password_change")).content).one(
        id="id_new_password1_helptext"
    )

    assert [item.text for item in rules.all("li")] == [
        "Your password can’t be too similar to your other personal information.",
        "Your password must contain at least 12 characters.",
        "Your password can’t be a commonly used password.",
        "Your password can’t be entirely numeric.",
    ]


@pytest.mark.parametrize("url", ["/", "/conditions/", "/book/", "/contact/", "/appointments/find/"])
def test_patients_pages_ask_for_no_session_and_set_no_cookie(desk, url):
    with CaptureQueriesContext(connection) as queries:
        answer = desk.get(url)

    asked = [q["sql"] for q in queries if "django_session" in q["sql"] or "auth_user" in q["sql"]]
    assert answer.status_code == 200
    assert asked == []
    assert "sessionid" not in answer.cookies
