"""Compile every template, so that a mistake in one that no test draws is found too."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError
from django.template.loader import get_template


class Command(BaseCommand):
    """Fails with one line for each template that does not compile."""

    help = "Compile every template of the site."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.BASE_DIR / "templates"
        paths = sorted(path for path in folder.rglob("*") if path.suffix in {".html", ".txt"})
        mistakes = []
        for path in paths:
            try:
                get_template(str(path.relative_to(folder)))
            except TemplateSyntaxError as error:
                mistakes.append(f"{path.relative_to(settings.BASE_DIR)}: {error}")
        if mistakes:
            raise CommandError("\n".join(mistakes))
        self.stdout.write(f"{len(paths)} templates compile.")
