"""The page shows the newest full review of its very edition, and the card stays a card."""

from datetime import date, timedelta

import pytest
import time_machine

from tests.html_tree import parse

from .factories import NOW, make_live_condition
from .whole import sign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def review_line(client, condition):
    page = parse(client.get(condition.get_absolute_url()).content)
    return page.one("p", class_="review").text


def test_newest_full_review_counts(client):
    condition = make_live_condition()
    revision = condition.revisions.get()
    sign(revision, reviewer="Dr. Old", reviewed_on=date(2026, 11, 1))
    sign(revision, reviewer="Dr. New", reviewed_on=date(2026, 11, 20))
    sign(revision, reviewer="Dr. Part", reviewed_on=date(2026, 12, 1), scope="partial")

    assert "Nov 20, 2026 by Dr. New" in review_line(client, condition)


def test_emergency_card_is_no_alert_and_says_its_level_in_words(client):
    page = parse(client.get(make_live_condition().get_absolute_url()).content)

    card = page.one("section", class_="redflag")
    assert page.all(role="alert") == []
    assert card.one("h2").text == "Call 911 now for this sign"
    assert card.get("data-care-level") == "emergency"
    assert card.get("aria-labelledby") == card.one("h2").get("id")
