"""Load the starter content: a working clinic for today."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from booking import starter as booking_starter
from clinic.models import Clinic
from conditions import starter as conditions_starter


class Command(BaseCommand):
    """Creates what is missing. Running it again changes nothing that staff have changed."""

    help = "Load the starter content. Never overwrites what is there."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        _clinic, created = Clinic.objects.get_or_create(pk=1)
        self.stdout.write(f"Clinic: {'sample facts created' if created else 'already there'}.")
        now = timezone.now()
        conditions_starter.load(now=now)
        self.stdout.write("Articles: the starter articles are there.")
        booking_starter.load(now=now)
        self.stdout.write("Booking: the practitioner, services and hours are there.")
