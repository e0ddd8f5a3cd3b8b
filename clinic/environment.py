"""Read the site's settings from environment variables.

A missing or wrong value raises ImproperlyConfigured with one sentence: the variable and an example.
"""

import ipaddress
import os
import re
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network


# A name, an address, or an address of IPv6 in brackets; "*" is any, a leading dot all names under it.
HOST = re.compile(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]")

# As Django's own deployment check asks (security.W009).
SHORTEST_SECRET = 50

# What is among django-anymail's backends and sends nothing, or is an old name.
NO_PROVIDERS = {"base", "base_requests", "console", "sendinblue", "test"}
# These print every mail to the terminal, or make one that was refused count as sent.
NEVER_OPTIONS = {"debug_api_requests", "fail_silently", "ignore_recipient_status"}


def env(name: str, default: str | None = None, *, example: str) -> str:
    """Return the variable without surrounding space, or `default` when it is unset or empty."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set: give it a value, for example {example}.")
    if "\0" in value or "\n" in value:
        raise wrong(name, example, "must be one line")
    return value


def env_bool(name: str, *, default: bool) -> bool:
    """Return whether the variable says yes (1, true, yes, on) or no (0, false, no, off)."""
    value = os.environ.get(name, "").strip().lower()
    if value not in TRUE | FALSE:
        raise wrong(name, f"{name}=1", "must be 1 or 0")
    return default if value == "" else value in TRUE


def env_int(name: str, default: int, *, lowest: int, highest: int) -> int:
    """Return the variable as a whole number between `lowest` and `highest`, both included."""
    example = f"{name}={default}"
    try:
        number = int(env(name, str(default), example=example))
    except ValueError:
        raise wrong(name, example, "must be a whole number") from None
    if not lowest <= number <= highest:
        raise wrong(name, example, f"must lie between {lowest} and {highest}")
    return number


def env_list(name: str, default: list[str] | None = None, *, example: str) -> list[str]:
    """Return the variable's parts, which commas separate, or `default` when it is unset or empty."""
    parts = [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]
    if not parts and default is None:
        raise ImproperlyConfigured(f"{name} is not set: give it a value, for example {example}.")
    return parts or list(default or [])


def env_secret(name: str, default: str | None, *, example: str) -> str:
    """Return the variable, or what is in the file that `<name>_FILE` names."""
    file_name = env(f"{name}_FILE", "", example=f"{name}_FILE=/run/secrets/{name.lower()}")
    if not file_name:
        return env(name, default, example=example)
    try:
        secret = Path(file_name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ImproperlyConfigured(
            f"{name}_FILE names {file_name}, which cannot be read ({reason}): make a file that "
            f"this user can read, for example {name}_FILE=/run/secrets/{name.lower()}."
        ) from error
    if not secret:
        raise ImproperlyConfigured(
            f"{name}_FILE names {file_name}, which is empty: put the secret in it, for example the "
            "output of `openssl rand -base64 48`."
        )
    return secret


def check_secret(secret: str, *, example: str) -> str:
    """Return the secret. Raises ImproperlyConfigured if it can be guessed or is the example's."""
    if len(secret) < SHORTEST_SECRET or secret.startswith("change-me"):
        raise wrong("SECRET_KEY", example, f"must be {SHORTEST_SECRET} random characters or more")
    return secret


def wrong(name: str, example: str, why: str) -> ImproperlyConfigured:
    """Return the error for a variable with a wrong value. The value itself may be a secret."""
    return ImproperlyConfigured(f"{name} {why}: for example {example}.")


def parse_hosts(hosts: list[str]) -> list[str]:
    """Return the host names that the site answers to."""
    if not all(HOST.fullmatch(host) for host in hosts):
        example = "ALLOWED_HOSTS=clinic.example.org"
        raise wrong("ALLOWED_HOSTS", example, "must list host names, without https:// or a port")
    return hosts


def parse_sender(sender: str) -> str:
    """Return the sender of mails, as `address` or `Name <address>`."""
    try:
        validate_email(parseaddr(sender)[1])
        is_wrong = not sender.isprintable() or ";" in sender
    except ValidationError:
        is_wrong = True
    if is_wrong:
        example = 'DEFAULT_FROM_EMAIL="Clinic <appointments@clinic.example.org>"'
        raise wrong("DEFAULT_FROM_EMAIL", example, "must be a mail address")
    return sender


def parse_networks(name: str, parts: list[str]) -> list[Network]:
    """Return the addresses and networks that the variable `name` lists."""
    try:
        return [ipaddress.ip_network(part, strict=False) for part in parts]
    except ValueError:
        raise wrong(
            name, f"{name}=127.0.0.1,10.0.0.0/8", "must list addresses or networks"
        ) from None


def parse_database_url(url: str) -> dict[str, Any]:
    """Return Django's DATABASES entry for a `postgresql://` address.

    Other parameters of the address (`?sslmode=require`) become connection options. The host of a
    Unix socket is given as `?host=/folder`.
    """
    example = "DATABASE_URL=postgresql://clinic:password@localhost:5432/clinic"
    parts, port, options = _split(url, "DATABASE_URL", example)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise wrong("DATABASE_URL", example, "must begin with postgresql://")
    name = unquote(parts.path.removeprefix("/")) or options.pop("dbname", "")
    if not name or "/" in name:
        raise wrong("DATABASE_URL", example, "must end with the name of a database")
    try:
        make_conninfo(**options)
        int(options.get("connect_timeout", "0"))
    except (ProgrammingError, ValueError):
        raise wrong(
            "DATABASE_URL", example, "has a parameter that PostgreSQL cannot read"
        ) from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or "") or options.pop("user", ""),
        "PASSWORD": unquote(parts.password or "") or options.pop("password", ""),
        "HOST": unquote(parts.hostname or "") or options.pop("host", ""),
        "PORT": port or options.pop("port", ""),
        "OPTIONS": options,
    }


def parse_email_url(url: str) -> dict[str, Any]:
    """Return Django's MAILERS entry for an `smtp://`, `anymail://` or `file://` address."""
    example = "EMAIL_URL=smtp://user:password@mail.example.org:587?tls=true"
    parts, port, options = _split(url, "EMAIL_URL", example)
    if parts.scheme == "anymail":
        return _provider(parts, options)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return eml_files(Path(unquote(parts.path)))
    if parts.scheme != "smtp" or not parts.hostname:
        raise wrong(
            "EMAIL_URL", example, "must be smtp://host:port, anymail://provider or file:///folder"
        )
    if set(options) - {"tls", "ssl", "timeout"} or set(options.values()) - TRUE - FALSE - {
        options.get("timeout", "")
    }:
        raise wrong("EMAIL_URL", example, "may have tls=true, ssl=true and timeout=10 only")
    use_tls, use_ssl = (options.get(key, "").lower() in TRUE for key in ("tls", "ssl"))
    timeout = _seconds(options.get("timeout", "10"))
    if (use_tls and use_ssl) or timeout is None:
        raise wrong(
            "EMAIL_URL", example, "may have one of tls and ssl, and a timeout of 45 seconds at most"
        )
    return {
        "BACKEND": "clinic.mail.SmtpBackend",
        "OPTIONS": {
            "host": unquote(parts.hostname),
            "port": port or (465 if use_ssl else 587 if use_tls else 25),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": use_tls,
            "use_ssl": use_ssl,
            "timeout": timeout,
        },
    }


def _provider(parts: SplitResult, texts: dict[str, str]) -> dict[str, Any]:
    """Return the MAILERS entry for a provider. `clinic.providers` knows which settings it takes."""
    example = "EMAIL_URL=anymail://postmark?server_token=…"
    provider = parts.hostname or ""
    is_known = re.fullmatch("[a-z][a-z_]*", provider) and provider not in NO_PROVIDERS
    if not is_known or parts.netloc != provider or not find_spec(f"anymail.backends.{provider}"):
        raise wrong("EMAIL_URL", example, "must name a provider that django-anymail knows")
    if NEVER_OPTIONS & set(texts):
        names = " and ".join(sorted(NEVER_OPTIONS & set(texts)))
        raise wrong("EMAIL_URL", example, f"may not have {names}")
    options: dict[str, Any] = {
        name: text.lower() == "true" if text.lower() in {"true", "false"} else text
        for name, text in texts.items()
    }
    # It counts twice: to connect, and to answer.
    options["timeout"] = _seconds(texts.get("timeout", "10"), most=20)
    if options["timeout"] is None:
        raise wrong("EMAIL_URL", example, "may have a timeout of 20 seconds at most")
    return {
        "BACKEND": "clinic.providers.ProviderBackend",
        "OPTIONS": {"provider": provider, "options": options},
    }


def webhook_settings(url: str, secret: str, key: str) -> dict[str, Any]:
    """Return what django-anymail needs to believe a provider's reports; {} while they are off.

    `secret` is what the provider's own requests sign in with, `key` is what some also sign them with.
    """
    if not secret:
        return {}
    provider = urlsplit(url).hostname or ""
    example = 'EMAIL_WEBHOOK_SECRET="reports:$(openssl rand -hex 24)"'
    if urlsplit(url).scheme != "anymail":
        raise wrong("EMAIL_WEBHOOK_SECRET", example, "needs a provider in EMAIL_URL (anymail://…)")
    if not re.fullmatch("[A-Za-z0-9_-]+:[A-Za-z0-9_-]{20,}", secret):
        raise wrong(
            "EMAIL_WEBHOOK_SECRET",
            example,
            "must be a name, a colon and 20 or more random letters and digits",
        )
    names = ("webhook_signing_key", "signing_secret", "webhook_key") if key else ()
    return {
        "WEBHOOK_SECRET": secret,
        **{f"{provider}_{name}".upper(): key for name in names},
    }


def _seconds(text: str, *, most: int = 45) -> int | None:
    """Return a time limit, or None if the text is none.

    The message's row is locked while it is sent, and PostgreSQL ends what is idle for a minute.
    """
    return int(text) if re.fullmatch("[0-9]{1,2}", text) and 0 < int(text) <= most else None


def parse_sms_url(url: str, *, debug: bool) -> dict[str, Any] | None:
    """Return who sends text messages, as `settings.SMS` has it, or None if the address is empty."""
    example = "SMS_URL=twilio://ACCOUNT_SID:AUTH_TOKEN@+12125550123"
    if not url:
        return None
    parts, port, options = _split(url, "SMS_URL", example)
    if url == "console:":
        if not debug:
            raise wrong("SMS_URL", example, "may be console: with DEBUG=1 only")
        return {"BACKEND": "clinic.sms.ConsoleSms", "OPTIONS": {}}
    account, token, sender = (
        unquote(part or "") for part in (parts.username, parts.password, parts.hostname)
    )
    if parts.scheme != "twilio" or port or options or parts.path or parts.fragment:
        raise wrong("SMS_URL", example, "must be twilio://account:token@number")
    if not re.fullmatch("AC[0-9a-f]{32}", account) or not re.fullmatch("[!-~]+", token):
        raise wrong("SMS_URL", example, "must have Twilio's Account SID and Auth Token")
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", sender):
        raise wrong("SMS_URL", example, "must end with the clinic's number, such as +12125550123")
    return {
        "BACKEND": "clinic.twilio.TwilioSms",
        "OPTIONS": {"account": account, "token": token, "sender": sender},
    }


def eml_files(folder: Path) -> dict[str, Any]:
    """Return Django's MAILERS entry that writes each message to a file in `folder`."""
    return {"BACKEND": "clinic.mail.EmlFileBackend", "OPTIONS": {"folder": str(folder)}}


def parse_site_url(url: str) -> SplitResult:
    """Return the parts of the site's own address, which has a host and no path."""
    example = "SITE_URL=https://clinic.example.org"
    parts, _port, _options = _split(url, "SITE_URL", example)
    host = bracketed(parts.hostname)
    if parts.scheme not in {"http", "https"} or host[:1] in "*." or not HOST.fullmatch(host):
        raise wrong("SITE_URL", example, "must begin with https:// and name a host")
    if parts.path not in {"", "/"} or set(url) & set("?#@"):
        raise wrong("SITE_URL", example, "must be a scheme and a host only")
    return parts


def bracketed(host: str | None) -> str:
    """Return the host as it stands in an address: one of IPv6 in brackets."""
    return f"[{host}]" if ":" in (host or "") else host or ""


def _split(url: str, name: str, example: str) -> tuple[SplitResult, int | None, dict[str, str]]:
    """Return the address's parts, its port, and its parameters."""
    try:
        parts = urlsplit(url)
        return (
            parts,
            parts.port,
            dict(parse_qsl(parts.query, strict_parsing=bool(parts.query), errors="strict")),
        )
    except ValueError:
        raise wrong(name, example, "is not a well-formed address") from None
