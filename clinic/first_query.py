"""The first query of a request, which also tells whether the database connection still lives."""

from collections.abc import Sequence
from typing import Any

from django.db import OperationalError, connection


def ask_first(query: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...]:
    """Return the one row that a query gives.

    A connection that the database has closed meanwhile is opened again, so Django need not ask
    before whether it is there.
    """
    connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs leave it out
    try:
        return _ask(query, parameters)
    except OperationalError:
        if connection.in_atomic_block:
            raise
        connection.close()
        return _ask(query, parameters)


def _ask(query: str, parameters: Sequence[Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return tuple(cursor.fetchone())
