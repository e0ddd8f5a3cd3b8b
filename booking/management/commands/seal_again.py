from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models
from django.utils import timezone
from tqdm import tqdm

from clinic.models import SealingCheck
from clinic.sealed_field import as_stored, sealed_fields
from clinic.sealing import PREFIX, UnreadableText, key_ids

BATCH = 500


class Command(BaseCommand):
    """Safe to stop, to run twice and to run while the site runs: a text that changed is left alone."""

    help = "Seal everything with the first of SEALING_KEYS, so that older keys may go."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say how much there is.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            SealingCheck.objects.check_keys()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        first = key_ids()[0]
        fields = list(sealed_fields())
        count = sum(older(model, name).count() for model, name in fields)
        if options["dry_run"]:
            self.stdout.write(f"{count} texts are sealed with another key than {first}.")
            return
        unreadable = 0
        with tqdm(total=count, unit="texts", file=self.stderr, disable=None) as bar:
            for model, name in fields:
                unreadable += seal_field(model, name, bar)
        if unreadable:
            raise CommandError(
                f"{unreadable} texts cannot be read and stay as they are: keep all keys."
            )
        left = sum(older(model, name).count() for model, name in fields)
        if left:
            self.stdout.write(f"{left} texts were sealed meanwhile with another key: run it again.")
            return
        for check in SealingCheck.objects.exclude(key_id=first):
            SealingCheck.objects.retire(check.key_id, now=timezone.now())
            self.stdout.write(f"The key {check.key_id} may go: nothing is sealed with it any more.")
        self.stdout.write(f"Everything is sealed with the key {first}.")


def older(model: type[models.Model], name: str) -> models.QuerySet[Any]:
    """Return the rows whose text another key than the first sealed, with it as `stored`."""
    return as_stored(model, name).exclude(stored__startswith=f"{PREFIX}{key_ids()[0]}:")


def seal_field(model: type[models.Model], name: str, bar: Any) -> int:
    """Seal again in the order of the keys, batch by batch; return how many no key opens."""
    unreadable, last = 0, 0
    while batch := list(
        older(model, name)
        .filter(pk__gt=last)
        .order_by("pk")
        .values_list("pk", name, "stored")[:BATCH]
    ):
        for pk, text, stored in batch:
            if isinstance(text, UnreadableText):
                unreadable += 1
            else:
                older(model, name).filter(pk=pk, stored=stored).update(**{name: text})
            bar.update()
        last = batch[-1][0]
    return unreadable
