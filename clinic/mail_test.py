"""Sends one mail to see whether mail leaves, and says in plain words how that went."""

import smtplib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.crypto import salted_hmac

from clinic.mail import ProviderError, answer_of, codes_of, file_of, said_in, without_addresses

# Longer than any way of sending waits by itself, so that mostly those say what was wrong.
SECONDS = 50


@dataclass(frozen=True)
class Outcome:
    """What became of the mail. Neither text names an address or a password."""

    is_accepted: bool
    words: str
    answer: str = ""
    """What the server said."""


def mail_settings() -> str:
    """Return a digest of how mail leaves: another server, password or sender has another one."""
    how = repr((settings.MAILERS["default"], settings.DEFAULT_FROM_EMAIL))
    return salted_hmac("clinic.mail_test", how, algorithm="sha256").hexdigest()


def writes_files() -> bool:
    """Say whether mails become files on this machine, and reach nobody."""
    return bool(settings.MAILERS["default"]["BACKEND"].endswith("EmlFileBackend"))


def send_test(mail: EmailMessage) -> Outcome:
    """Send the mail now, by the way that all mail goes."""
    # In a thread, because not everything that can hang knows a time limit of its own.
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        pool.submit(mail.send).result(timeout=SECONDS)
    except Exception as error:  # noqa: BLE001 - mail backends raise anything
        return Outcome(False, _why(error), _without_password(said_in(error, to=mail.to[0])))
    finally:
        pool.shutdown(wait=False)
    if writes_files():
        return Outcome(
            False,
            "The mail was written to a file, and nobody gets it: "
            f"{file_of(mail)}. To send real mail, set EMAIL_URL and start the site again.",
        )
    return Outcome(
        True,
        "The mail server took the mail. See whether it is in the inbox, and not among the spam.",
        without_addresses(answer_of(mail), mail.to[0]),
    )


def _why(error: Exception) -> str:
    """Return what went wrong and what to do. Whether the address is wrong, its codes say."""
    where = _where()
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"{where} shows a certificate that cannot be trusted: "
                f"{error.verify_message.rstrip('.')}. "
                "Use the server’s own name in EMAIL_URL, or ask your mail provider."
            )
        case ssl.SSLError():
            return (
                f"{where} does not speak TLS in the way that EMAIL_URL says. "
                "Mostly ssl=true goes with port 465, and tls=true with port 587."
            )
        case smtplib.SMTPAuthenticationError():
            return f"{where} refuses the user name or the password. Correct them in EMAIL_URL."
        case smtplib.SMTPNotSupportedError():
            return (
                f"{where} does not offer what EMAIL_URL asks for: a sign-in, or TLS. "
                "Try tls=true with port 587."
            )
        case smtplib.SMTPSenderRefused():
            return (
                f"{where} does not take mail from our address. Set DEFAULT_FROM_EMAIL to one that "
                "belongs to the account in EMAIL_URL."
            )
        case smtplib.SMTPServerDisconnected() | TimeoutError():
            return (
                f"{where} answered too late, or hung up. Check host and port in EMAIL_URL: "
                "ssl=true goes with port 465, tls=true with port 587."
            )
        case socket.gaierror() | UnicodeError():
            return f"{where} is known to nobody. Correct the host in EMAIL_URL."
        case ConnectionRefusedError():
            return f"{where} is not there: nothing answers. Check host and port in EMAIL_URL."
        case smtplib.SMTPResponseException() | smtplib.SMTPRecipientsRefused():
            return f"{where} refused the mail, with code {_codes(error)}."
        case ProviderError():
            return _why_provider(error)
        case OSError():
            return f"{where} cannot be reached. Check host and port in EMAIL_URL."
    return f"The mail could not be sent ({type(error).__name__}). Tell whoever runs this site."


def _why_provider(error: ProviderError) -> str:
    if error.code in {401, 403}:
        return "The mail provider refuses our key. Correct it in EMAIL_URL."
    if error.is_refusal:
        return "The mail provider refuses this address. Try another one."
    code = f" with code {error.code}" if error.code else ""
    return f"The mail provider did not take the mail{code}. Look into your account there."


def _codes(error: Exception) -> str:
    return ", ".join(map(str, codes_of(error)))


def _where() -> str:
    options: dict[str, Any] = settings.MAILERS["default"].get("OPTIONS", {})
    host, port = options.get("host", ""), options.get("port", "")
    return f"The mail server {host}:{port}" if host else "The mail server"


def _without_password(said: str) -> str:
    """Cut out the password, should a server repeat it."""
    password = settings.MAILERS["default"].get("OPTIONS", {}).get("password", "")
    return said.replace(password, "[password]") if password else said
