"""How long one page takes over HTTP, asked again and again by one browser."""

import statistics
import time
from dataclasses import dataclass, field

from tqdm import tqdm

from bench.browser import Browser

ROUNDS = 60
WARM_UP = 10
READER = "198.18.255.1"
"""The address from which it is asked, one of those kept for measuring (RFC 2544)."""


@dataclass(frozen=True)
class Timing:
    """How many milliseconds a page took: the median of all, the fastest and the slowest."""

    name: str
    stored: int
    median: float
    least: float
    most: float


@dataclass(frozen=True)
class TimedPage:
    """A page of a site with so many stored appointments. `marker` is in every right answer."""

    name: str
    stored: int
    database: str
    browser: Browser
    path: str
    marker: str
    headers: dict[str, str] = field(default_factory=dict)

    def read(self) -> float:
        """Return the milliseconds until it was there. Raises RuntimeError if it is not right."""
        began = time.perf_counter()
        page = self.browser.get(self.path, **self.headers)
        seconds = time.perf_counter() - began
        if page.status != 200 or self.marker not in page.text:
            raise RuntimeError(f"{self.path}: {self.marker} is not in it ({page.status}).")
        return seconds * 1000


def time_pages(pages: list[TimedPage]) -> list[Timing]:
    """Time the pages, each once in every round."""
    rounds = [
        [page.read() for page in pages]
        for _ in tqdm(range(WARM_UP + ROUNDS), desc="free times", leave=False)
    ]
    seen = zip(*rounds[WARM_UP:], strict=True)
    return [
        Timing(page.name, page.stored, statistics.median(times), min(times), max(times))
        for page, times in zip(pages, seen, strict=True)
    ]
