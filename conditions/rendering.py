"""Reading pages are drawn once for each state of the content, and asked for on every request.

A page shows what the tables below hold, the day, the settings, and nothing else; so a page that was drawn from the
same state is the page. Every request asks the database for that state, in one small query, and so
nothing is ever shown that is not so any more.
"""

import gzip
import hashlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from clinic.models import Clinic

from .caching import fresh

PAGES_KEPT = 100
# As Django's own middleware reads it, which would compress what is not.
_GZIP = re.compile(r"\bgzip\b")

# Whatever writes a row gives it a new xmin, greater than all before it for billions of transactions.
# So the count and the sum together change with every change, and the counts of what is due change
# as time goes by.
_STATE = """
SELECT
    (SELECT to_jsonb(clinic_clinic) FROM clinic_clinic),
    (SELECT (count(*), sum(xmin::text::bigint), count(*) FILTER (WHERE publish_at <= %(now)s))
     FROM conditions_revision),
    (SELECT (count(*), sum(xmin::text::bigint)) FROM conditions_review),
    (SELECT (count(*), sum(xmin::text::bigint), count(*) FILTER (WHERE unpublish_at <= %(now)s))
     FROM conditions_condition),
    (SELECT (count(*), sum(xmin::text::bigint), count(*) FILTER (WHERE unpublish_at <= %(now)s))
     FROM conditions_treatment)
"""
TABLES = (
    "clinic_clinic",
    "conditions_condition",
    "conditions_review",
    "conditions_revision",
    "conditions_treatment",
)


@dataclass(frozen=True)
class Drawn:
    """A page as it was drawn: its headers and its HTML, also compressed."""

    headers: tuple[tuple[str, str], ...]
    html: bytes
    gzipped: bytes
    etag: str

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the response that carries it, compressed if the browser takes that.

        No page has a secret in it, so its length tells nothing (BREACH) and needs no padding.
        """
        is_gzipped = _GZIP.search(request.headers.get("Accept-Encoding", ""))
        content = self.gzipped if is_gzipped else self.html
        response = HttpResponse(content, headers=dict(self.headers))
        response.headers["ETag"] = self.etag
        if is_gzipped:
            response.headers["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ["Accept-Encoding"])
        return response


class _Pages:
    """The pages drawn last in this process, by what they were drawn from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[Any, Drawn] = OrderedDict()

    def get(self, key: Any) -> Drawn | None:
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def keep(self, key: Any, page: Drawn) -> None:
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)


_pages = _Pages()


def drawn_once[View: Callable[..., HttpResponseBase]](view: View) -> View:
    """Decorate a reading page that shows nothing but TABLES, the day and its own address.

    What follows a question mark in the address must not matter to it. `fresh` is part of it.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            return view(request, *args, **kwargs)
        now = timezone.now()
        clinic, state = _read_state(now)
        request.clinic = clinic  # type: ignore[attr-defined]  # for the context processor
        key = (settings.SITE_URL, request.path, timezone.localdate(now), state)
        page = _pages.get(key)
        if page is None:
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
            if not isinstance(response, HttpResponse) or response.status_code != 200:
                return response
            page = _draw(response)
            _pages.keep(key, page)
        return page.answer(request)

    return cast("View", fresh(wrapper))


def _read_state(now: datetime) -> tuple[Clinic, tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"now": now})
        state = cursor.fetchone()
    return Clinic(**json.loads(state[0])) if state[0] else Clinic(), state


def _draw(response: HttpResponse) -> Drawn:
    html = response.content
    return Drawn(
        headers=tuple(response.items()),
        html=html,
        gzipped=gzip.compress(html, 6, mtime=0),
        # Weak, because it stands for the page whether it is compressed or not.
        etag=f'W/"{hashlib.sha256(html).hexdigest()[:32]}"',
    )
