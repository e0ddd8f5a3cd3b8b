"""Booking over HTTP: the page with two months of free times, and whole journeys.

Both beside django-appointment, which runs from its package with the same server's options, on the
same machine and PostgreSQL. One site at a time is asked, in alternating rounds.
"""

import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import clinic_site, django_appointment
from bench.journeys import Journeys, Race, Site, compare_journeys, race
from bench.sites import Server, named, production, run, shown_on_error
from bench.stored import open_clinic
from bench.times import Timing, time_pages

COMPARED = 10_000
"""With so many stored appointments the two are compared."""


@dataclass(frozen=True)
class Report:
    """All figures. `days` and the last of `races` and of each list in `journeys` are of
    django-appointment, if it was there."""

    pages: list[Timing]
    queries: list[int]
    """Of each of the pages."""
    days: list[Timing]
    journeys: list[list[Journeys]]
    """On the sites with visits behind them, and on those with all of them ahead."""
    races: list[Race]


def compare(database_url: str) -> Report:
    """Return the figures. `database_url` names this process's database, with the starter content.

    django-appointment is left out, with a sentence, if its package cannot be installed.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clinic-bench-")))
        log = stack.enter_context(shown_on_error(folder / "sites.log"))
        clinic = open_clinic()
        ours = production(database_url, folder)
        run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], ours)
        servers = clinic_site.serve_sizes(stack, ours, clinic, log)
        python = django_appointment.install_its_package(folder)
        its = python and django_appointment.Its(stack, folder, python, database_url, clinic, log)
        its_sizes = django_appointment.serve_sizes(its) if its else {}
        its_ahead = django_appointment.serve_ahead(its) if its else {}
        busy = clinic_site.serve_ahead(stack, ours, clinic, log)
        pages = [
            page
            for size in servers
            for page in clinic_site.times_pages(
                servers[size], size, database=clinic_site.database_of(size)
            )
        ]
        pages += clinic_site.times_pages(
            busy, COMPARED, database=clinic_site.AHEAD, what=", all ahead"
        )
        days = [
            django_appointment.day_page(server, size, clinic) for size, server in its_sizes.items()
        ]
        days += [
            django_appointment.day_page(server, COMPARED, clinic, name=name)
            for name, server in its_ahead.items()
        ]
        timings = time_pages([*pages, *days])

        def open_ours(server: Server, what: str, database: str) -> Site:
            variables = ours | {"DATABASE_URL": named(database_url, database)}
            site = clinic_site.open_for_booking(server, what, variables, clinic, log)
            return stack.enter_context(site)

        def open_its(server: Server, what: str) -> Site:
            url = named(database_url, server.name)
            site = django_appointment.open_for_booking(server, what, url, clinic)
            return stack.enter_context(site)

        sites = [
            open_ours(servers[size], f"{size:,} stored", clinic_site.database_of(size))
            for size in (COMPARED, max(servers))
        ]
        sites += [open_its(its_sizes[COMPARED], f"{COMPARED:,} stored")] if its else []
        *starts, wanted_by_all = clinic.free_ahead()
        journeys = [compare_journeys(sites, starts)]
        busy_sites = [open_ours(busy, "all ahead", clinic_site.AHEAD)]
        for name, what in django_appointment.BUSY_DAYS.items() if its else ():
            busy_sites.append(open_its(its_ahead[name], what))
        journeys.append(compare_journeys(busy_sites, clinic.free_between()))
        return Report(
            pages=timings[: len(pages)],
            queries=[clinic_site.count_queries(page) for page in pages],
            days=timings[len(pages) :],
            journeys=journeys,
            races=[race(site, wanted_by_all, first=len(starts) + 1) for site in sites],
        )
