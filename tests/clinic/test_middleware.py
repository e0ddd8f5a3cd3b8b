import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from clinic import middleware
from clinic.environment import parse_networks


def seen_through(**meta):
    """Return what a view sees of a request that arrives with `meta`."""
    seen = {}

    def view(request):
        seen.update(
            address=request.META["REMOTE_ADDR"],
            scheme=request.scheme,
            headers=sorted(name for name in request.META if "FORWARDED" in name),
        )
        return HttpResponse()

    middleware.TrustedProxyMiddleware(view)(RequestFactory().get("/", **meta))
    return seen


@pytest.fixture
def trust(settings):
    def set_proxies(*networks):
        settings.TRUSTED_PROXIES = parse_networks("TRUSTED_PROXIES", list(networks))

    return set_proxies


def test_stranger_is_not_believed(trust):
    trust("10.0.0.0/8")

    seen = seen_through(
        REMOTE_ADDR="203.0.113.9",
        HTTP_X_FORWARDED_FOR="127.0.0.1",
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_HOST="evil.example",
        HTTP_FORWARDED="for=127.0.0.1",
    )

    assert seen == {"address": "203.0.113.9", "scheme": "http", "headers": []}


def test_nobody_is_believed_by_default():
    seen = seen_through(
        REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="8.8.8.8", HTTP_X_FORWARDED_PROTO="https"
    )

    assert seen == {"address": "127.0.0.1", "scheme": "http", "headers": []}


@pytest.mark.parametrize(
    ("forwarded_for", "expected"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("1.2.3.4, 198.51.100.7", "198.51.100.7"),
        ("1.2.3.4, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("198.51.100.7:5123", "198.51.100.7"),
        ("[2001:db8::7]:5123", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("unknown", "10.0.0.1"),
        ("1.2.3.4, <script>", "10.0.0.1"),
        ("1.2.3.4, ", "10.0.0.1"),
        ("1.2.3.4, garbage, 10.0.0.2", "10.0.0.2"),
        ("999.1.1.1", "10.0.0.1"),
        ("\u0661.2.3.4", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_client_is_the_last_address_that_no_trusted_proxy_has(trust, forwarded_for, expected):
    trust("10.0.0.0/8")

    seen = seen_through(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded_for)

    assert seen["address"] == expected


@pytest.mark.parametrize(
    ("forwarded_proto", "expected"),
    [
        ("https", "https"),
        ("HTTPS", "https"),
        ("http", "http"),
        ("http, https", "https"),
        ("gopher", "http"),
        ("", "http"),
        ("\0", "http"),
    ],
)
def test_scheme_is_the_trusted_proxys(trust, forwarded_proto, expected):
    trust("::1")

    seen = seen_through(REMOTE_ADDR="::1", HTTP_X_FORWARDED_PROTO=forwarded_proto)

    assert seen["scheme"] == expected


@pytest.mark.parametrize("peer", ["", "unix:", "not an address"])
def test_peer_without_an_address_is_not_believed(trust, peer):
    trust("0.0.0.0/0", "::/0")

    seen = seen_through(REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR="198.51.100.7")

    assert seen["address"] == peer


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url", ["/conditions/?q=a%00b", "/contact/?%00", "/conditions/a%00b/", "/%00"]
)
def test_nul_byte_in_an_address_is_refused(client, url):
    response = client.get(url)

    assert response.status_code == 400
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_what_is_not_found_has_the_sites_own_page_with_debug_too(rf, db):
    def page(response):
        return middleware.OwnNotFoundMiddleware(lambda request: response)(rf.get("/x"))

    yellow = HttpResponse("<h1>yellow</h1>", status=404)
    data = HttpResponse("{}", status=404, content_type="application/json")
    fine = HttpResponse("fine")

    assert "This line ends here" in page(yellow).content.decode()
    assert page(yellow).status_code == 404
    assert page(data) is data
    assert page(fine) is fine
