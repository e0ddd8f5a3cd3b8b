"""Admin actions that ask before they do what cannot be called back."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse

CSRF_FIELD = "csrfmiddlewaretoken"


def is_confirmed(request: HttpRequest) -> bool:
    """Return whether the question was answered with yes."""
    return "confirmed" in request.POST


def ask_first(
    model_admin: "ModelAdmin[Any]",
    request: HttpRequest,
    template: str,
    *,
    chosen: Iterable[Model],
    **context: Any,
) -> TemplateResponse:
    """Return the page that asks. Its form posts the action for just the `chosen`, and the answer.

    `template` extends `admin/confirm_action.html`; `title` in the context is the question.
    """
    # Not "all of the list": by the time of the answer others may have come into it.
    left_out = {CSRF_FIELD, ACTION_CHECKBOX_NAME, "select_across"}
    posted = [(k, v) for k, values in request.POST.lists() for v in values if k not in left_out]
    posted += [(ACTION_CHECKBOX_NAME, str(record.pk)) for record in chosen]
    page = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "posted": posted,
        "is_question": True,
    }
    return TemplateResponse(request, template, page | context)
