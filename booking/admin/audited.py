"""Pages of the admin that show or change patients and visits, and note it in the audit.

What the admin's log is told of a change, the audit is told too: so whoever writes a new action
logs it as ever, in the transaction of the change, and has it in both.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from booking import audit
from booking.models import (
    Appointment,
    AuditKind,
    LegalHold,
    Message,
    MoveRequest,
    Patient,
    WaitlistEntry,
)


def saw(user: Any, records: Iterable[Any], page: str) -> None:
    """Note that the user saw the records, each with its own entry, on this page."""
    _note(user, AuditKind.SAW, records, f", {page}")


def changed(user: Any, record: Any, words: str) -> None:
    """Note a change. `words` says what was done, never what a patient wrote."""
    _note(user, AuditKind.CHANGED, [record], f": {words}")


def saw_list(user: Any, words: str) -> None:
    """Note that the user saw many at once: one entry, without their numbers."""
    audit.note(user, AuditKind.SAW, words=words, now=timezone.now())


def _note(user: Any, kind: AuditKind, records: Iterable[Any], words: str) -> None:
    by_words: dict[str, list[tuple[Patient | None, Appointment | None]]] = {}
    for record in records:
        patient, visit = _about(record)
        name = str(record._meta.verbose_name)
        # The visit's own number stands beside it.
        name = name if record in (patient, visit) else f"{name} {record.pk}"
        by_words.setdefault(f"{name}{words}", []).append((patient, visit))
    for note, seen in by_words.items():
        audit.note_many(user, kind, seen, words=note, now=timezone.now())


def _about(record: Any) -> tuple[Patient | None, Appointment | None]:
    if isinstance(record, Appointment):
        return None, record
    if isinstance(record, Patient):
        return record, None
    if isinstance(record, LegalHold):
        return record.patient, None
    if isinstance(record, Message | MoveRequest | WaitlistEntry):
        return None, record.appointment
    return None, None


class LooksAudited(admin.ModelAdmin):
    """A ModelAdmin whose lists and pages name patients or visits: who looks is noted."""

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        if cl := (getattr(response, "context_data", None) or {}).get("cl"):
            saw_list(request.user, f"list of {self.opts.verbose_name_plural}, page {cl.page_num}")
        return response

    def response_action(self, request, queryset, *args, **kwargs):
        response = super().response_action(request, queryset, *args, **kwargs)
        # Django's own question before it deletes. Our actions note themselves whom theirs show.
        chosen = (getattr(response, "context_data", None) or {}).get("queryset")
        if chosen is not None:
            saw(request.user, chosen, "before it is deleted")
        return response

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            saw(request.user, [obj], "its page")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def render_delete_form(self, request, context):
        saw(request.user, [context["object"]], "before it is deleted")
        return super().render_delete_form(request, context)

    def history_view(self, request, object_id, extra_context=None):
        response = super().history_view(request, object_id, extra_context)
        if shown := (getattr(response, "context_data", None) or {}).get("object"):
            saw(request.user, [shown], "its history")
        return response


class Audited(LooksAudited):
    """The same, and what the admin's log is told of a change is noted too."""

    def log_addition(self, request, obj, message):
        entry = super().log_addition(request, obj, message)
        changed(request.user, obj, _words_of(message))
        return entry

    def log_change(self, request, obj, message):
        entry = super().log_change(request, obj, message)
        changed(request.user, obj, _words_of(message))
        return entry

    def log_deletions(self, request, queryset):
        entries = super().log_deletions(request, queryset)
        for record in queryset:
            changed(request.user, record, "Deleted.")
        return entries


def leave_out_name(entry: LogEntry, kind: str) -> None:
    """Name a record in the admin's log by its kind and number alone.

    One's own last changes stay on the first page, whatever one may see by then.
    """
    entry.object_repr = f"{kind} {entry.object_id}"
    entry.save(update_fields=["object_repr"])


def _words_of(message: Any) -> str:
    """Return in words what the admin's log is told: the names of fields, not what is in them."""
    if isinstance(message, str):
        return message
    return str(LogEntry(change_message=json.dumps(message)).get_change_message())
