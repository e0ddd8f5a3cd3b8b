from datetime import timedelta
from xml.etree.ElementTree import fromstring as parse_xml

import pytest

from conditions.models import Condition, Revision
from conditions.publishing import publish, unpublish
from tests.html_tree import parse

from .factories import NOW, make_condition, make_live_condition, make_live_treatment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = "/conditions/feed/"
ROOT = "https://clinic.example"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def _site_url(settings):
    settings.SITE_URL = ROOT


def read_feed(response):
    return parse_xml(response.content)  # noqa: S314 (our own)


def entries(client):
    """Return what each entry says, in order."""
    names = ["title", "id", "updated", "summary"]
    return [
        {name: entry.findtext(f"a:{name}", namespaces=ATOM) for name in names}
        | {"link": entry.find("a:link", ATOM).get("href")}
        for entry in read_feed(client.get(URL)).findall("a:entry", ATOM)
    ]


def write_revision(**document):
    """Write a revision straight into the database, past every check of the application."""
    live = make_live_condition().revisions.get().document
    evil = make_condition()
    return Revision.objects.create(
        condition=evil,
        number=1,
        document=live | document,
        publish_at=NOW,
        by_name="SQL",
        note=document.get("summary", ""),
    )


def test_feed_shows_the_live_editions_newest_first(client):
    condition = make_live_condition(now=NOW - timedelta(days=1), title="Spasms", summary="Cramp.")
    treatment = make_live_treatment(title="Acupuncture")

    first, second = entries(client)

    assert first["link"] == ROOT + treatment.get_absolute_url()
    assert second == {
        "title": "Spasms",
        "id": f"tag:clinic.example,2026:condition/{condition.pk}/revision/1",
        "updated": "2026-12-06T12:00:00+00:00",
        "summary": "Cramp.",
        "link": ROOT + condition.get_absolute_url(),
    }


def test_feed_names_itself(client):
    make_live_condition()

    response = client.get(URL)

    feed = read_feed(response)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert [link.get("href") for link in feed.findall("a:link", ATOM)] == [
        f"{ROOT}/conditions/",
        f"{ROOT}{URL}",
    ]
    assert feed.findtext("a:author/a:name", namespaces=ATOM) == "Integrative Med Solutions"
    assert feed.findtext("a:updated", namespaces=ATOM) == "2026-12-07T12:00:00+00:00"


def test_feed_says_what_changed(client):
    condition = make_live_condition(title="Spasms")
    condition.title = "Cramps"
    condition.save()
    publish(condition, by="tests", now=NOW, note="A better title & more.")

    (entry,) = entries(client)

    assert entry["title"] == "Cramps"
    assert entry["summary"] == "A better title &amp; more."
    assert entry["id"].endswith("/revision/2")


def test_feed_entry_stays_the_same_until_it_is_published_again(client, clock):
    condition = make_live_condition()
    before = entries(client)

    clock.shift(timedelta(days=30))
    Condition.objects.update(title="A draft", slug="moved")
    (after,) = entries(client)

    assert [after | {"link": before[0]["link"]}] == before
    assert after["link"] == f"{ROOT}/conditions/moved/"
    assert condition.revisions.count() == 1


def test_feed_is_sent_again_only_after_a_change(client, clock):
    first = client.get(URL)
    clock.shift(timedelta(hours=1))
    again = {"if-none-match": first.headers["ETag"]}

    assert client.get(URL, headers=again).status_code == 304

    make_live_condition()

    assert client.get(URL, headers=again).status_code == 200
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.cookies == {}
    assert "Cookie" not in first.headers.get("Vary", "")


def test_feed_drops_what_was_taken_off(client):
    condition = make_live_condition()
    treatment = make_live_treatment()
    unpublish(condition, by="tests", now=NOW)

    assert [entry["title"] for entry in entries(client)] == [treatment.title]


def test_feed_holds_the_newest_twenty(client):
    for day in range(12):
        make_live_condition(now=NOW - timedelta(days=day))
        make_live_treatment(now=NOW - timedelta(days=day))

    shown = entries(client)

    assert len(shown) == 20
    assert shown[-1]["updated"].startswith("2026-11-28")


@pytest.mark.parametrize("number", [1, 3])
def test_feed_takes_three_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        make_live_condition()
        make_live_treatment()

    with django_assert_num_queries(3):
        client.get(URL)


def test_feed_words_are_never_markup(client):
    attack = "</script><script>alert(1)</script> ]]> <![CDATA[ &lt;b&gt;"
    write_revision(title=attack, summary=attack)

    evil = entries(client)[-1]

    assert evil["title"] == attack
    # Readers take the summary for HTML, so there it is escaped once more.
    assert "<" not in evil["summary"]
    assert "&amp;lt;b" in evil["summary"]
    assert "<script" not in client.get(URL).text


def test_feed_leaves_out_what_xml_cannot_hold(client):
    write_revision(title="A\x01B\x0b\x1f\ufffe\uffffC\U0001f33f", summary="D\x08E\n")

    evil = entries(client)[-1]

    assert evil["title"] == "ABC\U0001f33f"
    assert evil["summary"] == "DE\n"


def test_feed_refuses_a_post(client):
    assert client.post(URL).status_code == 405


@pytest.mark.parametrize("path", ["/conditions/", "/treatments/", "/conditions/?q=x"])
def test_pages_of_articles_name_the_feed(client, path):
    page = parse(client.get(path).content)

    link = page.one("link", rel="alternate")
    assert (link.get("type"), link.get("href")) == ("application/atom+xml", URL)


def test_article_names_the_feed(client):
    page = parse(client.get(make_live_condition().get_absolute_url()).content)

    assert page.one("link", rel="alternate").get("href") == URL
