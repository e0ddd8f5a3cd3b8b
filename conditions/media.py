"""The copies of images: for everyone once an article that shows them is live, else for staff."""

from datetime import datetime

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from .images import COPIES, copy_path
from .models import Condition, Revision, Treatment


@require_safe
def image_copy(request: HttpRequest, name: str, width: str, ending: str) -> HttpResponse:
    """Show one copy of an image. Its name is its content's, so what is public never changes."""
    # The session is asked for last: a public answer must not depend on a cookie.
    if is_public(name, now=timezone.now()):
        caching = "public, max-age=31536000, immutable"
    elif admin.site.has_permission(request) and request.user.has_perm("conditions.view_image"):
        caching = "private, no-store"
    else:
        raise Http404
    path = copy_path(name, int(width), ending)
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {
        "Cache-Control": caching,
        "Content-Disposition": f'inline; filename="{path.name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=COPIES[ending][0], headers=headers)


def revisions_that_show(name: str) -> QuerySet[Revision]:
    """Return every revision that shows the image, live or not."""
    return Revision.objects.filter(document__contains={"images": [{"name": name}]})


def is_public(name: str, *, now: datetime) -> bool:
    """Return whether the page of an article shows the image at `now`."""
    return any(
        articles.objects.published(now)
        .annotate(live=F("revisions__document"))
        .filter(live__contains={"images": [{"name": name}]})
        .exists()
        for articles in (Condition, Treatment)
    )
