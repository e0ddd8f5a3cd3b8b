"""Mail servers on this machine, good and bad ones, for tests of what sends mail."""

import socket
import ssl
import threading
from contextlib import contextmanager, suppress

from aiosmtpd.controller import Controller

from .loopback import CERTIFICATE


class Box:
    """Takes mail, or answers as it is told to, and keeps what it took."""

    def __init__(self, *, recipient="250 OK", data="250 2.0.0 OK queued as 4F7A"):
        self.recipient, self.data = recipient, data
        self.taken = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server, session, envelope):
        if self.data.startswith("250"):
            self.taken.append(envelope)
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
