"""An article in a real browser: words explained by keyboard, and the page on paper."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from conditions.models import Condition, GlossaryTerm
from conditions.publishing import publish

from .conftest import ARTICLE

pytestmark = pytest.mark.django_db(transaction=True)

# US Letter at 96 dots an inch, without margins of half an inch.
PAPER = {"width": 720, "height": 960}


@pytest.fixture
def article(site):
    """The starter article, with a word that it explains."""
    GlossaryTerm.objects.create(term="muscle cramp", definition="It goes tight.")
    GlossaryTerm.objects.create(term="twitch", forms="Twitches", definition="A flicker.")
    condition = Condition.objects.get(slug=ARTICLE)
    publish(condition, by="tests", now=timezone.now())
    return condition.get_absolute_url()


def test_a_word_is_explained_with_the_keyboard(article, visitor):
    visitor.goto(article)
    word = visitor.locator("button.term").first
    meaning = visitor.locator("#" + word.get_attribute("popovertarget"))
    assert not meaning.is_visible()

    word.focus()
    visitor.keyboard.press("Enter")

    expect(meaning).to_be_visible()
    box = meaning.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390

    visitor.keyboard.press("Escape")

    expect(meaning).to_be_hidden()


def test_a_number_in_the_text_opens_the_folded_sources(article, visitor):
    visitor.goto(article)
    visitor.locator("main a[href^='#source-']:visible").first.click()

    expect(visitor.locator("li:target")).to_be_visible()


def test_paper_has_every_warning_on_its_first_page_and_no_controls(article, visitor):
    visitor.set_viewport_size(PAPER)
    visitor.emulate_media(media="print")
    visitor.goto(article)

    card = visitor.locator(".redflag").bounding_box()
    assert card["y"] + card["height"] <= PAPER["height"]
    for selector in (".nav", ".bookbar", ".feedback", ".toc", ".crumbs", "main .btn"):
        assert visitor.locator(selector).locator("visible=true").count() == 0, selector


def test_paper_shows_what_is_folded_and_addresses_that_can_be_typed(article, visitor):
    visitor.set_viewport_size(PAPER)
    visitor.emulate_media(media="print")
    visitor.goto(article)

    for selector in (
        "#source-1",
        ".fold .tidy",
        ".fold > summary",
        ".fold .table",
        ".fold figure svg",
        "#words",
    ):
        assert visitor.locator(selector).first.is_visible(), selector
    after = "links => links.map(link => getComputedStyle(link, '::after').content)"
    printed = visitor.locator("main a").locator("visible=true").evaluate_all(after)
    addresses = [text.strip('" ()') for text in printed if text not in ("none", "normal")]
    assert addresses != []
    assert [text for text in addresses if not text.startswith(("https://", "http://"))] == []
    calls = visitor.locator("main a[href^='tel:']").evaluate_all(after)
    assert set(calls) == {"none"}


@pytest.mark.parametrize("height", [700, 900])
def test_booking_stays_in_view_beside_long_contents(article, visitor, height):
    visitor.set_viewport_size({"width": 1280, "height": height})
    visitor.goto(article)

    box = visitor.locator(".duo__side .btn").bounding_box()

    assert box["y"] + box["height"] <= height


@pytest.mark.parametrize("width", [320, 1280])
def test_every_warning_sign_stands_before_the_first_paragraph(article, visitor, width):
    visitor.set_viewport_size({"width": width, "height": 900})
    visitor.goto(article)

    call = visitor.locator(".redflag .btn").bounding_box()
    signs = [sign.bounding_box() for sign in visitor.locator(".redflag li").all()]
    lede = visitor.locator(".lede").bounding_box()

    assert len(signs) > 6
    assert all(call["y"] < box["y"] < lede["y"] for box in signs)
    assert all(box["x"] + box["width"] <= width for box in signs)
