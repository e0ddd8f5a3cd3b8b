"""What the sitemap lists: the clinic's own pages, the people, the articles."""

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from booking.models import Practitioner
from conditions.models import Condition, Treatment
from conditions.sitemaps import ArticleSitemap, SiteSitemap


class PageSitemap(SiteSitemap):
    """The pages that are always there. They have no date that would be honest."""

    def items(self) -> list[str]:
        """Return the names of their addresses."""
        return [
            "home",
            "conditions:list",
            "conditions:treatment-list",
            "contact",
            "privacy",
            "accessibility",
        ]

    def location(self, item: str) -> str:
        """Return the page's path."""
        return reverse(item)


class PractitionerSitemap(SiteSitemap):
    """The practitioners whom patients can book."""

    def items(self) -> QuerySet[Practitioner]:
        """Return the active ones, in an order that stays."""
        return Practitioner.objects.filter(is_active=True).order_by("pk")


type Sections = dict[str, type[Sitemap[Any]] | Sitemap[Any]]


def site_sections(now: datetime) -> Sections:
    """Return the parts of the sitemap at `now`."""
    return {
        "pages": PageSitemap(),
        "practitioners": PractitionerSitemap(),
        "conditions": ArticleSitemap(Condition, now=now),
        "treatments": ArticleSitemap(Treatment, now=now),
    }
