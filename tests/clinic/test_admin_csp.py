"""The admin works under the site's Content Security Policy: a real browser refuses nothing."""

import pytest
from django.urls import reverse

from clinic.models import Clinic


@pytest.fixture
def staff_page(admin_client, live_server, context, page):
    """A browser page signed in as an administrator, and what the policy refused on it."""
    Clinic.objects.create()
    cookie = admin_client.cookies["sessionid"]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    refused = []
    page.on(
        "console",
        lambda message: refused.append(message.text) if "Security Policy" in message.text else None,
    )
    page.on("pageerror", lambda error: refused.append(str(error)))
    return page, refused


@pytest.mark.django_db(transaction=True)
def test_admin_scripts_run(staff_page, live_server):
    page, refused = staff_page

    page.goto(live_server.url + reverse("admin:auth_user_add"))
    page.goto(live_server.url + reverse("admin:conditions_review_add"))
    page.locator(".datetimeshortcuts a").first.click()

    assert page.locator(".vDateField").first.input_value() != ""
    assert refused == []
