"""What every answer carries, and what reading pages do not."""

import pytest

READING_PAGES = ["/", "/conditions/", "/treatments/", "/contact/", "/privacy/", "/accessibility/"]
OTHER_PAGES = ["/book/", "/admin/login/", "/robots.txt", "/healthz", "/no-such-page/"]


@pytest.mark.django_db
@pytest.mark.parametrize("url", READING_PAGES + OTHER_PAGES)
def test_every_answer_carries_the_security_headers(client, url):
    response = client.get(url)

    names = (
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Referrer-Policy",
        "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy",
    )
    assert [response.headers.get(name) for name in names] == [
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'",
        "nosniff",
        "DENY",
        "same-origin",
        "same-origin",
        "same-origin",
    ]
    assert "camera=()" in response.headers["Permissions-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("url", READING_PAGES)
def test_reading_page_sets_no_cookie(client, url):
    response = client.get(url)

    assert response.status_code == 200
    assert response.cookies == {}
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.django_db
@pytest.mark.parametrize("url", READING_PAGES)
def test_reading_page_is_asked_for_again_and_sent_once(client, url):
    first = client.get(url, headers={"accept-encoding": "gzip"})
    again = client.get(url, headers={"if-none-match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["Content-Encoding"] == "gzip"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("get", "/appointments/00000000-0000-4000-8000-000000000000/", 404),
        ("get", "/book/nothing/safety/", 404),
        ("post", "/appointments/00000000-0000-4000-8000-000000000000/", 405),
        ("get", "/conditions/?q=%00", 400),
    ],
)
def test_no_error_is_kept(client, method, url, status):
    response = getattr(client, method)(url)

    assert response.status_code == status
    assert "no-store" in response.headers["Cache-Control"]


def test_a_browser_that_asks_for_an_icon_finds_the_mark(client):
    assert client.get("/favicon.ico").url.endswith("/img/mark.svg")


def test_http_is_redirected_to_https_but_for_the_health_checks(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 60

    redirect = client.get("/robots.txt")
    health = client.get("/healthz")
    secure = client.get("/robots.txt", secure=True)

    assert (redirect.status_code, redirect.url) == (301, "https://testserver/robots.txt")
    assert health.status_code == 200
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=60")


@pytest.mark.django_db
def test_unknown_host_is_refused(client, settings):
    settings.ALLOWED_HOSTS = ["clinic.example.org"]

    response = client.get("/robots.txt", headers={"host": "evil.example"})

    assert response.status_code == 400


@pytest.mark.django_db
def test_a_session_cookie_with_a_nul_byte_is_no_session(client):
    response = client.get("/admin/login/", headers={"cookie": 'sessionid="aaaaaaaa\\000b"'})

    assert response.status_code == 200
    assert "password" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf-7", "latin-1", "no-such-thing"])
def test_a_form_in_another_encoding_is_refused(client, charset):
    response = client.generic(
        "POST",
        "/book/anything/safety/",
        b"none=on",
        content_type=f"application/x-www-form-urlencoded; charset={charset}",
    )

    assert response.status_code == 400
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]
