"""Measure what patients wait for, each beside what it is compared to: `make bench`.

Both sides of a row take turns in one run, on a database of its own that is dropped afterwards, so
the ratio says something on any machine; the milliseconds only on the one that ran it.

What needs Django is imported inside functions, because `main` sets it up first.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import django
from tqdm import tqdm

if TYPE_CHECKING:
    from bench.http import Rate

ROUNDS = 60
WARM_UP = 5


@dataclass(frozen=True)
class Side:
    """One side of a comparison: what it is called and what runs."""

    name: str
    run: Callable[[], object]


@dataclass(frozen=True)
class Figure:
    name: str
    milliseconds: float
    queries: int


def measure(sides: tuple[Side, Side]) -> tuple[Figure, Figure]:
    """Run both sides in turn and return the median time and the number of queries of each."""
    seconds: dict[str, list[float]] = {side.name: [] for side in sides}
    for number in tqdm(range(ROUNDS), desc=sides[0].name, leave=False):
        for side in sides:
            began = time.perf_counter()
            side.run()
            if number >= WARM_UP:
                seconds[side.name].append(time.perf_counter() - began)
    first, second = (
        Figure(side.name, statistics.median(seconds[side.name]) * 1000, count_queries(side))
        for side in sides
    )
    return first, second


def count_queries(side: Side) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        side.run()
    return len(queries)


def times_at(appointments: int) -> Side:
    """Two months of times of a practitioner in a clinic with so many appointments."""
    from datetime import timedelta

    from django.core.management import call_command
    from django.utils import timezone

    from booking.availability import bookable_dates, find_slots
    from booking.models import Practitioner, Service

    known = set(Practitioner.objects.values_list("pk", flat=True))
    call_command(
        "seed_load", practitioners=1, appointments=appointments, force=True, stdout=sys.stderr
    )
    practitioner = Practitioner.objects.exclude(pk__in=known).get()
    service = Service.objects.select_related("location").get(slug="load-visit")
    now = timezone.now()
    first_on, _ = bookable_dates(service, now=now)

    def run() -> object:
        return find_slots(
            service,
            practitioners=[practitioner],
            first_on=first_on,
            last_on=first_on + timedelta(days=60),
            now=now,
        )

    return Side(f"two months of times, {appointments:,} appointments", run)


def report(title: str, figures: tuple[Figure, Figure]) -> None:
    first, second = figures
    out = sys.stdout.write
    out(f"\n{title}\n")
    for figure in figures:
        out(f"  {figure.name:<52}{figure.milliseconds:9.2f} ms {figure.queries:5d} queries\n")
    out(f"  {'ratio':<52}{first.milliseconds / second.milliseconds:9.2f}\n")


def report_rates(rates: "list[Rate]") -> None:
    """Print each rate, and how the first two stand to it: this project's, as it is and drawn anew."""
    as_it_is, drawn_anew, *_ = rates
    out = sys.stdout.write
    out("\nReading over HTTP, answers a second: median, least to most, and how the article page\n")
    out("stands to each, as it is and drawn anew each time (decision 12 says which has targets)\n")
    for rate in rates:
        spread = f"{rate.least:,.0f} to {rate.most:,.0f}"
        ratios = (site.median / rate.median for site in (as_it_is, drawn_anew))
        out(f"  {rate.name:<36}{rate.median:9,.0f}   {spread:<16}")
        out("".join(f"{ratio:9.2f}" for ratio in ratios) + "\n")


def main() -> None:
    os.environ.setdefault("DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    django.setup()
    from django.test.utils import (
        get_runner,
        setup_test_environment,
        teardown_test_environment,
    )

    setup_test_environment(debug=False)
    from django.conf import settings
    from django.core.management import call_command

    from bench.http import compare
    from bench.sites import named

    runner = get_runner(settings)(interactive=False, verbosity=0)
    databases = runner.setup_databases()
    try:
        call_command("seed_demo", verbosity=0, stdout=sys.stderr)
        database = settings.DATABASES["default"]["NAME"]
        report_rates(compare(named(settings.DATABASE_URL, database)))
        few, many = times_at(100), times_at(10_000)
        report("Finding times", measure((many, few)))
    finally:
        runner.teardown_databases(databases)
        teardown_test_environment()


main()
