"""Who signed in, or tried to: written once, and never changed."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import SignIn
from clinic.sign_in.history import browser_in_words
from tests.booking.factories import NOW
from tests.html_tree import parse

from .staff import OVERVIEW, give_app, make_staff, outcomes, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST = "/admin/clinic/signin/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


def rows(response):
    table = parse(response.content).one(id="result_list")
    return [[cell.text for cell in row.all("td")] for row in table.one("tbody").all("tr")]


def run_sql(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_an_entry_says_who_when_what_from_where_and_with_what(client, pat):
    sign_in(client, REMOTE_ADDR="203.0.113.7", headers={"user-agent": FIREFOX})

    fields = ("at", "user", "username", "outcome", "address", "browser")
    entry = (NOW, pat.pk, "pat", "in", "203.0.113.7", "Firefox on Windows")
    assert list(SignIn.objects.values_list(*fields)) == [entry]


def test_signing_out_is_written_down(client, pat):
    sign_in(client)
    client.post(reverse("admin:logout"))

    client.logout()

    assert outcomes() == ["in", "out"]


def test_what_is_typed_for_no_account_is_not_kept(client, pat):
    sign_in(client, "a password typed too early", "x")

    assert SignIn.objects.count() == 0


def test_an_account_that_is_deleted_keeps_its_name_in_the_history(client, pat):
    sign_in(client)
    pat.delete()

    assert outcomes() == ["in"]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE clinic_signin SET username = 'sam'",
        "DELETE FROM clinic_signin",
        "TRUNCATE clinic_signin",
    ],
    ids=["change", "delete", "empty"],
)
def test_postgresql_refuses_to_change_the_history(client, pat, sql):
    sign_in(client)
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("ALTER TABLE clinic_signin ENABLE TRIGGER clinic_signin_is_never_emptied")

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        run_sql(sql)

    assert outcomes() == ["in"]


def test_postgresql_refuses_an_outcome_that_is_not_known(pat):
    with pytest.raises(IntegrityError, match="outcome_known"), transaction.atomic():
        SignIn.objects.create(at=NOW, user=pat, username="pat", outcome="perhaps")


def test_owners_read_it_and_filter_it(client, pat):
    make_staff("olga", group="Owner")
    sign_in(client, "pat", "wrong")
    sign_in(client, "olga")

    everything = rows(client.get(LIST))
    wrong = rows(client.get(LIST, {"outcome": "wrong_password"}))

    assert [row[:2] for row in everything] == [["olga", "Signed in"], ["pat", "Wrong password"]]
    assert [row[:2] for row in wrong] == [["pat", "Wrong password"]]


def test_owners_cannot_add_change_or_delete_in_it(client):
    olga = make_staff("olga", group="Owner")
    sign_in(client, "olga")
    pk = SignIn.objects.get(user=olga).pk

    statuses = [
        client.get(f"{LIST}add/").status_code,
        client.post(f"{LIST}{pk}/change/", {"username": "sam"}).status_code,
        client.post(f"{LIST}{pk}/delete/", {"post": "yes"}).status_code,
        client.get(f"{LIST}{pk}/change/").status_code,
    ]

    assert statuses == [403, 403, 403, 200]


@pytest.mark.parametrize("group", ["Front desk", "Practitioner", "Content", "Clinical reviewer"])
def test_nobody_else_reads_it(client, group):
    make_staff(group=group)
    sign_in(client)

    assert client.get(LIST).status_code == 403


def test_the_list_takes_as_many_queries_for_three_as_for_one(client):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        return len(asked)

    make_staff("olga", is_superuser=True)
    sign_in(client, "olga")
    queries()
    of_one = queries()
    for name in ("pat", "sam"):
        sign_in(Client(), make_staff(name).username, "wrong")

    assert queries() == of_one


def test_everybody_sees_their_own_last_ones_and_no_others(client, pat):
    make_staff("sam")
    sign_in(client, "sam", "wrong")
    sign_in(client, "pat", "wrong")
    sign_in(client)

    table = parse(client.get(OVERVIEW).content).one(class_="sign-in__rows")

    assert [row.all("td")[1].text for row in table.one("tbody").all("tr")] == [
        "Signed in",
        "Wrong password",
    ]


def test_a_right_password_without_a_code_is_written_down(client, pat):
    give_app(pat)
    sign_in(client)

    assert outcomes() == ["asked"]


CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 {}Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (CHROME.format("Linux; Android 15; Pixel 9", "Mobile "), "Chrome on Android"),
        (CHROME.format("Windows NT 10.0", "Edg/140 "), "Edge on Windows"),
        (CHROME.format("X11; CrOS x86_64", ""), "Chrome on Chromebook"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18 Safari/605", "Safari on Mac"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_browser_in_short_words(user_agent, words):
    assert browser_in_words(user_agent) == words
