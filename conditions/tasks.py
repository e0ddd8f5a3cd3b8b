"""Background work: once a day, try the links that live pages have to other sites.

A round is cut into short jobs of low priority, so that mail never waits long behind it and the
worker can be stopped at any time. A job that dies is no loss: the next day's round starts anew.
"""

import logging
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate import exceptions
from procrastinate.contrib.django import app

from clinic.outbound import Client
from conditions.links import check, forget_unused, live_links, not_tried_since

logger = logging.getLogger(__name__)

# With the ten seconds of the last link it stays within what the worker gets to stop.
SECONDS_OF_A_JOB = 3
SECONDS_BETWEEN_LINKS_OF_A_SITE = 1
AFTER_MAIL = -10


def start_round() -> bool:
    """Queue a round of checks; False if one is waiting already."""
    return _queue(int(timezone.now().timestamp()))


@app.periodic(cron="43 3 * * *")
@app.task(
    name="conditions.check_links",
    queueing_lock="conditions.check_links",
    priority=AFTER_MAIL,
)
def check_links(timestamp: int) -> None:
    """Try the links that this round, begun at `timestamp`, has not tried yet; queue the rest.

    Seconds since 1970, as procrastinate hands them to periodic tasks.
    """
    if not settings.LINK_CHECKS:
        return
    started = datetime.fromtimestamp(timestamp, UTC)
    urls = set(live_links(now=timezone.now()))
    forget_unused(urls)
    waiting = not_tried_since(urls, started)
    tried = _try_for_a_while(waiting)
    if tried < len(waiting):
        # If a newer round waits already, that one tries them all.
        _queue(timestamp)


def _try_for_a_while(urls: list[str]) -> int:
    """Try links one after the other until the time of a job is up; return how many."""
    client = Client()
    end = time.monotonic() + SECONDS_OF_A_JOB
    previous = ""
    for number, url in enumerate(urls):
        if number and time.monotonic() >= end:
            return number
        site = urlsplit(url).netloc
        if site == previous:
            time.sleep(SECONDS_BETWEEN_LINKS_OF_A_SITE)
        previous = site
        if not check(url, client=client, now=timezone.now()).is_alive:
            logger.info("A link to %s is dead.", site)
    return len(urls)


def _queue(timestamp: int) -> bool:
    """Queue a job of the round; False if one is waiting already, of this round or a newer one."""
    try:
        with transaction.atomic():
            check_links.configure().defer(timestamp=timestamp)
    except exceptions.AlreadyEnqueued:
        return False
    return True
