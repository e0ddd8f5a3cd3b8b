"""What feed readers and link previews ask for."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from clinic.models import Clinic

from .addresses import Kind
from .caching import fresh
from .cards import draw_card
from .feeds import write_feed


@require_safe
@fresh
def feed(request: HttpRequest) -> HttpResponse:
    """Send what was published last, as Atom."""
    text = write_feed(clinic_name=Clinic.objects.current().name, now=timezone.now())
    return HttpResponse(text, content_type=Atom1Feed.content_type)


@require_safe
@fresh
def site_card(request: HttpRequest) -> HttpResponse:
    """Send the picture for pages that are no article."""
    clinic = Clinic.objects.current()
    return _card(clinic.practitioner_line, clinic.name)


@require_safe
@fresh
def article_card(request: HttpRequest, kind: Kind, slug: str) -> HttpResponse:
    """Send the picture for a live article. Old slugs have none: nobody shares them."""
    article = kind.objects.published(timezone.now()).filter(slug=slug).first()
    if article is None:
        raise Http404("There is no such article.")
    return _card(article.live_title, Clinic.objects.current().name)


def _card(title: str, clinic_name: str) -> HttpResponse:
    # The picture is made to be shown on other sites.
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(draw_card(title, clinic_name), content_type="image/png", headers=headers)
