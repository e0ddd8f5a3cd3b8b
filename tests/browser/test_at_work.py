"""Whoever types is at work: the session stays, or they hear that it has ended before they send."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from clinic.sign_in.sessions import SEEN

from .staff import WIDE

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("desk", [("light", WIDE, True)], indirect=True, ids=["wide"]),
]
ADD = "/admin/booking/appointment/add/"


def is_answer(response):
    return response.url.endswith("/jsi18n/")


def test_typing_keeps_the_session(desk):
    desk.goto(ADD)
    session = Session.objects.get()
    data = session.get_decoded()
    long_ago = data[SEEN] - 20 * 60
    session.session_data = Session.objects.encode(data | {SEEN: long_ago})
    session.save()

    with desk.expect_response(is_answer):
        desk.get_by_label("Full name").press_sequentially("Ana")

    assert Session.objects.get().get_decoded()[SEEN] >= data[SEEN]
    assert desk.locator(".signed-out").count() == 0


def test_whoever_types_without_a_session_hears_of_it(desk):
    desk.goto(ADD)
    Session.objects.all().delete()

    desk.get_by_label("Full name").press_sequentially("Ana")

    expect(desk.get_by_role("alert")).to_contain_text("You are signed out")
    assert desk.get_by_label("Full name").input_value() == "Ana"
