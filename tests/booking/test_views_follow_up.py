"""What a visit's page gives to read after it, and says of messages before it."""

import pytest

from booking.follow_ups import choose_articles
from conditions.models import Condition
from tests.html_tree import parse

from .factories import local, make_appointment
from .journeys import make_article


@pytest.fixture
def spasms(bookable_service):
    """The article that the service has."""
    article = make_article()
    bookable_service.follow_up_articles.add(article)
    return article


def visit_of(service, **kwargs):
    return make_appointment(service, local(14, 9), **kwargs)


def draw(client, visit):
    return parse(client.get(visit.get_absolute_url()).content)


def to_read(page):
    """Return the links under “To read at home”; None if there is no such heading."""
    headings = [one for one in page.all("h2") if one.text == "To read at home"]
    if not headings:
        return None
    return {link.text: link.get("href") for link in page.one("div", class_="prose").all("a")}


def about_messages(page):
    (link,) = (one for one in page.all("a") if one.text == "Choose what messages say")
    return link.parent.text, link.get("href")


def test_after_the_visit_the_page_names_the_articles_of_its_service(
    client, bookable_service, spasms
):
    page = draw(client, visit_of(bookable_service, status="fulfilled"))

    assert to_read(page) == {"Spasms and twitches": "/conditions/spasms/"}


def test_after_a_private_visit_it_names_those_that_were_chosen(client, bookable_service, spasms):
    visit = visit_of(bookable_service, status="fulfilled", is_private=True)
    gone = Condition.objects.create(slug="gone", title="Gone")
    choose_articles(visit, [make_article("jaw-pain", "Jaw pain"), gone])

    assert to_read(draw(client, visit)) == {"Jaw pain": "/conditions/jaw-pain/"}


@pytest.mark.parametrize("status", ["booked", "arrived", "noshow", "cancelled"])
def test_without_a_visit_there_is_nothing_to_read_after_it(
    client, bookable_service, spasms, status
):
    assert to_read(draw(client, visit_of(bookable_service, status=status))) is None


def test_a_service_without_articles_has_nothing_to_read(client, bookable_service):
    assert to_read(draw(client, visit_of(bookable_service, status="fulfilled"))) is None


def test_the_page_of_a_visit_to_come_asks_for_no_articles(
    client, bookable_service, django_assert_max_num_queries
):
    url = visit_of(bookable_service).get_absolute_url()
    client.get(url)

    with django_assert_max_num_queries(20) as asked:
        client.get(url)

    assert [query for query in asked.captured_queries if "follow" in query["sql"]] == []


@pytest.mark.parametrize(
    ("sms", "chosen", "words"),
    [
        (None, {}, "Our messages may say what kind of visit it is."),
        (
            None,
            {"is_private": True, "wants_texts": True},
            "Our messages are private: they leave out what kind of visit it is.",
        ),
        (
            {"BACKEND": "clinic.sms.ConsoleSms", "OPTIONS": {}},
            {"wants_texts": True},
            "Our messages may say what kind of visit it is. We also remind you by text message.",
        ),
    ],
    ids=["usual", "private", "texts"],
)
def test_a_visit_to_come_says_what_is_chosen_of_messages(
    client, bookable_service, settings, sms, chosen, words
):
    settings.SMS = sms
    visit = visit_of(bookable_service, **chosen)

    assert about_messages(draw(client, visit)) == (
        f"{words} Choose what messages say",
        f"/appointments/{visit.reference}/messages/",
    )


@pytest.mark.parametrize("status", ["arrived", "fulfilled", "noshow", "cancelled"])
def test_no_other_visit_asks_about_messages(client, bookable_service, status):
    page = draw(client, visit_of(bookable_service, status=status))

    assert [one for one in page.all("a") if one.text == "Choose what messages say"] == []
