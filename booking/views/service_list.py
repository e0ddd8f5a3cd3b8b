"""Step 0: which kind of visit."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking.models import LocationKind, Practitioner, Service
from conditions.red_flags import flags_for_screening


@never_cache
@require_safe
def service_list(request: HttpRequest) -> HttpResponse:
    """Show the visits that can be booked, and what the person was reading about."""
    now = timezone.now()
    flag_set = flags_for_screening(request.GET.get("condition", ""), now=now)
    services = Service.objects.listed().prefetch_related(
        Prefetch("practitioners", Practitioner.objects.filter(is_active=True)), "other_locations"
    )
    context = {
        "offers": [(service, _ways_of(service)) for service in services],
        "condition": flag_set.condition,
        "condition_title": flag_set.title,
    }
    return render(request, "booking/service_list.html", context)


def _ways_of(service: Service) -> str:
    """Return how the visit may happen: "In person, by phone or by video"."""
    kinds = {place.kind for place in (service.location, *service.other_locations.all())}
    *first, last = [str(kind.label) for kind in LocationKind if kind in kinds]
    return (f"{', '.join(first)} or {last}" if first else last).capitalize()
