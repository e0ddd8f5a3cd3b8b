"""The admin works under the site's Content Security Policy: a real browser refuses nothing."""

import pytest
from django.contrib import admin
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
def test_admin_pages_ask_for_nothing_that_the_policy_refuses(staff_page, live_server):
    page, refused = staff_page
    paths = [reverse("admin:index"), reverse("content-today")]
    paths += [reverse("admin:clinic_clinic_change", args=[1])] + [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}")
        for model in admin.site._registry
        for view in ("changelist", "add")
    ]

    for path in paths:
        page.goto(live_server.url + path)
        page.wait_for_load_state("load")

    assert refused == []


@pytest.mark.django_db(transaction=True)
def test_admin_scripts_run(staff_page, live_server):
    page, refused = staff_page

    page.goto(live_server.url + reverse("admin:auth_user_add"))
    page.goto(live_server.url + reverse("admin:conditions_review_add"))
    page.locator(".datetimeshortcuts a").first.click()

    assert page.locator(".vDateField").first.input_value() != ""
    assert refused == []
