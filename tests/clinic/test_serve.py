"""The command behind `make run`, as a real process in a folder of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.core.management.base import CommandError

from clinic.management.commands import serve as serve_command
from clinic.sealing import key_id, own_key

ROOT = Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start_serve(data_dir, port, *arguments, **variables):
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"DEBUG": "1", "DATA_DIR": str(data_dir), "PORT": str(port)}
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve", *arguments],
        cwd=ROOT,
        env=environment | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def get(port, path):
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def wait_for_welcome(process):
    """Return the lines up to the last one of the welcome; stops at the end of the output."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ctrl-C stops everything"):
            break
    return "".join(lines)


def children_of(pid):
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            command = stat.with_name("cmdline").read_text()
            for name in ("granian", "procrastinate"):
                if parent == pid and name in command:
                    children[name] = int(stat.parent.name)
    return children


def is_over(pid):
    """Return whether the process ends within ten seconds."""
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not Path(f"/proc/{pid}").exists()


def look_and_end(process, port, number):
    """Look at what the site answers, end it by this signal, and return what there was to see."""
    welcome = wait_for_welcome(process)
    children = children_of(process.pid)
    paths = ("/healthz", "/readyz", "/", "/static/css/tokens.css")
    statuses = [get(port, path)[0] for path in paths]
    get(port, "/appointments/4f7a9c21-0c5e-4c56-9a55-7c1e7f4b6a10/?q=secret")
    get(port, "/a%0d%0aforged%00line")
    process.send_signal(number)
    rest, _ = process.communicate(timeout=40)
    return SimpleNamespace(
        welcome=welcome,
        rest=rest,
        children=children,
        statuses=statuses,
        port=port,
        returncode=process.returncode,
        survivors=[name for name, pid in children.items() if not is_over(pid)],
    )


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("serve")


@pytest.fixture(scope="module")
def first_run(data_dir):
    """The first start in an empty folder, which takes longest, and its end by Ctrl-C."""
    port = free_port()
    process = start_serve(data_dir, port, "--seed")
    try:
        return look_and_end(process, port, signal.SIGINT)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def serve(data_dir):
    started = []

    def start(*arguments, port=None, **variables):
        process = start_serve(data_dir, port or free_port(), *arguments, **variables)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def assert_started_and_ended(run, data_dir):
    assert f"The site is at   http://127.0.0.1:{run.port}/" in run.welcome
    assert f"Mail lands in    {data_dir}/mail" in run.welcome
    assert f"DATA_DIR={data_dir} make admin" in run.welcome
    assert run.statuses == [200, 200, 200, 200]
    assert run.returncode == 0
    assert "GET /appointments/4f7a9c21/ 404" in run.rest
    assert r"GET /a\r\nforged\x00line 400" in run.rest
    assert "secret" not in run.rest
    assert run.rest.endswith("Stopped.\n")
    assert sorted(run.children) == ["granian", "procrastinate"]
    assert run.survivors == []


def test_first_start_begins_with_the_starter_content_and_ctrl_c_ends_everything(
    first_run, data_dir
):
    assert "Articles: 12 added" in first_run.welcome
    assert_started_and_ended(first_run, data_dir)


def test_sigterm_ends_everything(serve, first_run, data_dir):
    port = free_port()

    run = look_and_end(serve(port=port), port, signal.SIGTERM)

    assert "Articles:" not in run.welcome
    assert_started_and_ended(run, data_dir)


@pytest.mark.parametrize(
    ("child", "name"), [("granian", "web server"), ("procrastinate", "background worker")]
)
def test_serve_ends_when_a_child_does(serve, child, name):
    process = serve()
    wait_for_welcome(process)
    children = children_of(process.pid)

    os.kill(children[child], signal.SIGKILL)
    output, _ = process.communicate(timeout=40)

    assert process.returncode == 1
    assert f"The {name} ended by itself (exit code -9), so everything was stopped" in output
    assert "Traceback" not in output
    assert all(is_over(pid) for pid in children.values())


def sleeper(code):
    return [sys.executable, "-c", f"import time; {code}"]


def test_a_worker_that_ran_well_is_started_again_and_nothing_else_is(monkeypatch, caplog):
    monkeypatch.setattr(serve_command, "SECONDS_TO_SETTLE", 0.4)
    monkeypatch.setattr(serve_command, "SECONDS_BEFORE_RESTART", 0.05)
    web = serve_command.Child("web server", sleeper("time.sleep(60)"))
    worker = serve_command.Child("worker", sleeper("time.sleep(1)"), is_restarted=True)
    first = worker.process
    stop = threading.Event()
    watching = threading.Thread(target=serve_command.watch, args=([web, worker], stop))

    watching.start()
    first.wait(timeout=20)
    deadline = time.monotonic() + 20
    while worker.process is first and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    watching.join(timeout=20)
    was_started_again = worker.process is not first
    serve_command.end([web, worker])

    assert was_started_again
    assert "The worker ended by itself (exit code 0). Starting it again" in caplog.text


def test_a_worker_that_cannot_start_ends_everything():
    worker = serve_command.Child("worker", sleeper("raise SystemExit(3)"), is_restarted=True)

    with pytest.raises(CommandError, match=r"The worker ended by itself \(exit code 3\), so"):
        serve_command.watch([worker], threading.Event())


def test_killed_serve_leaves_nothing_running(serve):
    process = serve()
    wait_for_welcome(process)
    children = children_of(process.pid)

    process.kill()
    process.communicate(timeout=40)

    assert len(children) == 2
    assert all(is_over(pid) for pid in children.values())


def test_taken_port_is_one_sentence(serve):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        process = serve(port=port)
        output, _ = process.communicate(timeout=40)

    assert process.returncode == 1
    assert output == (
        f"CommandError: Port {port} is taken: stop the program that uses it, or choose another "
        f"with PORT, for example PORT={port + 1}.\n"
    )


def test_a_folder_that_cannot_be_written_is_one_sentence(serve, tmp_path):
    taken = tmp_path / "file"
    taken.touch()
    variables = {"SEALING_KEYS": Fernet.generate_key().decode(), "DATA_DIR": str(taken)}
    process = serve(DATABASE_URL="postgresql://clinic@127.0.0.1:1/clinic", **variables)

    output, _ = process.communicate(timeout=40)

    assert process.returncode == 1
    assert output.startswith(f"CommandError: DATA_DIR names {taken}, where nothing can be written")
    assert len(output.splitlines()) == 1


def test_a_wrong_sealing_key_is_one_sentence(serve, first_run, data_dir):
    right = own_key(data_dir)
    wrong = Fernet.generate_key().decode()

    process = serve(SEALING_KEYS=wrong)
    output, _ = process.communicate(timeout=40)

    assert process.returncode == 1
    [line] = [line for line in output.splitlines() if not line.startswith("The database is up")]
    assert line.startswith("CommandError: SEALING_KEYS lacks the key ")
    assert line.endswith("from where its copy is kept. Nothing was changed.")
    assert key_id(right) in line
    assert wrong not in output


def test_unreachable_database_is_one_sentence(serve):
    process = serve(DATABASE_URL="postgresql://clinic@127.0.0.1:1/clinic")

    output, _ = process.communicate(timeout=40)

    assert process.returncode == 1
    assert output.startswith("The database cannot be reached (")
    assert len(output.splitlines()) == 1
