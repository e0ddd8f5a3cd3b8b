"""This project's site under measurement: its times page and how a visit is booked on it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tqdm import tqdm

from bench.browser import Browser, Page
from bench.journeys import Period, Ready, Site, Visit
from bench.sites import Server, named, running, serve, throw_away_database
from bench.stored import PRACTITIONERS, Clinic, fill, fill_ahead
from bench.times import READER, TimedPage
from clinic.management.commands.serve import worker_command

SIZES = (100, 10_000, 1_000_000)
AHEAD = "bench_ahead"
SECONDS_TO_SETTLE = 120
VISITS = """
    SELECT starts_at, ends_at FROM booking_appointment
    WHERE status = 'booked' AND practitioner_id = %s AND starts_at > now()
"""
JOBS = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing') AND (scheduled_at IS NULL OR scheduled_at <= now())
"""


def database_of(size: int) -> str:
    return f"bench_{size}"


def serve_sizes(
    stack: ExitStack, variables: dict[str, str], clinic: Clinic, log: Path
) -> dict[int, Server]:
    """Serve the site with each number of stored appointments."""
    return {
        size: _serve(
            stack, variables, database_of(size), partial(fill, clinic=clinic, stored=size), log
        )
        for size in tqdm(SIZES, desc="storing appointments", leave=False)
    }


def serve_ahead(stack: ExitStack, variables: dict[str, str], clinic: Clinic, log: Path) -> Server:
    """Serve the site of a clinic that is busy for two months."""
    return _serve(stack, variables, AHEAD, partial(fill_ahead, clinic=clinic), log)


def serve_stored(
    stack: ExitStack, variables: dict[str, str], name: str, clinic: Clinic, log: Path
) -> Server:
    """Serve the site from a database of this name with the fewest stored appointments."""
    return _serve(stack, variables, name, partial(fill, clinic=clinic, stored=SIZES[0]), log)


def _serve(
    stack: ExitStack,
    variables: dict[str, str],
    name: str,
    fill_it: Callable[[str], None],
    log: Path,
) -> Server:
    # This process's database is the template, and nobody may be connected to that.
    connection.close()
    database_url = variables["DATABASE_URL"]
    template = str(connection.settings_dict["NAME"])
    stack.enter_context(throw_away_database(database_url, name, template=template))
    url = named(database_url, name)
    fill_it(url)
    own = variables | {"DATABASE_URL": url}
    return stack.enter_context(serve(name, "clinic.wsgi", own, page="/readyz", log=log))


def pass_screening(browser: Browser, service: str) -> Page:
    """Answer "none of these" and return the page that follows: the times."""
    page = browser.get(f"/book/{service}/safety/")
    return browser.submit(page, 'name="none"', none="on")


def times_pages(server: Server, size: int, *, database: str, what: str = "") -> list[TimedPage]:
    """Return the pages with two months of free times, for who has passed the screening."""
    pages = []
    for name, service in (
        ("one practitioner", Clinic.one_practitioner),
        (f"any of {PRACTITIONERS} practitioners", Clinic.any_practitioner),
    ):
        browser = Browser(server.port, address=READER, is_secure=True)
        page = pass_screening(browser, service)
        pages.append(TimedPage(f"{name}{what}", size, database, browser, page.path, "data-slot="))
    return pages


def count_queries(page: TimedPage) -> int:
    """Return how many queries the page takes, asked a second time, in this process."""
    connection.close()
    own = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = page.database
    try:
        client = Client()
        client.post(page.path.replace("/times/", "/safety/"), {"none": "on"})
        client.get(page.path)
        with CaptureQueriesContext(connection) as queries:
            client.get(page.path)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
    return len(queries)


def book(browser: Browser, visit: Visit, ready: Ready) -> tuple[Page, bool]:
    """Go all the way, or until the site says that the time is taken."""
    start = visit.starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    marker = f'data-slot="{start}"'
    times = pass_screening(browser, Clinic.one_practitioner)
    day = urlencode({"from": visit.starts_at.date().isoformat()})
    page = browser.get(f"{times.path.partition('?')[0]}?{day}")
    if marker not in page.text:
        raise RuntimeError(f"{page.path} does not offer {start} (status {page.status}).")
    ready()
    page = browser.submit(page, marker, start=start)
    if page.status != 200:
        return page, False
    page = browser.submit(
        page,
        'name="email"',
        name=f"Visitor {visit.number}",
        email=visit.email,
        phone="(202) 555-0100",
        reason="Calf cramps at night.",
        medicines="Magnesium",
        consent="on",
    )
    return page, 'data-appointment-status="booked"' in page.text


@contextmanager
def open_for_booking(
    server: Server, what: str, variables: dict[str, str], clinic: Clinic, log: Path
) -> Iterator[Site]:
    """Yield the site with its background worker, which sends the confirmations."""
    with (
        running(worker_command(), variables, log),
        psycopg.connect(variables["DATABASE_URL"], autocommit=True) as database,
    ):

        def visits() -> list[Period]:
            return database.execute(VISITS, [clinic.first]).fetchall()

        def settle() -> None:
            until = time.monotonic() + SECONDS_TO_SETTLE
            while database.execute(JOBS).fetchone() != (0,) and time.monotonic() < until:
                time.sleep(0.1)

        yield Site(f"this site, {what}", server.port, True, book, visits, settle)
