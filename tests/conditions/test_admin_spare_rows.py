"""Staff without JavaScript open a form with an empty row in each list, and fill in what they need."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.models import Claim, ConditionRedFlag, Section
from tests.html_tree import parse

from .admin_pages import change_url
from .factories import (
    make_caution,
    make_claim,
    make_condition,
    make_red_flag,
    make_remedy,
    make_source,
    make_treatment,
)
from .staff import sign_in, typed_in

pytestmark = pytest.mark.django_db


def with_spare_rows(record):
    return f"{change_url(record)}?extra=1"


def open_form(browser, record):
    return typed_in(browser.get(with_spare_rows(record)))


def rows_in(form):
    """Return how many rows each list has, the empty ones among them."""
    return {
        name.removesuffix("-TOTAL_FORMS"): int(total)
        for name, total in form.items()
        if name.endswith("-TOTAL_FORMS")
    }


def test_form_leads_those_without_a_script_to_empty_rows(client, staff):
    condition = make_condition()

    page, with_rows = client.get(change_url(condition)), client.get(with_spare_rows(condition))
    opened, spare = parse(page.text), parse(with_rows.text)

    assert opened.one("noscript").one("a").get("href") == "?extra=1"
    assert spare.all("noscript") == []
    assert rows_in(typed_in(page))["sections"] == 1
    assert rows_in(typed_in(with_rows)) == {
        "names": 1,
        "red_flag_links": 2,
        "sections": 2,
        "illustrations": 1,
        "self_care_items": 2,
        "claims": 1,
        "related_topics": 1,
        "former_slugs": 0,
    }


@pytest.mark.parametrize("make", [make_condition, make_treatment, make_remedy])
def test_empty_rows_are_no_error_and_no_change(client, staff, make):
    record = make()
    before = {**type(record).objects.filter(pk=record.pk).values()[0], "updated_at": None}

    response = client.post(with_spare_rows(record), open_form(client, record))

    after = {**type(record).objects.filter(pk=record.pk).values()[0], "updated_at": None}
    history = client.get(change_url(record).replace("change", "history")).text
    assert response.status_code == 302
    assert after == before
    assert "No fields changed." in history
    assert not Claim.objects.exists()


def test_rows_are_filled_in_by_choosing_from_all_there_are(client, staff):
    condition, flag, source = make_condition(), make_red_flag(label="Chest pain"), make_source()
    remedy = make_remedy()
    opened = client.get(with_spare_rows(condition))
    page, form = parse(opened.text), typed_in(opened)
    choices = page.one("select", name="red_flag_links-1-red_flag").all("option")

    form |= {"red_flag_links-1-red_flag": flag.pk, "sections-1-aspect": "causes"}
    form |= {"sections-1-body": "<p>New.</p>", "claims-0-text": "It may help."}
    form |= {"claims-0-treatment": remedy.treatment_id, "claims-0-remedy": remedy.pk}
    form |= {"claims-0-level": "traditional_only", "claims-0-sources": [source.pk]}
    form |= {"sources": [source.pk]}
    response = client.post(with_spare_rows(condition), form)

    assert {"", str(flag.pk)} < {choice.get("value") for choice in choices}
    assert [choice for choice in choices if "selected" in choice.attributes] == choices[:0]
    assert str(source.pk) in {o.get("value") for o in page.one("select", name="sources").all()}
    assert response.status_code == 302
    assert ConditionRedFlag.objects.filter(condition=condition, red_flag=flag).exists()
    assert Section.objects.filter(condition=condition, body="<p>New.</p>").exists()
    claim = Claim.objects.get()
    assert (claim.remedy_id, list(claim.sources.all())) == (remedy.pk, [source])
    assert list(condition.sources.all()) == [source]


def test_empty_rows_are_nothing_of_mine_where_somebody_else_saved(client, staff):
    condition, other = make_condition(), sign_in("ann")
    form = open_form(client, condition)
    other.post(with_spare_rows(condition), form | {"title": "Theirs"})

    refused = client.post(with_spare_rows(condition), form)

    assert not refused.context["conflict"].has_mine
    condition.refresh_from_db()
    assert condition.title == "Theirs"


def test_form_with_empty_rows_asks_as_much_for_many_rows_as_for_few(client, staff):
    condition, treatment = make_condition(), make_treatment()

    def add(count):
        for _ in range(count):
            remedy = make_remedy(treatment=treatment)
            make_claim(
                condition=condition, treatment=treatment, remedy=remedy, sources=[make_source()]
            )
            make_caution(treatment=treatment, sources=[make_source()])

    def count_queries():
        with CaptureQueriesContext(connection) as asked:
            open_form(client, condition)
            open_form(client, treatment)
        return len(asked)

    add(2)
    count_queries()
    few = count_queries()
    add(5)

    assert count_queries() == few
