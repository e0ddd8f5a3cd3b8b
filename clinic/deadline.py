"""A time limit for a whole conversation over the network, whatever the other side does.

A deadline is a moment of `time.monotonic()`. What comes after it raises TimeoutError.
"""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

type SocketAddress = tuple[Any, ...]
type Found = list[tuple[int, SocketAddress]]
"""Family and address of all that a name stands for."""


def left(deadline: float) -> float:
    """Return the seconds until the deadline."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def look_up(host: str, port: int, deadline: float) -> Found:
    """Return where the name leads to. Raises OSError or UnicodeError if nobody knows it."""
    # In a thread, because a look-up knows no time limit of its own.
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        asked = pool.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = asked.result(timeout=left(deadline))
    finally:
        pool.shutdown(wait=False)
    return [(family, address) for family, _, _, _, address in found]


def connect(found: Found, deadline: float) -> socket.socket:
    """Return a connection to the first of the addresses that answers. Raises OSError."""
    for family, address in found:
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(left(deadline))
            connection.connect(address)
        except OSError:
            connection.close()
            if (family, address) == found[-1]:
                raise
        else:
            return connection
    raise OSError("there is no address to connect to")


@contextmanager
def ends_by(deadline: float, connection: socket.socket) -> Iterator[None]:
    """End the connection at the deadline, even if the other side sends a byte now and then."""
    seconds = left(deadline)
    # The file descriptor goes over to the TLS socket, so the timer gets one of its own.
    own = connection.dup()
    timer = Timer(seconds, _end, [own])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        own.close()


def _end(connection: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        connection.shutdown(socket.SHUT_RDWR)
