"""Writes every draft, and what drafts share, as files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conditions.transfer import BadContent, export_content, write_content


class Command(BaseCommand):
    help = (
        "Write all articles, red flags, remedies, sources and words as JSON files into a new "
        "folder, for import_articles on another site. Nothing about a patient is in them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path, help="a folder that is empty or not there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files and say how many."""
        try:
            files = write_content(export_content(), options["folder"])
        except BadContent as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            name = error.filename or options["folder"]
            raise CommandError(f"{name} cannot be read or written: {error.strerror}") from error
        self.stdout.write(f"{len(files)} files are in {options['folder']}.")
