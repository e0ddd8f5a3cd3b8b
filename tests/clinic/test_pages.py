from datetime import timedelta

import pytest
import time_machine
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from booking.models import Practitioner
from clinic.models import Clinic
from tests.booking.factories import NOW
from tests.html_tree import parse
from tests.starter import seed

pytestmark = pytest.mark.django_db

PAGES = {
    "home": "/",
    "contact": "/contact/",
    "privacy": "/privacy/",
    "accessibility": "/accessibility/",
    "practitioner": "/practitioners/dr-lisanti/",
}
TITLES = {
    "home": "Naturopathic medicine and acupuncture - Integrative Med Solutions",
    "contact": "Contact and how to find us - Integrative Med Solutions",
    "privacy": "Privacy - Integrative Med Solutions",
    "accessibility": "Accessibility - Integrative Med Solutions",
    "practitioner": "Dr. Lisanti, ND, LAc - Integrative Med Solutions",
}


@pytest.fixture
def _starter(db):
    """Fill the clinic, and stop the clock a minute later, when its articles are live."""
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        seed()
        yield


@pytest.mark.usefixtures("_starter")
@pytest.mark.parametrize("name", PAGES)
def test_page_has_title_one_heading_one_main_and_a_skip_link(client, name):
    page = parse(client.get(PAGES[name]).content)

    assert page.one("title").text == TITLES[name]
    assert page.one("html").get("lang") == "en-US"
    assert page.one("h1").text
    assert page.one("main").get("id") == "main"
    assert page.one("body").children[0].get("href") == "#main"
    assert page.one("meta", name="description").get("content")


@pytest.mark.usefixtures("_starter")
@pytest.mark.parametrize("name", PAGES)
def test_page_sets_no_cookie_and_asks_nobody_else(client, name):
    response = client.get(PAGES[name])

    page = parse(response.content)
    links = [link for link in page.all("link") if link.get("rel") not in {"canonical", "alternate"}]
    scripts = [node for node in page.all("script") if node.get("type") != "application/ld+json"]
    loaded = [node.get("src") or node.get("href") for node in links + scripts]
    assert response.cookies == {}
    assert all(address.startswith("/static/") for address in loaded)
    assert page.all("img") + page.all("iframe") + page.all("style") == []
    assert [node.tag for node in page.all() if "style" in node.attributes] == []


@pytest.mark.usefixtures("_starter")
def test_links_lead_somewhere(client):
    links = {link for path in PAGES.values() for link in links_on(client, path)}

    assert sorted(link for link in links if is_broken(client, link)) == []


def links_on(client, path):
    """Return the addresses on our own site that a page links to, with the page in front."""
    page = parse(client.get(path).content)
    addresses = {link.get("href") for link in page.all("a")}
    own = {address for address in addresses if address.startswith(("/", "#"))}
    return {path + address if address.startswith("#") else address for address in own}


def is_broken(client, link):
    path, _, anchor = link.partition("#")
    response = client.get(path, follow=True)
    if response.status_code != 200:
        return True
    return bool(anchor) and not parse(response.content).all(id=anchor)


@pytest.mark.usefixtures("_starter")
@pytest.mark.parametrize("name", PAGES)
def test_page_refuses_other_methods(client, name):
    assert client.post(PAGES[name]).status_code == 405


@pytest.mark.usefixtures("_starter")
def test_home_names_the_practitioner_and_the_length_of_a_first_visit(client):
    page = parse(client.get("/").content)

    lede = page.one("section", aria_labelledby="hero").one("p", class_="lede").text
    assert lede.startswith(
        "Dr. Lisanti is a naturopathic doctor and licensed acupuncturist. "
        "A first visit lasts 75 minutes: time for your story"
    )


@pytest.mark.usefixtures("_starter")
def test_home_lists_published_conditions(client):
    page = parse(client.get("/").content)

    links = page.one("section", id="find").one("ul", class_="index").all("a")
    addresses = [link.get("href") for link in links]
    assert "/conditions/spasms-and-twitches/" in addresses
    assert addresses[-2:] == ["/conditions/", "/treatments/"]


def test_home_stands_without_any_content(client):
    page = parse(client.get("/").content)

    assert page.one("h1").text == "Unhurried care for what keeps coming back"
    assert page.one("h2", id="about-title").text == "Dr. Lisanti, ND, LAc"


def test_pages_show_the_clinics_own_facts(client):
    Clinic.objects.create(
        name="Riverside Clinic", emergency_number="112", phone="+12125550123",
        street="5 Mill Lane", city="Riverside", facts_are_sample=False,
    )  # fmt: skip

    page = parse(client.get("/contact/").content)

    assert page.one("title").text == "Contact and how to find us - Riverside Clinic"
    assert page.one("main").one("dl").all("dd")[0].text.startswith("5 Mill Lane, Riverside")
    assert page.all("a", href="tel:112")
    assert page.all("a", href="tel:+12125550123")
    assert "sample" not in page.text.lower()


@pytest.mark.usefixtures("_starter")
def test_practitioner_page_lists_visits_that_can_be_booked(client):
    page = parse(client.get("/practitioners/dr-lisanti/").content)

    links = page.one("main").one("ul", class_="index").all("a")
    assert [link.get("href") for link in links] == [
        "/book/first-consultation/safety/",
        "/book/follow-up/safety/",
    ]


@pytest.mark.usefixtures("_starter")
def test_practitioner_page_is_gone_once_inactive(client):
    Practitioner.objects.update(is_active=False)

    assert client.get("/practitioners/dr-lisanti/").status_code == 404


@pytest.mark.parametrize("slug", ["nobody", "a%00b", "%F0%9F%8C%BF", "x" * 5000])
def test_practitioner_page_answers_unknown_slugs(client, slug):
    response = client.get(f"/practitioners/{slug}/")

    assert response.status_code in {400, 404}
    assert parse(response.content).one("h1")


def test_lost_page_offers_ways_on(client):
    response = client.get("/no-such-page/")

    page = parse(response.content)
    assert response.status_code == 404
    assert page.one("title").text == "Page not found - Integrative Med Solutions"
    assert page.one("form", role="search").get("action") == reverse("conditions:list")
    assert page.one("main").all("a", href="tel:911")
    assert page.one("meta", name="robots").get("content") == "noindex"
    assert response.cookies == {}


def test_bad_address_has_its_own_page(client):
    response = client.get("/conditions/?q=%00")

    assert response.status_code == 400
    assert parse(response.content).one("h1").text == "We cannot read that address"


def test_form_without_its_token_says_what_to_do():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a"})

    page = parse(response.content)
    assert response.status_code == 403
    assert page.one("h1").text == "Please send that once more"
    assert page.one("main").all("a", href="tel:911")


def test_no_access_page_shows_the_way_on(rf):
    page = parse(get_template("403.html").render(request=rf.get("/")))

    assert page.one("h1").text == "This page is not open to you"


def error_page():
    return get_resolver().resolve_error_handler(500)(RequestFactory().get("/"))


def test_error_page_needs_nothing_that_may_have_failed(django_assert_num_queries):
    with django_assert_num_queries(0):
        response = error_page()

    page = parse(response.content)
    assert response.status_code == 500
    assert page.one("h1").text == "Something went wrong on our side"
    card = page.one("section", data_care_level="emergency")
    assert card.one("h2").text == "In an emergency call 911"
    assert card.one("a", href="tel:911").text == "Call 911"


@pytest.mark.parametrize("page", ["/", "/treatments/", "/contact/"])
def test_error_page_calls_the_number_that_the_clinic_had_last(
    client, django_assert_num_queries, page
):
    Clinic.objects.create(emergency_number="112")
    client.get(page)

    with django_assert_num_queries(0):
        response = error_page()

    card = parse(response.content).one("section", data_care_level="emergency")
    assert card.one("h2").text == "In an emergency call 112"
    assert card.one("a").get("href") == "tel:112"
