import gzip
import re
from contextlib import closing
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import Clinic
from conditions import rendering
from conditions.models import Condition, Review, Revision
from conditions.publishing import publish, unpublish

from .factories import (
    NOW,
    make_acupoint,
    make_claim,
    make_live_condition,
    make_live_treatment,
    make_treatment,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
STATE_FUNCTION = "conditions_content_state"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(LATER, tick=False)
    return time_machine


def make_page():
    """Return a live article that offers a live treatment with a point."""
    treatment = make_treatment(slug="acupuncture", title="Acupuncture")
    point = make_acupoint(treatment=treatment)
    publish(treatment, by="tests", now=NOW)
    condition = make_live_condition(slug="hiccups", title="Hiccups")
    make_claim(condition=condition, treatment=treatment, remedy=point)
    publish(condition, by="tests", now=NOW + timedelta(minutes=1))
    return condition


def read(client, path="/conditions/hiccups/"):
    response = client.get(path)
    return response.text if response.status_code == 200 else response.status_code


def tables_in(sql):
    return set(re.findall(r'(?:FROM|JOIN)\s+"?(\w+)"?', sql))


def tables_of_the_state():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [STATE_FUNCTION])
        return tables_in(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "path", ["/conditions/hiccups/", "/treatments/acupuncture/", "/treatments/"]
)
def test_page_shows_nothing_but_what_its_state_covers(client, path):
    make_page()

    with CaptureQueriesContext(connection) as queries:
        client.get(path)

    read_from = tables_in(" ".join(query["sql"] for query in queries))
    assert read_from - {STATE_FUNCTION} <= tables_of_the_state()


def test_page_takes_two_queries_and_then_one(client, django_assert_num_queries):
    make_page()

    with django_assert_num_queries(2):
        first = read(client)
    with django_assert_num_queries(1):
        second = read(client)

    assert first == second


def change_the_clinic(condition):
    Clinic.objects.update_or_create(pk=1, defaults={"emergency_number": "112"})


def publish_new_words(condition):
    Condition.objects.filter(pk=condition.pk).update(title="Hiccups again")
    publish(Condition.objects.get(pk=condition.pk), by="tests", now=LATER)


def sign(condition):
    Review.objects.create(
        revision=condition.revisions.first(), reviewer="Dr. Test", reviewed_on=date(2026, 12, 1)
    )


def take_the_treatment_off(condition):
    unpublish(condition.claims.first().treatment, by="tests", now=LATER)


def take_off(condition):
    unpublish(condition, by="tests", now=LATER)


def write_with_sql(condition):
    document = condition.revisions.first().document | {"lede": "Written with SQL."}
    Revision.objects.create(
        condition=condition, number=9, document=document, publish_at=LATER, by_name="sql"
    )


@pytest.mark.parametrize(
    "change",
    [
        change_the_clinic,
        publish_new_words,
        sign,
        take_the_treatment_off,
        take_off,
        write_with_sql,
    ],
)
def test_page_shows_every_change_on_the_next_request(client, change):
    condition = make_page()
    before = client.get("/conditions/hiccups/")

    change(condition)

    after = client.get("/conditions/hiccups/", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code in {200, 404, 410}
    assert after.content != before.content


def test_page_changes_as_time_goes_by(client, clock):
    condition = make_page()
    Condition.objects.filter(pk=condition.pk).update(title="Hiccups tomorrow")
    document = condition.revisions.first().document | {"title": "Hiccups tomorrow"}
    Revision.objects.create(
        condition=condition,
        number=9,
        document=document,
        publish_at=LATER + timedelta(days=1),
        by_name="tests",
    )
    Condition.objects.filter(pk=condition.pk).update(unpublish_at=LATER + timedelta(days=3))
    sign(condition)
    Review.objects.update(revision=Revision.objects.get(number=9), next_on=date(2026, 12, 8))

    today = read(client)
    clock.move_to(LATER + timedelta(days=1))
    tomorrow = read(client)
    clock.move_to(LATER + timedelta(days=2))
    overdue = read(client)
    clock.move_to(LATER + timedelta(days=3))

    assert ("Hiccups tomorrow" in today, "Hiccups tomorrow" in tomorrow) == (False, True)
    assert ("was due" in tomorrow, "was due" in overdue) == (False, True)
    assert read(client) in {404, 410}


def test_page_keeps_its_etag_while_a_draft_changes(client):
    condition = make_page()
    before = client.get("/conditions/hiccups/")

    Condition.objects.filter(pk=condition.pk).update(title="Half a thought")

    tag = before.headers["ETag"]
    assert client.get("/conditions/hiccups/").headers["ETag"] == tag
    assert client.get("/conditions/hiccups/", headers={"If-None-Match": tag}).status_code == 304


def test_page_says_the_same_compressed_and_with_a_query_string(client):
    make_page()
    plain = client.get("/conditions/hiccups/?utm=1")

    compressed = client.get("/conditions/hiccups/", headers={"Accept-Encoding": "gzip, br"})

    assert gzip.decompress(compressed.content) == plain.content
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert compressed.headers["ETag"] == plain.headers["ETag"]
    assert compressed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert not compressed.cookies


def test_page_depends_on_no_cookie_of_who_read_it_first(client):
    make_page()
    client.cookies["sessionid"] = "x"

    first = client.get("/conditions/hiccups/")
    second = Client().get("/conditions/hiccups/")

    assert first.headers["Vary"] == second.headers["Vary"] == "Accept-Encoding"


def test_page_of_one_address_is_not_another(client):
    make_page()
    make_live_condition(slug="sneezing", title="Sneezing")

    assert "<h1>Hiccups</h1>" in read(client)
    assert "<h1>Sneezing</h1>" in read(client, "/conditions/sneezing/")


def test_pages_drawn_long_ago_are_dropped(client, monkeypatch):
    monkeypatch.setattr(rendering, "PAGES_KEPT", 1)
    make_page()
    make_live_treatment(slug="herbs")
    read(client)
    read(client, "/treatments/herbs/")

    with CaptureQueriesContext(connection) as queries:
        read(client)

    assert len(queries) == 2


def test_other_methods_neither_fill_nor_read_what_is_kept(client):
    make_page()

    asked = client.options("/conditions/hiccups/")
    refused = client.post("/conditions/hiccups/")

    assert (asked.content, refused.status_code) == (b"", 405)
    assert "<h1>Hiccups</h1>" in read(client)
    assert client.options("/conditions/hiccups/").content == b""


def test_page_has_the_same_headers_every_time(client):
    make_page()

    first, second = (client.get("/conditions/hiccups/").headers for _ in range(2))

    assert dict(first) == dict(second)
    assert first["Cache-Control"] == "no-cache"
    assert first["X-Frame-Options"] == "DENY"


def test_page_is_for_the_sites_own_hosts_every_time(client):
    make_page()
    read(client)

    assert client.get("/conditions/hiccups/", headers={"Host": "evil.example"}).status_code == 400


def test_page_that_is_kept_is_led_to_https_and_refused_like_any_other(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["testserver"]
    make_page()
    assert client.get("/conditions/hiccups/", secure=True).status_code == 200

    plain = client.get("/conditions/hiccups/")
    unreadable = client.get("/conditions/hiccups/?q=%00", secure=True)
    other = client.get("/conditions/hiccups/", secure=True, headers={"host": "evil.example"})

    assert (plain.status_code, plain.url) == (301, "https://testserver/conditions/hiccups/")
    assert (unreadable.status_code, other.status_code) == (400, 400)
    assert "default-src 'self'" in other.headers["Content-Security-Policy"]


def test_page_that_is_kept_fails_with_the_headers_of_any_other(client):
    make_page()
    read(client)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION conditions_content_state(timestamptz)")

    failed = client.get("/conditions/hiccups/")

    assert failed.status_code == 500
    assert "default-src 'self'" in failed.headers["Content-Security-Policy"]
    assert "no-store" in failed.headers["Cache-Control"]


def test_page_that_is_unchanged_has_the_same_headers(client):
    make_page()
    page = client.get("/conditions/hiccups/")

    unchanged = client.get("/conditions/hiccups/", headers={"If-None-Match": page.headers["ETag"]})

    assert unchanged.status_code == 304
    assert {"Content-Security-Policy", "X-Frame-Options"} <= unchanged.headers.keys()
    left_out = {"Content-Length", "Content-Type"}
    assert dict(unchanged.items()) == {
        name: value for name, value in page.items() if name not in left_out
    }


@pytest.mark.django_db(transaction=True)
def test_page_survives_a_database_that_was_started_again(client):
    make_page()
    first = read(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()

    with closing(connection.copy()) as another, another.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    assert read(client) == first


def test_page_is_drawn_while_a_newer_version_of_the_site_adds_a_column(client):
    make_page()
    Clinic.objects.create(emergency_number="112")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinic_clinic ADD COLUMN newer integer")

    assert "tel:112" in read(client)
