"""Data blocks in a real browser: the policy lets them stand, and nothing in them runs."""

import json

import pytest
from django.utils import timezone

from conditions.models import Condition, Revision

pytestmark = pytest.mark.django_db(transaction=True)
BLOCK = "script[type='application/ld+json']"


@pytest.mark.parametrize(
    "path", ["/", "/conditions/spasms-and-twitches/", "/treatments/acupuncture/"]
)
def test_data_block_breaks_no_policy(visitor, path):
    # The visitor takes anything that the console says for an error.
    visitor.goto(path)

    data = json.loads(visitor.locator(BLOCK).text_content())
    assert data["@context"] == "https://schema.org"


def test_words_cannot_end_the_data_block(visitor, site):
    attack = "</script><script>document.title = 'run'</script><!-- \u2028 <script>"
    condition = Condition.objects.get(slug="spasms-and-twitches")
    newest = condition.revisions.first()
    Revision.objects.create(
        condition=condition,
        number=newest.number + 1,
        document=newest.document | {"title": attack},
        publish_at=timezone.now(),
        by_name="SQL",
    )

    visitor.goto(condition.get_absolute_url())

    data = json.loads(visitor.locator(BLOCK).text_content())
    assert data["@graph"][0]["name"] == attack
    assert visitor.locator("script").count() == 1
    assert visitor.title() != "run"
