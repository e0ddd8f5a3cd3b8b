from argparse import ArgumentTypeError
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import batched, islice
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from booking.models import (
    Appointment,
    AppointmentStatus,
    AvailableTime,
    Location,
    Patient,
    Practitioner,
    Service,
    Weekday,
)

BATCH = 1000
FIRST_TIME, LAST_TIME = time(9), time(17)
DURATION = timedelta(minutes=45)
# Ten visits fit into a day; seven are taken, others each day, so that free times remain.
PLACES_A_DAY, TAKEN_A_DAY = 10, 7
DAYS_BACK = 14


class Command(BaseCommand):
    help = (
        "Add bulk data for measuring: practitioners “Load …” with weekly hours, the service "
        "“load-visit”, and appointments of patients who do not exist. Each run adds more."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--practitioners", type=_at_least_one, default=1)
        parser.add_argument("--appointments", type=_at_least_one, default=100)
        parser.add_argument("--force", action="store_true", help="Run although DEBUG is off.")
        parser.add_argument("--dry-run", action="store_true", help="Add all of it, keep nothing.")

    def handle(
        self,
        *,
        practitioners: int,
        appointments: int,
        force: bool = False,
        dry_run: bool = False,
        **options: Any,
    ) -> None:
        if not settings.DEBUG and not force:
            raise CommandError(
                "seed_load fills the database with invented people, and DEBUG is off. "
                "Add --force if this is really a database for measuring."
            )
        now = timezone.now()
        with transaction.atomic():
            service = _load_service()
            people = _make_practitioners(practitioners, service)
            patients = _make_patients(appointments // 4 + 1)
            rows = islice(_appointments(service, people, patients, now), appointments)
            with tqdm(total=appointments, unit=" appointments", desc="seed_load") as progress:
                for batch in batched(rows, BATCH):
                    Appointment.objects.bulk_create(batch)
                    progress.update(len(batch))
            transaction.set_rollback(dry_run)
        self.stdout.write(
            f"Added {practitioners} practitioners ({people[0].slug} to {people[-1].slug}), "
            f"{len(patients)} patients and {appointments} appointments of the service {service.slug}."
            f"{' A dry run: nothing was kept.' if dry_run else ''}"
        )


def _at_least_one(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"“{text}” is not a number from 1 up")
    return int(text)


def _load_service() -> Service:
    location, _ = Location.objects.get_or_create(
        slug="load-clinic",
        defaults={"name": "Load clinic", "address": "0 Nowhere Street"},
    )
    service, _ = Service.objects.get_or_create(
        slug="load-visit",
        defaults={
            "name": "Load visit",
            "summary": "Not a real service. It is here for measuring.",
            "location": location,
            "duration_minutes": DURATION // timedelta(minutes=1),
            "step_minutes": 15,
            "notice_minutes": 0,
            "position": 99,
        },
    )
    return service


def _make_practitioners(count: int, service: Service) -> list[Practitioner]:
    first = Practitioner.objects.filter(slug__startswith="load-").count() + 1
    people = Practitioner.objects.bulk_create(
        Practitioner(slug=f"load-{number}", name=f"Load Practitioner {number}")
        for number in range(first, first + count)
    )
    service.practitioners.add(*people)
    AvailableTime.objects.bulk_create(
        (
            AvailableTime(
                practitioner=practitioner,
                location=service.location,
                weekday=weekday,
                start_time=FIRST_TIME,
                end_time=LAST_TIME,
            )
            for practitioner in people
            for weekday in Weekday
        ),
        batch_size=BATCH,
    )
    return people


def _make_patients(count: int) -> list[Patient]:
    first = Patient.objects.filter(email__endswith="@load.example.org").count() + 1
    return Patient.objects.bulk_create(
        (
            Patient(
                name=f"Load Patient {number}",
                email=f"patient-{number}@load.example.org",
                # 555-0100 to 555-0199 are kept for fiction.
                phone=f"+12025550{100 + number % 100}",
            )
            for number in range(first, first + count)
        ),
        batch_size=BATCH,
    )


def _appointments(
    service: Service, people: list[Practitioner], patients: list[Patient], now: datetime
) -> Iterator[Appointment]:
    """Yield without end: day by day, the same places for every practitioner, none overlapping."""
    number = 0
    for starts_at in _starts(
        now.astimezone(service.location.tz).date(), service
    ):  # pragma: no branch (the days have no end)
        ends_at = starts_at + DURATION
        for practitioner in people:
            yield Appointment(
                reference=uuid4(),
                service=service,
                practitioner=practitioner,
                location=service.location,
                patient=patients[number % len(patients)],
                status=AppointmentStatus.FULFILLED if ends_at < now else AppointmentStatus.BOOKED,
                starts_at=starts_at,
                ends_at=ends_at,
                busy_from=starts_at,
                busy_until=ends_at,
                created_at=now,
                booked_at=now,
                consented_at=now,
            )
            number += 1


def _starts(today: date, service: Service) -> Iterator[datetime]:
    day = today - timedelta(days=DAYS_BACK)
    while True:
        opening = datetime.combine(day, FIRST_TIME, service.location.tz).astimezone(UTC)
        for place in range(PLACES_A_DAY):
            if (place + day.toordinal()) % PLACES_A_DAY < TAKEN_A_DAY:
                yield opening + place * DURATION
        day += timedelta(days=1)
