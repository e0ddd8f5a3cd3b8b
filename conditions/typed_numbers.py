"""Emergency numbers typed into a text, where the clinic's own should stand. A warning, no failure."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from clinic.models import Clinic

from .gate import Failure
from .rich_text import plain_text

type Document = dict[str, Any]
type Text = tuple[str, str, str]
"""What it is called, its place in the admin, and its words."""

# What is typed by habit, whatever the clinic's numbers are.
_USUAL = {"911": "{emergency}", "988": "{crisis}"}
_CALLED = re.compile(r'href="tel:([^"]*)"')


def typed_numbers(document: Document, clinic: Clinic) -> list[Failure]:
    """Return each place of a draft's document where an emergency or crisis number is typed.

    A page puts the clinic's number in place of {emergency} and {crisis} as it is drawn, so that a
    number that changes changes everywhere, and a sample site has nobody call the real one.
    """
    words = _USUAL | {
        clinic.crisis_number: "{crisis}",
        clinic.emergency_number: "{emergency}",
    }
    found = []
    for place, field, text in _texts(document):
        for number in _numbers_in(text, words):
            said = f"{place} says {number}. Write {words[number]} there"
            found.append(Failure(f"{said}: the page puts in the clinic's own number.", field))
    for place, field, text in _fixed_texts(document):
        for number in _numbers_in(text, words):
            said = f"{place} says {number}. Leave the number out there"
            found.append(Failure(f"{said}: the page cannot put in the clinic's own.", field))
    return found


def _numbers_in(text: str, numbers: dict[str, str]) -> list[str]:
    """Return the numbers that stand alone in the text: 911 or 9-1-1, but not 1911 or 911-2000."""
    seen = " ".join([plain_text(text), *_CALLED.findall(text)])
    return [
        number
        for number in numbers
        if re.search(rf"(?<![\w$])(?<!\d[-.,]){'[- .]?'.join(number)}(?!\w|[-.,]\d)", seen)
    ]


def _texts(document: Document) -> Iterator[Text]:
    """Yield the texts in which a page puts in the clinic's numbers."""
    yield "The first paragraph", "#id_lede", document["lede"]
    for row, section in enumerate(document["sections"]):
        yield f"“{section['heading']}”", f"#sections-{row}", section["body"]
    for row, item in enumerate(document.get("self_care", [])):
        yield "A self-care step", f"#self_care_items-{row}", item["text"]
    for row, topic in enumerate(document.get("related", [])):
        yield "A related topic", f"#related_topics-{row}", topic["text"]
    for flag in document.get("red_flags", []):
        name = f"The red flag “{flag['label']}”"
        yield name, _search("redflag", flag["code"]), flag["statement"]
        yield f"{name} in this article", "#red_flag_links-group", flag["qualifier"]
    # A treatment's own page holds what an article has under each treatment.
    for offer in [document, *document.get("offers", [])]:
        for claim in offer.get("may_help", offer.get("claims", [])):
            yield "A claim", "#claims-group", claim["text"]
        own = _search("treatment", offer["title"]) if "treatment" in offer else "#cautions-group"
        for caution in offer.get("cautions", []):
            yield f"A caution of “{offer['title']}”", own, caution["effect"]
        for remedy in offer.get("remedies", []):
            for claim in remedy.get("claims", []):
                yield "A claim", "#claims-group", claim["text"]
            facts = [value for key, value in remedy.items() if isinstance(value, str)]
            effects = [caution["effect"] for caution in remedy["cautions"]]
            place = _search("remedy", remedy["name"])
            yield f"“{remedy['name']}”", place, "\n".join([*facts, *effects])


def _fixed_texts(document: Document) -> Iterator[Text]:
    """Yield the texts that a page shows as they are."""
    for name in ("title", "summary"):
        yield f"The {name}", f"#id_{name}", document[name]
    for row, section in enumerate(document["sections"]):
        yield "A heading", f"#sections-{row}", section["heading"]
    for flag in document.get("red_flags", []):
        name = f"The question of the red flag “{flag['label']}”"
        yield name, _search("redflag", flag["code"]), flag["question"]
    for row, image in enumerate(document["images"]):
        yield "An image", f"#illustrations-{row}", f"{image['alt']}\n{image['caption']}"


def _search(model: str, text: str) -> str:
    """Return the list of what articles share, with the record of that name or code."""
    return reverse(f"admin:conditions_{model}_changelist", query={"q": text})
