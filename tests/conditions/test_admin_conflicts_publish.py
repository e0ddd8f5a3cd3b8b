"""Publishing from a form that somebody else made old: nothing goes on the site unseen."""

import pytest

from conditions.models import Condition
from tests.html_tree import parse

from .factories import make_live_condition, make_section
from .staff import conflict_in, open_form, save, sign_in, typed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PUBLISH = {"_publish": "Save and publish"}
AGAIN = "Nothing was published: look at the present version, then publish again."


@pytest.fixture
def kim():
    return sign_in("kim", first_name="Jo", last_name="Kim")


@pytest.fixture
def ann():
    return sign_in("ann", group="Author", first_name="Ann", last_name="Lee")


def live_words(condition):
    document = condition.revisions.first().document
    return document["summary"], [section["aspect"] for section in document["sections"]]


def test_form_without_changes_publishes_once_the_present_version_was_shown(kim, ann):
    condition = make_live_condition()
    of_kim = open_form(kim, condition) | {"publish_note": "A note."}
    save(ann, condition, open_form(ann, condition), summary="A new one.")

    refused = save(kim, condition, of_kim, **PUBLISH)
    box = conflict_in(refused)
    before = condition.revisions.count()
    done = save(kim, condition, typed_in(refused), follow=True, **PUBLISH)

    assert f"Ann Lee saved this meanwhile. {AGAIN}" in box.text
    assert box.all("input") == []
    assert "tick the box" not in box.text
    assert "nothing left to save" not in box.text
    assert (typed_in(refused)["summary"], before) == ("A new one.", 1)
    assert "is live as revision 2" in done.text
    assert live_words(condition) == ("A new one.", ["overview"])
    assert condition.revisions.first().note == "A note."


def test_somebody_whom_the_history_does_not_name_saved_it(kim):
    condition = make_live_condition()
    of_kim = open_form(kim, condition)
    Condition.objects.update(summary="A new one.")

    refused = save(kim, condition, of_kim, **PUBLISH)

    assert f"Somebody saved this meanwhile. {AGAIN}" in conflict_in(refused).text


def test_rows_that_somebody_added_or_took_out_are_published_as_they_are(kim):
    condition = make_live_condition()
    section = make_section(condition=condition, aspect="causes")
    of_kim = open_form(kim, condition)
    section.delete()
    make_section(condition=condition, aspect="outlook")

    refused = save(kim, condition, of_kim, **PUBLISH)
    save(kim, condition, typed_in(refused), **PUBLISH)

    assert live_words(condition)[1] == ["overview", "outlook"]


def test_a_third_change_is_told_again(kim):
    condition = make_live_condition()
    of_kim = open_form(kim, condition)
    Condition.objects.update(summary="A new one.")
    refused = save(kim, condition, of_kim, **PUBLISH)
    Condition.objects.update(summary="A newer one.")

    again = save(kim, condition, typed_in(refused), **PUBLISH)

    assert AGAIN in conflict_in(again).text
    assert typed_in(again)["summary"] == "A newer one."
    assert condition.revisions.count() == 1


def test_form_without_changes_that_is_saved_has_nothing_to_decide(kim):
    condition = make_live_condition()
    of_kim = open_form(kim, condition)
    Condition.objects.update(summary="A new one.")

    refused = save(kim, condition, of_kim)

    assert "so there is nothing left to save" in conflict_in(refused).text
    assert parse(refused.text).all("input", name="save_over") == []
    assert save(kim, condition, typed_in(refused)).status_code == 302
    assert Condition.objects.get().summary == "A new one."
