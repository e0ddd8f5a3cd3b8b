"""Run the whole site: web server and background worker, after bringing the database up to date."""

import contextlib
import ctypes
import errno
import logging
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.models import SealingCheck

logger = logging.getLogger(__name__)

# Each job is a thread of the worker: a mail to a server that hangs must not hold up all others.
JOBS_AT_ONCE = 4
SECONDS_TO_START = 60
SECONDS_TO_STOP = 30
# A child that ends sooner than this was never well: starting it again would not help.
SECONDS_TO_SETTLE = 10
SECONDS_BEFORE_RESTART = 5
# Threads of one process take turns, and the more there are, the more that costs.
WEB_THREADS, WEB_THREADS_WHILE_DEVELOPING = 2, 4
# Method, path and time only: no address of a visitor, no query string.
ACCESS_LOG = "%(method)s %(path)s %(status)d %(dt_ms).0f ms"


def _variables() -> str:
    """Return the variables that lead another command to this database, for a shell."""
    names = [name for name in ("DATABASE_URL", "DATA_DIR") if os.environ.get(name)]
    # The address may hold a password: whoever set it knows it.
    values = {name: "…" if name == "DATABASE_URL" else os.environ[name] for name in names}
    return "".join(f"{name}={shlex.quote(value)} " for name, value in values.items())


@dataclass
class Child:
    """A process that this command started, and what it is called in a message."""

    name: str
    command: list[str]
    is_restarted: bool = False
    """Whether to start it again when it ends after a time of running well."""
    has_settled: bool = False
    process: "subprocess.Popen[bytes]" = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = start(self.command)

    def has_ended(self) -> bool:
        if self.process.poll() is not None:
            return True
        self.has_settled |= time.monotonic() - self.started >= SECONDS_TO_SETTLE
        return False


class Command(BaseCommand):
    """Migrates, collects static files outside DEBUG, and starts web server and worker together.

    Both end when this command is told to stop. The worker, which ends when the database goes away,
    is started again until the database is back; if anything else ends by itself, all ends.
    """

    help = "Run the web server and the background worker until Ctrl-C or SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on.")
        parser.add_argument(
            "--seed", action="store_true", help="Load the starter content first, as seed_demo does."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: stop.set())
        refuse_unwritable_folder(settings.DATA_DIR)
        refuse_taken_port(options["host"], settings.PORT)
        self.prepare(seed=options["seed"])
        children: list[Child] = []
        try:
            if not stop.is_set():
                children.append(Child("web server", web_command(options["host"])))
                children.append(Child("background worker", worker_command(), is_restarted=True))
                if self.wait_until_up(options["host"], children, stop):
                    self.print_welcome()
                watch(children, stop)
        finally:
            end(children)
        self.stdout.write("Stopped.")

    def prepare(self, *, seed: bool) -> None:
        """Bring database and static files to what this version of the code expects."""
        call_command("migrate", verbosity=0, interactive=False)
        self.stdout.write("The database is up to date.")
        try:
            SealingCheck.objects.check_keys()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if not settings.DEBUG:
            call_command("collectstatic", verbosity=0, interactive=False)
        if seed:
            call_command("seed_demo", stdout=self.stdout)

    def wait_until_up(self, host: str, children: list[Child], stop: threading.Event) -> bool:
        """Return whether the web server answers; False if a child ended or a stop came first."""
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline and not stop.wait(0.1):
            if any(child.has_ended() for child in children):
                return False
            try:
                socket.create_connection((host, settings.PORT), timeout=1).close()
            except OSError:
                continue
            return True
        return False

    def print_welcome(self) -> None:
        """Say where the site is, where mail lands, and how to get into the admin."""
        self.stdout.write(f"\nThe site is at   {settings.SITE_URL}/")
        if not settings.EMAIL_URL:
            self.stdout.write(f"Mail lands in    {settings.MAIL_DIR}")
        if settings.DEBUG:
            admin = f"{_variables()}make admin"
            self.stdout.write(f"Staff account    {admin}   (in another terminal), then /admin/")
        self.stdout.write("Ctrl-C stops everything.\n")
        self.stdout.flush()


def refuse_unwritable_folder(folder: Path) -> None:
    """Make the folder, or raise CommandError with one sentence if nothing can be put into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise CommandError(
            f"DATA_DIR names {folder}, where nothing can be written ({error.strerror}): name a "
            "folder of this user's, for example DATA_DIR=/var/lib/clinic."
        ) from error


def refuse_taken_port(host: str, port: int) -> None:
    """Raise CommandError with one sentence if nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {port} is taken: stop the program that uses it, or choose another with "
                    f"PORT, for example PORT={port + 1 if port < 65535 else 8000}."
                ) from error
            raise CommandError(
                f"Cannot listen on {host}, port {port} ({error.strerror}): choose another with "
                "PORT, for example PORT=8000."
            ) from error


def web_command(host: str) -> list[str]:
    """Return the command that starts the web server."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    command += ["--host", host, "--port", str(settings.PORT)]
    # Each thread keeps one database connection, so their number is fixed and the threads live on.
    threads = WEB_THREADS_WHILE_DEVELOPING if settings.DEBUG else WEB_THREADS
    command += ["--blocking-threads", str(threads), "--blocking-threads-idle-timeout", "600"]
    command += ["--log-config", str(settings.BASE_DIR / "clinic" / "web_server_logs.json")]
    command += ["--workers-kill-timeout", str(SECONDS_TO_STOP // 2)]
    if settings.DEBUG:
        command += ["--access-log", "--access-log-fmt", ACCESS_LOG, "--workers", "1"]
    else:
        command += ["--log-level", "warning", "--workers", str(settings.WEB_WORKERS)]
        command += ["--respawn-failed-workers"]
    return [*command, "clinic.wsgi:application"]


def worker_command() -> list[str]:
    """Return the command that starts the background worker. People who wait for a page go first."""
    command = [
        "nice",
        "-n",
        "19",
        sys.executable,
        str(settings.BASE_DIR / "manage.py"),
        "procrastinate",
        "worker",
    ]
    command += ["--concurrency", str(JOBS_AT_ONCE)]
    return [*command, "--shutdown-graceful-timeout", str(SECONDS_TO_STOP // 2)]


def start(command: list[str]) -> "subprocess.Popen[bytes]":
    """Start a child that ends with this process, and not by the terminal's own Ctrl-C."""
    return subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "clinic.settings"},
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )


def _end_with_parent() -> None:
    """Ask Linux to send SIGTERM when the parent dies, even if it was killed outright."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def watch(children: list[Child], stop: threading.Event) -> None:
    """Return when told to stop. Raises CommandError if a child ends that is not restarted."""
    while not stop.wait(0.2):
        for child in children:
            if not child.has_ended():
                continue
            how = f"The {child.name} ended by itself (exit code {child.process.returncode})"
            if not (child.is_restarted and child.has_settled):
                raise CommandError(f"{how}, so everything was stopped: the lines above say why.")
            logger.warning("%s. Starting it again in %s s.", how, SECONDS_BEFORE_RESTART)
            if stop.wait(SECONDS_BEFORE_RESTART):
                return
            child.start()


def end(children: list[Child]) -> None:
    """Let the children finish what they are doing, and end them if that takes too long."""
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + SECONDS_TO_STOP
    for child in children:
        try:
            child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
        # A web server that was killed leaves its own workers behind, in the group it leads.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
