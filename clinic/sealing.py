"""Seals text for the database, with keys that are kept outside it.

A sealed text is `sealed:<key id>:<Fernet token>`. The first of `SEALING_KEYS` seals, all of them
open: so a new key can be put before the old one, and what was sealed with the old one sealed again.
It guards against a stolen dump or backup, not against whoever holds the running server.
"""

import contextlib
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PREFIX = "sealed:"
PROOF = "This key opens what it sealed."
KEY_FILE = "sealing-key"
EXAMPLE = "SEALING_KEYS=\"$(openssl rand -base64 32 | tr '+/' '-_')\""


class CannotOpen(Exception):
    """The key with `key_id` is not among `SEALING_KEYS`, or the text is damaged."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"Nothing opens what the key {key_id or '(none)'} sealed.")
        self.key_id = key_id


class UnreadableText(str):
    """Says so in the place of a text that no key opens, and keeps it for whoever has the key."""

    stored: str

    def __new__(cls, stored: str) -> "UnreadableText":
        text = super().__new__(cls, "This text cannot be read: its key is missing.")
        text.stored = stored
        return text


def key_id(key: str) -> str:
    """Return the key's name: eight digits that tell nothing of the key."""
    return hashlib.sha256(b"clinic.sealing" + key.encode()).hexdigest()[:8]


def read_keys(text: str) -> list[str]:
    """Return the keys, the one that seals first. Raises ImproperlyConfigured for what is none."""
    keys = text.replace(",", " ").split()
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                "SEALING_KEYS must hold keys of 32 random bytes each, the newest first, with commas "
                f"between them: for example {EXAMPLE}."
            ) from None
    return keys


def own_key(folder: Path) -> str:
    """Return the key of a development site, which is made in its folder the first time."""
    file = folder / KEY_FILE
    try:
        if not file.exists():
            _make(file)
        return file.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR names {folder}, where no key can be kept ({error.strerror}): name a folder "
            "of this user's, for example DATA_DIR=/var/lib/clinic."
        ) from error


def _make(file: Path) -> None:
    """Make a key for this user alone. Of two processes that do so at once, one wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent) as own:  # is readable for this user alone
        own.write(Fernet.generate_key() + b"\n")
        own.flush()
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(own.name)


def key_ids() -> list[str]:
    return list(_ring(tuple(settings.SEALING_KEYS)))


def seal(text: str) -> str:
    """Return the text sealed with the first key. Empty stays empty."""
    if not text:
        return ""
    first, fernet = next(iter(_ring(tuple(settings.SEALING_KEYS)).items()))
    return f"{PREFIX}{first}:{fernet.encrypt(text.encode()).decode()}"


def open_sealed(stored: str) -> str:
    """Return what was sealed. Raises CannotOpen if no key opens it."""
    if not stored:
        return ""
    used, _, token = stored.removeprefix(PREFIX).partition(":")
    fernet = _ring(tuple(settings.SEALING_KEYS)).get(used)
    if fernet is None or not stored.startswith(PREFIX):
        raise CannotOpen(used)
    try:
        return fernet.decrypt(token.encode()).decode()
    except InvalidToken:
        raise CannotOpen(used) from None


@lru_cache(maxsize=8)
def _ring(keys: Sequence[str]) -> dict[str, Fernet]:
    return {key_id(key): Fernet(key) for key in keys}
