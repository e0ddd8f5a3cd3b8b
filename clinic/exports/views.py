"""The pages of exports: what will be in the file, how far it is, and the file. Each for its owner."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.exports.columns import columns_of
from clinic.exports.jobs import DIED, write_export
from clinic.exports.lists import (
    MAY_EXPORT,
    UnknownFilters,
    check_may_export,
    find_admin,
    is_searched,
    rows_of,
    without_search,
)
from clinic.exports.writing import note_failed, path_of, write
from clinic.models import Export, ExportFormat, ExportState
from clinic.models.export import OF_PERSONS

# So few are written while the browser waits.
AT_ONCE = 500
TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, app_label: str, model_name: str) -> HttpResponseBase:
    """Say what will be in the file; a POST writes it, at once or in the background."""
    model_admin = find_admin(f"{app_label}.{model_name}")
    check_may_export(request, model_admin)
    opts = model_admin.opts
    list_url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    try:
        rows = rows_of(model_admin, request)
    except UnknownFilters:
        words = "The list cannot be narrowed down like this. Choose its filters anew."
        messages.warning(request, words)
        return redirect(list_url)
    count = rows.queryset.count()
    wanted = request.POST.get("format", "")
    if wanted in ExportFormat.values:
        found = (
            list(rows.queryset.values_list("pk", flat=True)) if is_searched(request.GET) else None
        )
        export = Export(
            by=_user(request),
            model=opts.label_lower,
            parameters=without_search(request.GET),
            found=found,
            format=wanted,
            rows_all=count,
            made_at=timezone.now(),
        )
        return _begin(request, export)
    if request.method == "POST":
        messages.warning(request, "Choose CSV or Excel.")
    context = {
        "title": f"Export: {opts.verbose_name_plural}",
        "opts": opts,
        "list_url": f"{list_url}?{request.GET.urlencode()}".rstrip("?"),
        "count": count,
        "count_words": f"{count:,}",
        "filters": rows.filters,
        "is_searched": is_searched(request.GET),
        "columns": [column.heading for column in columns_of(model_admin, request)],
        "is_long": count > AT_ONCE,
        "names_persons": opts.label_lower in OF_PERSONS,
    }
    return _page(request, "start", context)


def _begin(request: HttpRequest, export: Export) -> HttpResponseBase:
    if export.rows_all <= AT_ONCE:
        export.save()
        write(export)
        export.refresh_from_db()
        if export.state == ExportState.DONE:
            return _file(export)
        return redirect("export-progress", export.pk)
    now = timezone.now()
    note_failed(_own(request).silent(now), DIED, now=now)
    other = _own(request).unfinished().first()
    if other is not None:
        words = "This export of yours is not done. Wait for it, or stop it, before the next."
        messages.warning(request, words)
        return redirect("export-progress", other.pk)
    with transaction.atomic():
        export.save()
        write_export.defer(pk=export.pk)
    return redirect("export-progress", export.pk)


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """List the user's own exports of the last day."""
    exports = [(export, _name_of(export)) for export in _own(request)]
    return _page(request, "own", {"title": "Your exports", "exports": exports})


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far it is, and the file once it is there."""
    export = get_object_or_404(_own(request), pk=pk)
    if export.is_silent(timezone.now()):
        # As the worker's next round notes it, if there still is a worker.
        export.state, export.problem = ExportState.FAILED, DIED
    context = {
        "title": f"Export: {_name_of(export)}",
        "export": export,
        "rows_done": f"{export.rows_done:,}",
        "rows_all": f"{export.rows_all:,}",
    }
    response = _page(request, "progress", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it. Whoever writes it sees so within some rows, and deletes the file."""
    export = get_object_or_404(_own(request), pk=pk)
    stopped = Export.objects.filter(pk=export.pk).unfinished()
    if not stopped.update(state=ExportState.STOPPED, finished_at=timezone.now()):
        messages.warning(request, "It was over already.")
    return redirect("export-progress", pk)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Begin anew with one that failed or was stopped."""
    old = get_object_or_404(_own(request), pk=pk)
    check_may_export(request, find_admin(old.model))
    return _begin(
        request,
        Export(
            by=old.by,
            model=old.model,
            parameters=old.parameters,
            found=old.found,
            format=old.format,
            rows_all=old.rows_all,
            made_at=timezone.now(),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def download(request: HttpRequest, pk: int) -> FileResponse:
    """Hand the file to its owner, who may still do all that they might when it was written."""
    export = get_object_or_404(_own(request), pk=pk, state=ExportState.DONE)
    check_may_export(request, find_admin(export.model))
    if not request.user.is_active or not set(export.rights) <= request.user.get_all_permissions():
        raise PermissionDenied
    return _file(export)


def _file(export: Export) -> FileResponse:
    try:
        file = path_of(export).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    name = slugify(_name_of(export))
    day = timezone.localdate(export.made_at).isoformat()
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{name}-{day}.{export.format}",
        content_type=TYPES[ExportFormat(export.format)],
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )


def _user(request: HttpRequest) -> Any:
    """Return who is signed in, which the admin asks for before any of these pages."""
    return request.user


def _own(request: HttpRequest) -> Any:
    """Return the user's exports that are not a day old."""
    if not request.user.has_perm(MAY_EXPORT):
        raise PermissionDenied
    exports = Export.objects.filter(by=_user(request)).select_related("by")
    return exports.exclude(pk__in=Export.objects.old(timezone.now()))


def _name_of(export: Export) -> str:
    return str(find_admin(export.model).opts.verbose_name_plural)


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> TemplateResponse:
    context = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, f"admin/exports/{name}.html", context)
