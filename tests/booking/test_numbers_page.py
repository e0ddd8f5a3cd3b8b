"""The page of numbers, its pictures and its files: who sees them, for which weeks, at what cost."""

import csv
import sys
from datetime import date
from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from booking.numbers import REPORTS
from booking.numbers.report import amount, share
from tests.html_tree import parse

from .desk import signed_in
from .factories import (
    local,
    make_appointment,
    make_patient,
    make_service,
    make_week,
)
from .journeys import make_article

URL = "/admin/numbers/"
ADDRESSES = [URL, *(f"{URL}{key}.{ending}" for key in REPORTS for ending in ("svg", "csv"))]
LATEST = (date(2026, 9, 21), date(2026, 12, 13))


@pytest.fixture
def owner(monday_morning, client, db):
    """A browser signed in as a member of the group Owner."""
    user = User.objects.create_user("owner", is_staff=True)
    user.groups.add(Group.objects.get(name="Owner"))
    client.force_login(user)
    return client


def shown(page):
    span = page.context["span"]
    return span.first_on, span.last_on


def errors(page):
    return {name: list(words) for name, words in page.context["form"].errors.items()}


# Who sees it


@pytest.mark.django_db
@pytest.mark.parametrize("url", ADDRESSES)
@pytest.mark.parametrize(
    ("group", "status"),
    [
        ("Owner", 200),
        ("Author", 403),
        ("Content", 403),
        ("Clinical reviewer", 403),
        ("Front desk", 403),
        ("Practitioner", 403),
        (None, 302),
    ],
)
def test_numbers_are_for_the_owner(monday_morning, url, group, status):
    browser = Client()
    if group:
        user = User.objects.create_user("somebody", is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        browser.force_login(user)

    assert browser.get(url).status_code == status


@pytest.mark.django_db
def test_what_draws_is_not_loaded_for_whoever_is_refused(monday_morning, monkeypatch):
    monkeypatch.setitem(sys.modules, "booking.numbers.drawing", None)
    browser = signed_in()

    pictures = [url for url in ADDRESSES if url.endswith(".svg")]
    assert {browser.get(url).status_code for url in pictures} == {403}


@pytest.mark.django_db
def test_the_permission_alone_is_enough(monday_morning):
    browser = signed_in("see_numbers")

    assert [browser.get(url).status_code for url in ADDRESSES] == [200] * len(ADDRESSES)
    assert "Messages that need somebody" not in browser.get(URL).text


@pytest.mark.django_db
@pytest.mark.parametrize(("group", "is_linked"), [("Owner", True), ("Front desk", False)])
def test_the_first_page_leads_there(monday_morning, group, is_linked):
    user = User.objects.create_user("somebody", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    browser = Client()
    browser.force_login(user)

    assert (f'href="{URL}"' in browser.get(reverse("admin:index")).text) == is_linked


def test_nothing_is_kept_by_anybody_on_the_way(owner):
    for url in ADDRESSES:
        kept = owner.get(url)["Cache-Control"]
        assert {"no-store", "private"} <= set(kept.split(", ")), url


def test_pictures_and_files_are_what_they_say(owner):
    types = {owner.get(url)["Content-Type"] for url in ADDRESSES[1:]}

    assert types == {"image/svg+xml", "text/csv; charset=utf-8"}
    assert owner.post(URL).status_code == 405
    assert owner.get(f"{URL}other.svg").status_code == 404
    assert owner.get(f"{URL}other.csv").status_code == 404


# Which weeks


@pytest.mark.parametrize(
    ("query", "span"),
    [
        ({}, LATEST),
        ({"from": "", "until": "", "practitioner": ""}, LATEST),
        ({"from": "2026-12-02"}, (date(2026, 11, 30), date(2026, 12, 13))),
        ({"until": "2026-12-02"}, (date(2026, 9, 14), date(2026, 12, 6))),
        ({"from": "2026-11-04", "until": "2026-11-04"}, (date(2026, 11, 2), date(2026, 11, 8))),
        ({"from": "2027-01-01", "until": "2027-01-01"}, (date(2026, 12, 28), date(2027, 1, 3))),
        ({"from": "2024-01-01", "until": "2026-12-31"}, (date(2024, 1, 1), date(2027, 1, 3))),
    ],
)
def test_the_weeks_are_whole_and_the_form_says_which(owner, query, span):
    page = owner.get(URL, query)

    assert (shown(page), errors(page)) == (span, {})
    fields = {field.get("name"): field.get("value") for field in parse(page.content).all("input")}
    assert (fields["from"], fields["until"]) == tuple(map(str, span))


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ({"from": "soon"}, "from_on", "Enter a day like 2026-12-31."),
        ({"until": "2026-13-01"}, "until_on", "Enter a day like 2026-12-31."),
        ({"from": "0001-01-01"}, "from_on", "Choose a day from the year 2000 to two years ahead."),
        ({"until": "9999-12-31"}, "until_on", "Choose a day from the year 2000 to two years ahead."),
        ({"from": "2026-12-09", "until": "2026-12-08"}, "until_on", "“Until” must not be before “from”."),
        ({"from": "2027-02-01"}, "from_on", "“From” is still to come: say until when, too."),
        ({"from": "2020-01-01", "until": "2026-12-08"}, "until_on", "Choose three years at most."),
        ({"practitioner": "nobody"}, "practitioner", "Choose somebody from the list."),
        ({"practitioner": "' OR 1=1"}, "practitioner", "Choose somebody from the list."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_answered_in_a_sentence(owner, query, name, words):
    page = owner.get(URL, query)

    assert (page.status_code, errors(page), shown(page)) == (200, {name: [words]}, LATEST)
    assert words.replace("’", "&#x27;") in page.text
    for ending in ("svg", "csv"):
        answer = owner.get(f"{URL}bookings.{ending}", query)
        assert (answer.status_code, answer.text) == (400, words)


def test_pictures_and_files_are_of_the_same_weeks_and_person(owner):
    service = make_service()
    make_appointment(service, local(7, 10))

    page = owner.get(URL, {"from": "2026-12-09", "practitioner": service.practitioner.slug})

    query = f"from=2026-12-07&until=2026-12-13&practitioner={service.practitioner.slug}"
    main = parse(page.content).one("section", id="bookings")
    addresses = [img.get("src") for img in main.all("img")]
    assert addresses == [f"{URL}bookings.svg?{query}", f"{URL}bookings.svg?{query}&theme=dark"]
    assert f"{URL}bookings.csv?{query}" in [link.get("href") for link in main.all("a")]


# What it says


def test_an_empty_clinic_is_told_what_to_do_first(owner):
    page = parse(owner.get(URL).content)

    first = page.one("div", class_="numbers__first")
    assert [link.get("href") for link in first.all("a")] == [
        "/admin/booking/practitioner/",
        "/admin/booking/service/",
        "/admin/booking/appointment/add/",
    ]
    assert page.all("img") == []


def test_each_number_has_its_sentence_its_chart_and_its_table(owner):
    service = make_service()
    make_week(service)
    make_article("spasms", "Spasms and twitches")
    make_appointment(service, local(7, 10), condition_slug="spasms")

    page = parse(owner.get(URL).content)

    assert page.all("div", class_="numbers__first") == []
    assert page.one("ol", class_="breadcrumbs").text == "Home Visits and patients Numbers"
    for key in ("bookings", "lead-time", "fullness", "articles"):
        section = page.one("section", id=key)
        light, dark = section.all("img")
        assert light.get("alt") == dark.get("alt")
        assert section.one("h2").text in light.get("alt")
        assert section.all("strong")[0].text in light.get("alt")
        assert section.one("tbody").all("tr")


def test_no_patient_is_named_anywhere(owner):
    service = make_service()
    patient = make_patient(name="Zelda Unique", email="zelda@example.com", phone="+12125550177")
    make_appointment(service, local(7, 10), patient=patient, reason="Secret reason")

    answers = [owner.get(url).text for url in ADDRESSES]

    for word in ("Zelda", "zelda@", "5550177", "Secret reason"):
        assert not any(word in text for text in answers)


# What it costs


def test_three_thousand_visits_take_as_many_queries_as_three(owner):
    seed(practitioners=1, appointments=3)
    few = count_queries(owner)
    seed(practitioners=5, appointments=2997)

    assert count_queries(owner) == few
    assert max(few) <= 20


def seed(**counts):
    call_command("seed_load", force=True, verbosity=0, stdout=StringIO(), **counts)


def count_queries(browser):
    """Return how many queries each address takes."""
    counts = []
    for url in ADDRESSES:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(url).status_code == 200
        counts.append(len(asked))
    return counts


# The files


def test_a_file_holds_the_table(owner):
    service = make_service()
    make_appointment(service, local(7, 10), status="noshow")

    answer = owner.get(f"{URL}bookings.csv", {"from": "2026-12-07"})

    assert answer["Content-Disposition"] == 'attachment; filename="bookings.csv"'
    assert list(csv.reader(StringIO(answer.text.removeprefix("\ufeff")))) == [
        [
            "Week of",
            "Booked online",
            "Booked by the desk",
            "Came",
            "Did not come",
            "Cancelled",
            "Not marked",
        ],
        ["2026-12-07", "1", "0", "0", "1", "0", "0"],
    ]


def test_a_title_that_is_a_formula_comes_out_as_text(owner):
    make_article("spasms", '=cmd|"/C calc"!A0')
    make_appointment(make_service(), local(7, 10), condition_slug="spasms")

    rows = list(csv.reader(StringIO(owner.get(f"{URL}articles.csv").text)))

    assert rows[1] == ['\'=cmd|"/C calc"!A0', "1"]


# Words


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 9, "0%"), (1, 1000, "less than 1%"), (1, 3, "33%"), (9, 9, "100%")],
)
def test_a_share_is_not_rounded_away(part, whole, words):
    assert share(part, whole) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 visits"), (1, "1 visit"), (2000, "2,000 visits")]
)
def test_amounts_are_words(count, words):
    assert amount(count, "visit") == words
