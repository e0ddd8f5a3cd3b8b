"""Rows that many tests need, made once in each process and put back as copies of themselves."""

from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from psycopg import sql

APPS = ("clinic", "conditions", "booking")
_rows = {}


def fill(make, **kwargs):
    """Fill the project's empty tables as `make(**kwargs)` does, which is called the first time only."""
    key = make, *kwargs.items()
    if key not in _rows:
        make(**kwargs)
        _rows[key] = _take_out(_ours())
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            # In any order: what tables demand of each other is checked at the end.
            _put_back(cursor, _rows[key])
            cursor.execute(_go_on_counting())
    if connection.in_atomic_block:
        # Or each of the tests that share these rows would check all of them again, when it ends.
        connection.check_constraints()


@contextmanager
def taken_back(blocker):
    """Let a fixture of a whole file make rows in this block, which its end takes back.

    `blocker` is pytest-django's; no test of the file may change or commit anything of these rows.
    """
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def empty(flush):
    """Leave in the tables what `flush` leaves, which is called the first time only.

    It makes some sixty tables anew, and every permission: for longer than most tests run.
    """
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")  # or some tables refuse that rows are deleted
        if cursor.fetchone() != ("on",):
            flush()
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")  # which Django knows nothing of
            return
    if empty not in _rows:
        flush()
        _rows[empty] = _take_out(_djangos())
    tables = sql.SQL(", ").join(_all())
    with transaction.atomic(), connection.cursor() as cursor:
        # Whoever still writes has to end first, such as a request whose answer nobody waited for.
        cursor.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(tables))
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql.SQL("; ").join(map(sql.SQL("DELETE FROM {}").format, _all())))
        _put_back(cursor, _rows[empty])


def _take_out(tables):
    """Return the rows of these tables in PostgreSQL's own form."""
    with connection.cursor() as cursor:
        return [(table, _read(cursor, table)) for table in tables if _has_rows(cursor, table)]


def _put_back(cursor, rows):
    for table, content in rows:
        with cursor.copy(_copy(table, "FROM STDIN")) as copy:
            copy.write(content)


def _has_rows(cursor, table):
    cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(table))
    return cursor.fetchone()[0]


def _read(cursor, table):
    with cursor.copy(_copy(table, "TO STDOUT")) as copy:
        return b"".join(copy)


def _copy(table, way):
    """Return the statement. Without names of columns it leaves out what PostgreSQL computes."""
    return sql.SQL("COPY {} " + way + " (FORMAT binary)").format(table)


@cache
def _ours():
    tables = [m._meta.db_table for m in _models() if m._meta.managed and not m._meta.proxy]
    # Has its row from the beginning.
    tables.remove("clinic_sealingcheck")
    return [sql.Identifier(table) for table in tables]


def _djangos():
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [sql.Identifier(table) for table in tables]


@cache
def _all():
    """Return every table, those of the queue too, but the one that says how the others were made."""
    tables = set(connection.introspection.table_names()) - {"django_migrations"}
    return [sql.Identifier(table) for table in sorted(tables)]


@cache
def _go_on_counting():
    return ";".join(connection.ops.sequence_reset_sql(no_style(), list(_models())))


def _models():
    for name in APPS:
        yield from apps.get_app_config(name).get_models(include_auto_created=True)
