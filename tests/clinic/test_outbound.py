"""Whether other sites are asked safely. All servers here are real ones, on this machine."""

import socket
import ssl
import threading
import time

import pytest

from clinic.outbound import Client, NoAnswer, is_public

from .loopback import CERTIFICATE, serve, stop


@pytest.fixture
def site():
    server = serve(with_tls=True)
    yield server
    stop(server)


@pytest.fixture
def plain_site():
    server = serve(with_tls=False)
    yield server
    stop(server)


def trusting():
    return ssl.create_default_context(cafile=CERTIFICATE)


def client_for(*sites, **kwargs):
    """Return a client that may also reach these servers on this machine."""
    ports = frozenset(site.server_port for site in sites)
    defaults = {"is_allowed": lambda address: True, "ports": ports, "tls": trusting()}
    return Client(**defaults | kwargs)


def address_of(site, path, host="localhost"):
    return f"https://{host}:{site.server_port}{path}"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::5db8:d70e", True),
        ("2002:5db8:d70e::1", True),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address to refuse
        ("255.255.255.255", False),
        ("224.0.0.1", False),
        ("198.18.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
        ("::127.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::7f00:1", False),
        ("2002:7f00:1::1", False),
        ("2002:a00:1::1", False),
    ],
)
def test_is_public_knows_every_private_range(address, expected):
    assert is_public(address) is expected


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "①②⑦.0.0.1",
    ],
)
def test_client_refuses_this_machine_however_it_is_written(site, host):
    client = client_for(site, is_allowed=is_public)

    with pytest.raises(NoAnswer, match="private network|No site has that name"):
        client.status_of(address_of(site, "/page", host))

    assert site.asked == []


def test_client_refuses_a_name_with_one_private_address_among_public_ones(site, monkeypatch):
    addresses = ["93.184.215.14", "127.0.0.1"]
    answers = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, site.server_port)) for a in addresses
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)

    with pytest.raises(NoAnswer, match="private network"):
        client_for(site, is_allowed=is_public).status_of(address_of(site, "/page", "good.test"))

    assert site.asked == []


def test_client_connects_to_the_address_that_was_checked(site, monkeypatch):
    look_ups, checked = [], []

    def rebinding(host, port, **kwargs):
        look_ups.append(host)
        address = "127.0.0.1" if len(look_ups) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    client = client_for(site, is_allowed=lambda address: not checked.append(address))

    assert client.status_of(address_of(site, "/page", "good.test")) == 200
    assert (look_ups, checked) == (["good.test"], ["127.0.0.1"])


def test_client_tries_the_next_address_if_one_does_not_answer(site, monkeypatch):
    port = site.server_port
    answers = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)

    assert client_for(site).status_of(address_of(site, "/page", "good.test")) == 200


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://localhost/", "does not start with https"),
        ("ftp://localhost/", "does not start with https"),
        ("file:///etc/passwd", "does not start with https"),
        ("//localhost/", "does not start with https"),
        ("https://me@localhost/", "user name"),
        ("https://me:secret@localhost/", "user name"),
        ("https://good.test\\@localhost/", "does not belong"),
        ("https://localhost:8443/", "unusual port"),
        ("https://localhost:22/", "unusual port"),
        ("https://localhost:99999/", "not written right"),
        ("https://localhost:x/", "not written right"),
        ("https://[::1/", "not written right"),
        ("https:///page", "not written right"),
        ("https://a..b/", "not written right"),
        ("https://good.test%00.evil/", "not written right"),
        ("https://localhost/a b", "does not belong"),
        ("https://localhost/\r\nHost: evil", "does not belong"),
        ("https://localhost\t/", "does not belong"),
    ],
)
def test_client_refuses_a_doubtful_address_before_looking_it_up(url, reason, monkeypatch):
    look_ups = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: look_ups.append(args))

    with pytest.raises(NoAnswer, match=reason):
        Client().status_of(url)

    assert look_ups == []


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("https://127.0.0.2:{port}/page", "private network"),
        ("//127.0.0.2:{port}/page", "private network"),
        ("https://127.0.0.2/page", "unusual port"),
        ("http://localhost:{port}/page", "does not start with https"),
        ("file:///etc/passwd", "does not start with https"),
        ("https://me@localhost:{port}/page", "user name"),
    ],
)
def test_client_checks_every_redirect_again(site, target, reason):
    client = client_for(site, is_allowed=lambda address: address == "127.0.0.1")
    target = target.format(port=site.server_port)

    with pytest.raises(NoAnswer, match=reason):
        client.status_of(address_of(site, f"/to/{target}", "127.0.0.1"))

    assert len(site.asked) == 1


def test_client_refuses_a_redirect_to_what_is_no_address(site):
    with pytest.raises(NoAnswer, match="leads on to an address that is not written right"):
        client_for(site).status_of(address_of(site, "/to_unclosed"))


def test_client_follows_redirects_on_other_ports_only_if_they_are_usual(site, plain_site):
    target = f"https://localhost:{plain_site.server_port}/page"

    with pytest.raises(NoAnswer, match="unusual port"):
        client_for(site).status_of(address_of(site, f"/to/{target}"))

    assert plain_site.asked == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/page", 200),
        ("/status/204", 204),
        ("/status/404", 404),
        ("/status/410", 410),
        ("/status/429", 429),
        ("/status/500", 500),
        ("/status/403", 403),
        ("/to//status/404", 404),
        ("/hops/5", 200),
        ("/nowhere", 302),
    ],
)
def test_client_returns_the_last_status(site, path, expected):
    assert client_for(site).status_of(address_of(site, path)) == expected


@pytest.mark.parametrize("number", [403, 405, 501])
def test_client_tries_get_where_head_is_refused(site, number):
    status = client_for(site).status_of(address_of(site, f"/only_get/{number}"))

    assert status == 200
    assert [method for method, _, _ in site.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize("path", ["/hops/6", "/round/"])
def test_client_gives_up_after_five_redirects(site, path):
    with pytest.raises(NoAnswer, match="on and on"):
        client_for(site).status_of(address_of(site, path))

    assert len(site.asked) == 6


def test_client_says_who_asks_and_nothing_else(site):
    client_for(site).status_of(address_of(site, "/to//page?a=1&b=ü"))

    method, path, headers = site.asked[-1]
    assert (method, path) == ("HEAD", "/page?a=1&b=%C3%BC")
    assert headers == {
        "Host": f"localhost:{site.server_port}",
        "Accept-Encoding": "identity",
        "User-Agent": "Mozilla/5.0 (compatible; clinic link check)",
        "Accept": "*/*",
        "Connection": "close",
    }


def test_client_reads_no_body(site):
    assert client_for(site).status_of(address_of(site, "/huge")) == 200
    assert site.sent < 20_000_000


def test_client_reads_no_endless_head(site):
    with pytest.raises(NoAnswer, match="did not answer as web sites do"):
        client_for(site).status_of(address_of(site, "/many_lines"))


@pytest.mark.parametrize("path", ["/silent", "/drip"])
def test_client_waits_no_longer_than_its_time(site, path):
    started = time.monotonic()

    with pytest.raises(NoAnswer, match="too long"):
        client_for(site, seconds=0.5).status_of(address_of(site, path))

    assert 0.4 < time.monotonic() - started < 3


def test_client_waits_no_longer_for_the_name(monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: over.wait(10))

    with pytest.raises(NoAnswer, match="too long"):
        Client(seconds=0.2).status_of("https://good.test/")

    over.set()


def test_client_wants_a_valid_certificate(site):
    client = client_for(site, tls=ssl.create_default_context())

    with pytest.raises(NoAnswer, match="certificate is not valid"):
        client.status_of(address_of(site, "/page"))

    assert site.asked == []


def test_client_wants_a_certificate_for_that_very_name(site, monkeypatch):
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", site.server_port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)

    with pytest.raises(NoAnswer, match="certificate is not valid"):
        client_for(site).status_of(address_of(site, "/page", "other.test"))

    assert site.asked == []


def test_client_never_speaks_without_encryption(plain_site):
    with pytest.raises(NoAnswer, match="did not answer as web sites do"):
        client_for(plain_site).status_of(address_of(plain_site, "/page"))

    assert plain_site.asked == []


def test_client_says_what_is_wrong_with_the_other_side(site, monkeypatch):
    with pytest.raises(NoAnswer, match="did not answer as web sites do"):
        client_for(site).status_of(address_of(site, "/no_web"))

    stop(site)
    with pytest.raises(NoAnswer, match="cannot be reached"):
        client_for(site).status_of(address_of(site, "/page"))


def test_client_says_when_no_site_has_the_name(monkeypatch):
    def fail(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    with pytest.raises(NoAnswer, match="No site has that name"):
        Client().status_of("https://good.test/")
