"""Measure what patients wait for, each beside what it is compared to: `make bench`.

All sides of a comparison take turns in one run, on databases of their own that are dropped
afterwards, so the ratios say something on any machine; the rest only on the one that ran it.
`make bench ARGS=booking` measures that part alone, as do `ARGS=reading` and `ARGS=mail`.

What needs Django is imported inside `main`, which sets it up first.
"""

import argparse
import base64
import os
import signal
import sys
from pathlib import Path

import django

PARTS = ("reading", "booking", "mail")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure; by default all.")
    parser.add_argument("part", nargs="?", choices=PARTS, help="measure this part alone")
    part = parser.parse_args().part
    # Whoever ends this process ends its servers too, and gets rid of its databases.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    os.environ.setdefault("DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    # One for all: the sites read what this process stores.
    os.environ["SEALING_KEYS"] = base64.urlsafe_b64encode(os.urandom(32)).decode()
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    django.setup()
    from django.test.utils import (
        get_runner,
        setup_test_environment,
        teardown_test_environment,
    )

    setup_test_environment(debug=False)
    from django.conf import settings
    from django.core.management import call_command

    from bench import booking, http, mail
    from bench.report import report_booking, report_mail, report_reading
    from bench.sites import named

    runner = get_runner(settings)(interactive=False, verbosity=0)
    databases = runner.setup_databases()
    try:
        call_command("seed_demo", verbosity=0, stdout=sys.stderr)
        database_url = named(settings.DATABASE_URL, settings.DATABASES["default"]["NAME"])
        if part in (None, "reading"):
            report_reading(http.compare(database_url))
        if part in (None, "booking"):
            report_booking(booking.compare(database_url))
        if part in (None, "mail"):
            report_mail(mail.compare(database_url))
    finally:
        runner.teardown_databases(databases)
        teardown_test_environment()


main()
