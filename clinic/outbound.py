"""Ask other sites for a page, or whether it is there, without being led into a private network.

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
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from clinic.deadline import connect, ends_by, left, look_up

USER_AGENT = "Mozilla/5.0 (compatible; {})"
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# What sites answer that refuse the method HEAD, though the page is there.
TRY_GET = frozenset({403, 405, 501})
SIGN_IN = frozenset({401, 403, 407})
GONE = frozenset({404, 410})

_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")

type Step = tuple[str, int, str]
"""Host, port, and path with query."""


class Answer(NamedTuple):
    """What a site answered. The body is empty unless it was asked for."""

    status: int
    leads_to: str
    body: bytes = b""


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
    """Asks for pages over HTTPS. Keeps no cookies and sends no Referer."""

    is_allowed: Callable[[str], bool] = is_public
    """Says of an IP address whether it may be connected to."""
    ports: frozenset[int] = frozenset({443})
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = 10
    """How long one page may take in all, redirects included."""
    name: str = "clinic link check"
    """Who asks, as the site reads it."""

    def status_of(self, url: str) -> int:
        """Return the status of the page that `url` leads to in the end. Raises NoAnswer."""
        return self._follow(url, self._ask).status

    def get(self, url: str, *, most_bytes: int) -> bytes:
        """Return the body of the page that `url` leads to. Raises NoAnswer if it is longer."""

        def ask(step: Step, deadline: float) -> Answer:
            return self._request("GET", step, deadline, most_bytes)

        answer = self._follow(url, ask)
        if answer.status in SIGN_IN:
            raise NoAnswer(f"The site wants somebody to sign in (error {answer.status}).")
        if answer.status in GONE:
            raise NoAnswer(f"The site has nothing at this address (error {answer.status}).")
        if answer.status != http.client.OK:
            raise NoAnswer(f"The site answered with error {answer.status}.")
        return answer.body

    def check(self, url: str) -> None:
        """Raise NoAnswer if an address is written as none that would be asked for."""
        self._step(url)

    def _follow(self, url: str, ask: Callable[[Step, float], Answer]) -> Answer:
        """Return the first answer that leads no further."""
        deadline = time.monotonic() + self.seconds
        for _ in range(MOST_REDIRECTS + 1):
            answer = ask(self._step(url), deadline)
            if answer.status not in REDIRECTS or not answer.leads_to:
                return answer
            url = _joined(url, answer.leads_to)
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

    def _ask(self, step: Step, deadline: float) -> Answer:
        answer = self._request("HEAD", step, deadline)
        if answer.status in TRY_GET:
            return self._request("GET", step, deadline)
        return answer

    def _request(self, method: str, step: Step, deadline: float, most_bytes: int = 0) -> Answer:
        """Return one answer. No body is read, whatever its size, unless `most_bytes` says so."""
        host, port, path = step
        try:
            with closing(self._connect(host, port, deadline)) as raw, ends_by(deadline, raw):
                connection = http.client.HTTPSConnection(host, port)
                with closing(self.tls.wrap_socket(raw, server_hostname=host)) as secure:
                    connection.sock = secure
                    connection.request(
                        method,
                        path,
                        headers={
                            "User-Agent": USER_AGENT.format(self.name),
                            "Accept": "*/*",
                            "Connection": "close",
                        },
                    )
                    answer = connection.getresponse()
                    is_wanted = most_bytes and answer.status == http.client.OK
                    body = _body(answer, most_bytes) if is_wanted else b""
                    left(deadline)  # cut off in the middle, a head or body looks whole
                    return Answer(answer.status, answer.headers.get("Location", ""), body)
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


def _body(answer: http.client.HTTPResponse, most_bytes: int) -> bytes:
    # It was asked for as it is: unpacked, a small body can fill the memory.
    if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise NoAnswer("The site sent it packed, though it was asked not to.")
    body = answer.read(most_bytes + 1)
    if len(body) > most_bytes:
        raise NoAnswer("What the site sends is too long.")
    if answer.length:
        raise NoAnswer("The site broke off in the middle.")
    return body


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise NoAnswer("It leads on to an address that is not written right.") from None


def _too_slow() -> NoAnswer:
    return NoAnswer("The site took too long to answer.")
