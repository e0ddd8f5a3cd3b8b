"""Drafts and revisions, drawn as the public page draws them, for staff alone."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from conditions.documents import freeze, with_parts
from conditions.models import Condition
from conditions.views import condition_context, treatment_context

from .editions import Editions


def preview_draft(model_admin, request, pk):
    """Show the saved draft as its page would be if it were published now."""
    now = timezone.now()
    article = get_object_or_404(with_parts(_readable(model_admin, now)), pk=pk)
    editions = Editions(article, now=now)
    return _draw(
        model_admin,
        request,
        article,
        freeze(article),
        # Publishing what is there already keeps the revision.
        revision=editions.same_as(article),
        publish_at=now,
        state=f"Draft: {editions.state_of_draft(article)}",
    )


def preview_edition(model_admin, request, pk, number):
    """Show one revision: live, older, withdrawn, or one that is still to come."""
    now = timezone.now()
    article = get_object_or_404(_readable(model_admin, now), pk=pk)
    revision = get_object_or_404(article.revisions, number=number)
    state = Editions(article, now=now).state_of(revision)
    return _draw(
        model_admin,
        request,
        article,
        revision.document,
        revision=revision,
        publish_at=revision.publish_at,
        state=f"Revision {revision.number}: {state}",
    )


def _readable(model_admin, now):
    return model_admin.model.objects.with_others(now)


def _draw(
    model_admin,
    request,
    article,
    document,
    *,
    revision,
    publish_at,
    state,
):
    if not model_admin.has_view_or_change_permission(request, article):
        raise PermissionDenied
    article.live = document
    # A draft would be the next one.
    article.live_number = revision.number if revision else article.revisions.count() + 1
    article.live_note = revision.note if revision else ""
    article.live_publish_at = publish_at
    # A scheduled one may have been reviewed before it appears.
    reviewed = type(article).objects.with_review(max(timezone.now(), publish_at))
    article.live_review = reviewed.values_list("live_review", flat=True).get(pk=article.pk)
    today = timezone.localdate()
    if isinstance(article, Condition):
        template, page = "conditions/condition_detail.html", condition_context(article, today=today)
    else:
        template, page = "conditions/treatment_detail.html", treatment_context(article, today=today)
    context = {
        "object": article,
        "public_template": template,
        "opts": model_admin.opts,
        "state": state,
        **page,
    }
    response = TemplateResponse(request, "admin/conditions/preview.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
