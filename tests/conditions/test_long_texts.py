"""Texts longer than PostgreSQL can search are refused in words, and nothing typed is lost."""

import pytest
from django.db import OperationalError, connection

from conditions.models import Aspect, Condition, Section
from conditions.publishing import NotPublishable, publish
from conditions.transfer import BadContent, Content, import_content

from .factories import NOW, make_condition, make_section
from .staff import open_form, save, sign_in, typed_in

pytestmark = pytest.mark.django_db
MOST = 50_000
WORDS = "This has 50,001 characters, and a section takes 50,000 at most. Shorten it."


def paragraph(length):
    return f"<p>{'a' * (length - 7)}</p>"


def test_form_takes_a_section_of_the_greatest_length():
    browser, condition = sign_in("ann"), make_condition()

    save(browser, condition, open_form(browser, condition), **{"sections-0-body": paragraph(MOST)})

    assert condition.sections.get().body == paragraph(MOST)


def test_form_keeps_what_is_too_long_and_says_so():
    browser, condition = sign_in("ann"), make_condition()
    form = open_form(browser, condition)

    refused = save(browser, condition, form, **{"sections-0-body": paragraph(MOST + 1)})

    assert WORDS in refused.text
    assert typed_in(refused)["sections-0-body"] == paragraph(MOST + 1)
    assert condition.sections.get().body == "<p>Text.</p>"


def test_import_refuses_what_is_too_long():
    section = {"aspect": "causes", "body": paragraph(MOST + 1)}
    entry = {"slug": "hiccups", "title": "Hiccups", "kind": "symptom", "section": [section]}

    with pytest.raises(BadContent) as refusal:
        import_content(Content(conditions=[entry]))

    assert str(refusal.value) == f"Condition “hiccups”, section “causes”: {WORDS}"
    assert not Condition.objects.exists()


def test_sections_that_are_too_long_together_are_not_published():
    condition = make_condition()
    Section.objects.all().delete()
    for place, aspect in enumerate(Aspect):
        text = " ".join(f"x{place:02}{word}" for word in range(MOST // 9))
        make_section(condition=condition, aspect=aspect, body=f"<p>{text}</p>")

    with pytest.raises(NotPublishable) as refusal:
        publish(condition, by="tests", now=NOW)

    assert refusal.value.reasons == [
        "All its sections together are too long for the search. Shorten them."
    ]
    assert not condition.revisions.exists()


def test_other_faults_of_the_database_are_not_taken_for_a_long_text():
    condition = make_condition()

    def fail(execute, sql, *args):
        if sql.startswith('INSERT INTO "conditions_revision"'):
            raise OperationalError("The connection is lost.")
        return execute(sql, *args)

    with connection.execute_wrapper(fail), pytest.raises(OperationalError, match="is lost"):
        publish(condition, by="tests", now=NOW)
