"""A worker that is killed in the moment when a text message has left: `-m` with a file for texts."""

import os
import signal
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import execute_from_command_line


class KilledAfterSending:
    """Takes a text, and ends the process as a power cut does."""

    def __init__(self, *, file):
        self.file = Path(file)

    def send(self, *, to, text):
        with self.file.open("a") as file:
            file.write(f"{to}: {text}\n")
        os.kill(os.getpid(), signal.SIGKILL)
        return "never said"


if __name__ == "__main__":
    settings.SMS = {
        "BACKEND": "tests.booking.texting_worker.KilledAfterSending",
        "OPTIONS": {"file": sys.argv[1]},
    }
    execute_from_command_line(["manage.py", "procrastinate", "worker"])
