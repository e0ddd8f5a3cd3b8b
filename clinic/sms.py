"""Text messages: one small interface, off until SMS_URL names who sends them."""

import sys
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class SmsError(Exception):
    """A text was not taken. What it says names nobody: neither number nor text."""


class SmsRefused(SmsError):
    """This number or this text will never be taken: trying again is pointless."""


class SmsFailed(SmsError):
    """The text was not taken now. Try again later, unless it may be on its way already."""

    def __init__(self, reason: str, *, was_maybe_sent: bool) -> None:
        super().__init__(reason)
        self.was_maybe_sent = was_maybe_sent
        """Whether the request went out and nobody knows what became of it: again may be twice."""


class SmsBackend(Protocol):
    """Who sends text messages."""

    def send(self, *, to: str, text: str) -> str:
        """Send a text to a number such as +12125550123, and return what was answered.

        One line of at most 500 printable ASCII characters. Raises SmsRefused or SmsFailed.
        """
        ...


class ConsoleSms:
    """Prints to the terminal. For development only, because a terminal's output is often kept."""

    def send(self, *, to: str, text: str) -> str:
        """Print the text."""
        sys.stdout.write(f"SMS to {to}: {text}\n")
        sys.stdout.flush()
        return "Printed to the terminal"


def backend() -> SmsBackend | None:
    """Return who sends texts, or None while that is off."""
    entry: dict[str, Any] | None = settings.SMS
    if entry is None:
        return None
    sender: SmsBackend = import_string(entry["BACKEND"])(**entry["OPTIONS"])
    return sender
