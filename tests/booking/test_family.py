"""A second child, or a partner, with the same e-mail address and phone."""

import pytest

from booking.models import Appointment, Message, Patient
from booking.views.journey import HOLD_COOKIE
from tests.html_tree import parse

from .factories import local, make_available_time, make_practitioner
from .journeys import ANSWERS, choose_time, make_article, send_details, step_url

MINE = ("Ana Example", "ana@example.com", "+12125550123")
THEIRS = ("Ben Example", "ana@example.com", "+12125550123")


@pytest.fixture
def colleague(bookable_service):
    """Someone else who offers the same visit at the same hours."""
    colleague = make_practitioner(slug="colleague", name="Dr. Other")
    bookable_service.practitioners.add(colleague)
    make_available_time(bookable_service, practitioner=colleague)
    return colleague


def people():
    rows = Patient.objects.order_by("pk").values_list("name", "email", "phone")
    return [(name, email, str(phone)) for name, email, phone in rows]


def test_the_way_to_a_second_booking_asks_the_safety_questions_again(visitor, bookable_service):
    make_article()
    booked = send_details(visitor, bookable_service)
    Appointment.objects.update(condition_slug="spasms")
    page = parse(visitor.get(booked["Location"]).content)
    (link,) = (a for a in page.all("a") if a.text == "Book for someone else in your family")

    listed = parse(visitor.get(link.get("href")).content)
    (service,) = listed.one("ul", class_="index").all("a")
    questions = parse(visitor.get(service.get("href")).content)

    assert link.get("href") == "/book/?condition=spasms"
    assert service.get("href") == "/book/first-consultation/safety/?condition=spasms"
    assert len(questions.all("input", name="none")) == 1
    assert "Ana" not in questions.one("main").text


def test_a_second_person_is_booked_right_after_the_first(visitor, bookable_service):
    first = send_details(visitor, bookable_service)
    assert HOLD_COOKIE in visitor.cookies

    choose_time(visitor, bookable_service, local(7, 11))
    form = parse(visitor.get(step_url(bookable_service, "details")).content)
    second = send_details(visitor, bookable_service, name="Ben Example")

    assert form.one("input", name="name").get("value") is None
    assert first["Location"] != second["Location"]
    assert people() == [MINE, THEIRS]
    visits = Appointment.objects.order_by("starts_at")
    assert [(one.starts_at, one.patient.name) for one in visits] == [
        (local(7, 10), "Ana Example"),
        (local(7, 11), "Ben Example"),
    ]
    assert len({one.reference for one in visits}) == 2
    messages = Message.objects.order_by("pk")
    assert [(one.appointment.patient.name, one.kind, one.to_email) for one in messages] == [
        ("Ana Example", "confirmation", "ana@example.com"),
        ("Ben Example", "confirmation", "ana@example.com"),
    ]


def test_a_second_person_is_booked_for_the_same_minute(visitor, bookable_service, colleague):
    send_details(visitor, bookable_service)

    # The service now has two practitioners, and the first one's time is taken.
    held = choose_time(visitor, bookable_service, local(7, 10))
    booked = visitor.post(held["Location"], ANSWERS | {"name": "Ben Example"})

    visits = Appointment.objects.order_by("pk")
    assert booked.status_code == 302
    assert [one.starts_at for one in visits] == [local(7, 10), local(7, 10)]
    assert len({one.practitioner_id for one in visits}) == 2
    assert people() == [MINE, THEIRS]
    assert Message.objects.count() == 2


def test_two_tabs_book_two_people(visitor, bookable_service, colleague):
    """Both forms are open before the first is sent, each with a hold of its own."""
    details = step_url(bookable_service, "details")
    first_form = parse(visitor.get(details).content).one("input", name="hold").get("value")
    choose_time(visitor, bookable_service, local(7, 11))
    second_form = parse(visitor.get(details).content).one("input", name="hold").get("value")

    visitor.post(details, ANSWERS | {"hold": first_form})
    visitor.post(details, ANSWERS | {"hold": second_form, "name": "Ben Example"})
    visitor.post(details, ANSWERS | {"hold": first_form})

    visits = Appointment.objects.order_by("starts_at")
    assert [(one.starts_at, one.patient.name) for one in visits] == [
        (local(7, 10), "Ana Example"),
        (local(7, 11), "Ben Example"),
    ]
    assert Message.objects.count() == 2


def test_the_same_form_with_another_name_is_the_same_booking(visitor, bookable_service):
    first = send_details(visitor, bookable_service)

    again = send_details(visitor, bookable_service, name="Ben Example")

    assert again["Location"] == first["Location"]
    assert people() == [MINE]


@pytest.mark.parametrize(
    "answers",
    [
        {"name": "ANA EXAMPLE", "email": "Ana@Example.com"},
        {"phone": "212-555-0123"},
    ],
)
def test_the_same_person_stays_one_and_keeps_what_they_typed_first(
    visitor, bookable_service, answers
):
    send_details(visitor, bookable_service)
    choose_time(visitor, bookable_service, local(7, 11))

    send_details(visitor, bookable_service, **answers)

    assert people() == [MINE]
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize(
    ("answers", "person"),
    [
        ({"phone": "(212) 555-0199"}, ("Ana Example", "ana@example.com", "+12125550199")),
        ({"email": "ana@example.org"}, ("Ana Example", "ana@example.org", "+12125550123")),
    ],
)
def test_nobody_is_overwritten(visitor, bookable_service, answers, person):
    send_details(visitor, bookable_service)
    choose_time(visitor, bookable_service, local(7, 11))

    send_details(visitor, bookable_service, **answers)

    assert people() == [MINE, person]
