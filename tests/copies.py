"""Rows that many tests need, made once in each process and put back as copies of themselves."""

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from psycopg import sql

APPS = ("clinic", "conditions", "booking")
_rows = {}


def fill(make, **kwargs):
    """Fill the project's empty tables as `make(**kwargs)` does, which is called the first time only."""
    key = make, *kwargs.items()
    if key in _rows:
        _put_back(_rows[key])
    else:
        make(**kwargs)
        _rows[key] = _take_out()


def _take_out():
    """Return the rows of every table in PostgreSQL's own form, in the order of the tables."""
    with connection.cursor() as cursor:
        return [_read(cursor, table, columns) for table, columns in _tables()]


def _put_back(rows):
    """Put these rows into the tables, and go on counting after them."""
    with transaction.atomic(), connection.cursor() as cursor:
        # In any order: what tables demand of each other is checked at the end.
        for (table, columns), content in zip(_tables(), rows, strict=True):
            with cursor.copy(_copy(table, columns, "FROM STDIN")) as copy:
                copy.write(content)
        for statement in connection.ops.sequence_reset_sql(no_style(), list(_models())):
            cursor.execute(statement)


def _read(cursor, table, columns):
    with cursor.copy(_copy(table, columns, "TO STDOUT")) as copy:
        return b"".join(copy)


def _copy(table, columns, way):
    return sql.SQL("COPY {} ({}) " + way + " (FORMAT binary)").format(table, columns)


def _models():
    for name in APPS:
        yield from apps.get_app_config(name).get_models(include_auto_created=True)


def _tables():
    """Yield each table and its columns, without what PostgreSQL computes itself."""
    for model in _models():
        if model._meta.managed and not model._meta.proxy:
            fields = [f for f in model._meta.local_concrete_fields if not f.generated]
            columns = sql.SQL(", ").join(sql.Identifier(field.column) for field in fields)
            yield sql.Identifier(model._meta.db_table), columns
