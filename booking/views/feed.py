"""A practitioner's calendar, to which their own calendar program subscribes."""

import hashlib
from datetime import timedelta
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from booking.calendars import REFRESH, calendar_type, practitioner_calendar
from booking.models import Appointment, Practitioner

SHOWN_FOR = timedelta(days=30)


@require_safe
def practitioner_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Return the visits of the last 30 days and all to come. Whoever has the address may read it.

    Nothing in it depends on who asks, so no session is opened.
    """
    practitioner = Practitioner.objects.filter(feed_token=token).first()
    if practitioner is None:
        raise Http404("No such calendar.")
    now = timezone.now()
    visits = (
        Appointment.objects.for_practitioner(practitioner)
        .confirmed()
        .holding_time()
        .since(now - SHOWN_FOR)
        .select_related("service", "location")
    )
    content = practitioner_calendar(practitioner, visits, now=now)
    response = HttpResponse(content, content_type=calendar_type("PUBLISH"))
    response["ETag"] = _etag(content)
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, max_age=int(REFRESH.total_seconds()))
    return cast(
        "HttpResponse",
        get_conditional_response(request, etag=response["ETag"], response=response),
    )


def _etag(content: bytes) -> str:
    """Return what changes when a visit does. When the file was made (DTSTAMP) does not count."""
    lines = [line for line in content.splitlines() if not line.startswith(b"DTSTAMP:")]
    return f'W/"{hashlib.sha256(b"\n".join(lines)).hexdigest()[:32]}"'
