"""Whole answers a second over HTTP: the article page beside what it is compared to.

Each site runs under granian with the same options, one at a time in alternating rounds, on the same
machine and PostgreSQL; its neighbours stand still meanwhile.
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
PAGE = "/conditions/spasms-and-twitches/"
HOST = "127.0.0.1"
ROUNDS = 5
SECONDS = 4
CONNECTIONS = 8
WORKERS = 2
WAGTAIL = "wagtail==8.0.1"
WAGTAIL_NEEDS = (WAGTAIL, "granian", "psycopg[binary]")


@dataclass(frozen=True)
class Server:
    """A running site."""

    name: str
    port: int


@dataclass(frozen=True)
class Rate:
    """How many answers a second a site gave: the median of its rounds, the least and the most."""

    name: str
    median: float
    least: float
    most: float


def compare(database_url: str) -> list[Rate]:
    """Return the rates of all sites; the first is this project's, Wagtail's are last.

    `database_url` names a database that holds the starter content. Wagtail is left out, with a
    sentence, if its package cannot be installed.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clinic-bench-")))
        ours = production(database_url, folder)
        run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], ours)
        servers = [stack.enter_context(serve("article page", "clinic.wsgi", ours))]
        anew = serve("article page, drawn anew each time", "bench.drawn_anew", ours)
        servers.append(stack.enter_context(anew))
        html = folder / "page.html"
        html.write_bytes(fetch(servers[0]))
        bare = {"BENCH_HTML": str(html)}
        servers.append(
            stack.enter_context(serve("bare Django view, same HTML", "bench.bare", bare))
        )
        python = install_wagtail(folder)
        if python is not None:
            wagtail = wagtail_database(database_url)
            stack.enter_context(throw_away_database(database_url, wagtail["BENCH_DATABASE"]))
            length = str(html.stat().st_size)
            run([python, "-m", "bench.wagtail_site.fill", length], wagtail)
            for name, more in (
                ("Wagtail page of that length", {}),
                ("Wagtail page from its site cache", {"BENCH_CACHED": "1"}),
            ):
                site = serve(name, "bench.wagtail_site.wsgi", wagtail | more, python=python)
                servers.append(stack.enter_context(site))
        return measure(servers)


def measure(servers: list[Server]) -> list[Rate]:
    rates: dict[str, list[float]] = {server.name: [] for server in servers}
    for server in servers:
        load(server, seconds=1)
    for _ in tqdm(range(ROUNDS), desc="requests a second", leave=False):
        for server in servers:
            rates[server.name].append(load(server, seconds=SECONDS))
    return [
        Rate(name, statistics.median(seen), min(seen), max(seen)) for name, seen in rates.items()
    ]


def load(server: Server, *, seconds: int) -> float:
    """Return the answers a second. Raises CalledProcessError if one was not 200."""
    command = [sys.executable, "-m", "bench.load", HOST, str(server.port), PAGE]
    command += [str(seconds), str(CONNECTIONS)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout)


@contextmanager
def serve(
    name: str, module: str, variables: dict[str, str], *, python: str = sys.executable
) -> Iterator[Server]:
    """Run the site on a free port until the end of the block."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [python, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", HOST]
    command += ["--port", str(port), "--workers", str(WORKERS), "--blocking-threads", "4"]
    command += ["--blocking-threads-idle-timeout", "600", "--log-level", "warning"]
    process = subprocess.Popen(
        [*command, f"{module}:application"],
        cwd=ROOT,
        env=clean_environment() | variables,
        stdout=subprocess.DEVNULL,
        process_group=0,
    )
    try:
        server = Server(name, port)
        wait_for(server, process)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


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
        f"http://{HOST}:{server.port}{PAGE}", headers={"X-Forwarded-Proto": "https"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 (its own server)
        content: bytes = answer.read()
    return content


def production(database_url: str, folder: Path) -> dict[str, str]:
    """Return the variables of a real installation."""
    return {
        "DEBUG": "0",
        "SECRET_KEY": os.urandom(40).hex(),
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


def install_wagtail(folder: Path) -> str | None:
    """Install Wagtail apart from this project; return its Python, or None if that fails."""
    python = folder / "wagtail" / "bin" / "python"
    commands = (
        [sys.executable, "-m", "venv", str(folder / "wagtail")],
        [str(python), "-m", "pip", "install", "--quiet", *WAGTAIL_NEEDS],
    )
    try:
        for command in commands:
            subprocess.run(command, check=True, capture_output=True)
    except subprocess.CalledProcessError:
        sys.stdout.write(f"\n{WAGTAIL} cannot be installed here, so it is left out.\n")
        return None
    return str(python)


def wagtail_database(database_url: str) -> dict[str, str]:
    parts = urlsplit(database_url)
    return {
        "BENCH_DATABASE": "bench_wagtail",
        "BENCH_DATABASE_HOST": parse_qs(parts.query).get("host", [parts.hostname or ""])[0],
        "BENCH_DATABASE_USER": parts.username or "",
    }


@contextmanager
def throw_away_database(database_url: str, name: str) -> Iterator[None]:
    """Make a database beside the given one, and drop it afterwards."""
    # Imported here because only Wagtail's row needs it.
    import psycopg

    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def named(database_url: str, name: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(database_url)._replace(path=f"/{quote(name)}"))
