"""Markup in every text of an article, in a real browser: nothing of it runs, nothing is asked for."""

import pytest
from django.utils import timezone

from conditions.models import Condition, Revision, Treatment
from tests.conditions.inert import ATTACK
from tests.conditions.test_injection import poisoned

pytestmark = pytest.mark.django_db(transaction=True)
# What the attack's own pieces would leave behind if any of them were taken for markup.
TRACES = "x-evil, iframe, img[src='x'], form[action*='evil'], [onerror], [onload], [style]"


def poison(article):
    newest = article.revisions.first()
    Revision.objects.create(
        number=newest.number + 1,
        document=poisoned(newest.document),
        publish_at=timezone.now(),
        by_name=ATTACK[:150],
        note=ATTACK[:300],
        **{article.revision_field: article},
    )


def test_poisoned_articles_run_in_no_browser(visitor, site):
    # The visitor takes anything that the console says, and any request elsewhere, for an error.
    for article in (
        Treatment.objects.get(slug="acupuncture"),
        Condition.objects.get(slug="spasms-and-twitches"),
    ):
        poison(article)

    left = {}
    for path in (
        "/conditions/spasms-and-twitches/",
        "/conditions/spasms-and-twitches/cautions/",
        "/treatments/acupuncture/",
        "/conditions/?q=evil",
        "/",
        "/book/?condition=spasms-and-twitches",
        "/book/first-consultation/safety/?condition=spasms-and-twitches",
    ):
        visitor.goto(path)
        left[path] = visitor.locator(TRACES).count()
        assert visitor.locator("h1").count() == 1

    assert left == dict.fromkeys(left, 0)
