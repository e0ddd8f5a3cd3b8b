"""A browser as far as forms need one: one connection, cookies, redirects, hidden fields."""

import re
import time
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlencode, urljoin

from bench.sites import HOST

ACTION = re.compile(r'<form\b[^>]* action="([^"]*)"')
HIDDEN = re.compile(r'<input\b[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'([-\w]+)="([^"]*)"')
REDIRECTS = (302, 303, 307)
SECONDS = 120


@dataclass(frozen=True)
class Page:
    """An answer, and the address at which it came."""

    path: str
    status: int
    text: str


class Browser:
    """One person's browser. `address` is what a proxy in front of the site would say of it."""

    def __init__(self, port: int, *, address: str, is_secure: bool) -> None:
        scheme = "https" if is_secure else "http"
        self.longest_wait = 0.0
        """The seconds until the slowest answer came, a redirect being an answer of its own."""
        self._connection = HTTPConnection(HOST, port, timeout=SECONDS)
        self._cookies: dict[str, str] = {}
        self._headers = {
            "Accept": "text/html",
            "Origin": f"{scheme}://{HOST}:{port}",
            "X-Forwarded-For": address,
            "X-Forwarded-Proto": scheme,
        }

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str, **headers: str) -> Page:
        return self._open("GET", path, None, headers)

    def submit(self, page: Page, marker: str, **answers: str) -> Page:
        """Send the page's form that contains `marker`, its hidden fields included."""
        place = page.text.index(marker)
        form = page.text[page.text.rindex("<form", 0, place) : page.text.index("</form>", place)]
        tags = [dict(ATTRIBUTE.findall(tag)) for tag in HIDDEN.findall(form)]
        hidden = {tag["name"]: unescape(tag.get("value", "")) for tag in tags}
        action = ACTION.match(form)
        path = urljoin(page.path, unescape(action[1]) if action else "")
        return self._open("POST", path, urlencode(hidden | answers), {})

    def _open(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Page:
        while True:
            page, location = self._ask(method, path, body, headers)
            if page.status not in REDIRECTS:
                return page
            path = urljoin(path, location)
            if page.status != 307:
                method, body = "GET", None

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[Page, str]:
        """Return the answer, and where it redirects to."""
        headers = self._headers | headers
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{key}={value}" for key, value in self._cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        self.longest_wait = max(self.longest_wait, time.perf_counter() - began)
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return Page(path, answer.status, text), answer.headers.get("Location", "")
