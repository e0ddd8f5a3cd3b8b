"""Links to pages of this site: which of them lead nowhere, and which articles link to another."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone

from .addresses import AnyArticle, Kind, where_now
from .documents import Document
from .media import is_public
from .models import Condition, Treatment
from .pages import anchors, condition_page, treatment_page
from .rich_text import links_in

_PAGES: dict[str, Kind] = {
    "conditions:detail": Condition,
    "conditions:treatment-detail": Treatment,
}
# An old address leads on to a page and to what stands under it, but has no card.
_CARDS = {"conditions:card", "conditions:treatment-card"}
_rows_of: dict[str, QuerySet[Any]] = {}


def answers_for(view_name: str, rows: QuerySet[Any]) -> None:
    """Tell that the addresses of a view have the slugs of these rows.

    Other apps call it when the site starts: articles link to their pages, and do not know them.
    """
    _rows_of[view_name] = rows


@dataclass(frozen=True)
class DeadLink:
    """A link that leads nowhere, and the section that it stands in."""

    row: int
    """The place of the section in its document."""
    heading: str
    href: str


def dead_links(document: Document, *, of: AnyArticle, now: datetime) -> Iterator[DeadLink]:
    """Yield the links that lead nowhere at `now`, if the article shows this document then."""
    shown = type(of)(pk=of.pk, slug=of.slug)
    shown.live = document
    return Addresses(now, [shown]).dead_links(shown)


def linking_to(chosen: Collection[AnyArticle], *, now: datetime) -> list[AnyArticle]:
    """Return the live articles, but for the chosen ones, whose text has a link to one of them."""
    live: list[AnyArticle] = [*Condition.objects.with_live(now), *Treatment.objects.with_live(now)]
    addresses = Addresses(now, live)
    return [
        article
        for article in live
        if article not in chosen
        and any(addresses.article_at(href) in chosen for _, href in _links_of(article))
    ]


class Addresses:
    """What this site answers at one moment, looked up once for each address.

    `live` are articles with the document that each shows then; others are read when asked for.
    """

    def __init__(self, now: datetime, live: Iterable[AnyArticle]) -> None:
        self._now = now
        self._read = {article: article for article in live}
        self._by_slug: dict[tuple[Kind, str], AnyArticle | None] = {
            (type(article), article.slug): article for article in self._read
        }
        self._anchors: dict[AnyArticle, set[str]] = {}
        self._slugs: dict[str, set[str]] = {}

    def dead_links(self, article: AnyArticle) -> Iterator[DeadLink]:
        """Yield those of one of the articles that are `live`."""
        for row, href in _links_of(article):
            if not self._is_alive(href, article):
                yield DeadLink(row, article.live["sections"][row]["heading"], href)

    def article_at(self, href: str) -> AnyArticle | None:
        """Return the live article that a link leads to: to its page, or to what is under it."""
        match = _resolve(inside(href) or "")
        kind = _kind_of(match) if match else None
        return self._article(kind, match.kwargs["slug"]) if match and kind else None

    def _is_alive(self, href: str, own: AnyArticle) -> bool:
        """Return whether something answers, with the part of it that is named.

        Parts of pages that are no articles are not looked for.
        """
        if href.startswith("#"):
            return href[1:] in self._anchors_of(own)
        address = inside(href)
        if address is None:
            return True
        match = _resolve(address)
        if match is None:
            return False
        kind = _kind_of(match)
        if kind is None:
            return self._has(match)
        slug = match.kwargs["slug"]
        article = self._article(kind, slug)
        if article is None or (match.view_name in _CARDS and slug != article.slug):
            return False
        part = urlsplit(address).fragment if match.view_name in _PAGES else ""
        return not part or part in self._anchors_of(article)

    def _article(self, kind: Kind, slug: str) -> AnyArticle | None:
        if (kind, slug) not in self._by_slug:
            found = where_now(kind, slug, now=self._now)
            self._by_slug[kind, slug] = found if isinstance(found, kind) else None
        return self._by_slug[kind, slug]

    def _has(self, match: ResolverMatch) -> bool:
        """Return whether an address that is no article's has what it names."""
        name = match.view_name
        if name in _rows_of:
            if name not in self._slugs:
                self._slugs[name] = set(_rows_of[name].values_list("slug", flat=True))
            return match.kwargs["slug"] in self._slugs[name]
        if name == "conditions:image-copy":
            return is_public(match.kwargs["name"], now=self._now)
        # What else an address names, such as a patient's appointment, is not for readers.
        return not match.kwargs

    def _anchors_of(self, article: AnyArticle) -> set[str]:
        if article not in self._anchors:
            shown = self._read.get(article) or type(article).objects.with_live(self._now).get(
                pk=article.pk
            )
            self._anchors[article] = self._anchors_in(shown.live)
        return self._anchors[article]

    def _anchors_in(self, document: Document) -> set[str]:
        today = timezone.localdate(self._now)
        if "offers" not in document:
            return anchors(treatment_page(document, review=None, today=today))
        treatments, conditions = self._titles
        page = condition_page(
            document,
            live_treatments=treatments,
            live_conditions=conditions,
            review=None,
            today=today,
        )
        return anchors(page)

    @cached_property
    def _titles(self) -> list[list[dict[str, str]]]:
        """Return the live treatments and conditions as a page takes them."""
        return [
            [
                {"slug": article.slug, "title": article.live_title}
                for article in kind.objects.published(self._now)
            ]
            for kind in (Treatment, Condition)
        ]


def inside(href: str) -> str | None:
    """Return the address within this site, with its query and fragment; None if it is elsewhere."""
    if href.startswith("/"):
        return href
    rest = href.removeprefix(settings.SITE_URL)
    return rest or "/" if rest != href and rest[:1] in {"", "/", "?", "#"} else None


def _links_of(article: AnyArticle) -> Iterator[tuple[int, str]]:
    """Yield each link of the article's text, with the place of its section."""
    for row, section in enumerate(article.live["sections"]):
        for href in links_in(section["body"]):
            yield row, href


def _kind_of(match: ResolverMatch) -> Kind | None:
    """Return which kind of article has the address, for its page or for what is under it."""
    kind: Kind | None = match.kwargs.get("kind") or _PAGES.get(match.view_name)
    return kind


def _resolve(address: str) -> ResolverMatch | None:
    path = urlsplit(address).path or "/"
    # The site adds a slash that is missing.
    for tried in dict.fromkeys([path if path.endswith("/") else f"{path}/", path]):
        try:
            return resolve(tried)
        except Resolver404:
            continue
    return None
