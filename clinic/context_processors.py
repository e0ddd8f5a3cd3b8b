"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic.models import Clinic


def clinic(request: HttpRequest) -> dict[str, object]:
    """Return `clinic`, the clinic's facts, and `site_url`; no query until a template uses them."""
    return {"clinic": SimpleLazyObject(Clinic.objects.current), "site_url": settings.SITE_URL}
