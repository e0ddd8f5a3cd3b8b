"""A database that fails while red flags are read: the way to help is shown, and no way on."""

import pytest
from django.db import connection

from tests.html_tree import parse

from .journeys import make_article, step_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def no_red_flags(bookable_service):
    """Take the table of red flags away, so that PostgreSQL itself refuses to read it."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE conditions_redflag RENAME TO conditions_redflag_away")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE conditions_redflag_away RENAME TO conditions_redflag")


@pytest.fixture
def no_editions():
    """Take the table of editions away, which hold the red flags of every article."""
    make_article(slug="spasms")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE conditions_revision RENAME TO conditions_revision_away")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE conditions_revision_away RENAME TO conditions_revision")


@pytest.mark.usefixtures("no_red_flags")
@pytest.mark.parametrize("method", ["get", "post"])
def test_screening_without_its_flags_shows_whom_to_call(client, bookable_service, method, caplog):
    response = getattr(client, method)(step_url(bookable_service, "safety"), {"none": "on"})

    page = parse(response.content)
    main = page.one("main")
    assert main.one("h1").text == "Please call us to book"
    assert main.one("section", data_care_level="emergency").one("a").get("href") == "tel:911"
    assert [link.text for link in main.all("a", href="tel:+12125550100")] == ["Call (212) 555-0100"]
    assert main.all("form") == []
    assert "screening" not in client.cookies or not client.cookies["screening"].value
    assert "the red flags could not be loaded" in caplog.text


@pytest.mark.usefixtures("no_red_flags")
@pytest.mark.parametrize("step", ["times", "details"])
def test_no_later_step_opens_without_the_flags(client, bookable_service, step):
    response = client.get(step_url(bookable_service, step))

    assert response["Location"] == step_url(bookable_service, "safety")


@pytest.mark.usefixtures("no_editions")
def test_screening_without_its_article_shows_whom_to_call(client, bookable_service):

    response = client.get(f"{step_url(bookable_service, 'safety')}?condition=spasms")

    main = parse(response.content).one("main")
    assert main.one("section", data_care_level="emergency").one("a").get("href") == "tel:911"
    assert main.all("form") == []


@pytest.mark.usefixtures("no_editions")
def test_article_without_its_flags_is_no_article(client):
    client.raise_request_exception = False

    response = client.get("/conditions/spasms/")

    main = parse(response.content).one("main")
    assert response.status_code == 500
    assert main.one("section", data_care_level="emergency").one("a").get("href") == "tel:911"
    assert main.all("article") == []
