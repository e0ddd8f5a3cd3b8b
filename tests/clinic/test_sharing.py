"""What every reading page tells link previews and search engines about itself."""

from datetime import timedelta

import pytest
import time_machine

from booking import starter
from tests.conditions.factories import NOW, make_live_condition, make_live_treatment
from tests.html_tree import parse

pytestmark = pytest.mark.django_db
ROOT = "https://clinic.example"
PAGES = [
    "/",
    "/conditions/",
    "/treatments/",
    "/contact/",
    "/privacy/",
    "/accessibility/",
    "/practitioners/dr-lisanti/",
]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = ROOT
    starter.load(NOW)


def head(client, path):
    return parse(client.get(path).content).one("head")


def told(client, path):
    """Return what the page's Open Graph and Twitter tags say."""
    tags = [tag for tag in head(client, path).all("meta") if tag.get("content")]
    named = {tag.get("property") or tag.get("name"): tag.get("content") for tag in tags}
    return {name: words for name, words in named.items() if (name or "")[:3] in {"og:", "twi"}}


@pytest.mark.parametrize("path", PAGES)
def test_page_has_one_address(client, path):
    page = head(client, f"{path}?utm=1")

    assert page.one("link", rel="canonical").get("href") == ROOT + path
    assert page.all("meta", name="robots") == []


@pytest.mark.parametrize("path", PAGES)
def test_page_can_be_shared(client, path):
    page = head(client, path)

    assert told(client, path) == {
        "og:site_name": "Integrative Med Solutions",
        "og:type": "website",
        "og:title": page.one("title").text.removesuffix(" - Integrative Med Solutions"),
        "og:description": page.one("meta", name="description").get("content"),
        "og:url": ROOT + path,
        "og:image": f"{ROOT}/card.png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "twitter:card": "summary_large_image",
    }


@pytest.mark.parametrize("make", [make_live_condition, make_live_treatment])
def test_article_is_shared_with_its_own_card(client, make):
    article = make(title="Aches & pains", summary="Why it “hurts”.")
    path = article.get_absolute_url()

    words = told(client, path)

    assert words["og:type"] == "article"
    assert words["og:title"].startswith("Aches & pains: ")
    assert words["og:description"] == "Why it “hurts”."
    assert words["og:image"] == f"{ROOT}{path}card.png"
    assert client.get(f"{path}card.png").status_code == 200


@pytest.mark.parametrize("query", ["cramp", '"><script>alert(1)</script>'])
def test_search_results_are_not_for_search_engines(client, query):
    response = client.get("/conditions/", {"q": query})

    page = parse(response.content)
    assert page.one("meta", name="robots").get("content") == "noindex"
    assert page.all("link", rel="canonical") == []
    assert page.all("script") == []


@pytest.mark.parametrize("path", ["/no-such-page/", "/conditions/?q=%00", "/book/"])
def test_other_pages_are_not_for_sharing(client, path):
    page = head(client, path)

    assert told(client, path) == {}
    assert page.all("link", rel="canonical") == []
