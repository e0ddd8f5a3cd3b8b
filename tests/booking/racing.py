"""Two hundred people at once, each with a database connection of their own."""

import gc
import os
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from booking.errors import BookingError

CLIENTS = 200
LONGEST_WAIT = 3  # seconds, from the issue of the first release
# `make races` runs as many as the issue of the booking engine asks for.
RACE_ROUNDS = int(os.environ.get("RACE_ROUNDS", "1"))


@dataclass(frozen=True)
class Answer:
    outcome: object
    seconds: float


class Clients:
    """Many threads, each with a database connection of its own that is open before the start."""

    def __init__(self):
        self.pool = ThreadPoolExecutor(max_workers=CLIENTS)
        self.connections = set()

    def race(self, calls):
        """Run one call per client, all released at once, and return the answers in order."""
        barrier = threading.Barrier(len(calls))

        def run(call):
            connection.ensure_connection()
            self.connections.add(connection.connection)
            barrier.wait(timeout=60)
            began = time.perf_counter()
            try:
                outcome = call()
            except Exception as error:  # noqa: BLE001 - the tests look at every answer
                outcome = error
            return Answer(outcome, time.perf_counter() - began)

        with undisturbed():
            return [future.result() for future in [self.pool.submit(run, call) for call in calls]]

    def close(self):
        self.pool.shutdown()
        for opened in self.connections:
            opened.close()


@contextmanager
def undisturbed():
    """Give this Python to nothing else than the clients while a block runs."""
    # 200 threads of one Python spend less of the time that is measured on handing over to each other.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.1)
    # Nor should it go into sweeping what a whole run of tests has left in memory.
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        sys.setswitchinterval(interval)


def in_a_thread(call):
    """Return what the call returns, or how it is refused, on a connection that ends with it."""
    try:
        return call()
    except BookingError as refusal:
        return refusal
    finally:
        connection.close()


def waits(pool, call):
    """Let somebody else do this, who has to wait for a lock, and return what will come of it."""
    number = Future()

    def run():
        connection.ensure_connection()
        number.set_result(connection.connection.info.backend_pid)
        return in_a_thread(call)

    waiting = pool.submit(run)
    for _look in range(1000):
        assert not waiting.done()
        if _waits_for_a_lock(number.result(timeout=10)):
            return waiting
        time.sleep(0.01)
    raise AssertionError("nobody waited")


def _waits_for_a_lock(number):
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_locks WHERE pid = %s AND NOT granted", [number])
        return cursor.rowcount > 0


def empty_the_diary():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE booking_appointment, procrastinate_jobs CASCADE")
