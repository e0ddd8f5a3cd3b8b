"""What readers may tell the site, on a phone and without scripts too."""

import re

import pytest
from django.utils import timezone

from conditions.models import Caution, Condition, Feedback, MedicineClass
from conditions.publishing import publish

from . import steps

pytestmark = pytest.mark.django_db(transaction=True)
ARTICLE = "/conditions/spasms-and-twitches/"


@pytest.fixture
def thinners(site):
    """Name the medicines in the starter content's caution about blood thinners."""
    kind, _created = MedicineClass.objects.update_or_create(
        slug="blood-thinners",
        defaults={"name": "Blood thinners", "names": "warfarin\nCoumadin"},
    )
    for caution in Caution.objects.filter(with_kind="medicine_class"):
        caution.medicine_classes.set([kind] if caution.with_what == "Blood thinners" else [])
    article = Condition.objects.get(slug="spasms-and-twitches")
    publish(article, by="tests", now=timezone.now())
    return kind


@pytest.mark.usefixtures("thinners")
def test_cautions_are_filtered_by_what_a_reader_takes(visitor):
    visitor.goto(f"{ARTICLE}cautions/")
    visitor.locator("textarea[name=medicines]").fill("Coumadin 5 mg, xyzalol")
    visitor.locator("input[name=situation]").first.check()
    steps.submit(visitor)

    result = visitor.locator("#result")
    assert visitor.url.endswith("/cautions/#result")
    assert "Blood thinners" in result.inner_text()
    assert "If you are pregnant or breastfeeding" in result.inner_text()
    assert "If you have an allergy" not in result.inner_text()
    assert "“xyzalol” is not on this list" in result.inner_text()
    assert visitor.locator("textarea[name=medicines]").input_value() == "Coumadin 5 mg, xyzalol"
    assert visitor.evaluate("document.documentElement.scrollWidth") <= 390
    assert visitor.context.cookies() == []

    visitor.go_back()

    assert visitor.locator("#result").get_by_text("We read:").count() == 0
    assert visitor.get_by_text("Tell us what fits you").is_visible()
    assert visitor.locator("textarea[name=medicines]").count() == 1


def test_feedback_is_sent_from_the_page(visitor):
    visitor.goto(f"{ARTICLE}feedback/")
    visitor.locator("textarea[name=text]").fill("More pictures, please.")
    visitor.locator("input[name=helpful][value=yes]").check()
    steps.submit(visitor)

    assert re.search(r"/feedback/thanks/$", visitor.url)
    assert visitor.locator("h1").inner_text() == "Thank you"
    assert visitor.context.cookies() == []
    assert Feedback.objects.values_list("was_helpful", "text").get() == (
        True,
        "More pictures, please.",
    )
