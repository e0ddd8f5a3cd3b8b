"""How mail leaves: by SMTP, by a provider (`clinic.providers`), or into files in development.

Each backend notes on the mail what was answered when it was taken: `answer_of` reads it.
"""

import os
import re
import secrets
import smtplib
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

from django.core.mail import EmailMessage, InvalidMailer
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from clinic.deadline import connect, ends_by, look_up

LONGEST_ANSWER = 500
_ADDRESS = re.compile(r'<?("[^"]{0,64}"|[^\s<>@"(),:;]{1,256})@[^\s<>@"(),;]{1,256}>?')
# What the clinic can put right while the mail waits (the key, the plan, the domain), or what passes.
_PASSING = frozenset({401, 402, 403, 404, 405, 407, 408, 425, 429})


class ProviderError(Exception):
    """A provider did not take a mail. The text is the kind of error, for it may not name anybody."""

    def __init__(self, kind: str, *, code: int | None = None, is_refusal: bool = False) -> None:
        super().__init__(kind)
        self.code = code
        """The status of the provider's answer in HTTP, if there was one."""
        self.is_refusal = is_refusal
        """Whether it will never take a mail to this address."""


def answer_of(mail: EmailMessage) -> str:
    """Return what was answered when the mail was taken, or "" if nobody noted it.

    One line of at most 500 printable ASCII characters, for example "250 2.0.0 OK queued as 4F7A".
    """
    return str(getattr(mail, "server_answer", ""))


def provider_id_of(mail: EmailMessage) -> str:
    """Return by which name the provider knows the mail, for its reports, or ""."""
    return str(getattr(mail, "provider_id", ""))


def file_of(mail: EmailMessage) -> str:
    """Return the path of the file that the mail was written to, or ""."""
    return str(getattr(mail, "written_to", ""))


def note_answer(mail: EmailMessage, answer: str, *, provider_id: str = "") -> None:
    """Note on a mail that left what was answered."""
    vars(mail).update(server_answer=answer_line(answer), provider_id=answer_line(provider_id))


def answer_line(text: str) -> str:
    """Return the text as one line of at most 500 printable ASCII characters."""
    text = text[: 4 * LONGEST_ANSWER].encode("ascii", "replace").decode("ascii")
    return " ".join(re.sub(r"[^!-~]+", " ", text).split())[:LONGEST_ANSWER]


def said_in(error: BaseException, *, to: str) -> str:
    """Return what the server said as it refused a mail, or "". As `answer_of`, without addresses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        refusals: list[tuple[int, bytes | str]] = [*error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        refusals = [(error.smtp_code, error.smtp_error)]
    else:
        return ""
    texts = [
        f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
        for code, said in refusals
    ]
    return answer_line(without_addresses(" ".join(texts)[: 4 * LONGEST_ANSWER], to))


def without_addresses(text: str, *known: str) -> str:
    """Return the text with addresses cut out, and the mailboxes of those that are known."""
    text = _ADDRESS.sub("[address]", text)
    for address in known:
        # Some servers name the mailbox alone.
        name = address.rpartition("@")[0]
        if len(name) > 2:
            text = re.sub(re.escape(name[:64]), "[address]", text, flags=re.IGNORECASE)
    return text


def codes_of(error: BaseException) -> list[int]:
    """Return the codes of a server's or a provider's refusal."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    if isinstance(error, smtplib.SMTPResponseException):
        return [error.smtp_code]
    if isinstance(error, ProviderError) and error.code is not None:
        return [error.code]
    return []


def is_permanent(error: BaseException) -> bool:
    """Say whether trying again is pointless: this recipient or this mail was refused.

    A refused sign-in or sender is not: the clinic can repair those while the mail waits.
    """
    codes = codes_of(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        return bool(codes) and all(500 <= code < 600 for code in codes)
    if isinstance(error, ProviderError):
        return error.is_refusal or any(400 <= code < 500 for code in set(codes) - _PASSING)
    return False


class EmlFileBackend(BaseEmailBackend):
    """Writes `<time>-<random>.eml` files, for a mail program, into the folder that OPTIONS names."""

    def __init__(self, *, alias: str, folder: str = "", **kwargs: Any) -> None:
        super().__init__(alias=alias, **kwargs)
        if not folder:
            raise InvalidMailer("OPTIONS must define 'folder'.", alias=alias)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages and return how many there were."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            vars(message)["written_to"] = self._write(message.message().as_bytes())
            note_answer(message, "Written to a file")
        return len(email_messages)

    def _write(self, content: bytes) -> Path:
        """Write one file, readable by its owner only, that appears when it is complete."""
        name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(4)}"
        partial = self.folder / f".{name}.part"
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        return partial.rename(self.folder / f"{name}.eml")


class _Connection(smtplib.SMTP):
    """Remembers the answer to DATA, and ends at its deadline whatever the server does."""

    answer = ""

    def connect(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Connect, and leave nothing open if the server does not greet."""
        self._limits = ExitStack()
        try:
            return super().connect(*args, **kwargs)
        except BaseException:
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        deadline = time.monotonic() + timeout
        connection = connect(look_up(host, port, deadline), deadline)
        self._limits.enter_context(closing(connection))
        self._limits.enter_context(ends_by(deadline, connection))
        return connection

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the mail and remember what the server says to it."""
        code, reply = super().data(msg)
        self.answer = f"{code} {reply.decode('ascii', 'replace')}"
        return code, reply

    def close(self) -> None:
        """Close the connection and stop its clock."""
        super().close()
        self._limits.close()


class _TlsConnection(smtplib.SMTP_SSL, _Connection):
    """The same with TLS from the beginning: in this order its handshake is bounded too."""


class SmtpBackend(smtp.EmailBackend):
    """Django's own, but it keeps the server's answer, and `timeout` bounds a connection as a whole."""

    connection: _Connection | None
    _partial_connection: _Connection | None

    def __init__(self, *, alias: str, timeout: float = 10, **kwargs: Any) -> None:
        super().__init__(alias=alias, timeout=timeout, **kwargs)

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """Return the class of the connection: with TLS from its beginning, or not."""
        return _TlsConnection if self.use_ssl else _Connection

    def open(self) -> bool | None:
        """Open a connection, unless there is one. One that cannot be used is not left open."""
        try:
            return super().open()
        finally:
            if self._partial_connection is not None:
                self._partial_connection.close()

    def _send(self, email_message: EmailMessage) -> bool:
        is_sent = bool(super()._send(email_message))  # type: ignore[misc]  # no stub knows it
        if is_sent and self.connection is not None:
            note_answer(email_message, self.connection.answer)
        return is_sent

    def _close_connection(self, connection: smtplib.SMTP) -> None:
        # Whether a mail was taken is known by now, and a bad goodbye must not say otherwise.
        with suppress(Exception):
            connection.quit()
        connection.close()
