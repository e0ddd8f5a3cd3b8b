"""The admin's site, with our own way in: every page for staff asks it."""

from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.exceptions import NotRegistered
from django.http import Http404, HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from clinic.form_values import CarefulForms
from clinic.list_filters import CarefulLists
from clinic.sign_in import sessions, two_step
from clinic.sign_in.forms import SignInForm, next_page

WHY_OVER = {
    "pause": "You were signed out because nothing was done here for a while. Sign in again to go on "
    "where you were.",
    "day": "You were signed out because you had been signed in for a whole day. Sign in again to go "
    "on where you were.",
    "changed": "You were signed out because your two-step sign-in was reset, or set up anew in another "
    "browser. Sign in again: you are asked for a code of your app, or to set up an app first.",
}
METHODS = ("GET", "HEAD", "POST")


class StaffSite(AdminSite):
    """Lets in who has done both steps, while their session lasts."""

    login_form = SignInForm
    # It takes a quarter of a list's width, and moves the page once its script has run. The way about
    # stands at the top of every page, and all lists on the first.
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take the lists, Django's own too, and let each be careful with what it is sent."""
        given = admin_class or ModelAdmin
        bases = (CarefulLists, CarefulForms, given)
        careful = type(given.__name__, bases, {"__module__": given.__module__})
        super().register(model_or_iterable, careful, **options)

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
            # Django's pages answer any other as a GET, and ours note who saw what by these.
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            return sessions.refuse_if_over(request) or guarded(request, *args, **kwargs)

        return update_wrapper(inner, guarded)

    def get_urls(self) -> list[Any]:
        """Lead to a record's page on the site in our own way."""
        name, way = "view_on_site", "r/<int:content_type_id>/<path:object_id>/"
        others = [one for one in super().get_urls() if getattr(one, "name", "") != name]
        return [path(way, self.admin_view(self.view_on_site), name=name), *others]

    def view_on_site(
        self, request: HttpRequest, content_type_id: int, object_id: str
    ) -> HttpResponseRedirect:
        """Lead on from a record that one may see. Django asks nothing: a patient's page is a secret."""
        # Models can only be imported when all apps are there.
        from django.contrib.contenttypes.models import ContentType

        content_type = ContentType.objects.filter(pk=content_type_id).first()
        model = content_type and content_type.model_class()
        try:
            model_admin = self.get_model_admin(model)  # type: ignore[arg-type]  # None is answered below
        except (NotRegistered, AttributeError):
            raise Http404 from None
        record: Any = model_admin.get_object(request, object_id)
        may_see = record is not None and model_admin.has_view_or_change_permission(request, record)
        if not (may_see and model_admin.get_view_on_site_url(record)):
            raise Http404
        return HttpResponseRedirect(record.get_absolute_url())

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
            context["available_apps"] = []
        return context
