"""What feed readers ask for."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from clinic.models import Clinic

from .caching import fresh
from .feeds import write_feed


@require_safe
@fresh
def feed(request: HttpRequest) -> HttpResponse:
    """Send what was published last, as Atom."""
    text = write_feed(clinic_name=Clinic.objects.current().name, now=timezone.now())
    return HttpResponse(text, content_type=Atom1Feed.content_type)
