"""Words that are markup stay words on every public page, though they were written with SQL."""

import json
import re
from datetime import timedelta
from xml.etree.ElementTree import fromstring as parse_xml

import pytest
import time_machine

from booking.models import Practitioner, Service
from clinic.models import Clinic
from conditions.models import Condition, Review, Revision
from tests.booking.factories import make_service
from tests.copies import fill
from tests.html_tree import parse

from .factories import NOW
from .inert import ATTACK, SHORT_ATTACK, runs
from .whole import make_whole_condition, sign, write_live

pytestmark = pytest.mark.django_db

# What the database or the code takes from a fixed list, or uses to find another row.
FIXED = {
    "kind", "level", "own_level", "aspect", "body_area", "with_kind", "advice", "basis", "unit",
    "treatment", "slug", "key", "level_with", "review_due_on",
}  # fmt: skip


def poisoned(value, key=""):
    """Return a document with the attack in place of every text that may be any."""
    if isinstance(value, dict):
        return {name: poisoned(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        # Claims and cautions cite sources by their keys, which stay.
        cites = key == "sources" and all(isinstance(inner, str) for inner in value)
        return value if cites else [poisoned(inner, key) for inner in value]
    is_fixed = key in FIXED or _is_file(key, value)
    return ATTACK if isinstance(value, str) and not is_fixed else value


def _is_file(key, value):
    return key == "name" and isinstance(value, str) and re.fullmatch("[0-9a-f]{40}", value)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def _media(settings, pictures):
    settings.MEDIA_ROOT = pictures


@pytest.fixture
def evil():
    """A condition and its treatment with the attack in every text, and a clinic with it too."""
    fill(make_evil)
    condition = Condition.objects.get(slug="odd")
    return condition, condition.claims.first().treatment, Service.objects.get()


def make_evil():
    condition = make_whole_condition(slug="odd")
    treatment = condition.claims.first().treatment
    for article in (treatment, condition):
        document = poisoned(article.revisions.get().document)
        revision = write_live(article, **document)
        sign(revision, reviewer=ATTACK[:120])
    Clinic.objects.create(name=SHORT_ATTACK, practitioner_line=SHORT_ATTACK, parking=ATTACK)
    Clinic.objects.update(emergency_number=SHORT_ATTACK[:15], crisis_number='"><x-evil a=1>')
    Clinic.objects.update(email=f"{SHORT_ATTACK}@x.example", street=ATTACK[:200])
    Clinic.objects.update(opening_hours=ATTACK, city=SHORT_ATTACK, facts_are_sample=False)
    make_service(slug="first", summary=ATTACK[:300])
    Service.objects.update(name=ATTACK[:100])
    Practitioner.objects.update(name=ATTACK[:100], title=ATTACK[:100], summary=ATTACK)


def pages_of(evil):
    condition, treatment, service = evil
    one, other = condition.get_absolute_url(), treatment.get_absolute_url()
    return [
        "/", "/conditions/", "/treatments/", "/contact/", "/privacy/", "/accessibility/",
        one, f"{one}cautions/", f"{one}feedback/", f"{one}feedback/thanks/",
        other, f"{other}cautions/", f"{other}feedback/", f"{other}feedback/thanks/",
        f"/practitioners/{service.practitioner.slug}/",
        "/book/?condition=odd", "/book/first/safety/?condition=odd",
    ]  # fmt: skip


def test_stored_words_run_on_no_page(client, evil):
    answers = {url: client.get(url) for url in pages_of(evil)}

    seen = {url: (answer.status_code, runs(answer.content)) for url, answer in answers.items()}
    assert {url: found for url, found in seen.items() if found != (200, [])} == {}
    assert "&lt;x-evil onx=1&gt;" in answers["/conditions/odd/"].text


@pytest.mark.parametrize("query", ["odd evil", "script display none", "x-evil", "onerror", "avil"])
def test_stored_words_run_in_no_result_of_a_search(client, evil, query):
    response = client.get("/conditions/", {"q": query})

    assert runs(response.content) == []


@pytest.mark.parametrize("name", ["emergency", "crisis"])
def test_number_written_with_sql_cannot_leave_its_link(client, evil, name):
    condition = evil[0]
    body = f'<p><a href="tel:{{{name}}}">Call {{{name}}}</a></p>'
    section = {"aspect": "overview", "heading": "Call", "body": body}
    write_live(condition, sections=[section])

    assert runs(client.get("/conditions/odd/").content) == []


def test_stored_words_stay_words_in_the_data_block(client, evil):
    for article in evil[:2]:
        block = parse(client.get(article.get_absolute_url()).content).one("script")

        data = json.loads("".join(block.pieces))
        assert data["@graph"][0]["name"] == ATTACK
        assert data["@graph"][0]["reviewedBy"]["name"] == ATTACK[:120]


def test_stored_words_stay_words_in_feed_and_sitemap(client, evil):
    feed = parse_xml(client.get("/conditions/feed/").content)  # noqa: S314 (our own)
    sitemap = parse_xml(client.get("/sitemap.xml").content)  # noqa: S314 (our own)

    tags = {node.tag.rpartition("}")[2] for node in [*feed.iter(), *sitemap.iter()]}
    assert tags == {
        "feed", "title", "link", "subtitle", "id", "updated", "author", "name", "entry", "summary",
        "urlset", "url", "loc", "lastmod",
    }  # fmt: skip
    titles = [node.text for node in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert titles.count(ATTACK) == 2
    # A summary is HTML once more for who reads the feed.
    (summary, *_) = (node.text for node in feed.iter("{http://www.w3.org/2005/Atom}summary"))
    assert "<" not in summary


def test_stored_words_run_in_no_file_for_machines(client, evil):
    for url in ("/robots.txt", "/.well-known/security.txt"):
        response = client.get(url)

        assert response.headers["Content-Type"].startswith("text/plain")
        assert response.headers["X-Content-Type-Options"] == "nosniff"


SENT = [
    ("get", "/conditions/", {"q": ATTACK[:90]}),
    ("get", "/conditions/", {"q": SHORT_ATTACK}),
    ("get", "/book/", {"condition": ATTACK}),
    ("get", "/book/first/safety/", {"condition": ATTACK}),
    ("get", "/conditions/odd/", {"utm": ATTACK}),
    ("get", f"/conditions/{SHORT_ATTACK}/", {}),
    ("get", f"/{SHORT_ATTACK}", {}),
    ("post", "/conditions/odd/feedback/", {"helpful": ATTACK, "text": ATTACK, "website": ATTACK}),
    ("post", "/conditions/odd/cautions/", {"medicines": ATTACK, "kinds": ATTACK}),
    ("post", "/conditions/odd/cautions/", {"medicines": SHORT_ATTACK}),
    ("post", "/book/first/safety/", {"flags": ATTACK}),
]


@pytest.mark.parametrize(("method", "url", "data"), SENT)
def test_reflected_words_run_on_no_page(client, evil, method, url, data):
    response = getattr(client, method)(url, data)

    assert response.status_code in {200, 400, 404, 422}
    assert runs(response.content) == []


def test_review_and_edition_written_with_sql_stay_words(client, evil):
    condition = evil[0]
    revision = write_live(condition)
    Revision.objects.create(
        condition=condition,
        number=9,
        document=revision.document,
        publish_at=revision.publish_at,
        by_name=ATTACK[:150],
        note=ATTACK[:300],
    )
    Review.objects.create(
        revision=condition.revisions.get(number=9), reviewer=ATTACK[:120],
        reviewed_on=NOW.date(), note=ATTACK[:300],
    )  # fmt: skip

    assert runs(client.get("/conditions/odd/").content) == []
    assert runs(client.get("/conditions/").content) == []
    parse_xml(client.get("/conditions/feed/").content)  # noqa: S314 (our own)
