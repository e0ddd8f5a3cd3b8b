"""Whose turn it is to write an article, and when that is."""

from datetime import datetime, timedelta
from typing import Any

from .addresses import AnyArticle

# No request lasts longer, so that what is further ahead is a clock that was wrong.
LONGEST_WAIT = timedelta(seconds=30)


def row_of(article: AnyArticle) -> Any:
    """Return the article's row, locked until the transaction ends when it is read."""
    return type(article).objects.select_for_update(no_key=True).filter(pk=article.pk)


def hold(article: AnyArticle, *, now: datetime) -> datetime:
    """Wait for the article's row, keep it until the transaction ends, and return the moment.

    Read the rest after that: a statement that waits reads all other rows as of before the wait.
    The moment is `now`, but not before what was written meanwhile: a revision that is older than
    another never shows, and one that is older than the end of the page does not bring it back.
    """
    updated_at = row_of(article).values_list("updated_at", flat=True).get()
    revisions = article.revisions.order_by("-number")
    created_at = revisions.values_list("created_at", flat=True).first()
    meanwhile = (at for at in (updated_at, created_at) if at and at - now <= LONGEST_WAIT)
    return max([now, *meanwhile])
