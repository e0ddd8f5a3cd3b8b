"""django-appointment under measurement: its listing of a day and how a visit is booked on it."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from django.utils import timezone
from tqdm import tqdm

from bench.browser import Browser, Page
from bench.journeys import Period, Ready, Site, Visit
from bench.sites import (
    ROOT,
    Server,
    beside,
    clean_environment,
    install,
    named,
    serve,
    throw_away_database,
)
from bench.stored import DURATION, PRACTITIONERS, TAKEN_A_DAY, Clinic, tidy
from bench.times import READER, TimedPage

SIZES = (100, 10_000, 100_000)
WITH_ONE = "one of its days, all ahead with one"
# So many visits a day that its listing takes three times as long as an empty one: the figures of
# the target, 90 ms and 31 ms, stand like that to each other.
AS_THE_TARGET = "one of its days, as busy as the target's"
PEOPLE_IN_ONE = 16
# On which of them people book, and what that is then called.
BUSY_DAYS = {AS_THE_TARGET: "as busy as the target's", WITH_ONE: "all ahead with one"}
NEEDS = ("django-appointment==3.12.0", "granian", "psycopg[binary]")
PAGE = "/appointment/request/1/"
AS_SCRIPT = {"X-Requested-With": "XMLHttpRequest"}
VISITS = """
    SELECT (date + start_time) AT TIME ZONE %(zone)s, (date + end_time) AT TIME ZONE %(zone)s
    FROM appointment_appointment
    JOIN appointment_appointmentrequest AS request ON request.id = appointment_request_id
    WHERE (date + start_time) AT TIME ZONE %(zone)s > now()
"""
CODE = """
    SELECT code FROM appointment_emailverificationcode
    JOIN auth_user ON auth_user.id = user_id WHERE email = %s
"""


def database_of(size: int) -> str:
    return f"bench_its_{size}"


type Taken = list[tuple[int, datetime]]
"""Whose time is taken, staff members counting from 0, and when it starts."""


def serve_sizes(its: "Its") -> dict[int, Server]:
    """Serve it with each number of stored appointments."""
    clinic = its.clinic
    return {
        size: its.serve(
            database_of(size),
            [(0, start) for start in (*clinic.behind(size), *clinic.taken_ahead())],
        )
        for size in tqdm(SIZES, desc="storing its appointments", leave=False)
    }


def serve_ahead(its: "Its") -> dict[str, Server]:
    """Serve it for a clinic that is busy for two months, by what its listing is then called.

    First as in this project's: 50 people, each with four visits a day. Then as nobody can be: with
    one person, who has them all, or those of `PEOPLE_IN_ONE`. What it takes grows with what the day
    and the person have.
    """
    starts = its.clinic.busy_ahead()
    people = range(PRACTITIONERS)
    shapes = {
        "one of its days, all ahead": [(person, start) for person in people for start in starts],
        WITH_ONE: [(0, start) for _ in people for start in starts],
        AS_THE_TARGET: [(0, start) for _ in range(PEOPLE_IN_ONE) for start in starts],
    }
    return {
        name: its.serve(f"bench_its_ahead_{number}", shape)
        for number, (name, shape) in enumerate(shapes.items())
    }


@dataclass(frozen=True)
class Its:
    """What serves it: an environment that has it, and where its databases and files go."""

    stack: ExitStack
    folder: Path
    python: str
    database_url: str
    clinic: Clinic
    log: Path

    def serve(self, name: str, taken: Taken) -> Server:
        """Serve it with these appointments, in a database of that name."""
        self.stack.enter_context(throw_away_database(self.database_url, name))
        variables = beside(self.database_url, name) | {
            "BENCH_MAIL": str(self.folder / "its-mail"),
            "BENCH_TIME_ZONE": self.clinic.zone.key,
        }
        subprocess.run(
            [self.python, "-m", "bench.django_appointment_site.fill"],
            cwd=ROOT,
            env=clean_environment() | variables,
            input="\n".join(f"{person} {start:%Y-%m-%d %H:%M}" for person, start in taken),
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        tidy(named(self.database_url, name))
        module = "bench.django_appointment_site.wsgi"
        site = serve(name, module, variables, page=PAGE, python=self.python, log=self.log)
        return self.stack.enter_context(site)


def install_its_package(folder: Path) -> str | None:
    """Return a Python that has it, or None if it cannot be installed."""
    return install(NEEDS, folder / "django-appointment")


def day_page(
    server: Server, size: int, clinic: Clinic, *, name: str = "one of its days"
) -> TimedPage:
    """Return the listing of the first day ahead, of which half is taken."""
    start = clinic.place(0, TAKEN_A_DAY)
    return TimedPage(
        name,
        size,
        server.name,
        Browser(server.port, address=READER, is_secure=False),
        day_path(start),
        day_marker(start),
        AS_SCRIPT,
    )


def look_at(browser: Browser, day: datetime) -> Page:
    """Ask what the script of its page asks for once it is open, and then for each chosen day."""
    browser.get("/appointment/ajax/request_staff_info/?staff_member=1", **AS_SCRIPT)
    return browser.get(day_path(day), **AS_SCRIPT)


def day_path(day: datetime) -> str:
    """Return where the script of its page asks for the times of one day."""
    asked = {"selected_date": day.date().isoformat(), "staff_member": 1, "service_id": 1}
    return f"/appointment/ajax/available_slots/?{urlencode(asked)}"


def day_marker(start: datetime) -> str:
    """Return what the answer contains if the start is offered."""
    return f'"{start:%Y-%m-%dT%H:%M:%S}"'


@contextmanager
def open_for_booking(
    server: Server, what: str, database_url: str, clinic: Clinic
) -> Iterator[Site]:
    """Yield the site, used as by a browser that runs its scripts. The code that it mails to prove an address is read from its database."""
    with psycopg.connect(database_url, autocommit=True) as database:

        def visits() -> list[Period]:
            return database.execute(VISITS, {"zone": clinic.zone.key}).fetchall()

        def book(browser: Browser, visit: Visit, ready: Ready) -> tuple[Page, bool]:
            page = browser.get(PAGE)
            start = visit.starts_at
            look_at(browser, timezone.now().astimezone(clinic.zone))
            listing = look_at(browser, start)
            if day_marker(start) not in listing.text:
                raise RuntimeError(f"{listing.path} does not offer {start}.")
            ready()
            page = browser.submit(
                page,
                "/request-submit/",
                date=start.date().isoformat(),
                start_time=f"{start:%H:%M:%S}",
                end_time=f"{start + DURATION:%H:%M:%S}",
                service="1",
                staff_member="1",
            )
            page = browser.submit(
                page,
                'name="email"',
                name=f"Visitor {visit.number}",
                email=visit.email,
                phone_0="US",
                phone_1="2025550100",
                address="100 Sample Street",
                additional_info="Calf cramps at night.",
                # What its button "Finish" sends.
                payment_type="full",
            )
            ((code,),) = database.execute(CODE, [visit.email]).fetchall()
            page = browser.submit(page, 'name="code"', code=code)
            return page, page.status == 200 and "/thank-you/" in page.path

        yield Site(f"django-appointment, {what}", server.port, False, book, visits)
