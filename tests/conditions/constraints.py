"""What the database refuses."""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection


def breaks(constraint):
    return pytest.raises(IntegrityError, match=f"conditions_{constraint}")


@contextmanager
def before(*rules):
    """Take rules for revisions away for a while, as it was when older editions were published."""
    names = [f"conditions_revision_{rule}" for rule in rules]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = ANY(%s)",
            [names],
        )
        definitions = dict(cursor.fetchall())
        for name in names:
            cursor.execute(f"ALTER TABLE conditions_revision DROP CONSTRAINT {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name, definition in definitions.items():
            cursor.execute(f"ALTER TABLE conditions_revision ADD CONSTRAINT {name} {definition}")
