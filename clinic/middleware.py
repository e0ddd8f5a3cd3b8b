"""What holds for every request, before any page is chosen."""

import ipaddress
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.views.defaults import page_not_found

type GetResponse = Callable[[HttpRequest], HttpResponse]

FORWARDING_HEADERS = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
)
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
)


class TrustedProxyMiddleware:
    """Sets the client's address and scheme from a proxy's headers, if settings trust that proxy.

    The headers are removed afterwards, so that nothing else can believe those of a stranger.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        headers = {name: request.META.pop(name, "") for name in FORWARDING_HEADERS}
        if is_trusted(request.META.get("REMOTE_ADDR", "")):
            client = client_address(headers["HTTP_X_FORWARDED_FOR"])
            if client:
                request.META["REMOTE_ADDR"] = client
            scheme = headers["HTTP_X_FORWARDED_PROTO"].rpartition(",")[2].strip().lower()
            if scheme in {"http", "https"}:
                request.META["wsgi.url_scheme"] = scheme
        return self.get_response(request)


def is_trusted(address: str) -> bool:
    """Return whether the address is one of TRUSTED_PROXIES."""
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in settings.TRUSTED_PROXIES)


def client_address(forwarded_for: str) -> str:
    """Return the right-most address that is not a trusted proxy's, or "" if there is none.

    Each proxy appends whom it heard from, so what stands further left is only somebody's claim.
    """
    found = ""
    for part in reversed(forwarded_for.split(",")):
        parsed = _parse(part.strip())
        if parsed is None:
            return found
        found = str(parsed)
        if not is_trusted(found):
            return found
    return found


@lru_cache(maxsize=1000)
def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address in `text`, which may carry a port, or None."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


class BrowserPolicyMiddleware:
    """Tells the browser what no page needs, that no other site may embed one, and to keep no error."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.status_code >= 400:
            add_never_cache_headers(response)
        return response


class OwnNotFoundMiddleware:
    """Shows the site's own page for what is not found while DEBUG is on, as it is outside it.

    Django's page for developers has inline styles, which the policy refuses, and lists addresses
    instead of saying what to do.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 404 or response.get("Content-Type", "")[:9] != "text/html":
            return response
        return page_not_found(request, Http404())


class RefuseUnreadableMiddleware:
    """Answers 400 to what no page could read: NUL bytes in an address, a form not in UTF-8.

    PostgreSQL can neither store nor compare NUL. Forms refuse it in what they are sent (Django's
    ProhibitNullCharactersValidator); a cookie that holds one is left out.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.COOKIES = {k: v for k, v in request.COOKIES.items() if "\0" not in v}
        if _is_readable(request):
            return self.get_response(request)
        try:
            return HttpResponseBadRequest(render_to_string("400.html", request=request))
        except TemplateDoesNotExist:
            return HttpResponseBadRequest("This address has a character that cannot be in one.")


def _is_readable(request: HttpRequest) -> bool:
    query_string = request.META.get("QUERY_STRING", "")
    charset = (request.content_params or {}).get("charset", "utf-8")
    return (
        "\0" not in request.path
        and "\0" not in query_string
        and "%00" not in query_string
        and charset.lower() in {"utf-8", "utf8"}
    )
