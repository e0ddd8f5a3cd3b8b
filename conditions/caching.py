"""How browsers may keep the reading pages."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page


def fresh[View: Callable[..., HttpResponseBase]](view: View) -> View:
    """Let a browser keep the page, but ask each time whether it changed (ETag, 304).

    So what is published shows on the next request, and what is unchanged costs no bytes.
    """
    return cache_control(no_cache=True)(conditional_page(view))
