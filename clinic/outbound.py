"""Ask other sites whether a page is there, without being led into a private network.

An address that staff write may name this machine, the office's printer or a cloud's own data, and
so may any answer that redirects. Each step is looked up once, every address found must be a public
one, and the connection goes to just that address, so that a second look-up cannot change it.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit

from clinic.deadline import connect, ends_by, left, look_up

USER_AGENT = "Mozilla/5.0 (compatible; clinic link check)"
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# What sites answer that refuse the method HEAD, though the page is there.
TRY_GET = frozenset({403, 405, 501})

_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")

type Step = tuple[str, int, str]
"""Host, port, and path with query."""


class NoAnswer(Exception):
    """The page could not be asked for. The text says why, in plain words for staff."""


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet, also if it wraps an older one."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
        if ip not in _UNICAST:
            return False
    return ip.is_global and not ip.is_multicast


@dataclass(frozen=True)
class Client:
    """Asks for pages over HTTPS. Keeps no cookies, sends no Referer, reads no page's body."""

    is_allowed: Callable[[str], bool] = is_public
    """Says of an IP address whether it may be connected to."""
    ports: frozenset[int] = frozenset({443})
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = 10
    """How long one page may take in all, redirects included."""

    def status_of(self, url: str) -> int:
        """Return the status of the page that `url` leads to in the end. Raises NoAnswer."""
        deadline = time.monotonic() + self.seconds
        for _ in range(MOST_REDIRECTS + 1):
            status, location = self._ask(self._step(url), deadline)
            if status not in REDIRECTS or not location:
                return status
            url = _joined(url, location)
        raise NoAnswer("It leads on and on, from one address to the next.")

    def _step(self, url: str) -> Step:
        """Take an address apart; it is asked for only if nothing about it is doubtful."""
        if any(character <= " " or character == "\x7f" for character in url) or "\\" in url:
            raise NoAnswer("The address has a space or another sign that does not belong there.")
        try:
            parts = urlsplit(url)
            port = parts.port or 443
            host = (parts.hostname or "").encode("idna").decode("ascii")
        except ValueError:
            raise NoAnswer("The address is not written right.") from None
        if parts.scheme != "https":
            raise NoAnswer("It leads to an address that does not start with https://.")
        if "@" in parts.netloc:
            raise NoAnswer("The address holds a user name.")
        if not _HOST.fullmatch(host):
            raise NoAnswer("The address is not written right.")
        if port not in self.ports:
            raise NoAnswer("The address names an unusual port.")
        path = quote(parts.path or "/", safe="/%:=&~+!$,;'@()*")
        query = quote(parts.query, safe="/%:=&~+!$,;'@()*?[]|")
        return host, port, f"{path}?{query}" if query else path

    def _ask(self, step: Step, deadline: float) -> tuple[int, str]:
        status, location = self._request("HEAD", step, deadline)
        if status in TRY_GET:
            return self._request("GET", step, deadline)
        return status, location

    def _request(self, method: str, step: Step, deadline: float) -> tuple[int, str]:
        """Return the status and where it leads to. The body is never read, whatever its size."""
        host, port, path = step
        try:
            with closing(self._connect(host, port, deadline)) as raw, ends_by(deadline, raw):
                connection = http.client.HTTPSConnection(host, port)
                with closing(self.tls.wrap_socket(raw, server_hostname=host)) as secure:
                    connection.sock = secure
                    connection.request(
                        method,
                        path,
                        headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close"},
                    )
                    answer = connection.getresponse()
                    left(deadline)  # cut off in the middle, a head looks whole
                    return answer.status, answer.headers.get("Location", "")
        except NoAnswer:
            raise
        except ssl.SSLCertVerificationError:
            raise NoAnswer("The site's certificate is not valid.") from None
        except (OSError, ValueError, http.client.HTTPException):
            if time.monotonic() >= deadline:
                raise _too_slow() from None
            raise NoAnswer("The site did not answer as web sites do.") from None

    def _connect(self, host: str, port: int, deadline: float) -> socket.socket:
        """Return a connection to one of the host's addresses, all of which must be allowed."""
        try:
            found = look_up(host, port, deadline)
        except TimeoutError:
            raise _too_slow() from None
        except (OSError, UnicodeError):
            raise NoAnswer("No site has that name.") from None
        if not found or not all(self.is_allowed(address[0]) for _, address in found):
            raise NoAnswer("It leads into a private network, so it was not tried.")
        try:
            return connect(found, deadline)
        except OSError:
            left(deadline)
            raise NoAnswer("The site cannot be reached.") from None


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise NoAnswer("It leads on to an address that is not written right.") from None


def _too_slow() -> NoAnswer:
    return NoAnswer("The site took too long to answer.")
