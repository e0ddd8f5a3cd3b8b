"""The admin's site, with our own way in: every page for staff asks it."""

from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from clinic.sign_in import sessions, two_step
from clinic.sign_in.forms import SignInForm, next_page

WHY_OVER = {
    "pause": "You were signed out because nothing was done here for a while. Sign in again to go on "
    "where you were.",
    "day": "You were signed out because you had been signed in for a whole day. Sign in again to go "
    "on where you were.",
}


class StaffSite(AdminSite):
    """Lets in who has done both steps, while their session lasts."""

    login_form = SignInForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether any page may be seen. Who did the first step alone can only go on, or out."""
        return (
            self.is_half_way(request)
            and not sessions.why_over(request.session, now=timezone.now())
            and (two_step.is_through(request) or request.path == reverse("admin:logout"))
        )

    def is_half_way(self, request: HttpRequest) -> bool:
        """Return whether the password was right: enough for the second step's own pages."""
        return super().has_permission(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Wrap the view as Django does, and ask before whether the session has ended."""
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return sessions.refuse_if_over(request) or guarded(request, *args, **kwargs)

        return update_wrapper(inner, guarded)

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Show the form, or lead whoever filled it in already to the second step."""
        half_way = self.is_half_way(request) and not self.has_permission(request)
        if request.method == "GET" and half_way:
            onward = reverse("two-step", query={"next": next_page(request)})
            return sessions.refuse_if_over(request) or HttpResponseRedirect(onward)
        why = WHY_OVER.get(request.GET.get("ended", ""), "")
        if why and "unsaved" in request.GET:
            why += " What you sent last was not saved."
        return super().login(request, {"why_over": why, **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Leave the list of pages away for whoever may see none of them."""
        context = super().each_context(request)
        if not context["has_permission"]:
            context |= {"is_nav_sidebar_enabled": False, "available_apps": []}
        return context
