"""The clinic's own pages: home, contact, privacy and accessibility."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.http import require_safe

from booking.models import Practitioner, Service
from clinic.models import Clinic
from conditions.addresses import absolute
from conditions.caching import fresh
from conditions.linked_data import clinic_data
from conditions.models import Condition

CONDITIONS_ON_HOME = 8


@require_safe
@fresh
def home(request: HttpRequest) -> HttpResponse:
    """Show who the clinic is, what it treats, and how a first visit goes."""
    clinic = Clinic.objects.current()
    # By the titles that the public reads: a draft's must not move anything.
    conditions = Condition.objects.published(timezone.now()).order_by("live_title", "pk")
    context = {
        # In place of the one for every page, so that it is read once.
        "clinic": clinic,
        "linked_data": clinic_data(clinic, root=absolute("")),
        "conditions": conditions[:CONDITIONS_ON_HOME],
        "practitioner": Practitioner.objects.filter(is_active=True).first(),
        "first_visit": Service.objects.listed().first(),
    }
    return render(request, "clinic/home.html", context)


@require_safe
@fresh
def contact(request: HttpRequest) -> HttpResponse:
    """Show address, phone, hours, and whom to call in an emergency."""
    return render(request, "clinic/contact.html")


@require_safe
@fresh
def privacy(request: HttpRequest) -> HttpResponse:
    """Show what the site stores about people, and their rights."""
    return render(request, "clinic/privacy.html", {"csrf_cookie": settings.CSRF_COOKIE_NAME})


@require_safe
@fresh
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "clinic/accessibility.html")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead to the mark. Browsers ask here on pages that name none, such as the admin's."""
    return redirect(static("img/mark.svg"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something failed, and whom to call: the number that this process read last."""
    context = {"clinic": Clinic.objects.last_read}
    return HttpResponseServerError(render_to_string("500.html", context))
