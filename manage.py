#!/usr/bin/env python
"""Run a management command: `manage.py help` lists them."""

import os
import sys


def main() -> None:
    """Run the command, or say in one sentence why it cannot start."""
    if sys.version_info < (3, 12):  # noqa: UP036 - this file is what an older Python gets to see
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(f"The clinic site needs Python 3.12 or newer, and this is Python {found}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured  # after the check of the version
        from django.core.management import execute_from_command_line
        from django.db import OperationalError
    except ModuleNotFoundError:
        sys.exit("Django is not installed here: run `make run`, or use .venv/bin/python.")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"The clinic site cannot start: {error}")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None):  # reached, and it refused a statement
            raise
        reason = " ".join(str(error).split())
        sys.exit(
            f"The database cannot be reached ({reason}): start it, or set DATABASE_URL to one that "
            "runs, for example DATABASE_URL=postgresql://clinic:password@localhost:5432/clinic."
        )


if __name__ == "__main__":
    main()
