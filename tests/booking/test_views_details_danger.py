"""Words that mean danger, in the details form."""

import pytest

from booking import interruption
from booking.models import Appointment, Message, Patient
from clinic.models import Clinic
from conditions.models import CareLevel, RedFlag
from tests.html_tree import parse

from .factories import local
from .journeys import ANSWERS, held_token, make_red_flag, step_url
from .test_views_details import typed

DETAILS = "/book/first-consultation/details/"
SLURRED = ANSWERS | {"reason": "Twitches.\nSince noon slurred speech", "medicines": "Zinc & <b>"}


@pytest.fixture(autouse=True)
def flags(bookable_service):
    RedFlag.objects.filter(code="speech.slurred").update(
        search_words="slurred speech", statement="Slurred speech, even if it passes"
    )
    make_red_flag("chest", CareLevel.EMERGENCY, search_words="chest pain", is_global=False)
    make_red_flag("calf", CareLevel.URGENT, search_words="swollen calf", is_global=False)
    make_red_flag("overdose", CareLevel.EMERGENCY, search_words="took # pills", is_global=False)
    make_red_flag(
        "crisis",
        CareLevel.EMERGENCY,
        search_words="kill myself",
        statement="Call {crisis}",
        is_global=False,
    )


def cards(page):
    return {
        item.get("data-red-flag"): item.text
        for card in page.all(class_="interruption")
        for item in card.all("li")
    }


def hidden(page):
    return {
        field.get("name"): field.get("value")
        for field in page.one("form").all("input", type="hidden")
        if field.get("name") != "csrfmiddlewaretoken"
    }


def send_again(client, response, **answers):
    """Send the form as the page drew it, with what the person changed."""
    page = parse(response.content)
    return client.post(DETAILS, ANSWERS | typed(page) | hidden(page) | answers)


def test_words_of_a_red_flag_show_its_card_above_the_form_and_book_nothing(visitor):
    response = visitor.post(DETAILS, SLURRED)

    page = parse(response.content)
    assert response.status_code == 200
    assert cards(page) == {"speech.slurred": "Slurred speech, even if it passes"}
    shown = page.one(class_="interruption")
    assert shown.one("section").get("data-care-level") == "emergency"
    assert shown.one("a").get("href") == "tel:911"
    assert page.one("title").text.startswith("Call 911 now")
    assert Appointment.objects.get().status == "pending"
    assert (Patient.objects.count(), Message.objects.count()) == (0, 0)


def test_the_card_is_announced_and_takes_the_focus_as_an_error_summary_does(visitor):
    page = parse(visitor.post(DETAILS, SLURRED).content)

    shown = page.one(class_="interruption")
    assert (shown.get("role"), shown.get("tabindex")) == ("alert", "-1")
    assert "data-error-summary" in shown.attributes
    heading = page.one("h2", id=shown.get("aria-labelledby"))
    assert heading.text == "Please read this first"
    assert any("error-summary.js" in (s.get("src") or "") for s in page.all("script"))


def test_the_card_keeps_what_was_typed_and_the_hold(visitor):
    before = Appointment.objects.get()

    response = visitor.post(DETAILS, SLURRED)

    page = parse(response.content)
    assert typed(page) == {
        "name": "Ana Example",
        "email": "ana@example.com",
        "phone": "(212) 555-0123",
        "reason": "Twitches. Since noon slurred speech",
        "medicines": "Zinc & <b>",
    }
    assert b"Twitches.\nSince noon slurred speech</textarea>" in response.content
    assert "checked" in page.one("input", name="consent").attributes
    held = Appointment.objects.get()
    assert (held.reference, held.starts_at, held.expires_at) == (
        before.reference,
        before.starts_at,
        before.expires_at,
    )
    assert held_token(visitor).reference == held.reference
    assert "your time is held until 7:10 am" in page.one(class_="interruption").text


def test_sending_the_form_again_books_with_every_word(visitor):
    interrupted = visitor.post(DETAILS, SLURRED)

    response = send_again(visitor, interrupted, reason=SLURRED["reason"])

    booked = Appointment.objects.get()
    assert (response.status_code, response["Location"]) == (302, booked.get_absolute_url())
    assert booked.reason == "Twitches.\nSince noon slurred speech"
    assert (booked.screening.outcome, booked.status) == ("none", "booked")


def test_the_button_says_what_going_on_means(visitor):
    def button(reason, **more):
        page = parse(visitor.post(DETAILS, ANSWERS | {"reason": reason} | more).content)
        return page.one("form").all("button")[0].text

    assert button("slurred speech") == "I have not had this in the last few days. Confirm booking"
    assert button("I want to kill myself") == "I am safe right now. Confirm booking"
    assert button("a swollen calf") == "I will get care today. Confirm booking"
    assert button("swollen calf", warned="calf", name="") == "Confirm booking"


def test_new_words_interrupt_again_and_the_same_ones_do_not(visitor):
    first = visitor.post(DETAILS, SLURRED)

    second = send_again(visitor, first, reason="slurred speech and chest pain")
    third = send_again(visitor, second, reason="chest pain and slurred speech")

    assert list(cards(parse(second.content))) == ["chest"]
    assert hidden(parse(second.content))["warned"] == "chest speech.slurred"
    assert third.status_code == 302


def test_the_flags_shown_are_remembered_while_answers_are_put_right(visitor):
    first = visitor.post(DETAILS, SLURRED)

    second = send_again(visitor, first, email="no address")
    third = send_again(visitor, second, email="ana@example.com")

    page = parse(second.content)
    assert (cards(page), hidden(page)["warned"]) == ({}, "speech.slurred")
    assert third.status_code == 302


def test_the_card_stands_above_the_errors_of_the_form(visitor):
    page = parse(visitor.post(DETAILS, SLURRED | {"email": "no address"}).content)

    order = [
        node.get("class") for node in page.all("div") if "data-error-summary" in node.attributes
    ]
    assert order == ["interruption", "errors"]


def test_words_in_a_text_that_is_too_long_are_found(visitor):
    page = parse(visitor.post(DETAILS, ANSWERS | {"reason": "slurred speech " * 500}).content)

    assert list(cards(page)) == ["speech.slurred"]


def test_medicines_are_looked_through_too(visitor):
    page = parse(visitor.post(DETAILS, ANSWERS | {"medicines": "I took 40 pills"}).content)

    assert list(cards(page)) == ["overdose"]


def test_thoughts_of_suicide_show_the_crisis_line_first(visitor):
    page = parse(visitor.post(DETAILS, ANSWERS | {"reason": "I want to kill myself"}).content)

    shown = page.one(class_="interruption")
    assert shown.all("a")[0].get("href") == Clinic.objects.current().crisis_tel
    assert page.one("title").text.startswith("Call or text 988 now")


def test_what_must_be_seen_today_is_said_in_words_for_today(visitor):
    page = parse(visitor.post(DETAILS, ANSWERS | {"reason": "One swollen calf"}).content)

    shown = page.one(class_="interruption")
    assert shown.one("section").get("data-care-level") == "urgent"
    assert "urgent care today" in shown.one("section").text
    assert page.one("title").text.startswith("Be seen today")


@pytest.mark.parametrize(
    "reason", ["Calf cramps", "no slurred speech", "Twitches. Denies chest pain.", ""]
)
def test_harmless_and_denied_words_book_at_once(visitor, reason):
    response = visitor.post(DETAILS, ANSWERS | {"reason": reason})

    assert response.status_code == 302
    assert Appointment.objects.get().status == "booked"


@pytest.mark.parametrize("warned", ["", "speech", "speech.slurred\0", "<script>", "x" * 5000])
def test_a_forged_list_of_flags_shown_breaks_nothing(visitor, warned):
    response = visitor.post(DETAILS, SLURRED | {"warned": warned})

    assert response.status_code in (200, 302)
    assert b"<script>alert" not in response.content
    assert (response.status_code == 302) == ("speech.slurred" in warned)


def test_an_error_in_the_search_for_words_books_all_the_same(visitor, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr(interruption, "flags_named_in", fail)

    assert visitor.post(DETAILS, SLURRED).status_code == 302
    assert Appointment.objects.get().status == "booked"


def test_another_time_that_was_chosen_is_held_while_the_card_is_read(visitor):
    response = visitor.post(DETAILS, SLURRED | {"start": "2026-12-07T16:00:00Z"})

    assert Appointment.objects.get().starts_at == local(7, 11)
    assert send_again(visitor, response).status_code == 302
    assert Appointment.objects.get().starts_at == local(7, 11)


def test_the_flags_shown_travel_through_questions_that_are_asked_again(visitor, bookable_service):
    make_red_flag("new", CareLevel.SEE_DOCTOR)
    hold = held_token(visitor).sign()

    sent = SLURRED | {"warned": "speech.slurred", "hold": hold}
    asked = visitor.post(step_url(bookable_service, "details"), sent, follow=True)

    assert hidden(parse(asked.content))["warned"] == "speech.slurred"
