"""Every starter article on paper: the emergency signs on page one, and who checked it."""

import pytest

from conditions.models import Condition

from .test_reading import PAPER

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_article_has_its_emergency_signs_on_page_one(visitor, site):
    visitor.set_viewport_size(PAPER)
    visitor.emulate_media(media="print")
    addresses = [article.get_absolute_url() for article in Condition.objects.all()]

    ends = {}
    for address in addresses:
        visitor.goto(address)
        card = visitor.locator(".redflag").bounding_box()
        ends[address] = card["y"] + card["height"]
        assert visitor.locator(".review").is_visible()
        assert visitor.get_by_text(f"{site}{address}", exact=True).is_visible()

    assert len(ends) == 8
    assert {address: end for address, end in ends.items() if end > PAPER["height"]} == {}
