"""Going back to a revision tells readers what staff wrote for them, and nothing of numbers."""

import pytest
from django.contrib.admin.models import LogEntry

from tests.html_tree import parse

from .factories import make_twice_published
from .staff import page_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def go_back(client, condition, **typed):
    """Send the question's own form back, with these words typed into it."""
    url = page_url(condition, "roll_back", 1)
    form = parse(client.get(url).text).one("div", id="content-main").one("form")
    fields = {field.get("name"): field.get("value") or "" for field in form.all("input")}
    return client.post(url, {name: fields[name] for name in fields if name} | typed, follow=True)


def changes_on_page(client, condition):
    page = parse(client.get(condition.get_absolute_url()).content)
    return [" ".join(line.text.split()) for line in page.all("span", class_="review__change")]


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("The older advice is right.", ["Updated December 7, 2026: The older advice is right."]),
        ("", []),
    ],
    ids=["with a note", "without"],
)
def test_page_tells_readers_the_note_alone(client, staff, note, told):
    condition = make_twice_published()

    go_back(client, condition, note=note)

    assert changes_on_page(client, condition) == told
    assert condition.revisions.first().note == note
    assert LogEntry.objects.get().change_message == "Went back to revision 1, as revision 3."


def test_note_that_is_too_long_is_kept_and_nothing_goes_back(client, staff):
    condition = make_twice_published()

    refused = go_back(client, condition, note="x" * 301)

    page = parse(refused.text)
    assert "at most 300 characters" in page.one("ul", class_="errorlist").text
    assert page.one("input", name="note").get("value") == "x" * 301
    assert condition.revisions.count() == 2
