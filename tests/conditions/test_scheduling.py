from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from conditions.documents import freeze
from conditions.models import Condition, FormerSlug, Revision
from conditions.publishing import (
    AddressTaken,
    NotPublishable,
    TooLate,
    move,
    publish,
    roll_back,
    schedule,
    scheduled_editions,
    stay,
    unpublish,
    withdraw,
)

from .factories import (
    NOW,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_treatment,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def is_live(article, at):
    return type(article).objects.published(at).filter(pk=article.pk).exists()


def title_at(condition, at):
    return Condition.objects.published(at).get(pk=condition.pk).live_title


def rewrite(condition, title):
    Condition.objects.filter(pk=condition.pk).update(title=title)


def test_scheduled_edition_appears_at_its_time_as_it_was_frozen():
    condition = make_live_condition(title="Now")
    rewrite(condition, "Then")
    revision = schedule(condition, by="tests", now=NOW, publish_at=NOW + HOUR, note="News.")
    rewrite(condition, "Unfinished")

    assert (revision.created_at, revision.publish_at, revision.note) == (NOW, NOW + HOUR, "News.")
    assert title_at(condition, NOW + HOUR - timedelta(seconds=1)) == "Now"
    assert title_at(condition, NOW + HOUR) == "Then"


def test_time_that_has_passed_means_now():
    revision = publish(make_condition(), by="tests", now=NOW, publish_at=NOW - HOUR)

    assert revision.publish_at == NOW


def test_schedule_refuses_what_is_not_ready_by_then():
    condition = make_condition(review_due_on=NOW.date() + timedelta(days=2))

    with pytest.raises(NotPublishable, match="next review"):
        schedule(condition, by="tests", now=NOW, publish_at=NOW + timedelta(days=3))


def test_same_words_are_not_scheduled_again():
    condition = make_condition()
    first = schedule(condition, by="tests", now=NOW, publish_at=NOW + HOUR)

    assert schedule(condition, by="tests", now=NOW, publish_at=NOW + 2 * HOUR) == first


def test_withdrawn_edition_does_not_appear():
    condition = make_live_condition(title="Now")
    rewrite(condition, "Then")
    revision = schedule(condition, by="tests", now=NOW, publish_at=NOW + HOUR)
    assert list(scheduled_editions(condition, now=NOW)) == [revision]

    withdraw(revision, by="tests", now=NOW)

    revision.refresh_from_db()
    assert revision.withdrawn_at == NOW
    assert title_at(condition, NOW + 2 * HOUR) == "Now"
    assert list(scheduled_editions(condition, now=NOW)) == []


def test_withdrawn_edition_is_not_taken_for_the_live_one():
    condition = make_live_condition(title="Now")
    live = condition.revisions.get()
    withdraw(schedule_other(condition, "Then", NOW + HOUR), by="tests", now=NOW)
    rewrite(condition, "Now")

    assert publish(condition, by="tests", now=NOW + 2 * HOUR) == live


def schedule_other(condition, title, at):
    rewrite(condition, title)
    return schedule(condition, by="tests", now=NOW, publish_at=at)


def test_withdraw_is_too_late_once_it_appeared():
    revision = schedule(make_condition(), by="tests", now=NOW, publish_at=NOW + HOUR)

    with pytest.raises(TooLate):
        withdraw(revision, by="tests", now=NOW + HOUR)


def test_withdraw_is_too_late_once_it_went():
    revision = schedule(make_condition(), by="tests", now=NOW, publish_at=NOW + HOUR)
    withdraw(revision, by="tests", now=NOW)

    with pytest.raises(TooLate):
        withdraw(revision, by="tests", now=NOW)


def test_database_lets_nothing_else_of_a_scheduled_edition_change():
    schedule(make_condition(), by="tests", now=NOW, publish_at=NOW + HOUR)

    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.update(withdrawn_at=NOW, note="Other")


def test_article_comes_off_at_its_time():
    condition = make_live_condition()

    unpublish(condition, by="tests", now=NOW, at=NOW + HOUR)

    assert is_live(condition, NOW)
    assert not is_live(condition, NOW + HOUR)


def test_article_stays_after_all():
    condition = make_live_condition()
    unpublish(condition, by="tests", now=NOW, at=NOW + HOUR)

    stay(condition, by="tests", now=NOW)

    assert is_live(condition, NOW + HOUR)


def test_stay_does_not_bring_back_what_is_off():
    condition = make_live_condition()
    unpublish(condition, by="tests", now=NOW)

    stay(condition, by="tests", now=NOW + HOUR)

    assert not is_live(condition, NOW + HOUR)


def test_scheduling_does_not_bring_a_page_back_before_its_time():
    condition = make_live_condition()
    unpublish(condition, by="tests", now=NOW)

    schedule(condition, by="tests", now=NOW, publish_at=NOW + HOUR)

    assert not is_live(condition, NOW + HOUR / 2)
    assert is_live(condition, NOW + HOUR)


def test_edition_scheduled_for_the_moment_of_taking_off_replaces_the_page():
    condition = make_live_condition(title="Now")
    unpublish(condition, by="tests", now=NOW, at=NOW + HOUR)

    schedule_other(condition, "Then", NOW + HOUR)

    assert title_at(condition, NOW + HOUR) == "Then"


def test_database_refusal_is_a_reason_and_no_error(monkeypatch):
    monkeypatch.setattr("conditions.publishing.failures", lambda *args: [])

    with pytest.raises(NotPublishable, match="database refused") as caught:
        publish(make_condition(review_due_on=None), by="tests", now=NOW)

    assert len(caught.value.failures) == 1
    assert not Revision.objects.exists()


def insert_old(condition, **changes):
    """Add an edition from before the rules that PostgreSQL holds today."""
    document = freeze(condition) | changes
    return Revision(
        condition=condition, number=1, document=document, publish_at=NOW, by_name="tests"
    )


def test_roll_back_takes_the_day_of_the_next_review_from_the_draft():
    condition = make_live_condition(review_due_on=date(2027, 1, 1))
    first = condition.revisions.get()
    Condition.objects.update(review_due_on=date(2028, 1, 1), title="Second")
    publish(condition, by="tests", now=NOW)

    revision = roll_back(condition, to=first, by="tests", now=NOW + HOUR)

    assert revision.document == first.document | {"review_due_on": "2028-01-01"}


def test_roll_back_refuses_an_edition_that_lacks_what_a_page_needs():
    condition = make_live_condition()
    old = insert_old(condition, red_flags=[])

    with pytest.raises(NotPublishable) as caught:
        roll_back(condition, to=old, by="tests", now=NOW + HOUR)

    assert caught.value.reasons == ["It has no red flag of its own at emergency level."]


def test_move_keeps_the_old_address():
    condition = make_live_condition(slug="cramp")

    move(condition, slug="leg-cramp", by="tests", now=NOW)

    condition.refresh_from_db()
    assert condition.slug == "leg-cramp"
    assert [former.slug for former in condition.former_slugs.all()] == ["cramp"]


def test_move_back_ends_the_old_address():
    condition = make_live_condition(slug="cramp")
    move(condition, slug="leg-cramp", by="tests", now=NOW)

    move(condition, slug="cramp", by="tests", now=NOW)

    condition.refresh_from_db()
    assert condition.slug == "cramp"
    assert [former.slug for former in condition.former_slugs.all()] == ["leg-cramp"]


def test_move_of_a_draft_leaves_no_address_behind():
    treatment = make_treatment(slug="herbs")

    move(treatment, slug="botanicals", by="tests", now=NOW)

    treatment.refresh_from_db()
    assert treatment.slug == "botanicals"
    assert not FormerSlug.objects.exists()


def test_move_to_where_it_is_changes_nothing():
    condition = make_live_condition(slug="cramp")

    move(condition, slug="cramp", by="tests", now=NOW)

    assert not FormerSlug.objects.exists()


@pytest.mark.parametrize(
    ("slug", "said"), [("own", "the address “own”"), ("former", "old address of another page")]
)
def test_move_never_takes_the_address_of_another(slug, said):
    other = make_live_condition(slug="former")
    move(other, slug="own", by="tests", now=NOW)
    condition = make_live_condition(slug="cramp")

    with pytest.raises(AddressTaken, match=said):
        move(condition, slug=slug, by="tests", now=NOW)

    condition.refresh_from_db()
    assert condition.slug == "cramp"
    assert not condition.former_slugs.exists()


def test_move_loses_a_race_in_words(monkeypatch):
    make_condition(slug="taken")
    condition = make_live_condition(slug="cramp")
    monkeypatch.setattr("conditions.publishing.address_problem", lambda article, slug: "")

    with pytest.raises(AddressTaken, match="Another page has the address “taken”."):
        move(condition, slug="taken", by="tests", now=NOW)


def history_of(article):
    entries = LogEntry.objects.filter(
        object_id=article.pk, content_type__model=article._meta.model_name
    )
    return [
        (entry.user.username, entry.action_time, entry.get_change_message())
        for entry in entries.order_by("pk")
    ]


@pytest.mark.parametrize("make", [make_live_condition, make_live_treatment])
def test_history_says_who_did_it(make):
    kim = User.objects.create_user("kim")
    article = make(slug="cramp")
    type(article).objects.update(title="Then")
    edition = schedule(article, by=kim, now=NOW, publish_at=NOW + HOUR)

    withdraw(edition, by=kim, now=NOW)
    unpublish(article, by=kim, now=NOW, at=NOW + HOUR)
    stay(article, by=kim, now=NOW)
    stay(article, by=kim, now=NOW)
    unpublish(article, by=kim, now=NOW + HOUR)
    move(article, slug="cramp", by=kim, now=NOW)
    move(article, slug="leg-cramp", by=kim, now=NOW)

    article.refresh_from_db()
    assert history_of(article) == [
        ("kim", NOW, "Withdrew revision 2."),
        ("kim", NOW, "Comes off the site on December 7, 2026, 8:00 AM."),
        ("kim", NOW, "Stays on the site after all."),
        ("kim", NOW + HOUR, "Taken off the site."),
        ("kim", NOW, "The address changed from cramp to leg-cramp."),
    ]


def test_log_says_which_program_did_it(caplog):
    condition = make_live_condition()

    with caplog.at_level("INFO", "conditions.history"):
        unpublish(condition, by="a script", now=NOW)

    assert caplog.messages == [f"condition {condition.pk}: Taken off the site. By a script."]
    assert not LogEntry.objects.exists()
