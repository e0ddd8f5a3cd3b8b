"""When a session ends: after a pause, after a day's work, and when somebody ends it."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

STARTED, SEEN = "started_at", "seen_at"
LONGEST = timedelta(seconds=settings.SESSION_COOKIE_AGE)
# The clock is not set for every click: that would write each time.
CLOCK_STEP = timedelta(minutes=1)
UPDATES_HEADER = "X-Updates"
"""Sent by a page that updates itself, which does not mean that somebody sits before it."""


def start_clock(session: SessionBase, *, now: datetime) -> None:
    """Begin to count, when somebody signs in."""
    session[STARTED] = session[SEEN] = now.timestamp()


def why_over(session: SessionBase, *, now: datetime) -> str:
    """Return "pause" or "day" if the session has ended, or "" while it lasts."""
    if _since(session, STARTED, now) >= LONGEST:
        return "day"
    idle = timedelta(minutes=settings.STAFF_IDLE_MINUTES)
    return "pause" if _since(session, SEEN, now) >= idle else ""


def refuse_if_over(request: HttpRequest) -> HttpResponse | None:
    """Return the way to the sign-in page if the session has ended; else note that it is in use."""
    now = timezone.now()
    session = request.session
    if SESSION_KEY not in session:
        return None
    is_update = UPDATES_HEADER in request.headers
    if why := why_over(session, now=now):
        if is_update:
            # The next click ends it, and leads to the page that says why.
            return HttpResponse(status=401)
        session.flush()
        query = {"next": _page_of(request), "ended": why}
        if request.method == "POST":
            query["unsaved"] = "yes"
        return HttpResponseRedirect(reverse("admin:login", query=query))
    if not is_update and _since(session, SEEN, now) >= CLOCK_STEP:
        session[SEEN] = now.timestamp()
    return None


def end_sessions(user: Any, *, now: datetime, but: str | None = None) -> None:
    """End the account's sessions, all `but` the one with this key."""
    for session in Session.objects.filter(expire_date__gt=now).exclude(session_key=but):
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


def forget_expired(*, now: datetime) -> None:
    """Delete the sessions that nobody can come back to: they hold what staff searched for."""
    Session.objects.filter(expire_date__lt=now).delete()


def _since(session: SessionBase, what: str, now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - session.get(what, 0))


def _page_of(request: HttpRequest) -> str:
    """Return the address to come back to: of a form that was sent, the page that it stood on."""
    sender = urlsplit(request.headers.get("referer", ""))
    if request.method == "POST" and sender.netloc == request.get_host():
        return sender._replace(scheme="", netloc="").geturl()
    return request.get_full_path()
