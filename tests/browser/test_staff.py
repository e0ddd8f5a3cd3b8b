"""Staff change a live article in the admin, as a person does."""

import pytest
from django.contrib.admin.models import LogEntry

from . import steps
from .staff import let_in, make_member

pytestmark = pytest.mark.django_db(transaction=True)
ARTICLE = "/conditions/spasms-and-twitches/"
SAFETY = "/book/first-consultation/safety/?condition=spasms-and-twitches"


@pytest.fixture
def editor(open_page, site):
    """A page signed in as a clinical reviewer, who also writes and publishes."""
    page = open_page(viewport={"width": 1280, "height": 900})
    let_in(page, make_member("editor", "Clinical reviewer"), site)
    return page


@pytest.fixture
def reader(open_page, site):
    return open_page()


def open_first(page, listing):
    page.goto(listing)
    steps.follow(page.locator("#result_list tbody th a").first)


def test_a_changed_sentence_is_live_only_after_publish(editor, reader):
    open_first(editor, "/admin/conditions/condition/?q=spasms")
    editor.get_by_label("Summary:").fill("Freshly changed words.")
    steps.press(editor, "Save and continue editing")
    reader.goto(ARTICLE)
    assert "Freshly changed words." not in reader.content()

    editor.get_by_label("Summary:").fill("Freshly changed words, twice.")
    steps.press(editor, "Save and publish")

    assert "is live as revision 2" in editor.locator(".messagelist").inner_text()
    reader.goto(ARTICLE)
    assert "Freshly changed words, twice." in reader.content()


def test_a_part_can_be_taken_out_of_an_article(editor, reader):
    open_first(editor, "/admin/conditions/condition/?q=spasms")
    name = editor.locator("[name=names-0-name]").input_value()
    editor.locator("[name=names-0-DELETE]").check()
    steps.press(editor, "Save and publish")

    reader.goto("/conditions/")
    entries = [text.lower() for text in reader.locator(".az a").all_inner_texts()]
    assert "charley horse: see spasms and twitches" in entries
    assert f"{name}: see spasms and twitches".lower() not in entries


def test_a_changed_red_flag_reaches_article_and_screening_on_one_confirmation(editor, reader):
    open_first(editor, "/admin/conditions/redflag/?q=speech.slurred")
    editor.get_by_label("Statement:").fill("Slurred speech, in changed words")
    editor.get_by_label("Question:").fill("Is your speech slurred, in changed words?")
    steps.press(editor, "Save")
    assert "Spasms and twitches" in editor.locator("#content").inner_text()
    reader.goto(ARTICLE)
    assert "in changed words" not in reader.content()

    steps.follow(editor.locator("#content form [type=submit]").first)

    for address in (ARTICLE, SAFETY):
        reader.goto(address)
        assert "in changed words" in reader.locator("[data-red-flag='speech.slurred']").inner_text()


def test_the_longest_article_is_the_same_after_it_was_saved_as_it_is(editor):
    open_first(editor, "/admin/conditions/condition/?q=spasms")

    steps.press(editor, "Save and continue editing")

    assert "successfully" in editor.locator(".messagelist").inner_text()
    assert LogEntry.objects.get().get_change_message() == "No fields changed."
