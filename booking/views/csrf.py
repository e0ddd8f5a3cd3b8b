"""Where a form leads that came without the token that shows it is ours."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views import csrf

from .journey import start_journey

STEPS_AFTER_SAFETY = {"booking:times", "booking:details", "booking:waitlist-join"}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Lead back to the screening whoever has not passed it, as every request there does.

    Anyone else gets the page that says how to send the form again. Raises Http404 for an unknown
    service.
    """
    match = request.resolver_match
    if match is not None and match.view_name in STEPS_AFTER_SAFETY:
        journey = start_journey(request, match.kwargs["slug"], now=timezone.now())
        if journey.screening is None:
            return redirect(journey.url("safety"))
    return csrf.csrf_failure(request, reason=reason)
