import ipaddress
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from clinic import environment


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", True), ("true", True), ("YES", True), ("on", True), ("0", False), ("off", False)],
)
def test_env_bool_reads_yes_and_no(monkeypatch, text, expected):
    monkeypatch.setenv("DEBUG", text)

    assert environment.env_bool("DEBUG", default=not expected) is expected


@pytest.mark.parametrize("default", [True, False])
def test_env_bool_takes_the_default_when_empty(monkeypatch, default):
    monkeypatch.setenv("DEBUG", "")

    assert environment.env_bool("DEBUG", default=default) is default


def test_env_bool_refuses_another_word(monkeypatch):
    monkeypatch.setenv("DEBUG", "maybe")

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.env_bool("DEBUG", default=False)

    assert str(refusal.value) == "DEBUG must be 1 or 0: for example DEBUG=1."


def test_env_names_a_missing_variable_with_an_example(monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.env("SITE_URL", example="SITE_URL=https://clinic.example.org")

    assert str(refusal.value) == (
        "SITE_URL is not set: give it a value, for example SITE_URL=https://clinic.example.org."
    )


def test_env_refuses_two_lines(monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://a.example\nhttps://b.example")

    with pytest.raises(ImproperlyConfigured, match="SITE_URL must be one line"):
        environment.env("SITE_URL", example="SITE_URL=https://clinic.example.org")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("abc", "PORT must be a whole number: for example PORT=8000."),
        ("0", "PORT must lie between 1 and 65535: for example PORT=8000."),
        ("70000", "PORT must lie between 1 and 65535: for example PORT=8000."),
        ("1" * 5000, "PORT must be a whole number: for example PORT=8000."),
    ],
    ids=["word", "zero", "too high", "endless"],
)
def test_env_int_refuses(monkeypatch, text, sentence):
    monkeypatch.setenv("PORT", text)

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.env_int("PORT", 8000, lowest=1, highest=65535)

    assert str(refusal.value) == sentence


def test_env_list_splits_at_commas(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", " a.example , b.example,, ")

    assert environment.env_list("ALLOWED_HOSTS", example="…") == ["a.example", "b.example"]


def test_env_list_names_a_missing_variable(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", " , ")

    with pytest.raises(ImproperlyConfigured, match="ALLOWED_HOSTS is not set"):
        environment.env_list("ALLOWED_HOSTS", example="ALLOWED_HOSTS=clinic.example.org")


def test_env_secret_reads_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    assert environment.env_secret("SECRET_KEY", None, example="…") == "from a file"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), (b"", "is empty"), (b"\xff\xfe\x00", "it is not text")],
    ids=["missing", "empty", "binary"],
)
def test_env_secret_says_what_is_wrong_with_the_file(monkeypatch, tmp_path, content, reason):
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE names .*" + reason):
        environment.env_secret("SECRET_KEY", None, example="…")


def test_database_url_is_taken_apart():
    entry = environment.parse_database_url(
        "postgresql://cl%40inic:p%2Fss@db.example:5433/clinic?sslmode=require"
    )

    assert entry == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "clinic",
        "USER": "cl@inic",
        "PASSWORD": "p/ss",
        "HOST": "db.example",
        "PORT": 5433,
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///clinic?host=/run/postgresql",
        "postgresql://%2Frun%2Fpostgresql/clinic",
        "postgres:///?host=/run/postgresql&dbname=clinic",
    ],
)
def test_database_url_may_name_a_socket_folder(url):
    entry = environment.parse_database_url(url)

    assert (entry["HOST"], entry["NAME"]) == ("/run/postgresql", "clinic")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://localhost/clinic",
        "clinic",
        "postgresql://localhost",
        "postgresql://localhost:port/clinic",
        "postgresql://[::1/clinic",
        "postgresql://localhost/clinic?broken",
        "postgresql://localhost/a/b",
        "postgresql://localhost/clinic?connect_timeout=abc",
        "postgresql://localhost/clinic?host=%ff",
    ],
)
def test_database_url_is_refused_without_showing_it(url):
    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.parse_database_url(url)

    assert str(refusal.value).startswith("DATABASE_URL ")
    assert str(refusal.value).endswith(
        ": for example DATABASE_URL=postgresql://clinic:password@localhost:5432/clinic."
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 25, "", "", False, False)),
        ("smtp://u%40x:p@mail.example?tls=true", ("mail.example", 587, "u@x", "p", True, False)),
        ("smtp://mail.example?ssl=true", ("mail.example", 465, "", "", False, True)),
        ("smtp://mail.example:2525?tls=1", ("mail.example", 2525, "", "", True, False)),
    ],
    ids=["plain", "tls", "ssl", "port"],
)
def test_email_url_is_taken_apart(url, expected):
    entry = environment.parse_email_url(url)

    options = entry["OPTIONS"]
    keys = ("host", "port", "username", "password", "use_tls", "use_ssl")
    assert entry["BACKEND"] == "clinic.mail.SmtpBackend"
    assert tuple(options[key] for key in keys) == expected


def test_email_url_may_name_a_folder():
    entry = environment.parse_email_url("file:///var/mail/my%20clinic")

    assert entry == environment.eml_files(Path("/var/mail/my clinic"))


@pytest.mark.parametrize(
    "url",
    [
        "imap://mail.example",
        "smtp://",
        "smtp://mail.example?tls=true&ssl=true",
        "smtp://mail.example?tls=perhaps",
        "smtp://mail.example?tsl=true",
        "smtp://mail.example?timeout=soon",
        "smtp://mail.example?timeout=46",
        "smtp://mail.example:mail",
        "file://folder",
        "anymail://",
        "anymail://nobody?api_key=hunter2",
        "anymail://__init__",
        "anymail://base_requests",
        "anymail://test",
        "anymail://console",
        "anymail://Postmark?server_token=hunter2",
        "anymail://hunter2@postmark",
        "anymail://postmark:443?server_token=hunter2",
        "anymail://postmark?server_token=hunter2&timeout=0",
        "anymail://postmark?server_token=hunter2&timeout=21",
        "anymail://postmark?server_token=hunter2&debug_api_requests=true",
        "anymail://postmark?server_token=hunter2&fail_silently=true",
        "anymail://mailgun?hunter2",
    ],
)
def test_email_url_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="^EMAIL_URL .*: for example ") as refusal:
        environment.parse_email_url(url)

    assert "hunter2" not in str(refusal.value)


def test_email_url_may_name_a_provider():
    entry = environment.parse_email_url(
        "anymail://mailgun?api_key=a%2Bb&sender_domain=mg.example&use_eu=True&timeout=5"
    )

    assert entry == {
        "BACKEND": "clinic.providers.ProviderBackend",
        "OPTIONS": {
            "provider": "mailgun",
            "options": {
                "api_key": "a+b",
                "sender_domain": "mg.example",
                "use_eu": True,
                "timeout": 5,
            },
        },
    }


@pytest.mark.parametrize(
    "url",
    [
        "clinic.example",
        "ftp://clinic.example",
        "https://",
        "https://clinic.example/path",
        "https://exa mple.org",
        "https://clinic.example?",
        "https://clinic.example#",
        "https://*",
        "https://.clinic.example",
    ],
)
def test_site_url_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="^SITE_URL "):
        environment.parse_site_url(url)


def test_networks_are_addresses_or_networks():
    networks = environment.parse_networks("TRUSTED_PROXIES", ["127.0.0.1", "10.1.2.3/8", "::1"])

    assert networks == [
        ipaddress.ip_network("127.0.0.1/32"),
        ipaddress.ip_network("10.0.0.0/8"),
        ipaddress.ip_network("::1/128"),
    ]


def test_networks_refuse_a_name():
    with pytest.raises(ImproperlyConfigured, match="^TRUSTED_PROXIES must list addresses"):
        environment.parse_networks("TRUSTED_PROXIES", ["proxy.example"])


@pytest.mark.parametrize("secret", ["short", "change-me-" + "x" * 60, "k" * 49])
def test_a_secret_that_can_be_guessed_is_refused(secret):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY must be 50 random characters"):
        environment.check_secret(secret, example="SECRET_KEY=…")
    assert environment.check_secret("k" * 50, example="…") == "k" * 50


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        ("smtp://mail.example.org", "reports:" + "a" * 30, "needs a provider in EMAIL_URL"),
        ("anymail://postmark?server_token=1", "nonsense", "must be a name, a colon"),
        ("anymail://postmark?server_token=1", "reports:short", "20 or more random"),
    ],
)
def test_reports_of_a_provider_need_a_provider_and_a_secret(url, secret, words):
    with pytest.raises(ImproperlyConfigured, match=words) as raised:
        environment.webhook_settings(url, secret, "")

    assert secret not in str(raised.value)


def test_reports_of_a_provider_are_off_or_signed():
    url, secret = "anymail://mailgun?api_key=1", "reports:" + "a" * 30

    assert environment.webhook_settings(url, "", "") == {}
    assert environment.webhook_settings(url, secret, "") == {"WEBHOOK_SECRET": secret}
    assert environment.webhook_settings(url, secret, "key")["MAILGUN_WEBHOOK_SIGNING_KEY"] == "key"
