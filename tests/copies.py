"""Rows of a database, taken out once and put back for each test that needs the same ones."""

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, transaction
from psycopg import sql


def take_out():
    """Return the rows of every table in PostgreSQL's own form, in the order of the tables."""
    with connection.cursor() as cursor:
        return [_read(cursor, table, columns) for table, columns in _tables()]


def put_back(rows):
    """Fill the tables with these rows instead of theirs, and go on counting after them."""
    with transaction.atomic(), connection.cursor() as cursor:
        # In any order: what tables demand of each other is checked at the end.
        for (table, columns), content in zip(_tables(), rows, strict=True):
            cursor.execute(sql.SQL("DELETE FROM {}").format(table))
            with cursor.copy(_copy(table, columns, "FROM STDIN")) as copy:
                copy.write(content)
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)
    # It remembers the numbers of the rows before.
    ContentType.objects.clear_cache()


def _read(cursor, table, columns):
    with cursor.copy(_copy(table, columns, "TO STDOUT")) as copy:
        return b"".join(copy)


def _copy(table, columns, way):
    return sql.SQL("COPY {} ({}) " + way + " (FORMAT binary)").format(table, columns)


def _tables():
    """Yield each table and its columns, without what PostgreSQL computes itself."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            fields = [f for f in model._meta.local_concrete_fields if not f.generated]
            columns = sql.SQL(", ").join(sql.Identifier(field.column) for field in fields)
            yield sql.Identifier(model._meta.db_table), columns
