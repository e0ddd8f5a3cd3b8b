"""Too many wrong passwords or codes: what django-axes counts, and what people are told.

It counts by user name and connection together, so nobody locks out a colleague who sits elsewhere.
"""

import hmac
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection, transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from psycopg.errors import LockNotAvailable

from booking.limits import client_network


def connection_of(request: HttpRequest) -> str | None:
    """Return the address that the request came from; of IPv6 where its customer's /64 begins."""
    address = client_network(request).partition("/")[0]
    return None if address == "unknown" else address


def name_to_keep(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return the user name, or a digest of what no account is called: it may be a password."""
    typed = str((credentials or request.POST).get("username") or "")
    known: dict[str, str] = request.__dict__.setdefault("_names_to_keep", {})
    if typed not in known:
        is_account = get_user_model().objects.filter(username=typed).exists()
        digest = hmac.digest(settings.SECRET_KEY.encode(), typed.encode(), "sha256").hex()
        known[typed] = typed if is_account else f"(no account) {digest}"
    return known[typed]


def is_locked(request: HttpRequest, username: str) -> bool:
    """Return whether this name may not be tried from this connection for now."""
    return not AxesProxyHandler.is_allowed(request, {"username": username})


class TooManyAtOnce(Exception):
    """So many tries came at once that this one's turn did not come in time."""

    def __init__(self) -> None:
        super().__init__("Too many tries at once. Wait a moment, then sign in again.")


@contextmanager
def one_at_a_time(request: HttpRequest, username: str) -> Iterator[None]:
    """Let the tries of a name from a connection wait for each other, so that each one counts.

    Raises TooManyAtOnce. What is written meanwhile is kept unless the body raises.
    """
    whose = f"sign in {connection_of(request)} {username}"
    with transaction.atomic():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [whose])
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            raise TooManyAtOnce from error
        yield


def count_failure(request: HttpRequest, username: str) -> bool:
    """Count one wrong code; return whether that was one too many."""
    AxesProxyHandler.user_login_failed(__name__, {"username": username}, request)
    return bool(request.axes_locked_out)  # type: ignore[attr-defined]  # set by the line above


def forget_failures(request: HttpRequest, username: str) -> None:
    """Begin to count anew: who it is has been proved."""
    AxesProxyHandler.reset_attempts(username=username, ip_address=connection_of(request))


def words(request: HttpRequest, username: str, *, now: datetime) -> str:
    """Return what somebody reads who is locked out: the same whether there is such an account."""
    latest = AccessAttempt.objects.filter(
        username=name_to_keep(request, {"username": username}), ip_address=connection_of(request)
    ).aggregate(at=Max("attempt_time"))["at"]
    rest = (latest or now) + settings.AXES_COOLOFF_TIME - now
    minutes = max(1, math.ceil(rest.total_seconds() / 60))
    return (
        f"There were too many wrong tries for this user name from this connection. Wait "
        f"{minutes} minute{'s' if minutes > 1 else ''}, then try again. If you no longer know your "
        "password, ask an owner of the clinic to set a new one."
    )


def locked_out(
    request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Return the page as it is, which says what to do, with the status for too many requests."""
    response.status_code = 429
    return response
