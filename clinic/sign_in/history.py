"""The only writer of the sign-in history."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from clinic.models import SignIn, SignInOutcome
from clinic.sign_in.lock_out import connection_of

# The first that fits: Edge says that it is Chrome, and Chrome that it is Safari.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "Chrome/": "Chrome",
    "CriOS/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


def note(
    user: Any, outcome: SignInOutcome, *, now: datetime, request: HttpRequest | None = None
) -> None:
    """Write one entry. Without a request it was somebody at the server."""
    SignIn.objects.create(
        at=now,
        user_id=user.pk,
        username=user.get_username(),
        outcome=outcome,
        address=connection_of(request) if request else None,
        browser=browser_in_words(request.headers.get("user-agent", "")) if request else "",
    )


def browser_in_words(user_agent: str) -> str:
    """Return for example “Firefox on Windows”, or "" for what is not known."""
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    return " on ".join(filter(None, [browser, system]))
