"""A practitioner's public page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from booking.models import Practitioner, Service
from conditions.caching import fresh


@require_safe
@fresh
def practitioner_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who an active practitioner is and which visits they offer."""
    practitioner = get_object_or_404(Practitioner, slug=slug, is_active=True)
    services = Service.objects.listed().filter(practitioners=practitioner)
    context = {"practitioner": practitioner, "services": services}
    return render(request, "booking/practitioner_detail.html", context)
