"""Facts that articles share: a change is followed by bringing the live pages up to date."""

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from conditions.publishing import (
    NotPublishable,
    outdated_pages,
    outdated_uses_of,
    uses_of,
)
from conditions.updates import ChangedMeanwhile, digest_of, update_as_shown, updates_of

from .conflicts import GuardedAdmin

MAY_REPUBLISH = (
    "conditions.change_condition",
    "conditions.publish_condition",
    "conditions.publish_treatment",
)


class SharedFactAdmin(GuardedAdmin):
    """Shows which live pages show a fact, and leads there when one does not as it is now."""

    uses_template = "admin/conditions/pages_to_update.html"

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "live_pages"]

    def get_urls(self):
        uses = path(
            "<int:pk>/uses/",
            self.admin_site.admin_view(self.uses_view),
            name=f"conditions_{self.opts.model_name}_uses",
        )
        return [uses, *super().get_urls()]

    def uses_url(self, obj):
        return reverse(f"admin:conditions_{self.opts.model_name}_uses", args=[obj.pk])

    def name_of(self, obj):
        return str(obj)

    @admin.display(description="Live pages")
    def live_pages(self, obj):
        if obj.pk is None:
            return "None yet"
        return format_html('<a href="{}">Pages that show it</a>', self.uses_url(obj))

    def response_change(self, request, obj):
        return self.to_pages(request, obj) or super().response_change(request, obj)

    def to_pages(self, request, obj):
        """Go on to the pages that do not show the fact as it is now; None if there are none."""
        if IS_POPUP_VAR in request.POST or not outdated_uses_of(obj, now=timezone.now()):
            return None
        words = f"“{self.name_of(obj)}” is saved. These pages do not show it as it is now."
        self.message_user(request, words, messages.WARNING)
        return HttpResponseRedirect(self.uses_url(obj))

    def uses_view(self, request, pk):
        """List the live pages that show the fact; a POST brings the outdated ones up to date."""
        row = get_object_or_404(self.model, pk=pk)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        now = timezone.now()
        outdated = outdated_uses_of(row, now=now)
        if request.method == "POST":
            update_pages(self, request, outdated, now=now)
            return HttpResponseRedirect(self.uses_url(row))
        uses = uses_of(row, now=now)
        context = {
            "title": f"Pages that show “{self.name_of(row)}”",
            "row": row,
            "row_name": self.name_of(row),
            "shown": uses,
            "uses": [*uses, *(page for page in outdated if page not in uses)],
            "outdated": outdated,
        }
        return _page(self, request, self.uses_template, context, now=now)


def all_pages_view(model_admin, request):
    """List every page that lacks some shared fact as it is now; a POST brings them up to date."""
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    now = timezone.now()
    outdated = outdated_pages(now=now)
    if request.method == "POST":
        update_pages(model_admin, request, outdated, now=now)
        return HttpResponseRedirect(reverse("admin:conditions_pages"))
    context = {"title": "Pages to update", "uses": outdated, "outdated": outdated}
    return _page(model_admin, request, "admin/conditions/pages_to_update.html", context, now=now)


def update_pages(model_admin, request, outdated, *, now):
    """Bring the pages up to date as the person saw it, all or none, and say so.

    Refuses whoever may not publish.
    """
    if not request.user.has_perms(MAY_REPUBLISH):
        raise PermissionDenied
    shown = request.POST.get("shown", "")
    try:
        revisions = update_as_shown(outdated, shown, by=request.user, now=now)
    except ChangedMeanwhile:
        words = (
            "Nothing was updated: something changed since you opened this page. "
            "See below what visitors lose and get now."
        )
        model_admin.message_user(request, words, messages.ERROR)
        return
    except NotPublishable as error:
        reasons = " ".join(error.reasons)
        words = f"Nothing was changed, because of “{error.article}”: {reasons}"
        model_admin.message_user(request, words, messages.ERROR)
        return
    for revision in revisions:
        article = revision.condition or revision.treatment
        model_admin.log_change(request, article, "Shared facts brought up to date.")
    words = f"Pages brought up to date: {len(outdated)}."
    model_admin.message_user(request, words, messages.SUCCESS)


def _page(model_admin, request, template, context, *, now):
    updates = updates_of(context["outdated"], now=now)
    page = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "may_republish": request.user.has_perms(MAY_REPUBLISH),
        "updates": updates,
        "digest": digest_of(updates),
        "now": now,
    }
    return TemplateResponse(request, template, page | context)
