"""Nothing about a reader who leaves a note is kept: no table, no cookie and no log has it."""

import logging
from io import StringIO

import pytest
import time_machine
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from psycopg import sql

from clinic.logs import PrivateFormatter
from conditions.feedback import NOTES_AN_HOUR
from conditions.models import Feedback

from .factories import NOW, make_live_condition

pytestmark = pytest.mark.django_db
ADDRESS = "203.0.113.77"
READER = {
    "user-agent": "Secretbrowser/1.0",
    "referer": "https://secret.example/from",
    "accept-language": "secret-lang",
    "x-forwarded-for": "203.0.113.78",
    "cookie": "secret=1",
}
SECRETS = ("203.0.113", "Secretbrowser", "secret", "My own words", "Trapped words")


@pytest.fixture(autouse=True)
def clock():
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield
    cache.clear()


@pytest.fixture
def logged():
    """Hold what the terminal shows."""
    text = StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(PrivateFormatter("{levelname} {name} {message}", style="{"))
    logging.getLogger().addHandler(handler)
    yield text
    logging.getLogger().removeHandler(handler)


def send(client, article, **answers):
    answers = {"helpful": "no", "text": "My own words", "website": ""} | answers
    url = f"{article.get_absolute_url()}feedback/"
    return client.post(url, answers, headers=READER, REMOTE_ADDR=ADDRESS)


def row_counts():
    """Return how many rows each table has, those that are no model's too."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        counts = {}
        for table in tables:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            counts[table] = cursor.fetchone()[0]
    return counts


def test_no_column_could_hold_a_reader():
    columns = {field.column for field in Feedback._meta.local_concrete_fields}

    assert columns == {
        "id", "condition_id", "treatment_id", "was_helpful", "text", "sent_on", "is_done",
    }  # fmt: skip
    assert Feedback._meta.get_field("sent_on").get_internal_type() == "DateField"
    assert not any(model is not Feedback for model in pointing_at_feedback())


def pointing_at_feedback():
    return [
        model
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.related_model is Feedback
    ]


def test_note_is_one_row_in_one_table(client):
    article = make_live_condition()
    before = row_counts()

    response = send(client, article)

    after = row_counts()
    assert response.status_code == 303
    assert not response.cookies
    assert {table for table in after if after[table] != before[table]} == {"conditions_feedback"}
    assert not any(secret in str(Feedback.objects.values().get()) for secret in SECRETS[:3])


def test_log_says_nothing_about_the_reader_or_the_note(client, logged):
    article = make_live_condition()

    kept = send(client, article)
    wrong = send(client, article, helpful="")
    trapped = send(client, article, website="Trapped words")
    for _ in range(NOTES_AN_HOUR):
        refused = send(client, article)

    statuses = [response.status_code for response in (kept, wrong, trapped, refused)]
    assert statuses == [303, 422, 422, 429]
    assert "Unprocessable Content" in logged.getvalue()
    assert [secret for secret in SECRETS if secret in logged.getvalue()] == []


def test_person_who_fills_the_trap_is_told_and_can_send_after_all(client):
    article = make_live_condition()

    trapped = send(client, article, website="Trapped words")
    stored_then = Feedback.objects.count()
    cleared = send(client, article)

    assert trapped.status_code == 422
    assert "The last box must stay empty. Please clear it" in trapped.text
    assert "Thank you" not in trapped.text
    assert "My own words" in trapped.text
    assert stored_then == 0
    assert (cleared.status_code, Feedback.objects.count()) == (303, 1)
