"""The parts of a page that the gate knows are those that the page has."""

import pytest
import time_machine

from conditions.models import Condition, Treatment
from conditions.pages import anchors
from conditions.publishing import publish
from conditions.views import condition_context, treatment_context
from tests.html_tree import parse

from .factories import (
    NOW,
    make_acupoint,
    make_caution,
    make_claim,
    make_condition,
    make_remedy,
    make_self_care,
    make_source,
    make_treatment,
)

pytestmark = pytest.mark.django_db
# What labels something else on the page; nobody links to it.
LABELS = {"toc-title", "feedback-title", "point-table", "back-title", "back-desc"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def make_whole_pages():
    """Return a live condition and a live treatment that have every part."""
    treatment = make_treatment()
    remedies = [make_remedy(treatment=treatment), make_acupoint(treatment=treatment)]
    make_caution(treatment=treatment)
    make_claim(treatment=treatment, label="Pain", sources=[make_source()])
    publish(treatment, by="tests", now=NOW)
    condition = make_condition()
    make_self_care(condition, kind="now")
    for remedy in remedies:
        make_claim(condition=condition, treatment=treatment, remedy=remedy)
    condition.sources.add(make_source())
    publish(condition, by="tests", now=NOW)
    return condition, treatment


def ids_of(client, article):
    page = parse(client.get(article.get_absolute_url()).content)
    ids = {tag.get("id") for tag in page.one("body").all() if tag.get("id")}
    return {name for name in ids if not name.startswith("feedback_")} - LABELS


def test_anchors_are_those_of_the_page(client):
    make_whole_pages()
    condition, treatment = (
        Condition.objects.with_live(NOW).get(),
        Treatment.objects.with_live(NOW).get(),
    )

    shown = condition_context(condition, today=NOW.date())["page"]
    offered = treatment_context(treatment, today=NOW.date())["page"]

    assert anchors(shown) == ids_of(client, condition)
    assert anchors(offered) == ids_of(client, treatment)
