"""What every template may use."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic.models import Clinic


def clinic(request: HttpRequest) -> dict[str, object]:
    """Return `clinic`, the clinic's facts; no query until a template uses them."""
    return {"clinic": SimpleLazyObject(Clinic.objects.current)}
