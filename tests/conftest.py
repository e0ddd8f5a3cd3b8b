"""What all tests stand on: settings, a real PostgreSQL, and the system's own Chromium."""

import base64
import fcntl
import gc
import os
import shutil
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django
import pytest
import time_machine
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase
from django.utils import timezone

from clinic import embedded_postgres

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or ROOT / ".data").absolute()
CHROMIUM_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
# Chromium obeys the last such list alone, so this repeats Playwright's. Its own two are windows that
# open below an address bar: ten times the work of a page, for every new browser of a headless run.
FEATURES_OFF = (
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "AimEnabled",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)
SETTINGS_VARIABLES = (
    "ALLOWED_HOSTS",
    "CLINIC_TIME_ZONE",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_URL",
    "LINK_CHECKS",
    "PORT",
    "SEALING_KEYS",
    "SEALING_KEYS_FILE",
    "SECRET_KEY",
    "SECRET_KEY_FILE",
    "SITE_URL",
    "SMS_URL",
    "STAFF_IDLE_MINUTES",
    "TRUSTED_PROXIES",
    "WEB_WORKERS",
)


def _prepare_environment() -> None:
    """Set what the settings read, before pytest-django loads them.

    Whatever the terminal has set for the running site stays out of the tests, but for the database.
    """
    for name in SETTINGS_VARIABLES:
        os.environ.pop(name, None)
    os.environ["DEBUG"] = "1"
    # Processes that tests start read what this one sealed.
    os.environ["SEALING_KEYS"] = base64.urlsafe_b64encode(
        b"a key for tests alone".ljust(32)
    ).decode()
    # A worker that a test starts must not reach for the network if the clock says so.
    os.environ["LINK_CHECKS"] = "off"
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="clinic-tests-")
    # Its list of fonts takes five seconds to make, and is the same in each run.
    os.environ["MPLCONFIGDIR"] = str(DATA_DIR / "matplotlib")
    os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
    # Playwright's own loop runs in the tests' thread, and Django would take a query for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    if not os.environ.get("DATABASE_URL"):
        folder = DATA_DIR / "test-postgres"
        os.environ["DATABASE_URL"] = embedded_postgres.start(folder, durable=False)


_prepare_environment()
# pytest-django looks for settings before this file sets them, and other conftests import models.
django.setup()
# Slow on purpose for the site; what tests are about is who may sign in, not how it is kept.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _empty_quickly() -> None:
    """Empty the tables after a test that commits with statements that take less time than Django's."""
    from tests import copies  # Like other imports below, it needs the settings.

    flush = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda test: copies.empty(lambda: flush(test))


_empty_quickly()


def pytest_collection_modifyitems(items) -> None:
    """Begin with the slow folder, so that no process ends long after the others.

    End with the files whose tests want to be alone: amid the others, each keeps all waiting twice.
    """
    alone = {item.path for item in items if item.get_closest_marker("alone")}
    items.sort(key=lambda item: (item.path in alone, "browser" not in item.path.parts))


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never among what is there for good: a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def pytest_unconfigure() -> None:
    """Remove the folder that mail and media of this run went to."""
    shutil.rmtree(os.environ["DATA_DIR"], ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let the tests empty all tables after one that commits: in the site's database nobody may."""
    from clinic.models import SealingCheck  # Models need the settings, as above.

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        # Or the first test that seals would ask once more than others.
        SealingCheck.objects.check_once()
        for table in ("booking_appointmentevent", "booking_auditentry", "clinic_signin"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_is_never_emptied")


@contextmanager
def _lock(path, how):
    with path.open("w") as file:
        fcntl.flock(file, how)
        yield


@pytest.fixture(autouse=True)
def _room(request, tmp_path_factory):
    """Let a test that is marked `alone` wait until no other runs, and hold up those that follow.

    Several processes run the tests, and what measures how long people wait needs them all to rest.
    """
    is_alone = request.node.get_closest_marker("alone")
    folder = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        folder = folder.parent  # which all processes of this run share, and no other run
    with ExitStack() as stack:
        # Who waits for an empty room keeps the door, or the others would come in for ever.
        with _lock(folder / "door.lock", fcntl.LOCK_EX):
            room = _lock(folder / "room.lock", fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
            stack.enter_context(room)
        yield


@pytest.fixture(autouse=True)
def _facts_unread(monkeypatch):
    """Start as a new process does, which has read nothing of the clinic."""
    from clinic.models import Clinic  # Models need the settings, which this file prepares first.

    monkeypatch.setattr(Clinic.objects, "last_read", None)


@pytest.fixture(autouse=True)
def _one_clock(monkeypatch):
    """Set PostgreSQL's clock with Python's, when a test sets that one."""
    from booking.models import DatabaseNow  # Models need the settings, as above.

    as_it_is = DatabaseNow.as_sql

    def as_sql(self, compiler, connection, **kwargs):
        if time_machine.escape_hatch.is_travelling():
            return f"'{timezone.now().isoformat()}'::timestamptz", []
        return as_it_is(self, compiler, connection, **kwargs)

    monkeypatch.setattr(DatabaseNow, "as_sql", as_sql)


@pytest.fixture(scope="session")
def playwright(playwright):
    """Close what Django opens while Playwright's loop runs: a connection that only it finds."""
    yield playwright
    connections.close_all()


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """Wait in the end until it has answered: a database that is still read cannot be removed."""
    yield live_server
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Start the system's Chromium, quiet, and able to run as root in a container."""
    found = [os.environ.get("CHROMIUM", ""), *(shutil.which(n) or "" for n in CHROMIUM_NAMES)]
    executable = next((path for path in found if path), "")
    if not executable:
        pytest.fail("No Chromium found: install Debian's `chromium`, or set CHROMIUM to its path.")
    return browser_type_launch_args | {
        "executable_path": executable,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--disable-features={','.join(FEATURES_OFF)}",
        ],
    }


@pytest.fixture
def run_worker(transactional_db, monkeypatch):
    """Return a function that runs a real worker until nothing is due."""
    # Imported here because the settings must be set first, above.
    from procrastinate.contrib.django import app
    from procrastinate.periodic import PeriodicRegistry

    # Its thread ends with it, and must not leave a connection behind.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)

    def run():
        worker_app = app.with_connector(app.connector.get_worker_connector())
        # Whether something periodic is due would depend on the clock.
        worker_app.periodic_registry = PeriodicRegistry()
        # In a thread of its own, because Playwright's loop runs in the tests'.
        with ThreadPoolExecutor(max_workers=1) as pool:
            pool.submit(
                worker_app.run_worker,
                wait=False,
                install_signal_handlers=False,
                listen_notify=False,
            ).result()

    return run
