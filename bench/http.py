"""Whole answers a second over HTTP: the article page beside what it is compared to.

Each site runs under granian with the same options, one at a time in alternating rounds, on the same
machine and PostgreSQL; its neighbours stand still meanwhile.
"""

import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from bench.sites import (
    HOST,
    ROOT,
    Server,
    beside,
    fetch,
    install,
    production,
    run,
    serve,
    throw_away_database,
)

PAGE = "/conditions/spasms-and-twitches/"
ROUNDS = 5
SECONDS = 4
CONNECTIONS = 8
WAGTAIL_NEEDS = ("wagtail==8.0.1", "granian", "psycopg[binary]")


@dataclass(frozen=True)
class Rate:
    """How many answers a second a site gave: the median of its rounds, the least and the most."""

    name: str
    median: float
    least: float
    most: float


def compare(database_url: str) -> list[Rate]:
    """Return the rates of all sites; the first is this project's, Wagtail's are last.

    `database_url` names a database that holds the starter content. Wagtail is left out, with a
    sentence, if its package cannot be installed.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clinic-bench-")))
        ours = production(database_url, folder)
        run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], ours)
        servers = [stack.enter_context(serve("article page", "clinic.wsgi", ours, page=PAGE))]
        anew = serve("article page, drawn anew each time", "bench.drawn_anew", ours, page=PAGE)
        servers.append(stack.enter_context(anew))
        html = folder / "page.html"
        html.write_bytes(fetch(servers[0]))
        bare = {"BENCH_HTML": str(html)}
        servers.append(
            stack.enter_context(serve("bare Django view, same HTML", "bench.bare", bare, page=PAGE))
        )
        python = install(WAGTAIL_NEEDS, folder / "wagtail")
        if python is not None:
            wagtail = beside(database_url, "bench_wagtail")
            stack.enter_context(throw_away_database(database_url, wagtail["BENCH_DATABASE"]))
            length = str(html.stat().st_size)
            run([python, "-m", "bench.wagtail_site.fill", length], wagtail)
            for name, more in (
                ("Wagtail page of that length", {}),
                ("Wagtail page from its site cache", {"BENCH_CACHED": "1"}),
            ):
                variables = wagtail | more
                site = serve(name, "bench.wagtail_site.wsgi", variables, page=PAGE, python=python)
                servers.append(stack.enter_context(site))
        return measure(servers)


def measure(servers: list[Server]) -> list[Rate]:
    rates: dict[str, list[float]] = {server.name: [] for server in servers}
    for server in servers:
        load(server, seconds=1)
    for _ in tqdm(range(ROUNDS), desc="requests a second", leave=False):
        for server in servers:
            rates[server.name].append(load(server, seconds=SECONDS))
    return [
        Rate(name, statistics.median(seen), min(seen), max(seen)) for name, seen in rates.items()
    ]


def load(server: Server, *, seconds: int) -> float:
    """Return the answers a second. Raises CalledProcessError if one was not 200."""
    command = [sys.executable, "-m", "bench.load", HOST, str(server.port), server.page]
    command += [str(seconds), str(CONNECTIONS)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout)
