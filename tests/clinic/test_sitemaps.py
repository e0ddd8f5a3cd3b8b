from datetime import timedelta
from xml.etree.ElementTree import fromstring as parse_xml

import pytest
import time_machine

from booking.models import Practitioner
from conditions.publishing import publish, unpublish
from tests.conditions.factories import NOW, make_live_condition, make_live_treatment

pytestmark = pytest.mark.django_db
PAGES = ["/", "/conditions/", "/treatments/", "/contact/", "/privacy/", "/accessibility/"]
ROOT = "https://clinic.example:8443"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _site_url(settings):
    settings.SITE_URL = ROOT


def listed(client):
    """Return each address with its day of change, or None."""
    tree = parse_xml(client.get("/sitemap.xml").content)  # noqa: S314 (our own)
    return {url[0].text: url[1].text if len(url) > 1 else None for url in tree}


def test_sitemap_lists_the_sites_own_pages(client):
    assert listed(client) == {ROOT + path: None for path in PAGES}


def test_sitemap_lists_live_articles_with_the_day_they_were_published(client):
    condition = make_live_condition(now=NOW - timedelta(days=3))
    treatment = make_live_treatment(now=NOW)

    urls = listed(client)

    assert urls[ROOT + condition.get_absolute_url()] == "2026-12-04"
    assert urls[ROOT + treatment.get_absolute_url()] == "2026-12-07"
    assert len(urls) == len(PAGES) + 2


def test_sitemap_lists_active_practitioners(client):
    Practitioner.objects.create(slug="dr-a", name="Dr. A")
    Practitioner.objects.create(slug="dr-b", name="Dr. B", is_active=False)

    urls = listed(client)

    assert f"{ROOT}/practitioners/dr-a/" in urls
    assert f"{ROOT}/practitioners/dr-b/" not in urls


def test_sitemap_keeps_its_dates_until_something_is_published(client, clock):
    condition = make_live_condition()
    address = ROOT + condition.get_absolute_url()
    condition.title = "A draft that nobody published"
    condition.save()

    clock.shift(timedelta(days=40))
    before = listed(client)[address]
    publish(condition, by="tests", now=NOW + timedelta(days=40))

    assert before == "2026-12-07"
    assert listed(client)[address] == "2027-01-16"


def test_sitemap_is_sent_again_only_after_a_change(client):
    condition = make_live_condition()
    first = client.get("/sitemap.xml")
    again = {"if-none-match": first.headers["ETag"]}

    assert client.get("/sitemap.xml", headers=again).status_code == 304

    unpublish(condition, by="tests", now=NOW)

    assert client.get("/sitemap.xml", headers=again).status_code == 200
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.cookies == {}
    assert "Cookie" not in first.headers.get("Vary", "")
    # Nothing is dated that a page taken off would not change.
    assert "Last-Modified" not in first.headers


@pytest.mark.parametrize("number", [1, 3])
def test_sitemap_takes_as_many_queries_for_more_articles(client, django_assert_num_queries, number):
    for _ in range(number):
        make_live_condition()
        make_live_treatment()

    with django_assert_num_queries(5):
        client.get("/sitemap.xml")


@pytest.mark.parametrize("query", ["p=2", "p=x"])
def test_sitemap_has_one_page(client, query):
    assert client.get(f"/sitemap.xml?{query}").status_code == 404
