"""The page “Content today”: what is to do for the articles, and where."""

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from conditions import tasks
from conditions.models import Condition, LinkCheck
from conditions.signing import SIGN
from conditions.today import content_today


@admin.site.admin_view
@require_GET
def content_today_view(request):
    """List what waits for staff. For all who may see articles."""
    if not admin.site.get_model_admin(Condition).has_view_or_change_permission(request):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": "Content today",
        "work_lists": content_today(now=timezone.now(), may_sign=request.user.has_perm(SIGN)),
        "checks_links": settings.LINK_CHECKS,
        "may_check_links": _may_check_links(request),
        "last_checked_at": LinkCheck.objects.order_by("-checked_at")
        .values_list("checked_at", flat=True)
        .first(),
    }
    return TemplateResponse(request, "admin/conditions/content_today.html", context)


@admin.site.admin_view
@require_POST
def check_links_view(request):
    """Queue a round of link checks; the worker does it."""
    if not _may_check_links(request):
        raise PermissionDenied
    if not settings.LINK_CHECKS:
        words = "Link checks are switched off on this site."
        messages.warning(request, words)
    elif tasks.start_round():
        words = "The links are being checked. It takes a few minutes: come back then."
        messages.success(request, words)
    else:
        messages.info(request, "A check of the links is waiting already.")
    return HttpResponseRedirect(f"{reverse('content-today')}#links")


def _may_check_links(request):
    return request.user.has_perm("conditions.change_condition")
