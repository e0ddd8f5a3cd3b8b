"""The box that only programs fill in, and the people whose browser did."""

import pytest

from booking.models import Appointment, Patient
from clinic.models import Clinic
from tests.html_tree import parse

from .journeys import ANSWERS
from .test_views_details import errors, typed

DETAILS = "/book/first-consultation/details/"


def test_the_box_is_out_of_everybodys_way(visitor):
    page = parse(visitor.get(DETAILS).content)

    box = page.one("input", name="website")
    assert (box.get("autocomplete"), box.get("tabindex"), box.get("value")) == ("off", "-1", "")
    assert "required" not in box.attributes
    around = page.one(class_="trap")
    assert (around.get("aria-hidden"), around.one("input").get("name")) == ("true", "website")
    assert around.one("label").text == "Leave this box empty"


@pytest.mark.parametrize(
    "value", ["https://spam.example", "Ana Example", "ana@example.com", "0", "x" * 5000, "\0"]
)
def test_a_filled_box_is_shown_with_a_way_out_and_books_nothing(visitor, value):
    response = visitor.post(DETAILS, ANSWERS | {"website": value})

    page = parse(response.content)
    assert response.status_code == 200
    assert errors(page) == {
        "#id_website": "Empty the box “Leave this box empty”. A program or your browser filled it in."
    }
    box = page.one("input", id="id_website")
    assert (box.get("value"), box.get("aria-invalid"), box.get("tabindex")) == (
        value.replace("\0", ""),
        "true",
        None,
    )
    assert page.all(class_="trap") == []
    assert page.one("label", for_="id_website").text == "Leave this box empty"
    assert f"call {Clinic.objects.current().phone_display}" in page.one(id="website-hint").text
    assert (Appointment.objects.get().status, Patient.objects.count()) == ("pending", 0)


def test_a_filled_box_keeps_all_that_was_typed(visitor):
    page = parse(visitor.post(DETAILS, ANSWERS | {"website": "x"}).content)

    assert typed(page) == {name: ANSWERS[name] for name in typed(page)}
    assert "checked" in page.one("input", name="consent").attributes


def test_a_browser_that_fills_in_everything_is_told_all_at_once(visitor):
    page = parse(visitor.post(DETAILS, dict.fromkeys(ANSWERS, "Ana") | {"website": "Ana"}).content)

    assert list(errors(page)) == ["#id_email", "#id_phone", "#id_website"]


@pytest.mark.parametrize("value", ["", "   ", "\r\n"])
def test_an_empty_box_books(visitor, value):
    visitor.post(DETAILS, ANSWERS | {"website": "x"})

    response = visitor.post(DETAILS, ANSWERS | {"website": value})

    assert response.status_code == 302
    assert Appointment.objects.get().status == "booked"
