"""The pages of the starter content, as readers get them."""

import pytest

from conditions.models import Condition, Treatment
from tests.html_tree import parse

# Lighthouse warns from 1,500 elements on; this leaves room for what clinicians add.
MOST_ELEMENTS = 1450


pytestmark = [pytest.mark.usefixtures("starter", "clock"), pytest.mark.django_db]


def test_starter_pages_are_small_enough_for_old_phones(client):
    articles = [*Condition.objects.all(), *Treatment.objects.all()]

    sizes = {
        article.slug: len(parse(client.get(article.get_absolute_url()).content).all())
        for article in articles
    }

    assert len(sizes) == 12
    assert {slug: size for slug, size in sizes.items() if size > MOST_ELEMENTS} == {}


@pytest.mark.parametrize(
    ("slug", "heading"),
    [
        ("spasms-and-twitches", "Before you take anything"),
        ("neck-pain", "Before you start"),
        ("jaw-pain", "Before you start"),
    ],
)
def test_starter_cautions_are_headed_by_what_is_done(client, slug, heading):
    page = parse(client.get(f"/conditions/{slug}/").content)
    form = parse(client.get(f"/conditions/{slug}/cautions/").content)

    assert page.one("h2", id="cautions").text == heading
    assert form.one("h1").text == f"{heading}: what fits you"
