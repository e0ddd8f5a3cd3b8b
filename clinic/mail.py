"""A mail backend for development: each message becomes a file that a mail program can open."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.mail import EmailMessage, InvalidMailer
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class EmlFileBackend(BaseEmailBackend):
    """Writes `<time>-<random>.eml` files into the folder that OPTIONS names."""

    def __init__(self, *, alias: str, folder: str = "", **kwargs: Any) -> None:
        super().__init__(alias=alias, **kwargs)
        if not folder:
            raise InvalidMailer("OPTIONS must define 'folder'.", alias=alias)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages and return how many there were."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            self._write(message.message().as_bytes())
        return len(email_messages)

    def _write(self, content: bytes) -> None:
        """Write one file, readable by its owner only, that appears when it is complete."""
        name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(4)}"
        partial = self.folder / f".{name}.part"
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        partial.rename(self.folder / f"{name}.eml")
