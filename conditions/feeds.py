"""The feed of what is new: the live edition of each article, newest first, as Atom."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from .addresses import absolute
from .models import Condition, Treatment

LENGTH = 20
# What XML 1.0 cannot hold, escaped or not. Source: its section 2.2.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# RFC 4151 wants a year in which the host name was the clinic's; ids must never change, so neither may it.
_TAG_YEAR = 2026


def write_feed(*, clinic_name: str, now: datetime) -> str:
    """Return the feed at `now`. It changes only when something is published or taken off."""
    name = _xml(clinic_name)
    feed = _Feed(
        title=f"{name}: new and changed pages",
        link=absolute(reverse("conditions:list")),
        description="",
        subtitle="Pages about symptoms, conditions and treatments, as they are published.",
        language="en-US",
        author_name=name,
        feed_url=absolute(reverse("conditions:feed")),
    )
    for article in _newest_editions(now):
        feed.add_item(
            title=_xml(article.live_title),
            link=absolute(article.get_absolute_url()),
            # Atom's generator marks it as HTML.
            description=escape(_xml(article.live_note or article.live_summary)),
            unique_id=_tag(article),
            updateddate=article.live_publish_at,
        )
    return feed.writeString("utf-8")


class _Feed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """Return when the newest entry was published; without any, a day that stays the same."""
        return super().latest_post_date() if self.items else datetime(_TAG_YEAR, 1, 1, tzinfo=UTC)


def _newest_editions(now: datetime) -> list[Any]:
    articles = [
        article
        for kind in (Condition, Treatment)
        for article in kind.objects.published(now)
        .annotate(
            live_publish_at=F("revisions__publish_at"),
            live_number=F("revisions__number"),
            live_note=F("revisions__note"),
        )
        .order_by("-live_publish_at", "pk")[:LENGTH]
    ]
    return sorted(articles, key=lambda article: article.live_publish_at, reverse=True)[:LENGTH]


def _tag(article: Any) -> str:
    """Return an id for this edition that stays when the article moves to another address."""
    host = urlsplit(settings.SITE_URL).hostname
    kind = article.revision_field
    return f"tag:{host},{_TAG_YEAR}:{kind}/{article.pk}/revision/{article.live_number}"


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)
