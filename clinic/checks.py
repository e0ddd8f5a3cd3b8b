"""What `manage.py check`, and so every start, warns of: values that work, but seldom as meant."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.http.request import validate_host

from clinic.environment import bracketed


@register
def check_site_url(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn if the links in messages would lead nowhere, or over an open line."""
    if settings.DEBUG:
        return []
    warnings: list[CheckMessage] = []
    parts = urlsplit(settings.SITE_URL)
    if parts.scheme != "https":
        warnings.append(
            Warning(
                "SITE_URL does not begin with https://, so links in messages do not either.",
                hint="For example SITE_URL=https://clinic.example.org.",
                id="clinic.W001",
            )
        )
    host = bracketed(parts.hostname)
    if not validate_host(host, settings.ALLOWED_HOSTS):
        warnings.append(
            Warning(
                "ALLOWED_HOSTS lacks the host of SITE_URL, so links in messages are refused.",
                hint=f"For example ALLOWED_HOSTS={host}.",
                id="clinic.W002",
            )
        )
    return warnings
