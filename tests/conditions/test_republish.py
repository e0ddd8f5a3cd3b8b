"""Shared facts of live pages are brought up to date, and nothing else is."""

from datetime import timedelta

import pytest

from conditions.models import Condition, Revision
from conditions.publishing import (
    NotPublishable,
    outdated_uses_of,
    publish,
    republish,
    unpublish,
    uses_of,
)

from .factories import (
    NOW,
    link_red_flag,
    make_condition,
    make_live_condition,
    make_red_flag,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


def live(condition, *, now=LATER):
    return Condition.objects.with_live(now).get(pk=condition.pk)


def test_uses_of_a_red_flag_are_the_live_articles_that_show_it():
    flag = make_red_flag()
    shown = make_live_condition(red_flags=[flag], title="Shown")
    make_live_condition(title="Without")
    make_condition(red_flags=[flag], title="Draft")
    taken_off = make_live_condition(red_flags=[flag], title="Off")
    unpublish(taken_off, by="tests", now=NOW)
    unlinked = make_live_condition(red_flags=[flag], title="Still shows it")
    unlinked.red_flag_links.all().delete()

    assert uses_of(flag, now=LATER) == [shown, unlinked]


def test_republish_changes_the_red_flags_alone():
    flag = make_red_flag(statement="Old words")
    condition = make_live_condition(red_flags=[flag], title="As published")
    condition.title = "Unfinished"
    condition.save()
    link_red_flag(condition, make_red_flag())
    flag.statement = "New words"
    flag.save()

    revisions = republish(outdated_uses_of(flag, now=LATER), by="tests", now=LATER)

    document = live(condition).live
    assert [revision.number for revision in revisions] == [2]
    assert document["title"] == "As published"
    assert [(f["statement"], f["version"]) for f in document["red_flags"]] == [("New words", 2)]
    assert outdated_uses_of(flag, now=LATER) == []


def test_republish_keeps_the_articles_own_qualifier_and_level():
    flag = make_red_flag(level="see_doctor")
    condition = make_condition()
    link_red_flag(condition, flag, qualifier="with spasms", level="urgent")
    publish(condition, by="tests", now=NOW)
    flag.label = "New label"
    flag.save()

    republish([condition], by="tests", now=LATER)

    entry = live(condition).live["red_flags"][1]
    assert (entry["label"], entry["qualifier"], entry["level"]) == (
        "New label",
        "with spasms",
        "urgent",
    )


def test_republish_passes_over_what_is_up_to_date_or_not_live():
    taken_off = make_live_condition()
    unpublish(taken_off, by="tests", now=NOW)

    assert republish([make_live_condition(), taken_off], by="tests", now=LATER) == []


def test_republish_drops_a_flag_that_is_no_longer_in_use():
    flag = make_red_flag()
    condition = make_live_condition(red_flags=[make_red_flag(code="kept"), flag])
    flag.is_active = False
    flag.save()

    republish([condition], by="tests", now=LATER)

    assert [f["code"] for f in live(condition).live["red_flags"]] == ["kept"]


def test_republish_is_all_or_nothing():
    flag = make_red_flag()
    first = make_live_condition(red_flags=[make_red_flag(), flag])
    last = make_live_condition(red_flags=[flag])
    flag.level = "urgent"
    flag.save()

    with pytest.raises(NotPublishable, match="emergency"):
        republish([first, last], by="tests", now=LATER)

    assert Revision.objects.filter(condition__in=[first, last]).count() == 2


def test_republish_keeps_a_frozen_flag_whose_record_is_gone():
    flag = make_red_flag(code="gone")
    condition = make_live_condition(red_flags=[flag])
    condition.red_flag_links.all().delete()
    flag.delete()

    assert republish([condition], by="tests", now=LATER) == []
    assert [f["code"] for f in live(condition).live["red_flags"]] == ["gone"]
