"""Where articles are found: full addresses, and what an address that is not live any more leads to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from .models import Condition, FormerSlug, Revision, Treatment

type AnyArticle = Condition | Treatment
type Kind = type[Condition] | type[Treatment]


@dataclass(frozen=True)
class Gone:
    """The address was an article's that is off the site, and no live page took its place."""


def absolute(path: str) -> str:
    """Return the full address of a path on this site, whatever host the request named."""
    return settings.SITE_URL + path


def live_article(kind: Kind, slug: str, *, now: datetime) -> AnyArticle | None:
    """Return the article of that very slug with its live document, or None: see `lead_on`."""
    article: AnyArticle | None = kind.objects.with_live(now).filter(slug=slug).first()
    return article


def where_now(kind: Kind, slug: str, *, now: datetime) -> AnyArticle | Gone | None:
    """Return the live article that `slug` leads to, Gone, or None if it never was an address.

    A live article's own slug comes first, then what took the place of one that was taken off, then
    the article that had the slug before. A draft leads nowhere. Capital letters that no address
    has are read as small ones.
    """
    live: AnyArticle | None = kind.objects.published(now).filter(slug=slug).first()
    if live is not None:
        return live
    known = [
        article
        for article in (*kind.objects.filter(slug=slug), *_had_before(kind, slug))
        if _was_published(article, now)
    ]
    for article in known:
        found = _live_successor(article, now)
        if found is not None:
            return found
    if not known and slug != slug.lower():
        return where_now(kind, slug.lower(), now=now)
    return Gone() if known else None


def lead_on(
    request: HttpRequest, kind: Kind, slug: str, *, now: datetime, page: str = ""
) -> HttpResponse:
    """Answer for a slug that is no live article's: 301 to where it leads, or 410.

    `page` is what follows the article's own address, such as "cautions/".
    Raises Http404 if it never was an address.
    """
    found = where_now(kind, slug, now=now)
    if found is None:
        raise Http404("There is no such article.")
    if isinstance(found, Gone):
        return render(request, "410.html", status=410)
    query = request.META.get("QUERY_STRING", "")
    address = found.get_absolute_url() + page + (f"?{query}" if query else "")
    return HttpResponsePermanentRedirect(address)


def _had_before(kind: Kind, slug: str) -> list[AnyArticle]:
    field = kind.revision_field
    rows = FormerSlug.objects.filter(slug=slug, **{f"{field}__isnull": False})
    return [getattr(row, field) for row in rows.select_related(field)]


def _was_published(article: AnyArticle, now: datetime) -> bool:
    due = Revision.objects.filter(publish_at__lte=now, withdrawn_at__isnull=True)
    return due.filter(**{article.revision_field: article}).exists()


def _live_successor(article: AnyArticle, now: datetime) -> AnyArticle | None:
    """Return the first live article from this one on, each followed by what replaced it."""
    seen: set[int] = set()
    following: Any = article
    while following is not None and following.pk not in seen:
        seen.add(following.pk)
        live: AnyArticle | None = (
            type(following).objects.published(now).filter(pk=following.pk).first()
        )
        if live is not None:
            return live
        following = following.replaced_by
    return None
