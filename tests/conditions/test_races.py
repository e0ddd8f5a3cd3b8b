"""Real connections: who waited for an article compares with what is live after the wait."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction

from conditions.locks import hold
from conditions.models import Condition, RedFlag
from conditions.publishing import (
    NotPublishable,
    TooLate,
    publish,
    republish,
    roll_back,
    schedule,
    scheduled_editions,
    withdraw,
)
from tests.locks import until_waiting

from .factories import NOW, make_live_condition, make_red_flag, make_self_care
from .staff import make_staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]
SECOND = timedelta(seconds=1)


def after_waiting(*acts, article, meanwhile):
    """Return what came of each act; all wait for the article until `meanwhile` is committed."""

    def run(act):
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool, transaction.atomic():
        hold(article, now=NOW)
        waiting = [pool.submit(run, act) for act in acts]
        until_waiting(len(acts))
        meanwhile()
    return waiting


def make_twice_published():
    """Return an article with advice that its first edition lacks."""
    condition = make_live_condition()
    make_self_care(condition, title="Stretch")
    publish(condition, by="tests", now=NOW)
    return condition


def test_publishing_does_not_undo_unsigned_what_a_reviewer_took_back_meanwhile():
    condition, editor = make_twice_published(), make_staff("ann", group="Content")
    first = condition.revisions.get(number=1)
    Condition.objects.update(lede="Other words.")

    (waited,) = after_waiting(
        lambda: publish(condition, by=editor, now=NOW + SECOND),
        article=condition,
        meanwhile=lambda: roll_back(condition, to=first, by="reviewer", now=NOW + SECOND),
    )

    assert "It changes the self-care steps." in str(waited.exception())
    assert condition.revisions.count() == 3


def test_going_back_does_not_undo_unsigned_what_a_reviewer_published_meanwhile():
    condition, editor = make_live_condition(), make_staff("ann", group="Content")
    first = condition.revisions.get(number=1)
    Condition.objects.update(lede="Other words.")
    publish(condition, by="tests", now=NOW)
    make_self_care(condition, title="Stretch")

    (waited,) = after_waiting(
        lambda: roll_back(condition, to=first, by=editor, now=NOW + SECOND),
        article=condition,
        meanwhile=lambda: publish(condition, by="reviewer", now=NOW + SECOND),
    )

    assert isinstance(waited.exception(), NotPublishable)
    assert condition.revisions.count() == 3


def test_a_draft_that_several_publish_at_once_gives_one_revision():
    condition = make_live_condition()
    Condition.objects.update(lede="Other words.")

    waited = after_waiting(
        *[lambda: publish(condition, by="tests", now=NOW + SECOND)] * 3,
        article=condition,
        meanwhile=lambda: None,
    )

    assert [future.result().number for future in waited] == [2, 2, 2]
    assert condition.revisions.count() == 2


def test_pages_are_updated_to_what_was_saved_while_that_waited():
    condition = make_live_condition()
    RedFlag.objects.update(label="New")

    (waited,) = after_waiting(
        lambda: republish([condition], by="tests", now=NOW + SECOND),
        article=condition,
        meanwhile=lambda: RedFlag.objects.update(label="Newest"),
    )

    (revision,) = waited.result()
    assert [flag["label"] for flag in revision.document["red_flags"]] == ["Newest"]


def test_a_scheduled_revision_is_withdrawn_once_while_its_page_is_updated():
    flag = make_red_flag()
    condition = make_live_condition(red_flags=[flag])
    Condition.objects.update(lede="Later words.")
    edition = schedule(condition, by="tests", now=NOW, publish_at=NOW + 60 * SECOND)
    RedFlag.objects.filter(pk=flag.pk).update(label="New label")

    (waited,) = after_waiting(
        lambda: withdraw(edition, by="ann", now=NOW + SECOND),
        article=condition,
        meanwhile=lambda: republish([condition], by="tests", now=NOW + SECOND),
    )

    assert isinstance(waited.exception(), TooLate)
    assert scheduled_editions(condition, now=NOW + SECOND).get().number == 4
