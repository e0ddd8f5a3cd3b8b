"""Sites under measurement: each as in production, on a free port and a database of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

import psycopg

from clinic.management.commands.serve import WEB_THREADS

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
WORKERS = 2


@dataclass(frozen=True)
class Server:
    """A running site, and the page of it that is asked for."""

    name: str
    port: int
    page: str


@contextmanager
def serve(
    name: str,
    module: str,
    variables: dict[str, str],
    *,
    page: str,
    python: str = sys.executable,
    log: Path | None = None,
) -> Iterator[Server]:
    """Run the site on a free port until the end of the block. It is up once `page` answers.

    What it has to say goes to the end of the file `log`, else to the terminal.
    """
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [python, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", HOST]
    command += ["--port", str(port), "--workers", str(WORKERS)]
    command += [
        "--blocking-threads",
        str(WEB_THREADS),
        "--blocking-threads-idle-timeout",
        "600",
        "--log-level",
        "warning",
    ]
    with running([*command, f"{module}:application"], variables, log) as process:
        server = Server(name, port, page)
        wait_for(server, process)
        yield server


@contextmanager
def running(
    command: list[str], variables: dict[str, str], log: Path | None = None
) -> "Iterator[subprocess.Popen[bytes]]":
    """Run a command, and what it starts, until the end of the block."""
    with ExitStack() as stack:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=clean_environment() | variables,
            stdout=subprocess.DEVNULL,
            stderr=None if log is None else stack.enter_context(log.open("a")),
            process_group=0,
        )
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                # A server that has only just been started may not have heard it.
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def shown_on_error(log: Path) -> Iterator[Path]:
    """Yield the file for what sites have to say; its end is printed if the block fails."""
    try:
        yield log
    except Exception:
        sys.stderr.write(log.read_text()[-4000:] if log.exists() else "")
        raise


def wait_for(server: Server, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{server.name} did not start: run it alone to see why.")
        try:
            fetch(server)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"{server.name} did not answer within a minute.")


def fetch(server: Server) -> bytes:
    request = urllib.request.Request(
        f"http://{HOST}:{server.port}{server.page}", headers={"X-Forwarded-Proto": "https"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 (its own server)
        content: bytes = answer.read()
    return content


def production(database_url: str, folder: Path) -> dict[str, str]:
    """Return the variables of a real installation."""
    return {
        "DEBUG": "0",
        "SECRET_KEY": os.urandom(40).hex(),
        "SEALING_KEYS": os.environ["SEALING_KEYS"],
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"https://{HOST}",
        "TRUSTED_PROXIES": HOST,
        "EMAIL_URL": f"file://{folder}/mail",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
    }


def clean_environment() -> dict[str, str]:
    """Return what a child inherits: nothing of this project's settings."""
    names = ("PATH", "HOME", "LANG", "TMPDIR", "PIP_CONFIG_FILE", "PIP_INDEX_URL")
    return {name: os.environ[name] for name in names if name in os.environ}


def run(command: list[str], variables: dict[str, str]) -> None:
    environment = clean_environment() | variables
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def install(needs: tuple[str, ...], folder: Path) -> str | None:
    """Install packages apart from this project; return their Python, or None if that fails."""
    python = folder / "bin" / "python"
    commands = (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", *needs],
    )
    try:
        for command in commands:
            subprocess.run(command, check=True, capture_output=True)
    except subprocess.CalledProcessError:
        sys.stdout.write(f"\n{needs[0]} cannot be installed here, so it is left out.\n")
        return None
    return str(python)


@contextmanager
def throw_away_database(
    database_url: str, name: str, *, template: str = "template1"
) -> Iterator[None]:
    """Make a database beside the given one, and drop it afterwards. It begins as `template` is."""

    def say(statement: str) -> None:
        # A connection that stayed open could be to the template of the next one.
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(statement.encode())

    say(f'DROP DATABASE IF EXISTS "{name}"')
    say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield
    finally:
        say(f'DROP DATABASE "{name}" WITH (FORCE)')


def beside(database_url: str, name: str) -> dict[str, str]:
    """Return the variables that lead another project's site to its database on that server."""
    parts = urlsplit(database_url)
    return {
        "BENCH_DATABASE": name,
        "BENCH_DATABASE_HOST": parse_qs(parts.query).get("host", [parts.hostname or ""])[0],
        "BENCH_DATABASE_USER": parts.username or "",
    }


def named(database_url: str, name: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(database_url)._replace(path=f"/{quote(name)}"))
