"""Workers as processes of their own, and what the tests of them share."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import tasks

ROOT = Path(__file__).resolve().parents[2]
WORKER = (sys.executable, "manage.py", "procrastinate", "worker")
SECONDS_TO_WORK = 30


@contextmanager
def workers(count, *, command=WORKER, **environment):
    """Run so many workers against the database of the tests, and give them once all are ready."""
    database = connection.settings_dict
    host = urlencode({"host": database["HOST"]})
    environment |= {
        "DATABASE_URL": f"postgresql://{quote(database['USER'])}@/{database['NAME']}?{host}"
    }
    running = [
        subprocess.Popen(command, cwd=ROOT, env=os.environ | environment) for _ in range(count)
    ]
    try:
        wait_until(lambda: _ready() == count)
        yield running
    finally:
        for worker in running:
            worker.send_signal(signal.SIGTERM)
        for worker in running:
            try:
                worker.wait(timeout=10)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


def _ready():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers")
        return cursor.fetchone()[0]


def wait_until(is_so):
    deadline = time.monotonic() + SECONDS_TO_WORK
    while not is_so():
        assert time.monotonic() < deadline, "the workers did not do it in time"
        time.sleep(0.05)


def all_done():
    """Say whether no job is left to do."""
    return not ProcrastinateJob.objects.filter(status__in=("todo", "doing")).exists()


def make_due_now():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")


def restart_lost_jobs(run_worker):
    """Let two minutes pass since a worker was heard of last, and another one look after its jobs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'"
        )
    tasks.restart_lost_jobs.defer(timestamp=0)
    run_worker()
    make_due_now()
    run_worker()
