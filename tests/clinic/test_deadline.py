"""Time limits; what they do to good and bad servers is in test_outbound.py and test_mail_smtp.py."""

import socket
import time

import pytest

from clinic.deadline import connect, left, look_up

from .mail_servers import free_port


def test_left_counts_down_to_the_deadline():
    now = time.monotonic()

    assert 59 < left(now + 60) <= 60
    with pytest.raises(TimeoutError):
        left(now - 1)


def test_connect_tries_one_address_after_the_other():
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = [
            (socket.AF_INET, ("127.0.0.1", free_port())),
            (socket.AF_INET, server.getsockname()),
        ]
        with connect(found, time.monotonic() + 5) as connection:
            assert connection.getpeername() == server.getsockname()


@pytest.mark.parametrize(
    "found", [[], [(socket.AF_INET, ("127.0.0.1", 1))]], ids=["none", "closed"]
)
def test_connect_says_that_nobody_answers(found):
    with pytest.raises(OSError, match="no address to connect to|refused"):
        connect(found, time.monotonic() + 5)


def test_look_up_knows_this_machine():
    deadline = time.monotonic() + 5

    assert (socket.AF_INET, ("127.0.0.1", 25)) in look_up("localhost", 25, deadline)
