"""The words of each kind of message: a list of all of them, and a form with a preview for each."""

from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst

from booking.models import MessageWords
from booking.words import PLACEHOLDERS, WORDS, merged, words_for
from clinic.confirmation import ask_first, is_confirmed

from .audited import saw_list
from .wording import when_label
from .words_form import LinesWidget, WordsForm
from .words_preview import PreviewForm, may_preview, preview_view

CHANGE = "admin:booking_messagewords_change"


@admin.register(MessageWords)
class MessageWordsAdmin(admin.ModelAdmin):
    """All kinds, whether or not the clinic has words of its own. None is added or deleted."""

    purpose = "What patients read in each message, and your own words for it."
    when_empty = "Every message has its words from the start."

    form = WordsForm
    formfield_overrides = {models.TextField: {"widget": LinesWidget(attrs={"rows": 5})}}
    actions = None

    class Media:
        css = {"all": ("css/staff.css",)}

    def get_urls(self):
        preview = self.admin_site.admin_view(partial(preview_view, model_admin=self))
        name = "booking_messagewords_preview"
        return [path("<str:key>/preview/", preview, name=name), *super().get_urls()]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_object(self, request, object_id, from_field=None):
        """Return what counts now, also where there is no row: only `save_model` stores it."""
        if object_id not in WORDS:
            raise Http404
        own = super().get_object(request, object_id) or MessageWords(key=object_id)
        for part, text in vars(merged(object_id, own)).items():
            setattr(own, part, text)
        return own

    def get_fields(self, request, obj=None):
        return WORDS[obj.pk].parts

    def changelist_view(self, request, extra_context=None):
        """List every kind in order, with what it says now and since when."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        own, zone = MessageWords.objects.in_bulk(), ZoneInfo(settings.TIME_ZONE)
        rows = []
        for key, kind in WORDS.items():
            words, state = kind.default, "The default"
            if key in own:
                words = merged(key, own[key])
                state = f"Your own words, changed {when_label(own[key].changed_at, zone)}"
            url = reverse(CHANGE, args=[key])
            rows.append((url, kind.label, words.subject or words.opening, state))
        context = {
            **self.admin_site.each_context(request),
            "title": capfirst(self.opts.verbose_name_plural),
            "opts": self.opts,
            "rows": rows,
        }
        return TemplateResponse(request, "admin/booking/messagewords/change_list.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        own = self.get_object(request, object_id)
        if "_default" in request.POST and self.has_change_permission(request):
            return self._back_to_default(request, own)
        kind = WORDS[own.pk]
        context = {
            **(extra_context or {}),
            "title": f"Words of a message: {kind.label}",
            "subtitle": None,
            "label": kind.label,
            "is_default": words_for(own.pk) == kind.default,
            "placeholders": [(f"{{{name}}}", PLACEHOLDERS[name]) for name in kind.placeholders],
        }
        if may_preview(request, own.pk):
            chosen = {
                name: request.POST[name] for name in ("visit", "part") if name in request.POST
            }
            context["preview"] = PreviewForm(
                initial=chosen, key=own.pk, now=timezone.now(), user=request.user
            )
            if context["preview"].visits:
                saw_list(request.user, "visits to try words out on")
            context["preview_url"] = reverse("admin:booking_messagewords_preview", args=[own.pk])
        return super().change_view(request, object_id, form_url, context)

    def history_view(self, request, object_id, extra_context=None):
        own = self.get_object(request, object_id)
        label = WORDS[own.pk].label
        context = {"title": f"Change history: {label}", "label": label} | (extra_context or {})
        return super().history_view(request, object_id, context)

    def save_model(self, request, obj, form, change):
        if not form.has_changed():
            return
        own = {part: getattr(obj, part) for part in form.kind.parts}
        if any(own.values()):
            now = {"changed_at": timezone.now()}
            MessageWords.objects.update_or_create(pk=obj.pk, defaults=own | now)
        else:
            MessageWords.objects.filter(pk=obj.pk).delete()

    def log_change(self, request, obj, message):
        # The key alone would tell nobody what was changed.
        entry = super().log_change(request, obj, message)
        entry.object_repr = f"Words of a message: {WORDS[obj.pk].label}"
        entry.save(update_fields=["object_repr"])
        return entry

    def response_change(self, request, obj):
        label = WORDS[obj.pk].label
        self.message_user(
            request, f"“{label}” is saved. From now on it says this.", messages.SUCCESS
        )
        here = reverse(CHANGE, args=[obj.pk])
        there = reverse("admin:booking_messagewords_changelist")
        return HttpResponseRedirect(here if "_continue" in request.POST else there)

    def _back_to_default(self, request, own):
        """Ask first, with what changes; then the clinic has no words of its own for this kind."""
        kind, now = WORDS[own.pk], words_for(own.pk)
        if now != kind.default and not is_confirmed(request):
            changes = [
                (part, before, after)
                for part in kind.parts
                if (before := getattr(now, part)) != (after := getattr(kind.default, part))
            ]
            return ask_first(
                self,
                request,
                "admin/booking/messagewords/default_confirmation.html",
                chosen=[],
                title=f"{kind.label}: back to the default?",
                changes=changes,
            )
        with transaction.atomic():
            gone, _ = MessageWords.objects.filter(pk=own.pk).delete()
            if gone:
                self.log_change(request, own, "Back to the default.")
        words = "says what the default says." if gone else "said what the default says already."
        self.message_user(request, f"“{kind.label}” {words}", messages.SUCCESS)
        return HttpResponseRedirect(reverse(CHANGE, args=[own.pk]))
