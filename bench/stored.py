"""Appointments in bulk: databases that differ in nothing but how much lies behind.

`seed_load` makes the clinic: 50 practitioners with weekly hours and one past visit each. The first
of them has five visits on each of ten days ahead; with those 100 every database begins. What is
stored beyond that lies in the past, half of it in the first one's diary, the rest in the others'.
Every fourth visit brings a new patient. One more database is a clinic that is busy for two months:
what is stored lies ahead, from today on, four visits a day for each of the 50 (`fill_ahead`).
"""

import io
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.core.management import call_command
from django.utils import timezone

from booking.models import NotAvailableTime, Service

PRACTITIONERS = 50
FULL_DAYS, TAKEN_A_DAY = 10, 5
AHEAD = FULL_DAYS * TAKEN_A_DAY
FEWEST = PRACTITIONERS + AHEAD
# What people book while it is measured lies within these.
DAYS_AHEAD = 50
# Far enough ahead for any notice, and inside any horizon with all that follows.
FIRST_IN = 2
DURATION = timedelta(minutes=45)
OPENS_AT = time(9)
# Visits of 45 minutes from nine to five: so many fit.
PLACES_A_DAY = 10
VISITS_A_PATIENT = 4
COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_name = %s AND is_generated = 'NEVER' AND is_identity = 'NO'
"""
CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = 'booking_appointment'::regclass AND contype IN ('f', 'u', 'x')
"""
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'booking_appointment' AND indexname <> 'booking_appointment_pkey'
"""
VISIT = {
    "reference": "gen_random_uuid()",
    "starts_at": "made.at",
    "ends_at": "made.at + interval '45 minutes'",
    "busy_from": "made.at",
    "busy_until": "made.at + interval '45 minutes'",
}
MADE_PATIENTS = "CROSS JOIN generate_series(1, %(patients)s) AS number"
# A day's places, day by day into the past. In UTC: such days have no clock change.
MADE_BEHIND = """
    JOIN LATERAL generate_series(0, CASE seeded.practitioner_id WHEN %(first)s THEN %(firsts)s
        ELSE %(others)s END - 1) AS number ON true
    CROSS JOIN LATERAL (SELECT seeded.starts_at
        - (1 + number / 10) * interval '1 day' + number %% 10 * interval '45 minutes', number) AS made(at, number)
"""
# Not all at the same times: every third practitioner is a quarter or half an hour later.
MADE_BUSY = """
    CROSS JOIN LATERAL (
        SELECT at + (seeded.practitioner_id - %(first)s) %% 3 * interval '15 minutes'
        FROM unnest(%(starts)s::timestamptz[]) AS at
    ) AS made(at)
"""
MADE_AHEAD = """
    CROSS JOIN unnest(%(starts)s::timestamptz[]) WITH ORDINALITY AS made(at, number)
    WHERE seeded.practitioner_id = %(first)s
"""


@dataclass(frozen=True)
class Clinic:
    """The clinic that `seed_load` made: who is first there, its zone, and the first day ahead."""

    first: int
    zone: ZoneInfo
    first_at: datetime

    one_practitioner = "load-one"
    """The slug of the service that the first practitioner alone offers."""
    any_practitioner = "load-visit"
    """The slug of the service that all of them offer."""

    def place(self, day: int, place: int) -> datetime:
        """Return the start of a place, from 0 up, on a day, the first one ahead being 0."""
        moved = self.first_at + timedelta(days=day) + place * DURATION
        return moved.replace(tzinfo=self.zone)

    def taken_ahead(self) -> list[datetime]:
        """Return the starts of the visits that are stored from the beginning."""
        return [self.place(day, place) for day in range(FULL_DAYS) for place in range(TAKEN_A_DAY)]

    def busy_ahead(self) -> list[datetime]:
        """Return four starts for each of fifty days from today on, with room for a visit after each."""
        days = range(-FIRST_IN, DAYS_AHEAD - FIRST_IN)
        return [self.place(day, place) for day in days for place in (0, 2, 4, 6)]

    def free_between(self) -> list[datetime]:
        """Return the starts right after those, when the one before ends."""
        days = range(DAYS_AHEAD - FIRST_IN)
        return [self.place(day, place) for place in (1, 3, 5, 7) for day in days]

    def free_ahead(self) -> list[datetime]:
        """Return the other starts, the first place of every day before the second of any."""
        places, days = range(PLACES_A_DAY), range(DAYS_AHEAD)
        starts = [self.place(day, place) for place in places for day in days]
        taken = set(self.taken_ahead())
        return [start for start in starts if start not in taken]

    def behind(self, stored: int) -> list[datetime]:
        """Return past starts for one practitioner who, with those ahead, has `stored` visits."""
        return [
            self.place(-30 - number // PLACES_A_DAY, number % PLACES_A_DAY)
            for number in range(stored - AHEAD)
        ]


def open_clinic() -> Clinic:
    """Make the clinic in this process's database, and return it."""
    call_command(
        "seed_load",
        practitioners=PRACTITIONERS,
        appointments=PRACTITIONERS,
        force=True,
        stdout=io.StringIO(),
    )
    # The sample closure is for everyone.
    NotAvailableTime.objects.all().delete()
    service = Service.objects.select_related("location").get(slug=Clinic.any_practitioner)
    first = service.practitioners.order_by("pk")[0]
    service.pk, service.slug, service.name = None, Clinic.one_practitioner, "Load visit with one"
    service._state.adding = True
    service.save()
    service.practitioners.set([first])
    zone = service.location.tz
    day = timezone.now().astimezone(zone).date() + timedelta(days=FIRST_IN)
    return Clinic(first.pk, zone, datetime.combine(day, OPENS_AT))


def fill(database_url: str, clinic: Clinic, *, stored: int) -> None:
    """Copy the seeded visits until the database holds `stored` of them."""
    others = (stored - FEWEST) // 2 // (PRACTITIONERS - 1)
    numbers: dict[str, object] = {
        "first": clinic.first,
        "others": others,
        "firsts": stored - FEWEST - others * (PRACTITIONERS - 1),
        "starts": clinic.taken_ahead(),
        "patients": stored // VISITS_A_PATIENT,
    }
    with psycopg.connect(database_url) as connection:
        connection.execute("SET timezone = 'UTC'; SET maintenance_work_mem = '512MB'")
        # They are made anew at the end, at once and not row by row.
        constraints = connection.execute(CONSTRAINTS).fetchall()
        for name, _ in constraints:
            connection.execute(f'ALTER TABLE booking_appointment DROP CONSTRAINT "{name}"')
        indexes = connection.execute(INDEXES).fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        patient = {
            "name": "'Load Patient from ' || number",
            "email": "'from-' || number || '@load.example.org'",
        }
        copy(connection, "booking_patient", MADE_PATIENTS, patient, numbers, limit=1)
        newest = connection.execute("SELECT max(id) FROM booking_patient").fetchone()
        visit = VISIT | {"patient_id": "%(newest)s - made.number %% %(patients)s"}
        numbers["newest"] = newest and newest[0]
        copy(connection, "booking_appointment", MADE_BEHIND, visit, numbers, limit=PRACTITIONERS)
        visit["status"] = "'booked'"
        copy(connection, "booking_appointment", MADE_AHEAD, visit, numbers, limit=PRACTITIONERS)
        for name, definition in constraints:
            connection.execute(
                f'ALTER TABLE booking_appointment ADD CONSTRAINT "{name}" {definition}'
            )
        for _, definition in indexes:
            connection.execute(definition)
    tidy(database_url)


def fill_ahead(database_url: str, clinic: Clinic) -> None:
    """Copy the seeded visits until every practitioner is busy on each of the days ahead."""
    visit = VISIT | {"status": "'booked'"}
    starts: dict[str, object] = {"starts": clinic.busy_ahead(), "first": clinic.first}
    with psycopg.connect(database_url) as connection:
        copy(connection, "booking_appointment", MADE_BUSY, visit, starts, limit=PRACTITIONERS)
    tidy(database_url)


def copy(
    connection: "psycopg.Connection[tuple[Any, ...]]",
    table: str,
    source: str,
    changes: dict[str, str],
    numbers: dict[str, object],
    *,
    limit: int,
) -> None:
    """Store the table's first `limit` rows again for each row of `source`, with these changes."""
    columns = [name for (name,) in connection.execute(COLUMNS, [table])]
    values = {name: f"seeded.{name}" for name in columns} | changes
    connection.execute(
        f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())}"  # noqa: S608 (own words)
        f" FROM (SELECT * FROM {table} ORDER BY id LIMIT {limit}) AS seeded {source}",
        numbers,
    )


def tidy(database_url: str) -> None:
    """Do what PostgreSQL does by itself some time after so much was stored."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
