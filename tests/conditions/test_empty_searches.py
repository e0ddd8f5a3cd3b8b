from datetime import date, timedelta

import pytest
from django.db import DatabaseError
from django.test import RequestFactory

from conditions import empty_searches
from conditions.empty_searches import count_empty_search, is_asked_by_a_person
from conditions.models import EmptySearch

TODAY = date(2026, 12, 7)


def rows():
    return list(EmptySearch.objects.values_list("query", "times", "last_on"))


@pytest.mark.django_db
def test_empty_search_is_counted_once_a_time_whatever_its_case():
    yesterday = TODAY - timedelta(days=1)
    count_empty_search("Numb  lips", on=yesterday)

    count_empty_search(" numb LIPS ", on=TODAY)

    assert rows() == [("numb lips", 2, TODAY)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "jane@example.org",
        "jane＠example",
        "555-0100",
        "555 01 00",
        "born 1/2/1990",
        "٥٥٥٠",
        "my name is jane and i hurt",
        "x" * 61,
        "ﬃ" * 30,
    ],
)
def test_empty_search_that_may_name_a_person_is_not_kept(query):
    count_empty_search(query, on=TODAY)

    assert rows() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["waking at 3 am", "vitamin b12", "x" * 60, "抽筋", "a b c d e f"]
)
def test_empty_search_about_no_person_is_kept(query):
    count_empty_search(query, on=TODAY)

    assert rows() == [(query, 1, TODAY)]


@pytest.mark.django_db
def test_empty_searches_are_no_more_than_the_limit(monkeypatch):
    monkeypatch.setattr(empty_searches, "MAX_ROWS", 2)
    for query in ("one", "two", "three", "two"):
        count_empty_search(query, on=TODAY)

    assert rows() == [("two", 2, TODAY), ("three", 1, TODAY)]


@pytest.mark.django_db
def test_empty_searches_make_place_for_one_more_by_leaving_out_all_old_ones(monkeypatch):
    monkeypatch.setattr(empty_searches, "MAX_ROWS", 3)
    long_ago, lately = TODAY - timedelta(days=31), TODAY - timedelta(days=30)
    EmptySearch.objects.create(query="old", times=2, last_on=long_ago)
    EmptySearch.objects.create(query="old and frequent", times=999, last_on=long_ago)
    EmptySearch.objects.create(query="rare", times=1, last_on=lately)

    count_empty_search("new", on=TODAY)

    assert rows() == [("new", 1, TODAY), ("rare", 1, lately)]


@pytest.mark.django_db
def test_empty_searches_make_place_for_one_more_by_leaving_out_the_rarest(monkeypatch):
    monkeypatch.setattr(empty_searches, "MAX_ROWS", 3)
    yesterday = TODAY - timedelta(days=1)
    EmptySearch.objects.create(query="three times", times=3, last_on=yesterday)
    EmptySearch.objects.create(query="four times", times=4, last_on=yesterday)
    EmptySearch.objects.create(query="three times today", times=3, last_on=TODAY)

    count_empty_search("new", on=TODAY)

    assert rows() == [
        ("four times", 4, yesterday),
        ("three times today", 3, TODAY),
        ("new", 1, TODAY),
    ]


@pytest.mark.django_db
def test_empty_search_that_cannot_be_written_is_logged_without_its_words(monkeypatch, caplog):
    def fail(words, on):
        raise DatabaseError("numb lips")

    monkeypatch.setattr(empty_searches, "_count", fail)

    count_empty_search("numb lips", on=TODAY)

    assert [record.getMessage() for record in caplog.records] == [
        "An empty search could not be counted: DatabaseError"
    ]


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("get", {}, True),
        ("get", {"sec-purpose": ""}, True),
        ("head", {}, False),
        ("get", {"sec-purpose": "prefetch;prerender"}, False),
        ("get", {"purpose": "Prefetch"}, False),
        ("get", {"x-moz": "prefetch"}, False),
    ],
)
def test_page_is_asked_by_a_person_or_not(method, headers, expected):
    request = getattr(RequestFactory(), method)("/", headers=headers)

    assert is_asked_by_a_person(request) is expected
