"""The page “Why is this time not offered?”."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from booking.models import AppointmentStatus

from .factories import (
    NOW,
    local,
    make_appointment,
    make_available_time,
    make_closure,
    make_location,
    make_practitioner,
    make_service,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
WHY = "/admin/booking/service/why-not-offered/"


@pytest.fixture
def service():
    """Open on Mondays from 9 to 12."""
    service = make_service(notice_minutes=24 * 60, horizon_days=14)
    make_available_time(service)
    return service


def ask(client, service, day, at, **answers):
    return client.get(WHY, {"service": service.pk, "day": day, "at": at} | answers)


def answers(response):
    """Return, for each instant, what is said of each practitioner."""
    return [
        (when, [(str(one.practitioner), [str(reason) for reason in one.reasons]) for one in rows])
        for when, rows in response.context["answers"]
    ]


def only_reason(client, service, day, at, **answers_given):
    ((_, ((_, (reason,)),)),) = answers(ask(client, service, day, at, **answers_given))
    return reason


def test_page_opens_empty_and_is_linked(front_desk, service):
    pages = [
        front_desk.get(path).text
        for path in (
            "/admin/",
            "/admin/booking/",
            f"/admin/booking/service/{service.pk}/change/",
            f"/admin/booking/practitioner/{service.practitioner.pk}/change/",
        )
    ]
    form = front_desk.get(WHY, {"service": service.pk})

    assert [WHY in page for page in pages] == [True] * 4
    assert form.context.get("answers") is None
    assert f'<option value="{service.pk}" selected>' in form.text


def test_offered_time_says_so_with_a_link(front_desk, service):
    response = ask(front_desk, service, "2026-12-14", "09:30")

    who = str(service.practitioner)
    assert answers(response) == [("Mon, Dec 14, 2026, 9:30 am EST", [(who, [])])]
    assert "It is offered." in response.text
    url = reverse("booking:times", args=[service.slug])
    assert f"{url}?from=2026-12-14&amp;location={service.location.slug}" in response.text


@pytest.mark.parametrize(
    ("day", "at", "words"),
    [
        ("2026-12-07", "06:00", "It is past."),
        (
            "2026-12-07",
            "09:00",
            "Booking closes 24 hours before a visit: now, what starts from "
            "Tue, Dec 8, 2026, 7:00 am EST on can be booked.",
        ),
        (
            "2026-12-28",
            "09:00",
            "It is too far ahead: booking is open for 14 days. "
            "This day opens on Monday, December 14, 2026.",
        ),
        (
            "2026-12-14",
            "11:30",
            "The visit, of 1 hour, is not within the hours. Open on that day: 9:00 am to 12:00 pm.",
        ),
        (
            "2026-12-15",
            "09:00",
            "The visit, of 1 hour, is not within the hours. Open on that day: not at all.",
        ),
        (
            "2026-12-14",
            "09:10",
            "No visit starts then. The nearest starts: "
            "Mon, Dec 14, 2026, 9:00 am EST and Mon, Dec 14, 2026, 9:30 am EST.",
        ),
    ],
    ids=["past", "notice", "horizon", "hours", "no hours", "step"],
)
def test_rules_are_put_in_words(front_desk, service, day, at, words):
    assert only_reason(front_desk, service, day, at) == words


def test_closure_and_holiday_are_linked(front_desk, service):
    closure = make_closure(local(14, 0), local(15, 0), reason="Snow <storm>")
    unnamed = make_closure(local(21, 0), local(22, 0))
    service.location.holiday_country = "US"
    service.location.save()
    make_available_time(service, weekday=4)
    service.horizon_days = 30
    service.save()

    assert only_reason(front_desk, service, "2026-12-14", "09:00") == (
        f'Closed: <a href="/admin/booking/notavailabletime/{closure.pk}/change/">'
        "Snow &lt;storm&gt;, Mon, Dec 14, 2026</a>."
    )
    assert only_reason(front_desk, service, "2026-12-21", "09:00") == (
        f'Closed: <a href="/admin/booking/notavailabletime/{unnamed.pk}/change/">'
        "no reason, Mon, Dec 21, 2026</a>."
    )
    assert only_reason(front_desk, service, "2026-12-25", "09:00") == (
        "Christmas Day is a public holiday, and not ticked as worked at "
        f'<a href="/admin/booking/location/{service.location.pk}/change/">Sampletown clinic</a>.'
    )


def test_visits_holds_and_breaks_are_told_apart(front_desk, service):
    visit = make_appointment(service, local(14, 9))
    hold = {"status": AppointmentStatus.PENDING, "expires_at": NOW + timedelta(minutes=5)}
    make_appointment(service, local(14, 10, 30), **hold)
    link = (
        f'<a href="/admin/booking/appointment/{visit.pk}/change/">'
        f"Mon, Dec 14, 2026, 9:00 am EST ({visit.spoken_reference})</a>"
    )

    booked = only_reason(front_desk, service, "2026-12-14", "09:30")
    held = only_reason(front_desk, service, "2026-12-14", "11:00")
    service.buffer_before_minutes = service.buffer_after_minutes = 15
    service.duration_minutes = 30
    service.save()
    ((_, ((_, breaks),)),) = answers(ask(front_desk, service, "2026-12-14", "10:00"))

    assert booked == f"Booked: {link}."
    assert held == "Held for somebody until Mon, Dec 7, 2026, 7:05 am EST: 10:30 am to 11:30 am."
    assert breaks == [
        f"The breaks around it meet {link}, which lasts until 10:00 am.",
        "The breaks around it meet a held time, 10:30 am to 11:30 am.",
    ]


def test_full_day_says_how_many_are_taken(front_desk, service):
    service.daily_cap = 1
    service.save()
    make_appointment(service, local(14, 11))

    assert only_reason(front_desk, service, "2026-12-14", "09:00") == (
        "No more than 1 of these visits are taken a day, and that day has as many, booked or held."
    )


def test_each_practitioner_is_answered_for_or_the_one_asked_about(front_desk, service):
    second = make_practitioner(name="Dr. Second")
    gone = make_practitioner(name="Dr. Gone", is_active=False)
    service.practitioners.add(second, gone)

    everybody = answers(ask(front_desk, service, "2026-12-14", "09:00"))
    one = answers(ask(front_desk, service, "2026-12-14", "09:00", practitioner=second.pk))

    assert [who for who, _ in everybody[0][1]] == [str(service.practitioner), "Dr. Second"]
    assert [(who, len(reasons)) for who, reasons in one[0][1]] == [("Dr. Second", 1)]


def test_what_has_nothing_to_do_with_the_time_is_said_first(front_desk, service):
    stranger = make_practitioner(name="Dr. Stranger", is_active=False)
    pier = make_location(name="Pier clinic")
    service.is_active = False
    service.save()

    response = ask(
        front_desk, service, "2026-12-14", "09:00", practitioner=stranger.pk, location=pier.pk
    )
    service.practitioners.clear()
    nobody = ask(front_desk, service, "2026-12-14", "09:00")

    assert response.context["in_general"] == [
        "This service cannot be booked at all: “bookable” is not ticked.",
        "This service is not offered there (Pier clinic).",
        "Dr. Stranger does not offer this service.",
        "Dr. Stranger cannot be booked at all: “active” is not ticked.",
    ]
    assert nobody.context["in_general"][-1] == "Nobody who is active offers this service."
    assert "It is offered." not in response.text


def test_time_that_clocks_skip_or_show_twice(front_desk, service):
    skipped = ask(front_desk, service, "2027-03-14", "02:30")
    twice = ask(front_desk, service, "2026-11-01", "01:30")

    assert answers(skipped) == []
    assert "No clock shows this time on that day" in skipped.text
    assert [when for when, _ in answers(twice)] == [
        "Sun, Nov 1, 2026, 1:30 am EDT",
        "Sun, Nov 1, 2026, 1:30 am EST",
    ]


@pytest.mark.parametrize("asked", [{"day": "x"}, {"day": "1700-01-01"}, {"at": ""}])
def test_question_that_is_no_time_is_asked_again(front_desk, service, asked):
    response = front_desk.get(
        WHY, {"service": service.pk, "day": "2026-12-14", "at": "9:00"} | asked
    )

    assert response.status_code == 200
    assert response.context.get("answers") is None
    assert response.context["form"].errors


def test_page_is_for_those_who_see_visits_and_for_reading(client, service, admin_client):
    user = User.objects.create_user("writer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_service"))
    client.force_login(user)

    assert client.get(WHY).status_code == 403
    assert admin_client.post(WHY).status_code == 405
