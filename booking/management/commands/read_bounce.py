import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from booking.bounces import note_returned
from clinic.bounces import MOST_BYTES, read_bounce


class Command(BaseCommand):
    help = "Reads a mail that came back from standard input, and notes which message it was."

    def handle(self, *args: Any, **options: Any) -> None:
        """Read one mail. The mail server that calls this hears of no error: it could do nothing."""
        bounce = read_bounce(sys.stdin.buffer.read(MOST_BYTES + 1))
        if bounce is None:
            self.stdout.write("This mail says nothing about a mail that did not arrive.")
            return
        message = note_returned(bounce, now=timezone.now())
        if message is None:
            self.stdout.write("It is about a mail that this site did not send.")
            return
        self.stdout.write(f"Message {message.pk}: {bounce.answer}")
