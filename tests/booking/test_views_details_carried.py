"""Details that were typed before the questions had to be asked again."""

from datetime import timedelta

import pytest
import time_machine

from booking.models import Appointment
from tests.html_tree import parse

from .factories import NOW
from .journeys import ANSWERS, EMERGENCY, URGENT, make_red_flag

DETAILS = "/book/first-consultation/details/"


def carried(page):
    """Return what the page would send on, without the answers to its questions."""
    fields = {field.get("name"): field.get("value") for field in page.all("input", type="hidden")}
    return {name: fields.get(name) for name in ("name", "email", "phone", "reason", "medicines")}


def change_the_questions(visitor):
    make_red_flag("new.sign", "urgent")


def let_the_pass_end(visitor):
    del visitor.cookies["screening"]


def let_days_pass(visitor):
    """Both cookies are gone; the page with the form is still open."""
    visitor.cookies.clear()


@pytest.mark.parametrize("go_stale", [change_the_questions, let_the_pass_end, let_days_pass])
def test_details_typed_under_an_old_pass_are_kept_and_booked(visitor, bookable_service, go_stale):
    token = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")
    typed_in = {**ANSWERS, "name": "王小明 <b>", "hold": token}
    go_stale(visitor)

    asked = visitor.post(DETAILS, typed_in, follow=True)
    page = parse(asked.content)
    passed = visitor.post(
        "/book/first-consultation/safety/",
        {**carried(page), "hold": token, "consent": "on", "none": "on"},
        follow=True,
    )

    assert [url for url, _ in asked.redirect_chain] == ["/book/first-consultation/safety/"]
    assert page.one("h1").text == "Is any of this happening now?"
    assert not page.all("div", class_="errors")
    assert carried(page) == {name: typed_in[name] for name in carried(page)}
    assert [status for _, status in passed.redirect_chain] == [307, 302]
    visit = Appointment.objects.get()
    assert (visit.status, visit.patient.name) == ("booked", "王小明 <b>")


def test_details_carried_through_the_questions_end_at_an_emergency(visitor, bookable_service):
    token = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")
    del visitor.cookies["screening"]

    asked = visitor.post(DETAILS, {**ANSWERS, "hold": token, "flags": [EMERGENCY]})
    stopped = visitor.post(asked["Location"], {**ANSWERS, "hold": token, "flags": [EMERGENCY]})

    assert "Stop here" in stopped.text
    assert "ana@example.com" not in stopped.text
    assert not Appointment.objects.exists()


def test_details_carried_through_the_questions_wait_for_urgent_care(visitor, bookable_service):
    token = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")
    del visitor.cookies["screening"]
    sent = {**ANSWERS, "hold": token, "flags": [URGENT]}

    advised = parse(visitor.post("/book/first-consultation/safety/", sent).content)
    visitor.post("/book/first-consultation/safety/", {**sent, "acknowledged": "yes"}, follow=True)

    assert carried(advised) == {name: ANSWERS[name] for name in carried(advised)}
    assert Appointment.objects.get().screening.outcome == "urgent"


def test_details_sent_after_two_days_are_kept_and_booked(visitor, bookable_service):
    token = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")
    with time_machine.travel(NOW + timedelta(hours=49), tick=False):
        late = visitor.post(DETAILS, {**ANSWERS, "hold": token})

    assert (late.status_code, late["Location"]) == (307, "/book/first-consultation/safety/")


def test_an_emergency_gives_up_the_forms_own_hold(visitor, bookable_service):
    token = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")
    visitor.cookies.clear()

    visitor.post("/book/first-consultation/safety/", {"hold": token, "flags": [EMERGENCY]})

    assert not Appointment.objects.exists()


def test_carried_details_hold_no_nul(visitor, bookable_service):
    token = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")

    page = visitor.post("/book/first-consultation/safety/", {"hold": token, "reason": "a\0<b>"})

    assert b"\0" not in page.content
    assert b'name="reason" value="a&lt;b&gt;"' in page.content


def test_the_wrong_answer_can_be_taken_back_with_the_details_kept(visitor, bookable_service):
    token = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")
    sent = {**ANSWERS, "hold": token, "flags": [URGENT]}
    advised = parse(visitor.post("/book/first-consultation/safety/", sent).content)

    back = advised.all("form")[-1]
    fields = {field.get("name"): field.get("value") for field in back.all("input")}
    again = parse(visitor.post("/book/first-consultation/safety/", fields).content)

    assert "ruleset" not in fields
    assert again.one("h1").text == "Is any of this happening now?"
    assert carried(again) == {name: ANSWERS[name] for name in carried(again)}
