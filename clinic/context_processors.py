"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic.models import Clinic


def clinic(request: HttpRequest) -> dict[str, object]:
    """Return `clinic`, the clinic's facts, and `site_url`; no query until a template uses them.

    A view that has read the facts already leaves them on the request.
    """
    known = getattr(request, "clinic", None)
    facts = known or SimpleLazyObject(Clinic.objects.current)
    return {"clinic": facts, "site_url": settings.SITE_URL}
