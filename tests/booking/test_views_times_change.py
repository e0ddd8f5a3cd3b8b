"""Going back from the details to the times: what was typed comes along, and comes back."""

import pytest

from booking.models import Appointment
from tests.html_tree import parse

from .factories import local, make_appointment, make_location
from .journeys import EMERGENCY, choose_time, held_token, make_red_flag

TIMES = "/book/first-consultation/times/"
DETAILS = "/book/first-consultation/details/"
TYPED = {
    "name": "王小明 <b>",
    "email": "not an address",
    "phone": "12 34",
    "reason": "Line one\r\nline & two",
    "medicines": "",
    "consent": "on",
}


@pytest.fixture
def form(visitor):
    """What the open details form sends when “Change the time” is pressed."""
    page = parse(visitor.get(DETAILS).content)
    button = page.one("button", name="change")
    hold = page.one("input", name="hold").get("value")
    assert button.get("formaction") == f"{TIMES}?from=2026-12-07"
    return TYPED | {"hold": hold, "change": button.get("value")}


def hidden(form):
    return {one.get("name"): one.get("value") for one in form.all("input", type="hidden")}


def shown(page):
    values = {
        name: page.one("input", name=name).get("value") for name in ("name", "email", "phone")
    }
    return values | {"reason": page.one("textarea", name="reason").text}


AS_SHOWN = {
    "name": "王小明 <b>",
    "email": "not an address",
    "phone": "12 34",
    "reason": "Line one line & two",
}


def test_the_times_carry_what_was_typed_in_hidden_fields(visitor, form):
    response = visitor.post(f"{TIMES}?from=2026-12-07", form)

    page = parse(response.content)
    assert response.status_code == 200
    for sent in (page.one("form", id="carried"), page.one("form", class_="times-form")):
        assert hidden(sent).items() >= form.items()
    assert "What you typed is kept." in page.one("main").text
    assert "no-store" in response["Cache-Control"]
    assert Appointment.objects.get().starts_at == local(7, 10)


def test_every_way_on_the_page_carries_it(visitor, form, bookable_service):
    bookable_service.other_locations.add(make_location(kind="video"))

    page = parse(visitor.post(TIMES, form).content).one("main")

    # What starts something else does so beside this page.
    links = [(link.text, link.get("target")) for link in page.all("a")]
    assert links == [("See all visits (opens a new tab)", "_blank")]
    ways = [one for one in page.all("button") if one.get("formaction")]
    assert {one.get("form") for one in ways} == {"carried"}
    assert len(ways) > 61
    assert {one.get("formaction").partition("from=")[0] for one in ways} == {
        "?",
        DETAILS,
        TIMES,
        f"{TIMES}?location={bookable_service.other_locations.get().slug}",
    }


def test_another_day_can_be_looked_at(visitor, form):
    page = parse(visitor.post(f"{TIMES}?from=2026-12-14", form).content)

    assert page.one("legend").text == "Monday, December 14"
    assert hidden(page.one("form", class_="times-form"))["reason"] == TYPED["reason"]


def test_another_time_brings_the_typed_details_back(visitor, form):
    chosen = visitor.post(TIMES, form | {"start": "2026-12-14T14:00:00Z"}, follow=True)

    page = parse(chosen.content)
    assert chosen.redirect_chain == [(DETAILS, 307)]
    assert shown(page) == AS_SHOWN
    assert "checked" in page.one("input", name="consent").attributes
    assert page.all("div", class_="errors") == []
    assert "Monday, December 14" in page.one("section", id="time").text
    held = Appointment.objects.get()
    assert (held.status, held.starts_at) == ("pending", local(14, 9))
    assert held_token(visitor).reference == held.reference


def test_the_form_that_comes_back_books_the_new_time(visitor, form):
    page = parse(visitor.post(TIMES, form | {"start": "2026-12-14T14:00:00Z"}, follow=True).content)
    answers = TYPED | {"email": "ana@example.com", "phone": "(212) 555-0123"}

    visitor.post(DETAILS, answers | {"hold": page.one("input", name="hold").get("value")})

    booked = Appointment.objects.get()
    assert (booked.status, booked.starts_at) == ("booked", local(14, 9))


def test_going_back_without_a_choice_keeps_the_held_time(visitor, form):
    page = parse(visitor.post(DETAILS, form).content)

    assert shown(page) == AS_SHOWN
    assert "Monday, December 7, 10:00 am EST, is held" in page.one("section", id="time").text


def test_a_time_that_is_lost_meanwhile_keeps_it_too(visitor, form, bookable_service):
    make_appointment(bookable_service, local(14, 9))

    response = visitor.post(TIMES, form | {"start": "2026-12-14T14:00:00Z"})

    page = parse(response.content)
    assert response.status_code == 409
    assert hidden(page.one("form", class_="times-form")).items() >= form.items()
    assert "What you typed is kept." in page.one("main").text
    assert Appointment.objects.filter(status="pending").get().starts_at == local(7, 10)


def test_an_unreadable_day_keeps_it_too(visitor, form):
    page = parse(visitor.post(f"{TIMES}?from=x", form).content)

    assert hidden(page.one("form", id="carried")).items() >= form.items()
    assert page.one("main").one("button", class_="btn").get("formaction") == TIMES


def test_a_hold_that_was_lost_keeps_it_too(visitor, form):
    Appointment.objects.all().delete()

    page = parse(visitor.post(TIMES, form | {"start": "2026-12-14T14:00:00Z"}, follow=True).content)

    assert shown(page) == AS_SHOWN


def ask_again_and_pass(visitor, sent):
    """Send the form after the questions have changed, and answer them."""
    make_red_flag("new.sign", "urgent")
    asked = visitor.post(TIMES, sent, follow=True)
    assert asked.redirect_chain == [("/book/first-consultation/safety/", 307)]
    answered = hidden(parse(asked.content).one("form")) | {"none": "on"}
    return visitor.post("/book/first-consultation/safety/", answered, follow=True)


def test_questions_that_must_be_asked_again_lead_on_to_the_times(visitor, form):
    passed = ask_again_and_pass(visitor, form)

    assert passed.redirect_chain == [(TIMES, 307)]
    carried = hidden(parse(passed.content).one("form", id="carried"))
    assert carried["name"] == TYPED["name"]
    held = Appointment.objects.get()
    assert (held.status, held.starts_at) == ("pending", local(7, 10))


def test_questions_that_must_be_asked_again_keep_the_chosen_time(visitor, form):
    passed = ask_again_and_pass(visitor, form | {"start": "2026-12-14T14:00:00Z"})

    assert passed.redirect_chain == [(TIMES, 307), (DETAILS, 307)]
    assert shown(parse(passed.content)) == AS_SHOWN
    held = Appointment.objects.get()
    assert (held.status, held.starts_at) == ("pending", local(14, 9))


def test_an_emergency_ends_it(visitor, form):
    make_red_flag("new.sign", "urgent")
    sent = form | {"flags": [EMERGENCY]}

    page = visitor.post("/book/first-consultation/safety/", sent)

    assert "Stop here" in page.text
    assert TYPED["email"] not in page.text
    assert not Appointment.objects.exists()


def test_another_tabs_form_gives_its_own_hold_up(visitor, form, bookable_service):
    choose_time(visitor, bookable_service, local(21, 9))

    page = parse(visitor.post(TIMES, form | {"start": "2026-12-14T14:00:00Z"}, follow=True).content)

    assert [hold.starts_at for hold in Appointment.objects.all()] == [local(14, 9)]
    assert shown(page) == AS_SHOWN


def test_a_visit_that_is_booked_is_not_booked_again(visitor, form):
    booked = visitor.post(DETAILS, TYPED | {"email": "ana@example.com", "phone": "(212) 555-0123"})

    again = visitor.post(TIMES, form | {"start": "2026-12-14T14:00:00Z"})

    assert again["Location"] == booked["Location"]
    assert Appointment.objects.count() == 1


def test_nothing_typed_reaches_addresses_cookies_or_the_database(visitor, form):
    chosen = visitor.post(TIMES, form | {"start": "2026-12-14T14:00:00Z"})

    assert chosen["Location"] == DETAILS
    assert "not an address" not in repr(visitor.cookies)
    assert "not an address" not in repr(Appointment.objects.values().get())


def test_carried_details_hold_no_nul(visitor, form):
    page = visitor.post(TIMES, form | {"reason": "a\0<b>"})

    assert b"\0" not in page.content
    assert b'name="reason" value="a&lt;b&gt;"' in page.content


def test_a_chosen_zone_travels_with_it(visitor, form, bookable_service):
    video = make_location(slug="video", kind="video", same_hours_as=bookable_service.location)
    bookable_service.other_locations.add(video)

    page = parse(visitor.post(f"{TIMES}?location=video", form | {"zone": "Europe/London"}).content)

    field = page.one("select", name="zone")
    assert field.parent.get("method") == "post"
    assert hidden(field.parent).items() >= form.items()
    assert "Times on your clock: London." in page.one("main").text
    ways = {one.get("formaction") for one in page.all("button", class_="date")}
    assert all("zone=Europe%2FLondon" in way for way in ways)
