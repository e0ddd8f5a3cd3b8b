"""The starter content, for tests of several folders: loaded once in each process, then copied."""

import time_machine
from django.core.management import call_command

from .booking.factories import NOW
from .copies import fill


def seed():
    """Fill the empty tables as `seed_demo` does at `NOW`."""
    fill(_load)


def _load():
    with time_machine.travel(NOW, tick=False):
        call_command("seed_demo", verbosity=0)
