"""An address without its last slash leads straight to where the article is now."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.urls import resolve
from django.utils import timezone
from django.utils.cache import patch_cache_control

from .addresses import Kind, lead_on
from .models import Condition, Treatment

_KINDS: dict[str, Kind] = {"conditions": Condition, "treatments": Treatment}
_ADDRESS = re.compile(rf"/({'|'.join(_KINDS)})/([-a-zA-Z0-9_]+)(?:/(.+))?")


class OneHopMiddleware(CommonMiddleware):
    """Django's own, which adds the slash that an address lacks, whatever the next page answers."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Answer for an article as `lead_on` does: one hop, also for an old or a shouted address."""
        is_read = request.method in {"GET", "HEAD"}
        if response.status_code == 404 and is_read and self.should_redirect_with_slash(request):
            response = _lead_on(request) or response
        return super().process_response(request, response)


def _lead_on(request: HttpRequest) -> HttpResponse | None:
    found = _ADDRESS.fullmatch(request.path_info)
    if found is None or "slug" not in resolve(f"{request.path_info}/").kwargs:
        return None
    kind, slug, page = _KINDS[found[1]], found[2], f"{found[3]}/" if found[3] else ""
    try:
        response = lead_on(request, kind, slug, now=timezone.now(), page=page)
    except Http404:
        return None
    patch_cache_control(response, no_cache=True)
    return response
