"""How often one connection, or one e-mail address, may hold, book, move and ask in a while.

A waiting room or a family shares one address, so the limits are far above what people do and far
below what a program needs to fill a diary. What is counted is stored as a keyed digest for a day.
"""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from booking.errors import BookingError, TooMany
from booking.models import Attempt

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """At most `count` within any `period`."""

    count: int
    period: timedelta


PER_CONNECTION = {
    "hold": (Limit(40, timedelta(minutes=10)), Limit(300, DAY)),
    "book": (Limit(30, HOUR), Limit(100, DAY)),
    "move": (Limit(30, HOUR), Limit(100, DAY)),
    "find": (Limit(20, HOUR),),
    "wait": (Limit(10, HOUR), Limit(30, DAY)),
    "mail test": (Limit(3, timedelta(minutes=1)), Limit(30, HOUR)),
}
# Somebody may book a course of weekly visits for two children in one go, and move it.
PER_EMAIL = {
    "book": (Limit(25, DAY),),
    # Each move sends a mail.
    "move": (Limit(25, DAY),),
    "find": (Limit(4, HOUR),),
    "wait": (Limit(6, DAY),),
}
LONGEST = DAY
_SPEND = """
    INSERT INTO booking_attempt (kind, digest, at) SELECT %s, unnest(%s::text[]), %s
    RETURNING digest, id
"""
_IS_TOO_MANY = """
    SELECT bool_or(most <= (
        SELECT count(*) FROM booking_attempt AS earlier
        WHERE earlier.digest = rule.digest AND earlier.at > rule.since AND earlier.id < rule.id
    ))
    FROM unnest(%s::text[], %s::bigint[], %s::timestamptz[], %s::int[])
        AS rule (digest, id, since, most)
"""


@contextmanager
def spend(kind: str, request: HttpRequest, *, email: str = "", now: datetime) -> Iterator[None]:
    """Count one attempt of this connection and e-mail address while the block does it.

    What the block refuses with a BookingError does not count. Use it outside a transaction, so that
    those who try at the same moment see each other. Raises TooMany over a limit.
    """
    limits = {_digest(kind, client_network(request)): PER_CONNECTION[kind]}
    if email and kind in PER_EMAIL:
        limits[_digest(kind, email.strip().casefold())] = PER_EMAIL[kind]
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [kind, list(limits), now])
        spent = dict(cursor.fetchall())
    try:
        _check(spent, limits, now=now)
        yield
    except BookingError:
        Attempt.objects.filter(pk__in=spent.values()).delete()
        raise


def client_network(request: HttpRequest) -> str:
    """Return the address that the request came from; of IPv6 the /64 that one customer has.

    Whom a forwarding header names counts only if a trusted proxy says so: TrustedProxyMiddleware.
    """
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)


def forget_old(now: datetime) -> int:
    """Delete what no limit looks at any more, and return how many there were."""
    return Attempt.objects.filter(at__lte=now - LONGEST).delete()[0]


def forget(email: str) -> int:
    """Delete what was counted of an address, and return how many there were."""
    digests = [_digest(kind, email.strip().casefold()) for kind in PER_EMAIL]
    return Attempt.objects.filter(digest__in=digests).delete()[0]


def _digest(kind: str, who: str) -> str:
    return salted_hmac("booking.limits", f"{kind} {who}", algorithm="sha256").hexdigest()


def _check(
    spent: Mapping[str, int], limits: Mapping[str, Sequence[Limit]], *, now: datetime
) -> None:
    """Raise TooMany if too many came before one of these. `spent` are their keys in the table.

    Of those that come at once, the first in the table are let through, so that somebody is.
    """
    rules = [
        (digest, pk, now - limit.period, limit.count)
        for digest, pk in spent.items()
        for limit in limits[digest]
    ]
    with connection.cursor() as cursor:
        cursor.execute(_IS_TOO_MANY, [list(column) for column in zip(*rules, strict=True)])
        (is_too_many,) = cursor.fetchone()
    if is_too_many:
        raise TooMany
