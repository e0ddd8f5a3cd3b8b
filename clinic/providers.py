"""Mail through a provider's own interface, by django-anymail.

Apart from `clinic.mail`, because what it imports is worth its memory only where it is used.
"""

import re
from collections.abc import Sequence
from typing import Any

from anymail.exceptions import AnymailError, AnymailInvalidAddress, AnymailRecipientsRefused
from anymail.message import AnymailStatus
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import URLPattern
from django.utils.module_loading import import_string

from clinic.environment import wrong
from clinic.mail import ProviderError, note_answer

# What django-anymail says of a mail that left. Of others it may say "unknown": see `_send`.
_LEFT = frozenset({"queued", "sent"})
_LOST = frozenset({"failed", "invalid", "rejected"})


class ProviderBackend(BaseEmailBackend):
    """Sends by the provider that OPTIONS names, and notes its answer and its name for the mail."""

    def __init__(
        self, *, alias: str, provider: str = "", options: dict[str, Any] | None = None
    ) -> None:
        super().__init__(alias=alias)
        self.backend = _backend(provider, alias=alias, **(options or {}))

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send the messages and return how many the provider took. Raises ProviderError."""
        return sum(self._send(message) for message in email_messages)

    def _send(self, message: EmailMessage) -> int:
        try:
            sent: int = self.backend.send_messages([message])
        except AnymailError as error:
            # It holds the mail itself, so nothing of it goes on.
            is_refusal = isinstance(error, AnymailRecipientsRefused | AnymailInvalidAddress)
            kind = type(error.__cause__ or error).__name__
            raise ProviderError(kind, code=error.status_code, is_refusal=is_refusal) from None
        if sent:
            status: AnymailStatus = vars(message)["anymail_status"]
            words = sorted(map(str, status.status or ()))
            code = getattr(status.esp_response, "status_code", None)
            # An answer whose words it cannot read counts as sent, though its code is a refusal.
            is_refused = code is not None and code >= 400 and _LEFT.isdisjoint(words)
            if is_refused or (words and _LOST.issuperset(words)):
                raise ProviderError(
                    f"ProviderSays {', '.join(words)}", code=code if is_refused else None
                )
            ids = sorted({str(found.message_id or "") for found in status.recipients.values()})
            provider_id = next(filter(None, ids), "")
            answer = ", ".join(words) + (f", id {provider_id}" if provider_id else "")
            note_answer(message, answer, provider_id=provider_id)
        return sent


def report_urls(provider: str) -> list[URLPattern]:
    """Return where the provider reports what became of a mail: at `<provider>/tracking/`.

    The others' own would answer a stranger with an error, for they lack a key or a package.
    """
    from anymail.urls import urlpatterns

    return [one for one in urlpatterns if one.name == f"{provider}_tracking_webhook"]


def _backend(provider: str, *, alias: str, **options: Any) -> Any:
    """Return django-anymail's own backend. Raises ImproperlyConfigured in one sentence."""
    example = f"EMAIL_URL=anymail://{provider}?…, as django-anymail's page about {provider} says"
    try:
        kind = import_string(f"anymail.backends.{provider}.EmailBackend")
    except ImportError:
        needs = f"names {provider}, which needs packages that are not installed"
        raise wrong("EMAIL_URL", "EMAIL_URL=anymail://postmark?server_token=…", needs) from None
    if provider == "amazon_ses":
        # Its library waits for minutes, over five tries. Our own come later, and PostgreSQL ends a
        # transaction that is idle for one: what left would not be noted, and leave again.
        seconds = options.pop("timeout", 10)
        once = {"total_max_attempts": 1}
        limits = {"connect_timeout": seconds, "read_timeout": seconds, "retries": once}
        options["client_params"] = {"config": limits}
    try:
        # A second body, the calendar's, is more than most take: the file says the same.
        return kind(alias=alias, ignore_unsupported_features=True, **options)
    except ImproperlyConfigured as error:
        names = ", ".join(re.findall(r"'(\w+)'", str(error).rpartition(": ")[2]))
        does_not_know = "Unknown" in str(error)
        why = (
            f"has what {provider} does not know"
            if does_not_know
            else f"must have what {provider} needs"
        )
        raise wrong("EMAIL_URL", example, f"{why} ({names})" if names else why) from None
