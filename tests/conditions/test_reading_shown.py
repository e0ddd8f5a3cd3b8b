"""What the pages of the starter content show is easy to read: grade 8 or below, names masked."""

import re

import pytest
import time_machine

from conditions.models import Condition, Remedy, Treatment
from conditions.reading import MAX_GRADE, easy_names, read
from conditions.starter import load
from tests.copies import fill
from tests.html_tree import parse

from .factories import NOW

pytestmark = pytest.mark.django_db
# The meaning of a word stands beside it, and once more under "Words explained".
_NOTE = re.compile(r'<span class="term__note".*?</span>', re.DOTALL)
BLOCKS = {"p", "li", "dd", "td"}
SENTENCE = 5
# Titles of studies are others' words; the rest is no running text.
LEFT_OUT = {"nav", "form", "svg", "aside"}


def shown_texts(html):
    """Return the running text of a page, a paragraph, list item or cell each."""
    main = parse(_NOTE.sub("", html)).one("main")
    return list(_texts(main))


def _texts(node):
    for child in node.children:
        if child.tag in LEFT_OUT or "sources" in (child.get("class") or "").split():
            continue
        if child.tag in BLOCKS and not any(inner.tag in BLOCKS for inner in child.all()):
            # Names and codes alone would make the page seem easier than its sentences are.
            if len(child.text.split()) >= SENTENCE:
                yield child.text
        else:
            yield from _texts(child)


def test_starter_pages_are_easy_to_read(client):
    fill(load, now=NOW)
    masked = Remedy.objects.filter(kind__in=["herb", "nutrient"]).values_list("name", flat=True)

    grades = {}
    with time_machine.travel(NOW, tick=False):
        for article in [*Condition.objects.with_live(NOW), *Treatment.objects.with_live(NOW)]:
            texts = shown_texts(client.get(article.get_absolute_url()).text)
            reading = read(texts, easy=[*easy_names(article.live), *masked])
            grades[article.slug] = (len(texts) > 20, reading.grade)

    assert len(grades) == 12
    assert {slug for slug, (is_whole, _) in grades.items() if not is_whole} == set()
    assert {slug: grade for slug, (_, grade) in grades.items() if grade > MAX_GRADE} == {}
