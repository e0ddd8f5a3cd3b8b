"""Whoever waited for an article has an older moment than what was written meanwhile."""

from datetime import timedelta

import pytest

from conditions.models import Condition
from conditions.publishing import publish, republish, roll_back, schedule, unpublish

from .factories import NOW, make_live_condition, make_red_flag, make_twice_published

pytestmark = pytest.mark.django_db
MEANWHILE = NOW + timedelta(seconds=30)


def live_title(at=MEANWHILE):
    return Condition.objects.published(at).values_list("live_title", flat=True).first()


def retitle(title):
    Condition.objects.update(title=title)


def test_who_published_last_is_live():
    condition = make_live_condition(now=MEANWHILE, title="First")
    retitle("Second")

    revision = publish(condition, by="tests", now=NOW)

    assert (revision.created_at, revision.publish_at) == (MEANWHILE, MEANWHILE)
    assert live_title() == "Second"


def test_who_goes_back_last_is_live():
    condition = make_live_condition(title="First")
    retitle("Second")
    publish(condition, by="tests", now=MEANWHILE)

    roll_back(condition, to=condition.revisions.get(number=1), by="tests", now=NOW)

    assert live_title() == "First"


def test_who_updates_the_pages_last_is_live():
    flag = make_red_flag(label="Old")
    condition = make_live_condition(now=MEANWHILE, red_flags=[flag])
    flag.label = "New"
    flag.save()

    republish([condition], by="tests", now=NOW)

    live = Condition.objects.with_live(MEANWHILE).get().live
    assert [entry["label"] for entry in live["red_flags"]] == ["New"]


def test_who_takes_off_last_has_it_off():
    condition = make_live_condition(now=MEANWHILE)

    unpublish(condition, by="tests", now=NOW)

    assert live_title() is None


def test_who_publishes_after_the_page_was_taken_off_has_it_on():
    condition = make_live_condition(title="First")
    unpublish(condition, by="tests", now=MEANWHILE)
    retitle("Second")

    publish(condition, by="tests", now=NOW)

    assert live_title() == "Second"


def test_scheduled_edition_appears_when_it_was_to():
    condition = make_twice_published()
    Condition.objects.update(lede="For later.", updated_at=MEANWHILE)
    day = NOW + timedelta(days=1)

    revision = schedule(condition, by="tests", now=NOW, publish_at=day)

    assert (revision.created_at, revision.publish_at) == (MEANWHILE, day)


def test_clock_that_was_wrong_hides_no_page():
    ahead = MEANWHILE + timedelta(microseconds=1)
    condition = make_live_condition(now=ahead, title="First")
    Condition.objects.update(updated_at=ahead)

    revision = publish(condition, by="tests", now=NOW)

    assert (revision.publish_at, live_title(NOW)) == (NOW, "First")
