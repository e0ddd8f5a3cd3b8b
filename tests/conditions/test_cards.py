import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from conditions import cards
from conditions.models import Revision
from conditions.publishing import publish

from .factories import NOW, make_condition, make_live_condition, make_live_treatment

pytestmark = pytest.mark.usefixtures("clock")
TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"


def opened(data):
    image = Image.open(BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(
    "title",
    ["Jaw pain", "", "word " * 60, "W" * 500, "飞扬\u2028\x00\ud800", "Spasms\nand\ttwitches"],
    ids=["short", "empty", "long", "wide", "odd", "lines"],
)
def test_card_has_the_size_that_previews_want(title):
    image = opened(cards.draw_card(title, "Integrative Med Solutions"))

    assert (image.format, image.size) == ("PNG", (1200, 630))


def test_card_shows_the_title_and_the_clinic():
    drawn = {cards.draw_card(*words) for words in [("A", "B"), ("C", "B"), ("A", "D")]}

    assert len(drawn) == 3


@pytest.mark.parametrize("name", ["DEEP", "ON_DEEP", "ON_DEEP_SOFT", "WARM_BRIGHT"])
def test_card_has_the_sites_colors(name):
    token = f"--{name.lower().replace('_', '-')}"

    light = re.search(rf"{token}: (#\w+)", TOKENS.read_text())[1]

    assert getattr(cards, name) == light


@pytest.mark.django_db
@pytest.mark.parametrize(
    "make", [make_live_condition, make_live_treatment], ids=["condition", "treatment"]
)
def test_live_article_has_a_card(client, make):
    article = make(title="Spasms")

    response = client.get(f"{article.get_absolute_url()}card.png")

    assert response.headers["Content-Type"] == "image/png"
    assert response.content == cards.draw_card("Spasms", "Integrative Med Solutions")
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.cookies == {}
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.django_db
def test_card_is_sent_again_only_with_another_title(client):
    condition = make_live_condition(title="Spasms")
    url = f"{condition.get_absolute_url()}card.png"
    again = {"if-none-match": client.get(url).headers["ETag"]}

    assert client.get(url, headers=again).status_code == 304

    condition.title = "Cramps"
    condition.save()
    assert client.get(url, headers=again).status_code == 304
    publish(condition, by="tests", now=NOW)

    assert client.get(url, headers=again).status_code == 200


@pytest.mark.django_db
def test_site_has_a_card_of_its_own(client):
    response = client.get("/card.png")

    assert opened(response.content).size == (1200, 630)
    assert client.post("/card.png").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["nope", "x" * 300])
def test_unknown_article_has_no_card(client, slug):
    assert client.get(f"/conditions/{slug}/card.png").status_code == 404
    assert client.get(f"/treatments/{slug}/card.png").status_code == 404


@pytest.mark.django_db
def test_card_survives_a_title_written_into_the_database(client):
    document = make_live_condition().revisions.get().document
    condition = make_condition()
    Revision.objects.create(
        condition=condition,
        number=1,
        document=document | {"title": "Cramp</script>\x01" * 1000},
        publish_at=NOW,
        by_name="SQL",
    )

    response = client.get(f"{condition.get_absolute_url()}card.png")

    assert opened(response.content).size == (1200, 630)
