"""Whether the body of a page is read safely. All servers here are real ones, on this machine."""

import ssl
import time

import pytest

from clinic.outbound import Client, NoAnswer, is_public

from .loopback import CERTIFICATE, serve, stop


@pytest.fixture
def site():
    server = serve(with_tls=True)
    yield server
    stop(server)


def client_for(site, **kwargs):
    tls = ssl.create_default_context(cafile=CERTIFICATE)
    defaults = {"is_allowed": lambda address: True, "ports": frozenset({site.server_port})}
    return Client(**defaults | {"tls": tls} | kwargs)


def get(site, path, *, most_bytes=1000, host="localhost", **kwargs):
    url = f"https://{host}:{site.server_port}{path}"
    return client_for(site, **kwargs).get(url, most_bytes=most_bytes)


@pytest.mark.parametrize("path", ["/words/hello", "/to//words/hello"])
def test_get_returns_the_body_that_the_address_leads_to(site, path):
    assert get(site, path) == b"hello"
    assert site.asked[-1][0] == "GET"


def test_get_asks_for_nothing_packed_and_says_who_asks(site):
    get(site, "/words/hello", name="clinic calendar")

    headers = site.asked[0][2]
    assert headers["Accept-Encoding"] == "identity"
    assert headers["User-Agent"] == "Mozilla/5.0 (compatible; clinic calendar)"


def test_get_takes_a_body_of_just_the_limit(site):
    assert get(site, "/words/hello", most_bytes=5) == b"hello"

    with pytest.raises(NoAnswer, match="too long"):
        get(site, "/words/hello", most_bytes=4)


def test_get_stops_reading_at_the_limit(site):
    with pytest.raises(NoAnswer, match="What the site sends is too long"):
        get(site, "/huge", most_bytes=100_000)

    assert site.sent < 20_000_000


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/status/401", "wants somebody to sign in .error 401."),
        ("/status/403", "wants somebody to sign in .error 403."),
        ("/status/404", "has nothing at this address .error 404."),
        ("/status/410", "has nothing at this address .error 410."),
        ("/status/204", "answered with error 204"),
        ("/status/500", "answered with error 500"),
        ("/nowhere", "answered with error 302"),
        ("/hops/6", "on and on"),
        ("/packed", "sent it packed"),
        ("/cut", "broke off in the middle"),
        ("/cut_chunk", "did not answer as web sites do"),
        ("/no_web", "did not answer as web sites do"),
    ],
)
def test_get_says_in_plain_words_what_is_wrong(site, path, reason):
    with pytest.raises(NoAnswer, match=reason):
        get(site, path)


@pytest.mark.parametrize("path", ["/silent", "/drip", "/drip_body"])
def test_get_waits_no_longer_than_its_time(site, path):
    started = time.monotonic()

    with pytest.raises(NoAnswer, match="too long to answer"):
        get(site, path, seconds=0.5)

    assert 0.4 < time.monotonic() - started < 3


def test_get_never_asks_a_private_address(site):
    with pytest.raises(NoAnswer, match="private network"):
        get(site, "/words/hello", is_allowed=is_public)

    assert site.asked == []


def test_get_is_not_led_to_a_private_address(site):
    target = f"https://127.0.0.2:{site.server_port}/words/hello"

    with pytest.raises(NoAnswer, match="private network"):
        get(site, f"/to/{target}", host="127.0.0.1", is_allowed=lambda a: a == "127.0.0.1")

    assert [path for _, path, _ in site.asked] == [f"/to/{target}"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://good.test/", "does not start with https"),
        ("https://me:secret@good.test/", "user name"),
        ("https://good.test:8443/", "unusual port"),
        ("https:///", "not written right"),
    ],
)
def test_check_refuses_what_would_not_be_asked_for(url, reason):
    with pytest.raises(NoAnswer, match=reason):
        Client().check(url)
