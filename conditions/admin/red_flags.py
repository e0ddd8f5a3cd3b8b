"""Red flags: clinical reviewers write them, articles and the safety questions share them."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Case, When
from django.utils import timezone
from django.utils.html import format_html

from clinic.forms import LinesField
from clinic.help import LeadsBack
from conditions.models import RedFlag
from conditions.publishing import count_uses
from conditions.signing import SIGN

from .shared import SharedFactAdmin

SHOWN_IN_SEARCH = {"label", "statement", "level", "is_active", "search_words"}


class RedFlagForm(forms.ModelForm):
    class Meta:
        field_classes = {"search_words": LinesField}
        help_texts = {
            "is_global": "Asked whatever page the person came from, and shown in every article.",
            "search_words": (
                "One phrase a line, as worried people write it: can't speak. Whoever searches for "
                "one sees first that it is an emergency, or that it must be seen today, as the "
                "level says. No words that are harmless alone: “cut myself -shaving” means not next "
                "to shaving, and “took # pills” means many of them. The search shows the sign from "
                "the moment you save it, also if no article does."
            ),
        }


@admin.register(RedFlag)
class RedFlagAdmin(LeadsBack, SharedFactAdmin):
    purpose = "Warning signs that articles show and that every booking asks about first."
    when_empty = "Nobody can book while there is none. Add the signs that are asked first."
    deleting = "Nobody is asked about this sign any more. Live pages show it until you update them."
    cannot_delete = "Articles use it, so it stays. Take it out of them first, or untick “in use”."
    form = RedFlagForm
    list_display = ["label", "code", "level", "is_global", "is_active", "version", "old_words"]
    list_filter = ["level", "is_global", "is_active"]
    search_fields = ["code", "label", "statement", "question"]
    autocomplete_fields = ["sources"]
    readonly_fields = ["version"]
    uses_template = "admin/conditions/red_flag_pages.html"
    fields = [
        "code",
        "label",
        "statement",
        "question",
        "level",
        "is_global",
        "is_active",
        "position",
        "search_words",
        "sources",
        "reviewed_by",
        "reviewed_on",
        "version",
        "live_pages",
    ]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and request.user.has_perm(SIGN)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and request.user.has_perm(SIGN)

    def get_queryset(self, request):
        shown, outdated = (
            Case(*(When(code=code, then=count) for code, count in counts.items()), default=0)
            for counts in count_uses(now=timezone.now())
        )
        return super().get_queryset(request).annotate(shown=shown, outdated=outdated)

    @admin.display(description="On the site", ordering="outdated")
    def old_words(self, obj):
        if not obj.outdated:
            return "Up to date" if obj.shown else "On no page"
        pages = "1 page" if obj.outdated == 1 else f"{obj.outdated} pages"
        return format_html('<a href="{}">{} to update</a>', self.uses_url(obj), pages)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return ["code", *fields] if obj else fields

    def name_of(self, obj):
        return obj.label

    def save_model(self, request, obj, form, change):
        """Save, and say what patients meet from then on, whatever is published."""
        super().save_model(request, obj, form, change)
        changed = set(form.changed_data)
        if obj.is_clinic_wide and changed & {"is_global", "is_active"}:
            words = "It is asked before every booking from now on."
            self.message_user(request, words, messages.WARNING)
        if obj.is_found_by_words and changed & SHOWN_IN_SEARCH:
            words = "The search shows it like this from now on to whoever types one of its words."
            self.message_user(request, words, messages.WARNING)

    def response_add(self, request, obj, post_url_continue=None):
        return self.to_pages(request, obj) or super().response_add(request, obj, post_url_continue)
