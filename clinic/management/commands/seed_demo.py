"""Load the starter content: a working clinic for today."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from booking import starter as booking_starter
from clinic.models import Clinic
from conditions import starter as conditions_starter


class Command(BaseCommand):
    """Creates what is missing. Running it again changes nothing that staff have changed."""

    help = "Load the starter content. Never overwrites what is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what, and keep nothing.")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        _clinic, created = Clinic.objects.get_or_create(pk=1)
        self.stdout.write(f"Clinic: {'sample facts created' if created else 'already there'}.")
        now = timezone.now()
        published = conditions_starter.load(now=now)
        self.stdout.write(f"Articles: {len(published)} added and published, the others left alone.")
        booking_starter.load(now=now)
        self.stdout.write("Booking: the practitioner, services and hours are there.")
        if options["dry_run"]:
            transaction.set_rollback(True)
            self.stdout.write("A dry run: nothing was kept.")
