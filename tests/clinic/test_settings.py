"""The start with wrong, missing and good variables, as a person at a terminal sees it."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "SECRET_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "SEALING_KEYS": "a2V5IGZvciB0ZXN0cyBhbG9uZSwgb2YgMzIgYnl0ZXM=",
    "ALLOWED_HOSTS": "clinic.example.org",
    "SITE_URL": "https://clinic.example.org",
    "DATABASE_URL": "postgresql://clinic:hunter2@localhost/clinic",
    "EMAIL_URL": "smtp://mail.example.org",
}


# To start Python and Django takes ten times as long as to read the settings. So one process has
# imported what reads no variable, and each question is asked of a copy of it.
PARENT = """
import json, os, runpy, sys
import django.core.checks, django.core.mail, django.core.management, django.db, psycopg

for line in sys.stdin:
    code, arguments, variables, folder = json.loads(line)
    child = os.fork()
    if not child:
        os.environ.clear()
        os.environ.update(variables)
        for number, name in [(1, "stdout"), (2, "stderr")]:
            os.dup2(os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        sys.argv = arguments
        exec(code)
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
MANAGE = "runpy.run_path('manage.py', run_name='__main__')"


@pytest.fixture(scope="module")
def parent():
    environment = environment_of({})
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, env=environment, text=True, **pipes
    ) as process:
        yield process
        process.stdin.close()
    assert process.returncode == 0


@pytest.fixture
def ask(parent, tmp_path):
    """Return a function that runs code with these arguments and variables."""

    def run(code, *arguments, **variables):
        question = [code, arguments, environment_of(variables), str(tmp_path)]
        print(json.dumps(question), file=parent.stdin, flush=True)
        returncode = int(parent.stdout.readline())
        outputs = [(tmp_path / name).read_text() for name in ("stdout", "stderr")]
        return subprocess.CompletedProcess(arguments, returncode, *outputs)

    return run


@pytest.fixture
def run_manage(ask):
    return partial(ask, MANAGE, "manage.py")


@pytest.fixture
def show_settings(ask):
    def show(*names, **variables):
        code = "from django.conf import settings; "
        code += f"print(json.dumps({{name: getattr(settings, name) for name in {names!r}}}))"
        result = ask(code, DJANGO_SETTINGS_MODULE="clinic.settings", **(GOOD | variables))
        assert result.stderr == ""
        return json.loads(result.stdout)

    return show


def environment_of(variables):
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | variables


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
def test_the_terminals_time_zone_changes_nothing(run_manage, zone):
    # What the logs' times and everything else without a zone of its own go by.
    code = "import datetime; print(datetime.datetime.fromtimestamp(0))"

    result = run_manage("shell", "--no-imports", "-c", code, **GOOD, TZ=zone)

    assert result.stdout == "1969-12-31 19:00:00\n"  # in New York


@pytest.mark.parametrize("name", sorted(GOOD))
def test_start_without_debug_names_the_missing_variable(run_manage, name):
    variables = {key: value for key, value in GOOD.items() if key != name}

    result = run_manage("check", **variables)

    assert result.returncode == 1
    assert result.stderr.startswith(f"The clinic site cannot start: {name} is not set: ")
    assert "for example" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", ","),
        ("ALLOWED_HOSTS", "https://clinic.example.org"),
        ("ALLOWED_HOSTS", "clinic.example.org:443"),
        ("CLINIC_TIME_ZONE", "Mars/Base"),
        ("CLINIC_TIME_ZONE", "../../etc/passwd"),
        ("DATABASE_URL", "mysql://u:hunter2@localhost/clinic"),
        ("DATABASE_URL", "postgresql://u:hunter2@localhost/clinic?bogus=1"),
        ("DEBUG", "perhaps"),
        ("DEFAULT_FROM_EMAIL", "not an address"),
        ("DEFAULT_FROM_EMAIL", "a..b@example.org"),
        ("DEFAULT_FROM_EMAIL", "Clinic: a@example.org;"),
        ("DEFAULT_FROM_EMAIL", "Clinic <clinic@localhost> <b@c.org>"),
        ("EMAIL_URL", "pigeon://coop"),
        ("EMAIL_URL", "smtp://mail.example.org?timeout=0"),
        ("EMAIL_URL", "anymail://pigeon?api_key=hunter2"),
        ("EMAIL_URL", "anymail://mailjet?api_key=hunter2"),
        ("LINK_CHECKS", "weekly"),
        ("PORT", "http"),
        ("SECRET_KEY_FILE", "/nonexistent/key"),
        ("SITE_URL", "clinic.example.org"),
        ("SMS_URL", "console:"),
        ("SMS_URL", "twilio://AC123:hunter2@+12125550123"),
        ("TRUSTED_PROXIES", "somewhere"),
        ("WEB_WORKERS", "0"),
    ],
)
def test_start_with_a_wrong_variable_is_one_sentence(run_manage, name, value):
    result = run_manage("check", **(GOOD | {name: value}))

    assert result.returncode == 1
    assert result.stderr.startswith(f"The clinic site cannot start: {name}")
    assert "for example" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "hunter2" not in result.stderr


def test_unreachable_database_is_one_sentence(run_manage):
    variables = GOOD | {"DATABASE_URL": "postgresql://clinic:hunter2@127.0.0.1:1/clinic"}

    result = run_manage("migrate", **variables)

    assert result.returncode == 1
    assert result.stderr.startswith("The database cannot be reached (")
    assert "DATABASE_URL" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "hunter2" not in result.stderr


def test_deployment_check_is_clean(run_manage):
    result = run_manage("check", "--deploy", "--fail-level", "WARNING", **GOOD)

    assert (result.returncode, result.stderr) == (0, "")


def test_links_that_would_lead_nowhere_are_warned_of(run_manage):
    variables = GOOD | {"SITE_URL": "http://other.example.org"}

    result = run_manage("check", **variables)

    assert result.returncode == 0
    assert "(clinic.W001) SITE_URL does not begin with https://" in result.stderr
    assert "(clinic.W002) ALLOWED_HOSTS lacks the host of SITE_URL" in result.stderr


@pytest.mark.parametrize("hosts", ["*", ".example.org", "[::1],clinic.example.org"])
def test_hosts_may_be_many(show_settings, hosts):
    assert show_settings("ALLOWED_HOSTS", ALLOWED_HOSTS=hosts) == {
        "ALLOWED_HOSTS": hosts.split(",")
    }


def test_production_defaults_are_safe(show_settings):
    assert show_settings(
        "DEBUG",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SESSION_COOKIE_NAME",
        "DEFAULT_FROM_EMAIL",
        "TIME_ZONE",
        "TRUSTED_PROXIES",
        "TWO_STEP_REQUIRED",
    ) == {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "DEFAULT_FROM_EMAIL": "appointments@clinic.example.org",
        "TIME_ZONE": "America/New_York",
        "TRUSTED_PROXIES": [],
        "TWO_STEP_REQUIRED": True,
    }


@pytest.mark.parametrize("site_url", ["http://127.0.0.1:8000", "https://[::1]", "http://localhost"])
def test_sender_of_a_host_without_a_name_is_a_sample(show_settings, site_url):
    assert show_settings("DEFAULT_FROM_EMAIL", SITE_URL=site_url) == {
        "DEFAULT_FROM_EMAIL": "appointments@example.org"
    }


def test_production_never_imports_the_embedded_database(run_manage):
    code = "import sys; print('clinic.embedded_postgres' in sys.modules)"

    result = run_manage("shell", "--no-imports", "-c", code, **GOOD)

    assert result.stdout.strip() == "False"


def test_example_lists_every_variable_that_settings_read():
    settings_text = (ROOT / "clinic" / "settings.py").read_text()
    example_lines = (ROOT / ".env.example").read_text().splitlines()

    listed = {line.lstrip("# ").partition("=")[0] for line in example_lines if "=" in line}
    read = {
        part.partition('"')[2].partition('"')[0]
        for part in settings_text.replace("\n", "").replace(" ", "").split("env")
        if part.startswith(('("', '_bool("', '_int("', '_list("', '_secret("'))
    }

    assert read - listed == set()
