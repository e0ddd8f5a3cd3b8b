from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import User
from django.urls import reverse

from clinic.models import Clinic
from conditions.admin.checking import _next_year
from conditions.models import Review
from tests.html_tree import parse

from .factories import (
    make_condition,
    make_live_condition,
    make_red_flag,
    make_twice_published,
)
from .staff import page_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 12, 7)


def check(client, article, **changes):
    data = {"number": 1, "scope": "full", "next_on": "2027-12-07", "note": ""} | changes
    return client.post(page_url(article, "checked"), data, follow=True)


def test_checked_offers_the_day_a_year_later(client, staff):
    condition = make_live_condition()

    response = client.get(page_url(condition, "checked"))

    form = parse(response.text).one("form", novalidate=None)
    assert form.one("input", name="next_on").get("value") == "2027-12-07"
    assert "as <strong>Jo Kim</strong>, today, Dec 7, 2026" in response.text


def test_checked_shows_on_the_page_at_once(client, staff):
    Clinic.objects.create()
    condition = make_live_condition()

    response = check(client, condition)

    review = Review.objects.get()
    page = parse(client.get(condition.get_absolute_url()).text).one("p", class_="review")
    assert "Checked revision 1: the whole article." in response.text
    assert (review.reviewer, review.reviewed_on, review.scope) == ("Jo Kim", TODAY, "full")
    assert page.text == "Reviewed Dec 7, 2026 by Jo Kim Next review by Dec 7, 2027"


def test_checked_counts_the_day_in_the_clinics_zone(client, staff):
    condition = make_live_condition()

    with time_machine.travel("2026-12-09T03:00Z", tick=False):
        client.force_login(staff)
        check(client, condition)

    assert Review.objects.get().reviewed_on == date(2026, 12, 8)


def test_checked_asks_those_without_a_full_name_to_add_it(admin_client, admin_user):
    condition = make_live_condition()

    asked = admin_client.get(page_url(condition, "checked"))
    refused = check(admin_client, condition, next_on="2027-06-01", note="The cautions.")

    form = parse(refused.text).one("form", novalidate=None)
    assert "your account has none" in asked.text
    assert f'href="/admin/auth/user/{admin_user.pk}/change/"' in refused.text
    assert "Nothing was recorded yet." in refused.text
    assert form.one("input", name="next_on").get("value") == "2027-06-01"
    assert form.one("input", name="note").get("value") == "The cautions."
    assert not Review.objects.exists()

    User.objects.update(first_name="Ann", last_name="Lisanti")
    check(admin_client, condition)
    assert Review.objects.get().reviewer == "Ann Lisanti"


def test_checked_in_part_needs_a_note_and_no_day(client, staff):
    condition = make_live_condition()

    refused = check(client, condition, scope="partial", next_on="")
    check(client, condition, scope="partial", next_on="", note="The cautions.")

    review = Review.objects.get()
    assert "Say which part you checked." in refused.text
    assert (review.scope, review.next_on, review.note) == ("partial", None, "The cautions.")


@pytest.mark.parametrize(
    ("next_on", "words"),
    [
        ("", "Say by when the page is checked again."),
        ("2026-12-07", "The next review comes after today."),
        ("2026-12-06", "The next review comes after today."),
        ("soon", "Enter a day, such as 2027-01-31."),
        ("9999-12-31", "in the next ten years at the latest."),
    ],
)
def test_checked_needs_a_later_day(client, staff, next_on, words):
    response = check(client, make_live_condition(), next_on=next_on)

    assert words in response.text
    assert not Review.objects.exists()


def test_checked_is_not_recorded_for_a_page_that_went_live_meanwhile(client, staff):
    condition = make_twice_published()

    response = check(client, condition, number=1)

    assert "Another revision went live meanwhile." in response.text
    assert not Review.objects.exists()


def test_checked_needs_a_live_page(client, staff):
    response = check(client, make_condition())

    assert "There is no page on the site to check." in response.text
    assert not Review.objects.exists()


def test_a_year_after_february_29_is_a_day_that_exists():
    assert _next_year(date(2028, 2, 29)) == date(2029, 2, 28)


def test_checked_warns_of_facts_that_the_live_page_shows_as_they_were(client, staff):
    flag = make_red_flag(statement="Old words")
    condition = make_live_condition(red_flags=[flag])
    up_to_date = client.get(page_url(condition, "checked"))
    flag.statement = "New words"
    flag.save()

    outdated = client.get(page_url(condition, "checked"))

    assert "as it was" not in up_to_date.text
    assert "The live page shows something as it was" in outdated.text
    page = parse(outdated.text).one("dl", class_="changes")
    assert (page.one("del").text, page.one("ins").text) == ("[removed: Old ]", "[added: New ]")
    assert reverse("admin:conditions_pages") in outdated.text
