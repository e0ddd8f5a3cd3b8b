"""The article behind an address, for the pages that belong to one."""

from datetime import datetime

from django.http import Http404

from .models import Condition, Treatment


def live_article_or_404(
    model: type[Condition | Treatment], slug: str, *, now: datetime
) -> Condition | Treatment:
    """Return the article with its live document. Raises Http404 if it is not on the site."""
    article: Condition | Treatment | None = model.objects.with_live(now).filter(slug=slug).first()
    if article is None:
        raise Http404
    return article
