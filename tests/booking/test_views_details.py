from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from booking.models import Appointment, Message, Patient
from booking.views.journey import HOLD_COOKIE, HoldToken
from tests.html_tree import parse

from .factories import NOW, local, make_appointment, make_service
from .journeys import (
    ANSWERS,
    choose_time,
    held_token,
    make_article,
    pass_screening,
    send_details,
    step_url,
)

DETAILS = "/book/first-consultation/details/"
TYPED = {
    "name": "王小明 🌿",
    "email": "not an address",
    "phone": "12 34",
    "reason": "Line one\nline <two>",
    "medicines": "Magnesium & zinc",
}


def slots(page):
    return [slot.get("data-slot") for slot in page.all("input", name="start")]


def errors(page):
    summary = page.one("div", class_="errors")
    return {link.get("href"): link.text for link in summary.all("a")}


def typed(page):
    values = {
        name: page.one("input", name=name).get("value") for name in ("name", "email", "phone")
    }
    return values | {name: page.one("textarea", name=name).text for name in ("reason", "medicines")}


def test_details_show_the_held_time_and_ask_for_seven_answers(visitor):
    page = parse(visitor.get(DETAILS).content)

    card = page.one("aside", class_="duo__side")
    assert card.one("h2").text == "Monday, December 710:00 am EST"
    assert card.all("dd")[-1].text == "until 7:10 am today"
    fields = [
        field.get("name")
        for field in page.one("form").all()
        if field.tag in {"input", "textarea"} and field.get("type") != "hidden"
    ]
    # The last is no question: tests/booking/test_views_details_trap.py.
    assert fields == [
        *("name", "email", "phone", "reason", "medicines", "private_messages", "consent"),
        "website",
    ]
    autocomplete = [
        page.one("input", name=n).get("autocomplete") for n in ("name", "email", "phone")
    ]
    assert autocomplete == ["name", "email", "tel"]
    assert all("maxlength" not in field.attributes for field in page.one("form").all())
    assert len(page.all("h1")) == 1


def test_details_say_until_when_the_visit_can_be_moved_or_cancelled(visitor):
    main = parse(visitor.get(DETAILS).content).one("main")

    policy = "You can move or cancel it online until 24 hours before your visit, at no charge."
    assert policy in main.text


def test_confirming_books_the_held_time(visitor, bookable_service):
    reference = held_token(visitor).reference

    response = send_details(visitor, bookable_service)

    booked = Appointment.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/appointments/{reference}/")
    assert (booked.reference, booked.status, booked.starts_at) == (
        reference,
        "booked",
        local(7, 10),
    )
    assert (booked.patient.name, booked.patient.email, str(booked.patient.phone)) == (
        "Ana Example",
        "ana@example.com",
        "+12125550123",
    )
    assert (booked.reason, booked.medicines) == ("Calf cramps at night.", "Magnesium")
    assert booked.consented_at == NOW
    assert booked.screening.outcome == "none"


def test_confirming_keeps_the_article(client, bookable_service):
    make_article()
    client.post("/book/first-consultation/safety/?condition=spasms", {"none": "on"})
    chosen = client.post(
        "/book/first-consultation/times/?condition=spasms", {"start": "2026-12-07T15:00:00Z"}
    )

    client.post(chosen["Location"], ANSWERS)

    assert chosen["Location"] == f"{DETAILS}?condition=spasms"
    assert Appointment.objects.get().condition_slug == "spasms"


def test_confirming_twice_gives_one_appointment_and_one_message(visitor, bookable_service):
    first = send_details(visitor, bookable_service)
    second = send_details(visitor, bookable_service)

    assert second["Location"] == first["Location"]
    assert Appointment.objects.count() == 1
    assert Patient.objects.count() == 1
    assert Message.objects.count() == 1


def test_the_hold_cookie_ends_ten_minutes_after_the_booking(visitor, bookable_service):
    response = send_details(visitor, bookable_service)

    assert response.cookies[HOLD_COOKIE]["max-age"] == 600


def test_details_of_a_booked_visit_lead_to_its_page(visitor, bookable_service):
    booked = send_details(visitor, bookable_service)

    response = visitor.get(DETAILS)

    assert response["Location"] == booked["Location"]


def test_details_without_a_hold_lead_back_to_the_times(client, bookable_service):
    make_article()
    client.post("/book/first-consultation/safety/?condition=spasms", {"none": "on"})

    response = client.get(f"{DETAILS}?condition=spasms")

    assert response["Location"] == "/book/first-consultation/times/?condition=spasms"


def test_details_with_a_hold_for_another_visit_lead_back_to_the_times(visitor):
    other = make_service(slug="follow-up")

    response = visitor.get(step_url(other, "details"))

    assert response["Location"] == "/book/follow-up/times/"


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "é\x00", "x" * 4000])
def test_details_with_a_forged_hold_lead_back_to_the_times(client, bookable_service, value):
    pass_screening(client, bookable_service)
    client.cookies[HOLD_COOKIE] = value

    responses = [client.get(DETAILS), client.post(DETAILS, ANSWERS | {"hold": value})]

    locations = [response["Location"] for response in responses]
    assert locations == ["/book/first-consultation/times/"] * 2
    assert Appointment.objects.count() == 0


def test_a_form_with_an_unreadable_hold_never_books_another_tabs_time(visitor, bookable_service):
    response = send_details(visitor, bookable_service, hold="tampered")

    assert response["Location"] == "/book/first-consultation/times/"
    assert not Appointment.objects.filter(status="booked").exists()


def test_details_after_ten_minutes_say_so_and_still_book_a_free_time(visitor, bookable_service):
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        page = parse(visitor.get(DETAILS).content)
        send_details(visitor, bookable_service)

    assert "This time is no longer held for you" in page.one("main").text
    assert Appointment.objects.get().status == "booked"


def test_wrong_answers_are_named_and_everything_typed_is_kept(visitor, bookable_service):
    response = visitor.post(DETAILS, TYPED)

    page = parse(response.content)
    assert response.status_code == 200
    assert errors(page) == {
        "#id_email": "Enter an email address like name@example.com.",
        "#id_phone": "Enter a phone number with its area code, like (212) 555-0123, "
        "or with + and the country code, like +44 20 7946 0018.",
        "#id_consent": "Tick the privacy box, so that we may keep what you tell us.",
    }
    assert typed(page) == TYPED | {"reason": "Line one line <two>"}
    assert page.one(id="id_email").get("aria-invalid") == "true"
    assert page.one("title").text.startswith("Error: Your details")
    assert Appointment.objects.get().status == "pending"
    assert Patient.objects.count() == 0


def test_consent_stays_ticked_beside_another_error(visitor, bookable_service):
    page = parse(send_details(visitor, bookable_service, name="").content)

    assert errors(page) == {"#id_name": "Enter your full name."}
    assert "checked" in page.one("input", name="consent").attributes


@pytest.mark.parametrize("field", ["name", "email", "phone", "reason", "medicines"])
@pytest.mark.parametrize(
    "value", ["a\x00b", "x" * 10_000, "\ud7ff\ufffe\u202e" * 3_000], ids=["nul", "long", "odd"]
)
def test_unusable_answers_are_field_errors(visitor, bookable_service, field, value):
    response = send_details(visitor, bookable_service, **{field: value})

    assert response.status_code == 200
    assert list(errors(parse(response.content))) == [f"#id_{field}"]
    assert Appointment.objects.get().status == "pending"


def test_a_lost_time_is_a_conflict_that_keeps_what_was_typed_and_offers_others(
    visitor, bookable_service
):
    Appointment.objects.all().delete()
    make_appointment(bookable_service, local(7, 10))

    response = send_details(visitor, bookable_service, name="王小明 🌿")

    page = parse(response.content)
    assert response.status_code == 409
    assert errors(page) == {
        "#id_start": "This time has just been taken. Please choose another one."
    }
    assert slots(page)[:2] == ["2026-12-07T14:00:00Z", "2026-12-07T16:00:00Z"]
    assert len(page.one("form").all("input", name="start")) == 6
    assert page.one(id="id_start").get("data-slot") == "2026-12-07T14:00:00Z"
    assert typed(page) == {name: ANSWERS[name] for name in TYPED} | {"name": "王小明 🌿"}
    assert "checked" in page.one("input", name="consent").attributes
    assert Appointment.objects.filter(patient__name="王小明 🌿").count() == 0


def test_another_time_from_the_same_form_is_booked_once(visitor, bookable_service):
    reference = held_token(visitor).reference
    Appointment.objects.all().delete()
    make_appointment(bookable_service, local(7, 10))
    send_details(visitor, bookable_service)

    first = send_details(visitor, bookable_service, start="2026-12-07T16:00:00Z")
    second = send_details(visitor, bookable_service, start="2026-12-07T16:00:00Z")

    assert (first["Location"], second["Location"]) == (f"/appointments/{reference}/",) * 2
    booked = Appointment.objects.get(reference=reference)
    assert (booked.status, booked.starts_at) == ("booked", local(7, 11))
    assert Appointment.objects.count() == 2


def test_another_time_with_a_wrong_answer_is_held_meanwhile(visitor, bookable_service):
    response = send_details(visitor, bookable_service, start="2026-12-07T16:00:00Z", email="")

    page = parse(response.content)
    held = Appointment.objects.get()
    assert (held.status, held.starts_at) == ("pending", local(7, 11))
    assert errors(page) == {"#id_email": "Enter your email address."}
    assert slots(page) == []
    token = HoldToken.read(page.one("input", name="hold").get("value"))
    assert (token.reference, token.starts_at) == (held.reference, local(7, 11))


def test_another_time_that_is_lost_too_with_a_wrong_answer_is_a_conflict(visitor, bookable_service):
    make_appointment(bookable_service, local(7, 9))

    response = send_details(visitor, bookable_service, start="2026-12-07T14:00:00Z", email="")

    page = parse(response.content)
    assert response.status_code == 409
    assert list(errors(page)) == ["#id_email", "#id_start"]


@pytest.mark.parametrize("start", ["abc", "9999-12-31T23:59:59Z", "\x00"])
def test_an_unreadable_time_in_the_form_is_a_field_error(visitor, bookable_service, start):
    response = send_details(visitor, bookable_service, start=start)

    page = parse(response.content)
    assert response.status_code == 200
    assert list(errors(page)) == ["#id_start"]
    assert slots(page)[0] == "2026-12-07T14:00:00Z"


def test_a_lost_time_with_nothing_else_free_gives_the_phone_number(visitor, bookable_service):
    Appointment.objects.all().delete()
    bookable_service.practitioner.available_times.all().delete()

    response = send_details(visitor, bookable_service)

    page = parse(response.content)
    assert response.status_code == 409
    assert page.one(id="id_start").get("href") == "tel:+12125550100"
    assert slots(page) == []


def test_two_tabs_book_what_each_shows(visitor, bookable_service):
    first_tab = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")
    choose_time(visitor, bookable_service, local(7, 9))
    second_tab = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")

    send_details(visitor, bookable_service, hold=first_tab)
    send_details(visitor, bookable_service, hold=second_tab)

    booked = Appointment.objects.filter(status="booked").order_by("starts_at")
    assert [visit.starts_at for visit in booked] == [local(7, 9), local(7, 10)]


def test_a_mistake_in_one_tab_leaves_the_other_tabs_hold(visitor, bookable_service):
    first_tab = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")
    choose_time(visitor, bookable_service, local(7, 9))

    send_details(visitor, bookable_service, hold=first_tab, email="nobody")

    assert held_token(visitor).starts_at == local(7, 9)
    page = visitor.get("/book/first-consultation/times/").content.decode()
    assert 'data-slot="2026-12-07T14:00:00Z"' in page


def test_a_time_chosen_in_the_form_is_the_browsers_one_hold(visitor, bookable_service):
    first_tab = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")
    choose_time(visitor, bookable_service, local(7, 9))

    send_details(
        visitor, bookable_service, hold=first_tab, email="nobody", start="2026-12-07T15:30:00Z"
    )

    assert [hold.starts_at for hold in Appointment.objects.all()] == [local(7, 10, 30)]
    assert held_token(visitor).starts_at == local(7, 10, 30)


def test_booking_in_one_tab_leaves_the_other_tabs_hold(visitor, bookable_service):
    first_tab = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")
    other = make_appointment(bookable_service, local(7, 11), status="pending")
    token = HoldToken(other.reference, bookable_service.slug, local(7, 11))
    visitor.cookies[HOLD_COOKIE] = token.sign()

    send_details(visitor, bookable_service, hold=first_tab)

    assert held_token(visitor).reference == other.reference


def test_details_are_not_kept(visitor):
    assert "no-store" in visitor.get(DETAILS)["Cache-Control"]


def test_looking_books_nothing(visitor):
    visitor.get(DETAILS, ANSWERS)
    visitor.head(DETAILS)

    assert Appointment.objects.get().status == "pending"


@pytest.mark.parametrize("step", ["times", "details"])
def test_a_form_from_elsewhere_leads_back_to_questions_not_answered(bookable_service, step):
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(f"{step_url(bookable_service, step)}?condition=", ANSWERS)

    assert (response.status_code, response["Location"]) == (
        302,
        step_url(bookable_service, "safety"),
    )
    assert strict.post("/book/unknown/times/", ANSWERS).status_code == 404


def test_a_visit_no_longer_offered_says_so(visitor, bookable_service):
    bookable_service.is_active = False
    bookable_service.save()

    response = send_details(visitor, bookable_service)

    assert response.status_code == 404
    page = parse(response.content).one("main")
    assert "It may no longer be offered online" in page.text
    assert page.one("a", class_="btn").get("href") == "/book/"


def test_a_form_from_elsewhere_is_refused(visitor):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = visitor.cookies

    response = strict.post(DETAILS, ANSWERS)

    assert response.status_code == 403
    assert Appointment.objects.get().status == "pending"


def test_details_say_at_once_that_the_time_is_gone(visitor, bookable_service):
    Appointment.objects.all().delete()
    make_appointment(bookable_service, local(7, 10))

    page = parse(visitor.get(DETAILS).content)

    assert "This time is no longer free." in page.one("main").text
