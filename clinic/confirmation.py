"""Admin actions that ask before they do what cannot be called back."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.template.response import TemplateResponse

CSRF_FIELD = "csrfmiddlewaretoken"


def is_confirmed(request: HttpRequest) -> bool:
    """Return whether the question was answered with yes."""
    return "confirmed" in request.POST


def ask_first(
    model_admin: "ModelAdmin[Any]", request: HttpRequest, template: str, **context: Any
) -> TemplateResponse:
    """Return the page that asks. Its form posts what was posted here once more, and the answer.

    `template` extends `admin/confirm_action.html`; `title` in the context is the question.
    """
    posted = [(k, v) for k, values in request.POST.lists() for v in values if k != CSRF_FIELD]
    page = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "posted": posted,
    }
    return TemplateResponse(request, template, page | context)
