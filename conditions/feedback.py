"""Readers' feedback: where it may come from, how much of it, and how it is stored."""

import ipaddress
from datetime import date, timedelta

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from .models import Condition, Feedback, Treatment

NOTES_AN_HOUR = 5
HOUR = timedelta(hours=1)
# For one article, from everybody together: more than a small clinic's readers write.
NOTES_A_DAY = 50
# A household has all addresses of such a network to choose from.
IPV6_HOUSEHOLD = 64


class TooMuchFeedback(Exception):
    """Refused: too many notes from one place, or about one article. Ask for patience."""


def is_from_another_site(request: HttpRequest) -> bool:
    """Return whether a browser says that another site sent the form.

    Browsers send `Sec-Fetch-Site`, older ones `Origin` alone; what sends neither is no browser, and
    has no reader's rights to abuse.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is not None and origin != f"{request.scheme}://{request.get_host()}"


def store_feedback(
    article: Condition | Treatment, *, was_helpful: bool, text: str, address: str, today: date
) -> Feedback:
    """Store one reader's note with the day alone. Raises TooMuchFeedback."""
    owner = {article.revision_field: article}
    if Feedback.objects.filter(**owner, sent_on=today).count() >= NOTES_A_DAY:
        raise TooMuchFeedback
    if _notes_from(address, today=today) > NOTES_AN_HOUR:
        raise TooMuchFeedback
    return Feedback.objects.create(**owner, was_helpful=was_helpful, text=text, sent_on=today)


def _notes_from(address: str, *, today: date) -> int:
    """Count one more note from the address, in this process's memory, and return how many in an hour.

    The address itself is not kept: its keyed hash changes every day.
    """
    digest = salted_hmac(
        "conditions.feedback", f"{today} {_household(address)}", algorithm="sha256"
    ).hexdigest()
    key = f"feedback-{digest}"
    cache.add(key, 0, timeout=HOUR.total_seconds())
    try:
        return cache.incr(key)
    except ValueError:  # the hour ended between the two lines
        return 1


def _household(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, IPV6_HOUSEHOLD), strict=False))
