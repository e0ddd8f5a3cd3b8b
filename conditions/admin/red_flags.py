"""Red flags: shared by articles, so a change is followed by bringing their pages up to date."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, When
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from conditions.models import RedFlag
from conditions.publishing import (
    NotPublishable,
    count_uses,
    outdated_uses_of,
    republish,
    uses_of,
)

from .conflicts import GuardedAdmin


@admin.register(RedFlag)
class RedFlagAdmin(GuardedAdmin):
    list_display = ["label", "code", "level", "is_global", "is_active", "version", "old_words"]
    list_filter = ["level", "is_global", "is_active"]
    search_fields = ["code", "label", "statement", "question"]
    autocomplete_fields = ["sources"]
    readonly_fields = ["version", "live_pages"]
    fields = [
        "code",
        "label",
        "statement",
        "question",
        "level",
        "is_global",
        "is_active",
        "position",
        "sources",
        "reviewed_by",
        "reviewed_on",
        "version",
        "live_pages",
    ]

    def get_queryset(self, request):
        shown, outdated = (
            Case(*(When(code=code, then=count) for code, count in counts.items()), default=0)
            for counts in count_uses(now=timezone.now())
        )
        return super().get_queryset(request).annotate(shown=shown, outdated=outdated)

    @admin.display(description="On the site", ordering="outdated")
    def old_words(self, obj):
        if not obj.shown:
            return "On no page"
        if not obj.outdated:
            return "Up to date"
        pages = "1 page shows" if obj.outdated == 1 else f"{obj.outdated} pages show"
        return format_html('<a href="{}">{} it as it was</a>', _uses_url(obj), pages)

    def get_readonly_fields(self, request, obj=None):
        return ["code", *self.readonly_fields] if obj else self.readonly_fields

    def get_urls(self):
        uses = path(
            "<int:pk>/uses/",
            self.admin_site.admin_view(self.uses_view),
            name="conditions_redflag_uses",
        )
        return [uses, *super().get_urls()]

    @admin.display(description="Live pages")
    def live_pages(self, obj):
        if obj.pk is None:
            return "None yet"
        return format_html('<a href="{}">Pages that show it</a>', _uses_url(obj))

    def response_add(self, request, obj, post_url_continue=None):
        if obj.is_global:
            words = (
                "It is asked before every booking from now on. To show it on a page too, add it to "
                "the red flags of that article."
            )
            self.message_user(request, words, messages.WARNING)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        """Go on to the pages that show the old words, if there are any."""
        if outdated_uses_of(obj, now=timezone.now()):
            words = f"“{obj.label}” is saved. These pages still show it as it was."
            self.message_user(request, words, messages.WARNING)
            return HttpResponseRedirect(_uses_url(obj))
        return super().response_change(request, obj)

    def uses_view(self, request, pk):
        """List the live pages that show a flag; a POST brings the outdated ones up to date."""
        red_flag = get_object_or_404(RedFlag, pk=pk)
        if not self.has_view_or_change_permission(request, red_flag):
            raise PermissionDenied
        now = timezone.now()
        outdated = outdated_uses_of(red_flag, now=now)
        may_republish = request.user.has_perm("conditions.change_condition")
        if request.method == "POST":
            if not may_republish:
                raise PermissionDenied
            self._republish(request, outdated, now=now)
            return HttpResponseRedirect(_uses_url(red_flag))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Pages that show “{red_flag.label}”",
            "opts": self.opts,
            "red_flag": red_flag,
            "uses": uses_of(red_flag, now=now),
            "outdated": outdated,
            "may_republish": may_republish,
        }
        return TemplateResponse(request, "conditions/admin_red_flag_uses.html", context)

    def _republish(self, request, outdated, *, now):
        try:
            revisions = republish(outdated, by=request.user, now=now)
        except NotPublishable as error:
            reasons = " ".join(error.reasons)
            words = f"Nothing was changed, because of “{error.article.live_title}”: {reasons}"
            self.message_user(request, words, messages.ERROR)
        else:
            for revision in revisions:
                self.log_change(request, revision.condition, "Red flags brought up to date.")
            words = f"Pages brought up to date: {len(revisions)}."
            self.message_user(request, words, messages.SUCCESS)


def _uses_url(red_flag):
    return reverse("admin:conditions_redflag_uses", args=[red_flag.pk])
