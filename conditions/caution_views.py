"""Which cautions fit a reader. What they tell is used for the answer, and neither kept nor logged."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .addresses import Kind, absolute, lead_on, live_article
from .caching import fresh
from .cautions import caution_groups, fitting_owners, heading_of
from .forms import CautionsForm
from .medicine_check import kinds_known
from .offers import source_numbers
from .pages import shown_sources


# Without a token, because a token needs a cookie and reading pages set none. There is nothing to
# forge: the answer goes to whoever asked, and nothing changes.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def cautions(request: HttpRequest, slug: str, kind: Kind) -> HttpResponse:
    """Show all cautions of an article; a POST shows those that fit what was told."""
    now = timezone.now()
    article = live_article(kind, slug, now=now)
    if article is None:
        return lead_on(request, kind, slug, now=now, page="cautions/")
    is_told = request.method == "POST"
    form = CautionsForm(
        request.POST if is_told else None,
        document=article.live,
        other_kinds=kinds_known() if is_told else (),
    )
    answer = is_told and form.is_valid()
    owners = fitting_owners(form.owners, form.reader()) if answer else form.owners
    groups = caution_groups(owners, source_numbers(article.live))
    cited = {
        number
        for group in groups
        for row in group.rows
        for note in row.notes
        for number in note.numbers
    }
    context = {
        "object": article,
        "heading": heading_of(article.live),
        "form": form,
        "answer": answer,
        "matches": form.matches() if answer else [],
        "unknown": form.reading().unknown if answer else (),
        "groups": groups,
        "fits": [group for group in groups if not group.is_for_everyone],
        "for_everyone": [group for group in groups if group.is_for_everyone],
        "sources": [
            (number, source)
            for number, source in enumerate(shown_sources(article.live), start=1)
            if number in cited
        ],
        "canonical": absolute(article.get_absolute_url()),
    }
    status = 422 if is_told and not answer else 200
    response = render(request, "conditions/cautions_form.html", context, status=status)
    if is_told:
        add_never_cache_headers(response)
    return response
