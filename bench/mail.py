"""Booking while the mail server hangs, beside booking while mails leave at once.

The server takes every connection and never says a word, so the worker waits its time for each.
People who book must not notice.
"""

import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import psycopg
from tqdm import tqdm

from bench import clinic_site
from bench.journeys import Site, Visit, go
from bench.sites import HOST, named, production, run, shown_on_error
from bench.stored import open_clinic

ROUNDS = 60
WARM_UP = 6
LEFT = "SELECT count(*) FROM booking_message WHERE state = 'sent'"


@dataclass(frozen=True)
class Booking:
    """How many milliseconds one whole booking took: the median, the fastest and the slowest."""

    name: str
    median: float
    least: float
    most: float
    left: int
    """How many mails had left by the end."""


def compare(database_url: str) -> list[Booking]:
    """Return what a booking takes while mails leave, and then while the mail server hangs."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clinic-bench-")))
        log = stack.enter_context(shown_on_error(folder / "sites.log"))
        clinic = open_clinic()
        ours = production(database_url, folder)
        run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], ours)
        hanging = {"EMAIL_URL": f"smtp://{HOST}:{stack.enter_context(never_answering())}"}
        sites, addresses = [], []
        for name, more in (("mails leave", {}), ("the mail server hangs", hanging)):
            database = f"bench_{name.replace(' ', '_')}"
            variables = ours | more
            server = clinic_site.serve_stored(stack, variables, database, clinic, log)
            addresses.append(named(database_url, database))
            own = variables | {"DATABASE_URL": addresses[-1]}
            opened = clinic_site.open_for_booking(server, name, own, clinic, log)
            sites.append(replace(stack.enter_context(opened), name=name))
        times = book_in_turns(sites, clinic.free_ahead())
        return [
            Booking(
                site.name,
                statistics.median(took),
                min(took),
                max(took),
                count(LEFT, address),
            )
            for site, took, address in zip(sites, times, addresses, strict=True)
        ]


def book_in_turns(sites: list[Site], starts: list[datetime]) -> list[list[float]]:
    """Book one visit after the other, on each site in turn; return the milliseconds of each."""
    times: list[list[float]] = [[] for _ in sites]
    for number in tqdm(range(WARM_UP + ROUNDS), desc="bookings", leave=False):
        for site, took in zip(sites, times, strict=True):
            began = time.perf_counter()
            outcome = go(site, Visit(number + 1, starts[number]))
            seconds = time.perf_counter() - began
            if not outcome.is_booked:
                raise RuntimeError(
                    f"{site.name}: booking {number} was not done ({outcome.status})."
                )
            if number >= WARM_UP:
                took.append(seconds * 1000)
    return times


def count(statement: str, database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def never_answering() -> Iterator[int]:
    """Yield the port of a server that takes every connection and says nothing."""
    taken: list[socket.socket] = []
    with socket.create_server((HOST, 0)) as listener:

        def take() -> None:
            with suppress(OSError):
                while True:
                    taken.append(listener.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            for connection in taken:
                connection.close()
