from datetime import UTC, datetime
from unittest import mock

import pytest
import time_machine
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder

from clinic.models import Clinic


def test_healthz_answers_without_a_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_readyz_answers_when_the_database_is_migrated(client):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_readyz_says_that_the_database_is_gone(client):
    with mock.patch("clinic.health.MigrationExecutor", side_effect=OperationalError("secret")):
        response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "reason": "The database cannot be reached.",
    }


@pytest.mark.django_db
def test_readyz_says_that_migrations_are_waiting(client):
    MigrationRecorder.Migration.objects.filter(app="clinic").delete()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "reason": "The database waits for migrations.",
    }


@pytest.mark.parametrize("url", ["/healthz", "/readyz", "/robots.txt"])
def test_machine_pages_refuse_post(client, url):
    assert client.post(url).status_code == 405


def test_robots_keeps_crawlers_on_the_reading_pages(client, settings):
    settings.SITE_URL = "https://clinic.example"

    response = client.get("/robots.txt")

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text == (
        "User-agent: *\nDisallow: /admin/\nDisallow: /book/\nDisallow: /appointments/\n"
        "Disallow: /calendars/\nDisallow: /messages/\nDisallow: /waitlist/\n"
        "\nSitemap: https://clinic.example/sitemap.xml\n"
    )


@pytest.mark.django_db
@time_machine.travel(datetime(2026, 12, 1, 9, 30, tzinfo=UTC), tick=False)
def test_security_txt_names_the_clinics_address(client):
    Clinic.objects.create(email="front@clinic.example")

    response = client.get("/.well-known/security.txt")

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text == (
        "Contact: mailto:front@clinic.example\n"
        "Expires: 2027-05-30T09:30:00Z\n"
        "Preferred-Languages: en\n"
        "Canonical: http://127.0.0.1:8000/.well-known/security.txt\n"
    )
