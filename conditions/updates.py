"""What visitors lose and get when pages are brought up to date: shown first, then done as shown."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from .addresses import AnyArticle
from .differences import Change, differences
from .documents import Document
from .history import By
from .models import Revision
from .publishing import editions, republish, with_review_day
from .shared_facts import SharedFacts


@dataclass(frozen=True)
class Update:
    """An edition, live or still to appear, and the document that takes its place.

    No edition: the article is off the site.
    """

    article: AnyArticle
    edition: Revision | None
    document: Document

    @property
    def changes(self) -> list[Change]:
        """What differs, piece by piece."""
        return differences(self.edition.document, self.document) if self.edition else []


class ChangedMeanwhile(Exception):
    """The update would bring something else than what was shown."""


def updates_of(articles: Iterable[AnyArticle], *, now: datetime) -> list[Update]:
    """Return what `republish` would do, in its order and in a number of queries that never grows."""
    facts = SharedFacts.load()
    chosen = {(article.revision_field, article.pk): article for article in articles}
    updates = []
    for edition in editions(now).order_by("publish_at", "number"):
        own = edition.condition or edition.treatment
        article = chosen.get((own.revision_field, own.pk)) if own else None
        if own is None or article is None:
            continue
        fresh = facts.refresh(edition.document, of=own)
        if fresh != edition.document:
            updates.append(Update(article, edition, with_review_day(fresh, own)))
    return sorted(updates, key=lambda update: (update.article.revision_field, update.article.pk))


def digest_of(updates: Iterable[Update]) -> str:
    """Return a short text that stands for just these updates: of these editions, to these words."""
    shown = [(update.edition and update.edition.pk, update.document) for update in updates]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


def update_as_shown(
    articles: Sequence[AnyArticle], shown: str, *, by: By, now: datetime
) -> list[Revision]:
    """Bring pages up to date if that does what the digest `shown` stands for, all or none.

    Raises ChangedMeanwhile if not, and NotPublishable as `republish` does.
    """
    with transaction.atomic():
        updates = updates_of(articles, now=now)
        if digest_of(updates) != shown:
            raise ChangedMeanwhile
        revisions = republish(articles, by=by, now=now)
        # Somebody may have saved a fact since it was compared: no lock holds all of them.
        if [new.document for new in revisions] != [update.document for update in updates]:
            raise ChangedMeanwhile
        return revisions
