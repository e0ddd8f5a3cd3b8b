"""Apply the clinic's retention rules, or say what they would do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from booking.models import RetentionRule
from booking.privacy.retention import KINDS, apply, due


class Command(BaseCommand):
    help = "Says what the retention rules that are on would let go of. Changes it with --apply."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="Do it. Nothing brings it back.")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        rules = RetentionRule.objects.filter(kind__in=KINDS, keep_months__isnull=False)
        if not rules:
            self.stdout.write("No rule is on: everything is kept.")
        for rule in rules:
            done = KINDS[rule.kind].done
            run = apply(rule, user=None, now=now) if options["apply"] else None
            if run is not None:
                self.stdout.write(f"{rule}: {run.count} {done}.")
                continue
            found = due(rule, now=now)
            since = f", the oldest of {found.oldest:%Y-%m-%d}" if found.oldest else ""
            self.stdout.write(f"{rule}: {found.count} to be {done}{since}.")
        if rules and not options["apply"]:
            self.stdout.write("Nothing was changed. Run it with --apply to do it.")
