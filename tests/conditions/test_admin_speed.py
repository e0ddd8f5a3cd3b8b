"""The longest form of the staff asks the database a number of things that does not grow with it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.models import RelatedTopic
from conditions.publishing import publish

from .factories import (
    NOW,
    make_caution,
    make_claim,
    make_condition,
    make_live_treatment,
    make_red_flag,
    make_remedy,
    make_source,
    make_treatment,
)
from .staff import open_form, save, sign_in

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def add_to_condition(condition, treatment, count):
    for _ in range(count):
        remedy = make_remedy(treatment=treatment)
        make_claim(condition=condition, treatment=treatment, remedy=remedy, sources=[make_source()])
        condition.red_flag_links.create(red_flag=make_red_flag())
        RelatedTopic.objects.create(condition=condition, other=make_condition())


def add_to_treatment(treatment, count):
    for number in range(count):
        make_claim(treatment=treatment, label=f"Thing {number}", sources=[make_source()])
        make_caution(treatment=treatment, sources=[make_source()])


def count_queries(browser, record):
    with CaptureQueriesContext(connection) as opening:
        form = open_form(browser, record)
    opened = len(opening)
    with CaptureQueriesContext(connection) as saving:
        assert save(browser, record, form).status_code == 302
    return opened, len(saving)


def count_publishing(record, *, now):
    """Return how many queries publishing takes, and how many of them read the sections."""
    with CaptureQueriesContext(connection) as publishing:
        publish(record, by="tests", now=now)
    asked = [query["sql"] for query in publishing]
    return len(asked), sum(sql.startswith('SELECT "conditions_section"') for sql in asked)


def test_condition_form_asks_as_much_for_many_rows_as_for_few():
    browser, condition, treatment = sign_in("ann"), make_condition(), make_treatment()
    add_to_condition(condition, treatment, 3)
    open_form(browser, condition)

    few = count_queries(browser, condition)
    add_to_condition(condition, treatment, 9)
    many = count_queries(browser, condition)

    assert many == few
    assert max(few) < 75


def test_treatment_form_asks_as_much_for_many_rows_as_for_few():
    browser, treatment = sign_in("ann"), make_treatment()
    add_to_treatment(treatment, 3)
    open_form(browser, treatment)

    few = count_queries(browser, treatment)
    add_to_treatment(treatment, 9)
    many = count_queries(browser, treatment)

    assert many == few
    assert max(few) < 75


def test_publishing_reads_the_draft_twice_however_many_rows_it_has():
    condition, treatment = make_condition(), make_live_treatment()
    add_to_condition(condition, treatment, 3)

    few, reads = count_publishing(condition, now=NOW)
    add_to_condition(condition, treatment, 9)
    many, _ = count_publishing(condition, now=LATER)

    assert (many, reads) == (few, 2)
    assert few < 55
