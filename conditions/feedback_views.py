"""Was this page helpful? The form alone, what became of it, and thanks."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from .addresses import AnyArticle, Kind, lead_on, live_article
from .caching import fresh
from .feedback import TooMuchFeedback, is_from_another_site, store_feedback
from .forms import FeedbackForm

ELSEWHERE = (
    "This came from another website, so we did not keep it. If you wrote it, please send it "
    "from this page."
)
TOO_MUCH = "We got many notes in a short time, so we did not keep this one. Please send it again in an hour."


# Without a token, because a token needs a cookie and reading pages set none. What another site
# sends is refused by its headers instead: docs/decisions/0009-feedback-without-a-cookie.md.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def feedback(request: HttpRequest, slug: str, kind: Kind) -> HttpResponse:
    """Show the form; a POST stores a reader's note without anything about the reader."""
    now = timezone.now()
    article = live_article(kind, slug, now=now)
    if article is None:
        return lead_on(request, kind, slug, now=now)
    if request.method != "POST":
        return _show(request, article, FeedbackForm())
    form = FeedbackForm(request.POST)
    if is_from_another_site(request):
        form.add_error(None, ELSEWHERE)
        return _show(request, article, form, status=403)
    if not form.is_valid():
        return _show(request, article, form, status=422)
    try:
        store_feedback(
            article,
            was_helpful=form.cleaned_data["helpful"] == "yes",
            text=form.cleaned_data["text"],
            address=request.META.get("REMOTE_ADDR", ""),
            today=timezone.localdate(now),
        )
    except TooMuchFeedback:
        form.add_error(None, TOO_MUCH)
        return _show(request, article, form, status=429)
    response = HttpResponseRedirect(f"{article.get_absolute_url()}feedback/thanks/")
    response.status_code = 303
    return response


@require_safe
@fresh
def thanks(request: HttpRequest, slug: str, kind: Kind) -> HttpResponse:
    """Say thank you, and that nobody can answer."""
    now = timezone.now()
    article = live_article(kind, slug, now=now)
    if article is None:
        return lead_on(request, kind, slug, now=now)
    return render(request, "conditions/feedback_thanks.html", {"object": article})


def _show(
    request: HttpRequest, article: AnyArticle, form: FeedbackForm, *, status: int = 200
) -> HttpResponse:
    context = {"object": article, "form": form}
    response = render(request, "conditions/feedback_form.html", context, status=status)
    if request.method == "POST":
        add_never_cache_headers(response)
    return response
