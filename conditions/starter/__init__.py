"""The starter content: files beside this one, put in once. What staff changed stays."""

from datetime import datetime, timedelta
from pathlib import Path

from conditions.models import Article, Condition, Treatment
from conditions.publishing import NotPublishable, publish
from conditions.transfer import import_content, read_content

FOLDER = Path(__file__).parent
BY = "Starter content"
FIRST_REVIEW_IN = timedelta(days=365)


def load(*, now: datetime) -> list[Article]:
    """Add the articles that are missing, publish those at `now`, and return them.

    An article, remedy or red flag that exists is left as it is, its parts included, and so are
    the drafts of staff. Safe to run again; all or nothing.
    """
    content = read_content(FOLDER)
    due_on = (now + FIRST_REVIEW_IN).date().isoformat()
    for entry in (*content.treatments, *content.conditions):
        entry.setdefault("review_due_on", due_on)
    report = import_content(content)
    added = [record for record in report.added if isinstance(record, Treatment | Condition)]
    return [article for article in added if _is_published(article, now=now)]


def _is_published(article: Treatment | Condition, *, now: datetime) -> bool:
    """Publish a new article. It stays a draft if it offers a treatment that staff took off."""
    try:
        publish(article, by=BY, now=now, note="The first edition.")
    except NotPublishable:
        return False
    return True
