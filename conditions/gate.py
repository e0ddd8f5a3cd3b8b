"""The gate before the site: all that keeps an article off it, each with its place in the admin."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from .addresses import AnyArticle
from .documents import Document, is_linked
from .evidence import NEEDS_SOURCE, EvidenceLevel
from .inside_links import dead_links
from .models import Aspect, CareLevel, Condition, Remedy, Treatment
from .rich_text import has_words

_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.DOTALL)


@dataclass(frozen=True)
class Failure:
    """One reason, in words for staff."""

    text: str
    field: str = ""
    """Where to mend it: an anchor on the article's own form, an admin page, or "" for neither."""


def failures(article: AnyArticle, document: Document, now: datetime) -> list[Failure]:
    """Return all that keeps the draft's document from being published at `now`; empty if nothing.

    Anchors are those of the draft's form, so `document` is what `article` freezes to.
    """
    problem = address_problem(article, article.slug)
    return [
        *lacking(article, document),
        *([Failure(problem, "#id_slug")] if problem else []),
        *_overdue_review(document, now),
        *_drafts_among_offers(document, now),
        *_dead_links(article, document, now),
    ]


def lacking(article: AnyArticle, document: Document) -> list[Failure]:
    """Return what every document needs, whatever the day: the rules that PostgreSQL holds too."""
    by_kind = _condition_lacks if isinstance(article, Condition) else _treatment_lacks
    return [
        *(
            Failure(f"It has no {word}.", f"#id_{word}")
            for word in ("title", "summary")
            if not has_words(document[word])
        ),
        *by_kind(document),
        *_claims_without_evidence(article, document),
        *_remedies_without_cautions(article, document),
        *_images_without_words(document),
        *_headings_out_of_order(document),
        *(
            []
            if document.get("review_due_on")
            else [Failure("It has no day for the next review.", "#id_review_due_on")]
        ),
    ]


def address_problem(article: AnyArticle, slug: str) -> str:
    """Return why `article` can't have that address, in words for staff; "" if it can."""
    model = type(article)
    if model.objects.filter(slug=slug).exclude(pk=article.pk).exists():
        return f"Another page has the address “{slug}”."
    try:
        model(pk=article.pk, slug=slug).clean()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _condition_lacks(document: Document) -> Iterator[Failure]:
    aspects = _written_aspects(document)
    if Aspect.OVERVIEW not in aspects:
        yield Failure(f"It has no section “{Aspect.OVERVIEW.label}”.", "#sections-group")
    items = any(has_words(item["text"]) for item in document["self_care"])
    if not items and Aspect.SELF_CARE not in aspects:
        yield Failure("It says nothing about self-care.", "#self_care_items-group")
    for flag in document["red_flags"]:
        if not (has_words(flag["statement"]) and has_words(flag["question"])):
            yield Failure(f"A red flag has no words: {flag['code']}", "#red_flag_links-group")
    # One that the article links: the clinic-wide ones are in every article.
    own = filter(is_linked, document["red_flags"])
    if any(flag["level"] == CareLevel.EMERGENCY for flag in own):
        return
    signed = document.get("no_emergency", {})
    if not has_words(signed.get("reason", "")):
        yield Failure("It has no red flag of its own at emergency level.", "#red_flag_links-group")
    elif not has_words(signed.get("signed_by", "")):
        words = "A clinical reviewer has not signed why it has no emergency sign of its own."
        yield Failure(words, "#id_no_emergency_reason")


def _treatment_lacks(document: Document) -> Iterator[Failure]:
    if not _written_aspects(document) & {Aspect.OVERVIEW, Aspect.WHAT_HAPPENS}:
        yield Failure(f"It has no section “{Aspect.WHAT_HAPPENS.label}”.", "#sections-group")


def _written_aspects(document: Document) -> set[str]:
    return {section["aspect"] for section in document["sections"] if has_words(section["body"])}


def _claims_without_evidence(article: AnyArticle, document: Document) -> Iterator[Failure]:
    known = {source["key"] for source in document["sources"]}
    for claim, anchor in _claims(article, document):
        if claim["level"] not in EvidenceLevel.values:
            yield Failure(f"This claim needs a level of evidence: {claim['text']}", anchor)
            continue
        cited = set(claim["sources"])
        if cited - known or (claim["level"] in NEEDS_SOURCE and not cited):
            yield Failure(f"This claim needs a source: {claim['text']}", anchor)


def _claims(article: AnyArticle, document: Document) -> Iterator[tuple[Document, str]]:
    """Yield each claim, with the anchor of its row in the form."""
    for row, claim in enumerate(document.get("may_help", [])):
        yield claim, f"#claims-{row}"
    if not document.get("offers"):
        return
    # A document sorts its claims by treatment and remedy; the form has them in their own order.
    rows = {
        (claim.treatment.slug, claim.remedy.slug if claim.remedy else "", claim.text): row
        for row, claim in enumerate(article.claims.all())
    }
    for offer in document["offers"]:
        parts = [("", offer["claims"])]
        parts += [(remedy["slug"], remedy["claims"]) for remedy in offer["remedies"]]
        for remedy_slug, claims in parts:
            for claim in claims:
                row_of_claim = rows.get((offer["treatment"], remedy_slug, claim["text"]), "group")
                yield claim, f"#claims-{row_of_claim}"


def _remedies_without_cautions(article: AnyArticle, document: Document) -> Iterator[Failure]:
    remedies = [*document.get("remedies", [])]
    for offer in document.get("offers", []):
        remedies += offer["remedies"]
    bare = {
        remedy["slug"]: remedy["name"]
        for remedy in remedies
        if not remedy["cautions"] and not has_words(remedy.get("no_cautions_signed_by", ""))
    }
    if not bare:
        return
    keys = dict(Remedy.objects.filter(slug__in=bare).values_list("slug", "pk"))
    for slug, name in bare.items():
        page = reverse("admin:conditions_remedy_change", args=[keys[slug]]) if slug in keys else ""
        words = f"“{name}” has no cautions, and nobody signed that none are known."
        yield Failure(words, f"{page}#cautions-group" if page else "")


def _images_without_words(document: Document) -> Iterator[Failure]:
    for row, image in enumerate(document.get("images", [])):
        if not image.get("is_decorative") and not has_words(image["alt"]):
            words = "An image has no description. Write one, or mark it as only decoration."
            yield Failure(words, f"#illustrations-{row}")


def _overdue_review(document: Document, now: datetime) -> Iterator[Failure]:
    due_on = document.get("review_due_on")
    if due_on and due_on <= timezone.localdate(now).isoformat():
        words = "The day for the next review has to come after the day it is published."
        yield Failure(words, "#id_review_due_on")


def _drafts_among_offers(document: Document, now: datetime) -> Iterator[Failure]:
    offers = document.get("offers")
    if not offers:
        return
    live = set(Treatment.objects.published(now).values_list("slug", flat=True))
    for offer in offers:
        if offer["treatment"] not in live:
            words = f"The treatment “{offer['title']}” is not published yet."
            yield Failure(words, "#claims-group")


def _headings_out_of_order(document: Document) -> Iterator[Failure]:
    for row, section in enumerate(document["sections"]):
        if not has_words(section["heading"]):
            yield Failure("A section has an empty heading.", f"#sections-{row}")
        level = 2
        for found in _HEADING.finditer(section["body"]):
            before, level = level, int(found[1])
            if not has_words(found[2]):
                words = f"An empty heading in “{section['heading']}”."
                yield Failure(words, f"#sections-{row}")
            elif level < 3 or level > before + 1:
                words = f"A heading in “{section['heading']}” skips a level: {found[2]}"
                yield Failure(words, f"#sections-{row}")


def _dead_links(article: AnyArticle, document: Document, now: datetime) -> Iterator[Failure]:
    for link in dead_links(document, of=article, now=now):
        words = f"A link in “{link.heading}” leads nowhere: {link.href}"
        yield Failure(words, f"#sections-{link.row}")
