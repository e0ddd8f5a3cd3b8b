"""Whole bookings over HTTP: many people at once, each with a time of their own or all with one."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice, pairwise

from tqdm import tqdm

from bench.browser import Browser, Page

CLIENTS = 20
ROUNDS = 3
JOURNEYS = 56
RACERS = 100
SECONDS_TO_MEET = 300


@dataclass(frozen=True)
class Visit:
    """What one person wants to book. `starts_at` is aware, on the clinic's clock."""

    number: int
    starts_at: datetime

    @property
    def email(self) -> str:
        return f"visitor-{self.number}@load.example.org"

    @property
    def address(self) -> str:
        """The person's own address, one of those kept for measuring (RFC 2544)."""
        return f"198.18.{self.number // 256}.{self.number % 256}"


type Ready = Callable[[], object]
type Book = Callable[[Browser, Visit, Ready], tuple[Page, bool]]
type Period = tuple[datetime, datetime]


@dataclass(frozen=True)
class Site:
    """A site on which visits can be booked."""

    name: str
    port: int
    is_secure: bool
    book: Book
    """Books a visit. Calls what it is given just before it chooses the time. Returns the last page
    and whether it says that the visit is booked."""
    visits: Callable[[], list[Period]]
    """Returns the booked visits ahead that are stored."""
    settle: Callable[[], object] = lambda: None
    """Waits until what the site does behind its pages is done."""

    def open(self, visit: Visit) -> Browser:
        return Browser(self.port, address=visit.address, is_secure=self.is_secure)


@dataclass(frozen=True)
class Outcome:
    """How it ended for one person; `seconds` is the longest wait for one page."""

    status: int
    is_booked: bool
    seconds: float


@dataclass(frozen=True)
class Journeys:
    """What came of whole journeys on one site: bookings a second, and what is stored of them."""

    name: str
    median: float
    least: float
    most: float
    slowest: float
    settled: float
    """The longest that the site still worked, for its mails, after a round's last page."""
    with_mails: float
    """As `median`, if a round only ends once its mails have left, too."""
    booked: int
    stored: int
    overlaps: int


@dataclass(frozen=True)
class Race:
    """What came of it when all wanted one time: how many were told that they have it, and more."""

    name: str
    booked: int
    stored: int
    errors: int
    slowest: float


def compare_journeys(sites: list[Site], starts: list[datetime]) -> list[Journeys]:
    """Let people book the `starts` on each site, in rounds in which the sites take turns."""
    before = [len(site.visits()) for site in sites]
    visits = [map(Visit, range(1, len(starts) + 1), starts) for _ in sites]
    outcomes: list[list[Outcome]] = [[] for _ in sites]
    rates: list[list[float]] = [[] for _ in sites]
    settled = [0.0 for _ in sites]
    with_mails: list[list[float]] = [[] for _ in sites]
    for number in tqdm(range(ROUNDS + 1), desc="journeys", leave=False):
        for index, site in enumerate(sites):
            # The first round only warms up.
            seconds, seen = rush(site, visits[index], JOURNEYS if number else CLIENTS)
            more = settle(site)
            settled[index] = max(settled[index], more)
            outcomes[index] += seen
            if number:
                booked = sum(outcome.is_booked for outcome in seen)
                rates[index].append(booked / seconds)
                with_mails[index].append(booked / (seconds + more))
    return [
        Journeys(
            name=site.name,
            median=statistics.median(rates[index]),
            least=min(rates[index]),
            most=max(rates[index]),
            slowest=max(outcome.seconds for outcome in outcomes[index]),
            settled=settled[index],
            with_mails=statistics.median(with_mails[index]),
            booked=sum(outcome.is_booked for outcome in outcomes[index]),
            stored=len(site.visits()) - before[index],
            overlaps=count_overlaps(site.visits()),
        )
        for index, site in enumerate(sites)
    ]


def rush(site: Site, visits: Iterator[Visit], number: int) -> tuple[float, list[Outcome]]:
    """Let `number` people book, `CLIENTS` at a time; return the seconds and how each fared."""
    with ThreadPoolExecutor(max_workers=CLIENTS) as pool:
        began = time.perf_counter()
        outcomes = list(pool.map(lambda visit: go(site, visit), islice(visits, number)))
        return time.perf_counter() - began, outcomes


def settle(site: Site) -> float:
    """Wait until what the site does behind its pages is done, and return for how long."""
    began = time.perf_counter()
    site.settle()
    return time.perf_counter() - began


def race(site: Site, starts_at: datetime, *, first: int) -> Race:
    """Let all want one time, that each has seen offered, at the same moment."""
    barrier = threading.Barrier(RACERS)
    visits = [Visit(first + number, starts_at) for number in range(RACERS)]
    with ThreadPoolExecutor(max_workers=RACERS) as pool:
        meet = partial(barrier.wait, SECONDS_TO_MEET)
        outcomes = list(pool.map(lambda visit: go(site, visit, meet), visits))
    settle(site)
    return Race(
        name=site.name,
        booked=sum(outcome.is_booked for outcome in outcomes),
        stored=sum(begins == starts_at for begins, _ in site.visits()),
        errors=sum(outcome.status >= 500 for outcome in outcomes),
        slowest=max(outcome.seconds for outcome in outcomes),
    )


def go(site: Site, visit: Visit, ready: Ready = lambda: None) -> Outcome:
    browser = site.open(visit)
    try:
        page, is_booked = site.book(browser, visit, ready)
    finally:
        browser.close()
    return Outcome(page.status, is_booked, browser.longest_wait)


def count_overlaps(visits: list[Period]) -> int:
    """Return how many visits begin before the one in front of them has ended."""
    return sum(later[0] < earlier[1] for earlier, later in pairwise(sorted(visits)))
