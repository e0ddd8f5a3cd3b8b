"""Whose turn it is to write an article."""

from typing import Any

from .addresses import AnyArticle


def row_of(article: AnyArticle) -> Any:
    """Return the article's row, locked until the transaction ends when it is read."""
    return type(article).objects.select_for_update(no_key=True).filter(pk=article.pk)


def hold(article: AnyArticle) -> None:
    """Wait for the article's row, and keep it until the transaction ends. Read the rest after that.

    A statement that waits for a row reads all others as they were before it waited.
    """
    row_of(article).values_list("pk").get()
