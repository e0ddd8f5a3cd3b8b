"""What somebody else writes while an article waits, or is read, to be published."""

from contextlib import contextmanager
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection

from conditions.models import Condition, MedicineClass
from conditions.publishing import (
    NotPublishable,
    publish,
    republish,
    roll_back,
    schedule,
    unpublish,
)

from .factories import (
    NOW,
    make_caution,
    make_live_condition,
    make_red_flag,
    make_treatment,
    make_twice_published,
)

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


@contextmanager
def changing_while_read(change, *, times=1):
    """Change what a draft shows, so often, right after its cautions were read and before the rest."""
    left = [change] * times

    def run(execute, sql, *args):
        result = execute(sql, *args)
        if left and sql.startswith('SELECT "conditions_caution"'):
            left.pop()()
        return result

    with connection.execute_wrapper(run):
        yield


def make_treatment_with_a_caution():
    treatment = make_treatment()
    write_caution(treatment)
    return treatment


def write_caution(treatment):
    """Write its caution anew, as an import does."""
    treatment.cautions.all().delete()
    kind, _ = MedicineClass.objects.get_or_create(slug="thinners", name="Thinners")
    make_caution(treatment=treatment).medicine_classes.add(kind)


def test_publishing_reads_again_what_changed_while_it_was_read():
    treatment = make_treatment_with_a_caution()

    with changing_while_read(lambda: write_caution(treatment)):
        revision = publish(treatment, by="tests", now=NOW)

    (caution,) = revision.document["cautions"]
    assert [kind["slug"] for kind in caution["medicine_classes"]] == ["thinners"]


def test_publishing_gives_up_on_what_never_stops_changing():
    treatment = make_treatment_with_a_caution()
    words = (f"Words {number}" for number in count())

    def change():
        treatment.cautions.update(effect=next(words))

    with (
        changing_while_read(change, times=9),
        pytest.raises(NotPublishable, match="Somebody is changing what it shows"),
    ):
        publish(treatment, by="tests", now=NOW)

    assert not treatment.revisions.exists()
