"""Make the tables and one page of a given length: `python -m bench.wagtail_site.fill LENGTH`."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.wagtail_site.settings")
django.setup()

# Wagtail's models may be imported once Django is set up.
from django.core.management import call_command  # noqa: E402 (after the settings)
from wagtail.models import Page, Site  # noqa: E402 (after the settings)

from bench.wagtail_site.article.models import ArticlePage  # noqa: E402 (after the settings)

PARAGRAPH = (
    "<p>A twitch is a small flicker in <b>part of a muscle</b>, and a "
    '<a href="https://www.example.org/cramp/">cramp</a> is a muscle that will not let go.</p>'
)


def main() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    body = PARAGRAPH * (int(sys.argv[1]) // len(PARAGRAPH))
    home = Page.objects.get(depth=2)
    conditions = home.add_child(instance=Page(title="Conditions", slug="conditions"))
    conditions.add_child(
        instance=ArticlePage(title="Spasms and twitches", slug="spasms-and-twitches", body=body)
    )
    Site.objects.update(hostname="127.0.0.1", root_page=home)


main()
