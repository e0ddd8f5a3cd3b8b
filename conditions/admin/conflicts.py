"""Two people who edit the same record: the second is told, and keeps what was typed."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Case, When
from django.forms.models import _get_foreign_key, model_to_dict
from django.template.response import TemplateResponse
from django.utils import timezone

from .merging import Rows, digests, merge, sent_values
from .typed import changes_over, names_of, rows_kept, typed_words

NEW = "new"
# No form was opened before; and PostgreSQL cannot reckon with every year that Python can.
FIRST_YEAR, LAST_YEAR = 2000, 2200


@dataclass
class Conflict:
    """What happened to a record while somebody had its form open."""

    present: str  # names the version that "Save mine over it" would replace
    is_deleted: bool
    is_accepted: bool
    by: object = None  # the person who changed it, if the log knows
    at: datetime | None = None
    words: str = ""  # what the log says of it
    clashes: list[str] = field(default_factory=list)  # what both changed, each in another way
    has_mine: bool = True  # whether the form says anything that the record does not say already


class OpenedField(forms.CharField):
    """Carries which version of the record the form was opened with; refuses to save over another."""

    widget = forms.HiddenInput

    def __init__(self, *, conflict, **kwargs):
        super().__init__(required=False, **kwargs)
        self.conflict = conflict

    def clean(self, value):
        """Refuse the form while there is a conflict that nobody decided."""
        if self.conflict and not self.conflict.is_accepted:
            raise ValidationError("This was changed while you had it open.")
        return super().clean(value)

    def has_changed(self, initial, data):
        """Leave the version out of what the history says was changed."""
        return False


class GuardedAdmin(admin.ModelAdmin):
    """A form that keeps what others saved meanwhile, and asks where both changed the same."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        # Whoever comes second waits here, and then sees what the first one saved.
        with transaction.atomic():
            if self._lock(object_id) or "opened" not in request.POST:
                return super().changeform_view(request, object_id, form_url, extra_context)
            if not self.has_add_permission(request):
                return self._show_typed(request)
            return super().changeform_view(request, None, form_url, extra_context)

    def _lock(self, object_id):
        """Lock the record's row; return whether there is one."""
        try:
            pk = self.opts.pk.to_python(unquote(object_id))
        except ValidationError:
            return False
        rows = self.model.objects.select_for_update(no_key=True)
        return rows.filter(pk=pk).first() is not None

    def _show_typed(self, request):
        """Show what was typed into the form of a record that is gone, to someone who can't add one."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "This was deleted while you had it open",
            "opts": self.opts,
            "typed": typed_words(request.POST),
        }
        return TemplateResponse(request, "admin/conditions/deleted.html", context)

    def get_fields(self, request, obj=None):
        # The template prints it, above all others.
        return [name for name in super().get_fields(request, obj) if name != "opened"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        present = self._present(request, obj, form.base_fields) if obj else None
        opened = {"at": timezone.now().isoformat(), "parts": digests(*present)} if present else None
        form.base_fields["opened"] = OpenedField(
            initial=json.dumps(opened) if opened else "",
            conflict=self._conflict(request, obj, form.base_fields, present),
        )
        return form

    def _conflict(self, request, obj, fields, present):
        """Merge what was sent with what others saved; return what somebody has to decide, or None."""
        posted = request.POST.get("opened", "") if request.method == "POST" else ""
        if request.method != "POST" or (obj is None and not posted):
            return None
        at, parts = _read(posted)
        parts_now = digests(*present) if present else {}
        if obj is not None and parts == parts_now:
            return None
        merged = self._merge(request, parts, fields, present) if obj else None
        token = _digest(parts_now) if obj else NEW
        object_id = str(obj.pk) if obj else request.resolver_match.kwargs.get("object_id", "")
        entry = self._last_change(unquote(object_id), since=at)
        request.merged_with = entry.user if entry else None
        # A form that says the same as the record, or of which nothing is known, is told of too.
        if merged and parts and merged.has_mine and not merged.clashes:
            return None
        return Conflict(
            present=token,
            is_deleted=obj is None,
            is_accepted=request.POST.get("save_over") == token,
            by=entry.user if entry else None,
            at=entry.action_time if entry else None,
            words=entry.get_change_message() if entry else "",
            clashes=merged.clashes if merged else [],
            has_mine=merged is None or merged.has_mine,
        )

    def _merge(self, request, parts, fields, present):
        record, lists = present
        merged = merge(request.POST, parts, record, fields, lists)
        request.POST = merged.data
        request.merged = merged
        return merged

    def _last_change(self, object_id, *, since):
        """Return the newest entry of the record's history since the form was opened, or None."""
        entries = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(self.model, for_concrete_model=False),
            object_id=object_id,
        )
        entries = entries.filter(action_time__gte=since) if since else entries
        return entries.select_related("user").order_by("-action_time").first()

    def _present(self, request, obj, fields):
        """Return what the form of the record would send now: its own fields, and rows of lists."""
        lists = []
        for inline in self.get_inline_instances(request, obj):
            if inline.has_change_permission(request, obj):
                formset = inline.get_formset(request, obj)
                shown = {
                    name: each
                    for name, each in formset.form.base_fields.items()
                    if name not in ("id", "DELETE", _key(inline).name)
                }
                rows = {
                    str(row.pk): sent_values(shown, model_to_dict(row, fields=shown))
                    for row in _rows(inline, request, obj)
                }
                lists.append(Rows(formset.get_default_prefix(), shown, rows))
        return sent_values(fields, model_to_dict(obj, fields=fields)), lists

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """Keep rows that somebody else deleted meanwhile: they come back as new ones."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if "data" not in kwargs:
            return kwargs
        there = {str(row.pk): row.pk for row in _rows(inline, request, obj)} if obj.pk else {}
        lost_parent = "" if obj.pk else _key(inline).name
        merged = getattr(request, "merged", None)
        dropped = merged.dropped.get(prefix, frozenset()) if merged else frozenset()
        kwargs["data"], posted = rows_kept(
            kwargs["data"], prefix, there, lost_parent=lost_parent, dropped=dropped
        )
        if posted:
            # The admin pairs forms and rows by their order, which may have changed too.
            order = Case(*(When(pk=pk, then=place) for place, pk in enumerate(posted)))
            kwargs["queryset"] = kwargs["queryset"].filter(pk__in=posted).order_by(order)
        return kwargs

    def save_related(self, request, form, formsets, change):
        """Save; say what somebody else changed meanwhile and is kept."""
        merged = getattr(request, "merged", None)
        if merged and merged.theirs:
            user = getattr(request, "merged_with", None)
            who = (user.get_full_name() or user.get_username()) if user else "Somebody"
            names = "; ".join(names_of(merged.theirs, form, formsets))
            words = f"{who} changed this too while you had it open. Kept from them: {names}."
            self.message_user(request, words, messages.WARNING)
        super().save_related(request, form, formsets, change)

    def render_change_form(self, request, context, *args, **kwargs):
        opened = context["adminform"].form.fields["opened"]
        if opened.conflict:
            form = context["adminform"].form
            # The page tells of it at length; "Correct the error below" would lead nowhere.
            told = form.errors.get("opened")
            context["errors"] = [error for error in context["errors"] if error is not told]
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            context["conflict"] = opened.conflict
            context["changes"] = changes_over(opened.conflict.clashes, form, formsets)
            context["is_own"] = opened.conflict.by == request.user
            context["is_publishing"] = bool({"_publish", "_schedule"} & request.POST.keys())
            if not opened.conflict.has_mine:
                # There is nothing to decide: sent again, it is the form of the present version.
                form.data = form.data.copy()
                form.data["opened"] = opened.initial
        return super().render_change_form(request, context, *args, **kwargs)


def _rows(inline, request, obj):
    """Return the rows that an inline shows of a record."""
    lists = [relation.name for relation in inline.opts.many_to_many]
    rows = inline.get_queryset(request).filter(**{_key(inline).name: obj})
    return rows.prefetch_related(*lists)


def _key(inline):
    """Return the field by which a row points at its record."""
    return _get_foreign_key(inline.parent_model, inline.model, fk_name=inline.fk_name)


def _digest(value):
    text = json.dumps(value, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _read(posted):
    """Return when the form was opened and with which parts; nothing if that can't be read."""
    try:
        opened = json.loads(posted)
        at, parts = datetime.fromisoformat(opened["at"]), dict(opened["parts"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None, {}
    if not all(isinstance(text, str) for part in parts.items() for text in part):
        return None, {}
    return (at if timezone.is_aware(at) and FIRST_YEAR < at.year < LAST_YEAR else None), parts
