"""Mail servers on this machine, good and bad ones, for tests of what sends mail."""

import asyncio
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

from .loopback import CERTIFICATE

HANG = "say nothing"
LONGER_THAN_ANY_TEST = 60


class Box:
    """Takes mail, or answers as it is told to, and keeps what it took.

    `recipients` holds the answers to some addresses; `at_data` is called when a mail was taken.
    """

    def __init__(
        self,
        *,
        recipient="250 OK",
        recipients=None,
        data="250 2.0.0 OK queued as 4F7A",
        at_data=lambda: None,
    ):
        self.recipient, self.recipients, self.data = recipient, recipients or {}, data
        self.at_data = at_data
        self.taken = []

    @property
    def mails(self):
        """What it took, parsed."""
        return [
            message_from_bytes(taken.content, policy=policy.default) for taken in list(self.taken)
        ]

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.recipients.get(address, self.recipient)
        if answer is HANG:
            await asyncio.sleep(LONGER_THAN_ANY_TEST)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        if self.data.startswith("250"):
            self.taken.append(envelope)
            self.at_data()
        return self.data


@contextmanager
def serve(box, *, security=""):
    """Run a real SMTP server and give its port; `security` is as in EMAIL_URL."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    options = {
        "": {},
        "tls": {"tls_context": tls, "require_starttls": True},
        "ssl": {"ssl_context": tls},
    }
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **options[security])
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def play(script):
    """Run a server that does with each connection what `script(conversation)` says; give its port."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def answer():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                script(Conversation(connection, over))

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        # Closing alone would not wake who waits for the next to come.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=10)


class Conversation:
    """The server's side of one connection."""

    def __init__(self, connection, over):
        self.connection, self.over = connection, over
        self.file = connection.makefile("rb")

    def say(self, line):
        self.connection.sendall(line.encode() + b"\r\n")

    def drip(self, text):
        """Send a byte now and then, for ever."""
        for byte in text.encode() * 1000:
            if self.over.wait(0.05):
                return
            self.connection.sendall(bytes([byte]))

    def wait(self):
        """Say nothing until the test is over."""
        self.over.wait(20)

    def take_mail(self):
        """Go on as a server does, up to the end of the mail, without answering that."""
        self.say("220 mail.example ESMTP")
        for answer in ("250 mail.example", "250 OK", "250 OK", "354 Go on"):
            self.file.readline()
            self.say(answer)
        while self.file.readline() not in {b".\r\n", b""}:
            pass


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
