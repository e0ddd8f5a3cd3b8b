"""Reading pages are drawn once for each state of the content, and asked for on every request.

A page shows what the tables below hold, the day, the settings, and nothing else; so a page that was
drawn from the same state is the page. Every request asks the database for that state, in one small
query, and so nothing is ever shown that is not so any more.
"""

import gzip
import hashlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control

from clinic.first_query import ask_first
from clinic.models import Clinic

PAGES_KEPT = 100
# As Django's own middleware reads it, which would compress what is not.
_GZIP = re.compile(r"\bgzip\b")
_SAFE_METHODS = {"GET", "HEAD"}
# Keeps Django's own middleware from compressing what the middleware below keeps in both forms.
_NOT_YET = "identity"

_STATE = "SELECT clinic, written, due FROM conditions_content_state(%s)"  # migration 0010

type State = tuple[object, ...]


@dataclass(frozen=True)
class Drawn:
    """A page as it was drawn: from what, its headers and its HTML, also compressed."""

    state: State
    headers: dict[str, str]
    html: bytes
    gzipped: bytes

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the response that carries it, compressed if the browser takes that.

        No page has a secret in it, so its length tells nothing (BREACH) and needs no padding.
        A browser that has it already is told so (304).
        """
        is_gzipped = _GZIP.search(request.headers.get("accept-encoding", ""))
        content = self.gzipped if is_gzipped else self.html
        response = HttpResponse(content, headers=self.headers)
        response.headers["Content-Length"] = str(len(content))
        if is_gzipped:
            response.headers["Content-Encoding"] = "gzip"
        told = cast(
            "HttpResponse",
            get_conditional_response(request, etag=self.headers["ETag"], response=response),
        )
        if told is not response:
            for name in self.headers.keys() - {"Content-Length", "Content-Type"}:
                told.headers[name] = self.headers[name]
        return told


class _Pages:
    """The pages drawn last in this process, by their addresses."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[str, Drawn] = OrderedDict()

    def get(self, path: str) -> Drawn | None:
        with self._lock:
            if path in self._pages:
                self._pages.move_to_end(path)
            return self._pages.get(path)

    def keep(self, path: str, page: Drawn) -> None:
        with self._lock:
            self._pages[path] = page
            self._pages.move_to_end(path)
            while len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)


_pages = _Pages()


def drawn_once[View: Callable[..., HttpResponseBase]](view: View) -> View:
    """Decorate a reading page that shows nothing but what _STATE reads, the day and its own address.

    What follows a question mark in the address must not matter to it. DrawnOnceMiddleware keeps
    and answers it; browsers may keep it too, but ask each time whether it changed.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in _SAFE_METHODS:
            return view(request, *args, **kwargs)
        # Read before the page is drawn: a change meanwhile belongs to the next state.
        state = getattr(request, "content_state", None) or _read_state(timezone.now())
        request.clinic = _clinic_in(state)  # type: ignore[attr-defined]  # for the context processor
        response = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        patch_cache_control(response, no_cache=True)
        if response.status_code == 200:
            response.content_state = state  # type: ignore[attr-defined]  # for the middleware
            response.headers["Content-Encoding"] = _NOT_YET
        return response

    return cast("View", wrapper)


class DrawnOnceMiddleware:
    """Answers a page of `drawn_once` again for as long as the content is in the same state.

    What stands below it in the settings (security headers, sessions, the address, the view) runs
    only for the first answer, and adds nothing that another reader may not get.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = _pages.get(request.path) if _is_ordinary(request) else None
        if page is not None:
            # What fails here fails again below, where the error page gets its headers.
            with suppress(DatabaseError):
                state = _read_state(timezone.now())
                if page.state == state:
                    return page.answer(request)
                request.content_state = state  # type: ignore[attr-defined]  # for `drawn_once`
        response = self.get_response(request)
        if not hasattr(response, "content_state"):
            return response
        page = _draw(response, response.content_state)
        _pages.keep(request.path, page)
        return page.answer(request)


def _is_ordinary(request: HttpRequest) -> bool:
    """Say whether nothing below may refuse the request or lead it elsewhere, as it may any other."""
    query = request.META.get("QUERY_STRING", "")
    if request.method not in _SAFE_METHODS or "\0" in query or "%00" in query:
        return False
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return request.is_secure() or not settings.SECURE_SSL_REDIRECT


def _read_state(now: datetime) -> State:
    """Return what reading pages are drawn from. What does not show in it does not show in them."""
    return (*ask_first(_STATE, [now]), timezone.localdate(now), settings.SITE_URL)


def _clinic_in(state: State) -> Clinic:
    facts = cast("str | None", state[0])
    if not facts:
        return Clinic()
    # By name: a newer version of the site may have added a column while this one still runs.
    read = json.loads(facts)
    clinic = Clinic(**{each.attname: read[each.attname] for each in Clinic._meta.concrete_fields})
    Clinic.objects.last_read = clinic
    return clinic


def _draw(response: HttpResponse, state: State) -> Drawn:
    html = response.content
    # Weak, because it stands for the page whether it is compressed or not.
    response.headers["ETag"] = f'W/"{hashlib.sha256(html).hexdigest()[:32]}"'
    # Whatever the first reader sent along, such as a cookie, the page does not depend on it.
    response.headers["Vary"] = "Accept-Encoding"
    del response.headers["Content-Encoding"]
    return Drawn(
        state=state,
        headers=dict(response.items()),
        html=html,
        gzipped=gzip.compress(html, 6, mtime=0),
    )
