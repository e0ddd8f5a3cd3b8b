"""What the sitemap lists of the articles: the live ones, with the moment of their live edition."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import F, QuerySet

from .models import Condition, Treatment


class SiteSitemap(Sitemap):  # type: ignore[type-arg]  # has arguments for mypy only
    """Addresses under SITE_URL, whatever host the request named."""

    def get_protocol(self, protocol: str | None = None) -> str:
        """Return the site's own scheme."""
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        """Return the site's own host, with its port if it has one."""
        return urlsplit(settings.SITE_URL).netloc


class ArticleSitemap(SiteSitemap):
    """The live articles of one kind at `now`."""

    def __init__(self, kind: type[Condition] | type[Treatment], *, now: datetime) -> None:
        self.kind = kind
        self.now = now

    def items(self) -> QuerySet[Condition] | QuerySet[Treatment]:
        """Return the articles, in an order that stays."""
        live = self.kind.objects.published(self.now)
        articles: QuerySet[Condition] | QuerySet[Treatment] = live.annotate(
            live_publish_at=F("revisions__publish_at")
        ).order_by("pk")
        return articles

    def lastmod(self, item: Condition | Treatment) -> datetime:
        """Return when the words that the public reads were published."""
        return item.live_publish_at
