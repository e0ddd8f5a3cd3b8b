"""What the times page says if the first free time is later than a sign may wait."""

import pytest

from booking.models import AvailableTime, NotAvailableTime
from clinic.models import Clinic
from conditions.models import CareLevel
from tests.html_tree import parse

from .factories import local
from .journeys import SEE_DOCTOR, URGENT, make_article

TIMES = "/book/first-consultation/times/"
SAFETY = "/book/first-consultation/safety/"


def frozen_flag(code, level):
    words = {"label": code, "statement": code, "question": code, "qualifier": "", "own_level": ""}
    return words | {"code": code, "level": level, "version": 1, "is_global": False}


def close_until(day):
    NotAvailableTime.objects.create(starts_at=local(1, 0), ends_at=local(day, 0), practitioner=None)


def told(page):
    return page.all("section", aria_labelledby="sooner")


def open_times(client, *flags, condition=""):
    query = f"?condition={condition}" if condition else ""
    answers = {"flags": list(flags), "acknowledged": "yes"} if flags else {"none": "on"}
    client.post(SAFETY + query, answers)
    return parse(client.get(TIMES + query).content)


def test_a_sign_for_today_and_a_free_time_today_keep_the_note(client, bookable_service):
    page = open_times(client, URGENT)

    assert told(page) == []
    assert "You ticked a sign that a doctor should see today." in page.one("main").text


def test_a_sign_for_today_and_a_later_first_time_name_faster_help(client, bookable_service):
    close_until(8)

    page = open_times(client, URGENT)

    card = told(page)[0]
    clinic = Clinic.objects.current()
    assert card.get("data-care-level") == "urgent"
    assert card.one("h2").text == "Get help sooner than this"
    assert "Our first free time is in 7 days: that is too late for it." in card.text
    assert "go to urgent care today" in card.text
    assert [link.get("href") for link in card.all("a")] == [
        clinic.phone_tel,
        clinic.emergency_tel,
        clinic.crisis_tel,
    ]
    assert page.all("input", name="start")
    assert "Please do both" not in page.one("main").text


def test_a_first_time_tomorrow_is_called_so(client, bookable_service):
    AvailableTime.objects.update(weekday=1)

    card = told(open_times(client, URGENT))[0]

    assert "Our first free time is tomorrow" in card.text


def test_a_sign_for_the_next_days_may_wait_some_of_them(client, bookable_service):
    AvailableTime.objects.update(weekday=3)
    in_three_days = open_times(client, SEE_DOCTOR)
    AvailableTime.objects.update(weekday=4)
    in_four_days = open_times(client, SEE_DOCTOR)

    assert told(in_three_days) == []
    card = told(in_four_days)[0]
    assert card.get("data-care-level") == "see_doctor"
    assert "Our first free time is in 4 days" in card.text


@pytest.mark.parametrize("sign", [URGENT, SEE_DOCTOR])
def test_no_free_time_at_all_names_faster_help_once(client, bookable_service, sign):
    AvailableTime.objects.all().delete()

    page = open_times(client, sign)

    card = told(page)[0]
    assert "We have no free time to offer online. Please do not wait for us." in card.text
    assert "You can still book" not in card.text
    assert page.one("h2", id="no-times")
    assert "Can it not wait?" not in page.one("main").text


def test_no_free_time_names_faster_help_to_whoever_has_no_sign(client, bookable_service):
    AvailableTime.objects.all().delete()

    page = open_times(client)

    assert told(page) == []
    empty = page.one("section", aria_labelledby="no-times")
    assert "Can it not wait?" in empty.text
    assert [link.get("href") for link in empty.all("a")][1:3] == ["tel:911", "tel:988"]


def test_without_a_sign_a_long_wait_leads_to_the_articles_signs(client, bookable_service):
    make_article(red_flags=[frozen_flag("own", CareLevel.SEE_DOCTOR)])
    close_until(8)

    card = told(open_times(client, condition="spasms"))[0]

    assert card.one("h2").text == "If you get worse before your visit"
    assert "Our first free time is in 7 days. Some signs need a doctor sooner" in card.text
    assert card.all("a")[0].get("href") == "/conditions/spasms/#see-doctor"


def test_without_a_sign_and_an_article_a_long_wait_is_no_matter(client, bookable_service):
    close_until(8)

    assert told(open_times(client)) == []
