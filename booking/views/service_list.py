"""Step 0: which kind of visit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking.models import Service
from conditions.red_flags import flags_for_screening


@never_cache
@require_safe
def service_list(request: HttpRequest) -> HttpResponse:
    """Show the visits that can be booked, and what the person was reading about."""
    now = timezone.now()
    flag_set = flags_for_screening(request.GET.get("condition", ""), now=now)
    services = Service.objects.listed().prefetch_related("practitioners")
    context = {
        "services": services,
        "condition": flag_set.condition,
        "condition_title": flag_set.title,
    }
    return render(request, "booking/service_list.html", context)
