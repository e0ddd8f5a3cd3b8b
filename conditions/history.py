"""Who did what to an article, as the admin's history and the log tell it."""

import logging
from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType

from .addresses import AnyArticle

logger = logging.getLogger(__name__)

type By = User | str
"""Who does it: a member of staff, or the name of a program such as "starter content"."""


def record(article: AnyArticle, words: str, *, by: By, now: datetime) -> None:
    """Write it into the article's history in the admin; of programs, which have none, the log."""
    if isinstance(by, str):
        logger.info("%s %s: %s By %s.", article.revision_field, article.pk, words, by)
        return
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(article, for_concrete_model=False),
        object_id=str(article.pk),
        object_repr=str(article)[:200],
        action_flag=CHANGE,
        change_message=words,
        action_time=now,
    )
