"""Adds drafts, and what drafts share, from files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from conditions.transfer import BadContent, import_content, read_content


class Command(BaseCommand):
    help = (
        "Read what export_articles wrote. Everything becomes a draft; no page on the site changes. "
        "What is here already stays as it is, unless --update is given. Red flags act at once: "
        "they are asked before bookings and found by the search."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder, and what to do with what is here already."""
        parser.add_argument("folder", type=Path, help="the folder that export_articles wrote")
        parser.add_argument("--update", action="store_true", help="write over what is here already")
        parser.add_argument(
            "--weaken-red-flags",
            action="store_true",
            help="with --update: also switch off and lower red flags, and take their words away",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import all or nothing, and say what was done."""
        try:
            with transaction.atomic():
                report = import_content(
                    read_content(options["folder"]),
                    update=options["update"],
                    weaken_red_flags=options["weaken_red_flags"],
                )
                transaction.set_rollback(options["dry_run"])
        except BadContent as error:
            raise CommandError(f"Nothing was imported. {error}") from error
        except OSError as error:
            raise CommandError(f"{options['folder']} cannot be read: {error.strerror}") from error
        would = "Would be " if options["dry_run"] else ""
        for word, records in (
            ("added", report.added),
            ("written over", report.updated),
            ("left as they are", report.left),
        ):
            self.stdout.write(f"{would}{word}: {len(records)}".capitalize())
        act = "would act" if options["dry_run"] else "act"
        self._list(f"Red flags that {act} at once, without publishing", report.at_once)
        keep = "would stay" if options["dry_run"] else "stays"
        self._list(f"What {keep} as it is here, unlike in the files", report.kept)

    def _list(self, title: str, lines: list[str]) -> None:
        if lines:
            self.stdout.write(f"{title}:")
        for line in lines:
            self.stdout.write(f"- {line}")
