"""Two hundred people at once, each with a database connection of their own."""

import gc
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, connections

from booking.errors import BookingError

CLIENTS = 200
LONGEST_WAIT = 3  # seconds, from the issue of the first release
# `make races` runs as many as the issue of the booking engine asks for.
ROUNDS = range(int(os.environ.get("RACE_ROUNDS", "1")))


@dataclass(frozen=True)
class Answer:
    outcome: object
    seconds: float


class Clients:
    """Many threads, each with a database connection of its own that is open before the start."""

    def __init__(self, size):
        self.size = size
        self.pool = ThreadPoolExecutor(max_workers=size)

    def race(self, calls):
        """Run one call per client, all released at once, and return the answers in order."""
        barrier = threading.Barrier(len(calls))

        def run(call):
            connection.ensure_connection()
            barrier.wait(timeout=60)
            began = time.perf_counter()
            try:
                outcome = call()
            except Exception as error:  # noqa: BLE001 - the tests look at every answer
                outcome = error
            return Answer(outcome, time.perf_counter() - began)

        return [future.result() for future in [self.pool.submit(run, call) for call in calls]]

    def close(self):
        self.race([connections.close_all] * self.size)
        self.pool.shutdown()


def in_a_thread(call):
    """Return what the call returns, or how it is refused, on a connection that ends with it."""
    try:
        return call()
    except BookingError as refusal:
        return refusal
    finally:
        connection.close()


@contextmanager
def many_clients():
    """Give a block its clients, and this Python to nothing else meanwhile."""
    clients = Clients(CLIENTS)
    # 200 threads of one Python spend less of the time that is measured on handing over to each other.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.1)
    # Nor should it go into sweeping what a whole run of tests has left in memory.
    gc.collect()
    gc.freeze()
    yield clients
    gc.unfreeze()
    sys.setswitchinterval(interval)
    clients.close()


def empty_the_diary():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE booking_appointment, procrastinate_jobs CASCADE")
