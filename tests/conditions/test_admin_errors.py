"""A long form that can't be saved says at its top what is wrong, with a link to each place."""

import pytest

from conditions.models import Condition
from tests.html_tree import parse

from .factories import (
    make_caution,
    make_condition,
    make_red_flag,
    make_remedy,
    make_section,
    make_source,
)
from .staff import open_form, save

pytestmark = pytest.mark.django_db


def errors_in(response):
    """Return each line at the top with the place that it leads to, which has to be on the page."""
    page = parse(response.text)
    lines = page.one("section", class_="errors-above").all("li")
    links = [line.one("a").get("href") for line in lines]
    ids = {node.get("id") for node in page.all()}
    assert all(link.startswith("#") and link[1:] in ids for link in links)
    return [(line.text, link) for line, link in zip(lines, links, strict=True)]


def test_errors_of_an_article_lead_to_their_fields(client, staff):
    condition = make_condition()
    make_section(condition=condition, aspect="causes")
    form = open_form(client, condition)

    refused = save(
        client,
        condition,
        form,
        **{"title": "", "sections-1-aspect": "", "publish_at": "soon"},
    )

    assert errors_in(refused) == [
        ("Title: This field is required.", "#id_title"),
        (
            "Put on the site on: Enter a day and a time, such as 2027-01-31T09:30.",
            "#id_publish_at",
        ),
        ("Section 2, Aspect: This field is required.", "#id_sections-1-aspect"),
    ]
    assert "js/error-summary.js" in refused.text
    assert Condition.objects.get().title != ""


def test_errors_of_a_whole_row_lead_to_the_row(client, staff):
    condition = make_condition()
    form = open_form(client, condition)
    flag = condition.red_flag_links.get().red_flag
    same = {"red_flag_links-TOTAL_FORMS": 2, "red_flag_links-1-red_flag": flag.pk}

    refused = save(client, condition, form, **same, **{"red_flag_links-1-position": 1})

    assert "#red_flag_links-1" in [link for _text, link in errors_in(refused)]


def test_errors_of_a_red_flag_and_of_a_remedy_lead_to_their_fields(client, staff):
    flag, remedy = make_red_flag(), make_remedy()
    make_caution(remedy=remedy, sources=[make_source()])

    of_flag = save(client, flag, open_form(client, flag), statement="")
    of_remedy = save(client, remedy, open_form(client, remedy), **{"cautions-0-effect": ""})

    assert errors_in(of_flag) == [("Statement: This field is required.", "#id_statement")]
    assert errors_in(of_remedy) == [
        ("Caution 1, Effect: This field is required.", "#id_cautions-0-effect")
    ]


def test_row_that_is_taken_out_is_no_error(client, staff):
    condition = make_condition()
    form = open_form(client, condition)

    refused = save(
        client, condition, form, **{"title": "", "sections-0-aspect": "", "sections-0-DELETE": "on"}
    )

    assert errors_in(refused) == [("Title: This field is required.", "#id_title")]


def test_form_without_errors_has_no_list(client, staff):
    condition = make_condition()

    text = client.get(f"/admin/conditions/condition/{condition.pk}/change/").text

    assert "errors-above" not in text
    assert "error-summary.js" not in text
