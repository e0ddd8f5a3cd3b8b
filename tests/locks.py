"""Who waits for what this connection has locked: races are decided by it, and not by the clock."""

import time

from django.db import connection

# Whoever stands in line behind somebody who waits for us is found by the one before.
_WAITING = """
    WITH RECURSIVE waiting(pid) AS (
        SELECT pg_backend_pid()
        UNION
        SELECT lock.pid FROM pg_locks lock
        JOIN waiting ON waiting.pid = ANY(pg_blocking_pids(lock.pid))
        WHERE NOT lock.granted
    )
    SELECT count(*) - 1 FROM waiting
"""


def waiting_for_us():
    """Return how many connections wait for a lock of this one, in line behind each other too."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return cursor.fetchone()[0]


def until_waiting(count=1):
    """Go on as soon as so many wait for a lock of this connection."""
    for _look in range(1000):
        if waiting_for_us() == count:
            return
        time.sleep(0.01)
    raise AssertionError("They did not wait.")
