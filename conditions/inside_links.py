"""Links of an article to pages of this site, and which of them lead nowhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone

from .addresses import AnyArticle
from .documents import Document
from .models import Condition, Treatment
from .pages import anchors, condition_page, treatment_page

_ARTICLE_PAGES: dict[str, type[AnyArticle]] = {
    "conditions:detail": Condition,
    "conditions:treatment-detail": Treatment,
}
# What every page has besides its sections. Offers and sources have anchors of their own.
_ANCHORS = {
    "main",
    "red-flags",
    "right-now",
    "self-care",
    "treatments",
    "cautions",
    "sources",
    "points",
}
_TREATMENT_ANCHORS = {"may-help", "remedies", "risks"}
_HREF = re.compile(r'<a\b[^>]*\bhref="([^"]*)"')


@dataclass(frozen=True)
class DeadLink:
    """A link that leads nowhere, and the section that it stands in."""

    row: int
    """The place of the section in its document."""
    heading: str
    href: str


def dead_links(document: Document, *, of: AnyArticle, now: datetime) -> Iterator[DeadLink]:
    """Yield the links of an article's document to what this site does not have at `now`."""
    own_anchors = _anchors(of, document)
    for row, section in enumerate(document["sections"]):
        for href in _HREF.findall(section["body"]):
            own = unescape(href).removeprefix(settings.SITE_URL)
            if own.startswith("#"):
                is_alive = own.removeprefix("#") in own_anchors
            else:
                is_elsewhere = not own.startswith("/") and own == unescape(href)
                is_alive = is_elsewhere or _is_alive(own, of, own_anchors, now)
            if not is_alive:
                yield DeadLink(row, section["heading"], href)


def _anchors(article: AnyArticle, document: Document) -> set[str]:
    own = {section["aspect"].replace("_", "-") for section in document["sections"]}
    own |= {f"offer-{offer['treatment']}" for offer in document.get("offers", [])}
    return own | _ANCHORS | (_TREATMENT_ANCHORS if isinstance(article, Treatment) else set())


def _is_alive(address: str, article: AnyArticle, own_anchors: set[str], now: datetime) -> bool:
    """Return whether a page of this site answers at `now`, with the part of it that is named.

    An old address counts, as it leads on. Parts of pages that are no articles are not looked for.
    """
    parts = urlsplit(address)
    path = parts.path or "/"
    match = _resolve(path if path.endswith("/") else f"{path}/") or _resolve(path)
    if match is None:
        return False
    model = _ARTICLE_PAGES.get(match.view_name)
    if model is None:
        return True
    slug = match.kwargs["slug"]
    if model is type(article) and slug == article.slug:
        return not parts.fragment or parts.fragment in own_anchors
    addresses = Q(slug=slug) | Q(former_slugs__slug=slug)
    if not parts.fragment:
        return model.objects.published(now).filter(addresses).exists()
    other = model.objects.with_live(now).filter(addresses).first()
    return other is not None and parts.fragment in _live_anchors(other, now)


def _live_anchors(article: AnyArticle, now: datetime) -> set[str]:
    today = timezone.localdate(now)
    if isinstance(article, Treatment):
        return anchors(treatment_page(article.live, review=None, today=today))
    page = condition_page(
        article.live,
        live_treatments=article.live_treatments,
        live_conditions=article.live_conditions,
        review=None,
        today=today,
    )
    return anchors(page)


def _resolve(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None
