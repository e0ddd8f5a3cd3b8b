"""Writes an export's file: row by row, and only what its owner may see at this moment."""

import os
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from booking import audit
from booking.models import AuditKind
from clinic.exports.cells import CsvSheet, XlsxSheet
from clinic.exports.columns import columns_of
from clinic.exports.lists import (
    UnknownFilters,
    check_may_export,
    find_admin,
    request_as,
    rows_of,
)
from clinic.models import Export, ExportFormat, ExportState
from clinic.models.export import OF_PERSONS, folder

ROWS_AT_ONCE = 500
# How often the page that waits hears of it, and a stop is seen.
ROWS_BETWEEN_NEWS = 250
NOT_ALLOWED = "You may not see this list, or not export it, any more."
NO_SUCH_LIST = "This list can no longer be narrowed down like this."


class Stopped(Exception):
    """Somebody stopped it: nothing is left of the file."""


class Interrupted(Exception):
    """The program that writes has to end."""


def path_of(export: Export) -> Path:
    return folder() / export.file_name


def rows_for(export: Export) -> QuerySet[Any]:
    """Return the rows that the export's owner sees now. Raises PermissionDenied, UnknownFilters."""
    model_admin = find_admin(export.model)
    request = request_as(export.by, export.parameters)
    check_may_export(request, model_admin)
    if export.found is None:
        return rows_of(model_admin, request).queryset
    # Filters may read differently beside a search, so what it found stands for all of them.
    queryset = model_admin.get_queryset(request).filter(pk__in=export.found)
    queryset = queryset.order_by(*(model_admin.get_ordering(request) or ()), "pk")
    related = model_admin.get_list_select_related(request)
    return queryset.select_related(*related) if isinstance(related, list | tuple) else queryset


def write(export: Export, *, is_ending: Callable[[], bool] = lambda: False) -> None:
    """Write the file, or note why it cannot be. Safe to call for one that somebody stopped."""
    if not _take(export):
        return
    path = path_of(export)
    try:
        queryset = rows_for(export)
        export.rows_all = queryset.count()
        _tell(export)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as file:
            _write_rows(export, queryset, file, is_ending)
        _finish(export)
    except Stopped:
        path.unlink(missing_ok=True)
    except (PermissionDenied, Http404):
        _fail(export, path, NOT_ALLOWED)
    except UnknownFilters:
        _fail(export, path, NO_SUCH_LIST)
    except Interrupted:
        _fail(export, path, "The site was restarted meanwhile.")
    except BaseException:
        _fail(export, path, "The site could not write it. The operator finds why in the log.")
        raise


def _write_rows(
    export: Export, queryset: QuerySet[Any], file: IO[bytes], is_ending: Callable[[], bool]
) -> None:
    model_admin = find_admin(export.model)
    columns = columns_of(model_admin, request_as(export.by, export.parameters))
    headings = [column.heading for column in columns]
    zone = ZoneInfo(settings.TIME_ZONE)
    sheet: CsvSheet | XlsxSheet
    if export.format == ExportFormat.CSV:
        sheet = CsvSheet(file, zone, headings)
    else:
        sheet = XlsxSheet(file, zone, headings, folder=str(folder()))
    try:
        for number, record in enumerate(_records(queryset), start=1):
            sheet.add(column.read(record) for column in columns)
            if number % ROWS_BETWEEN_NEWS == 0:
                if is_ending():
                    raise Interrupted
                export.rows_done = number
                export.rows_all = max(export.rows_all, number)
                _tell(export)
            export.rows_done = number
    finally:
        sheet.close()
    export.rows_all = export.rows_done


def _records(queryset: QuerySet[Any]) -> Iterator[Any]:
    """Return the records in the list's order, a few at a time in memory.

    Their numbers come from a cursor of the server; what columns need besides, for many at once.
    """
    numbers = queryset.values_list("pk", flat=True).iterator(chunk_size=ROWS_AT_ONCE)
    for some in batched(numbers, ROWS_AT_ONCE):
        found = {one.pk: one for one in queryset.filter(pk__in=some).fetch_mode(models.FETCH_PEERS)}
        yield from (found[pk] for pk in some if pk in found)


def _take(export: Export) -> bool:
    """Begin, unless somebody stopped it or another worker has begun."""
    export.file_name = f"{secrets.token_urlsafe(32)}.{export.format}"
    waiting = Export.objects.filter(pk=export.pk, state=ExportState.WAITING)
    working = {"state": ExportState.WORKING, "heard_at": timezone.now()}
    return bool(waiting.update(file_name=export.file_name, **working))


def _tell(export: Export) -> None:
    """Say how far it is. Raises Stopped if somebody stopped it meanwhile."""
    working = Export.objects.filter(pk=export.pk, state=ExportState.WORKING)
    if not working.update(
        rows_done=export.rows_done, rows_all=export.rows_all, heard_at=timezone.now()
    ):
        raise Stopped


@transaction.atomic
def _finish(export: Export) -> None:
    """Note that it is done; of a list of persons in the audit, too."""
    now = timezone.now()
    rights = sorted(export.by.get_all_permissions())
    working = Export.objects.filter(pk=export.pk, state=ExportState.WORKING)
    if not working.update(
        state=ExportState.DONE,
        rights=rights,
        rows_done=export.rows_done,
        rows_all=export.rows_all,
        finished_at=now,
    ):
        raise Stopped
    if export.model in OF_PERSONS:
        audit.note(export.by, AuditKind.EXPORTED, words=audit_words(export), now=now)


def audit_words(export: Export) -> str:
    """Return which list was taken out, and how much of it."""
    name = find_admin(export.model).opts.verbose_name_plural
    rows = f"{export.rows_done:,} row{'' if export.rows_done == 1 else 's'}"
    return f"list of {name}, {rows}, {export.get_format_display()}"


def _fail(export: Export, path: Path, problem: str) -> None:
    path.unlink(missing_ok=True)
    note_failed(Export.objects.filter(pk=export.pk).unfinished(), problem, now=timezone.now())


def note_failed(exports: QuerySet[Export], problem: str, *, now: datetime) -> None:
    """Note that these failed, and why, in a sentence for whoever waits."""
    exports.update(state=ExportState.FAILED, problem=problem, finished_at=now)
