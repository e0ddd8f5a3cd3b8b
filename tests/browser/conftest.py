"""The running site with its starter content, and a browser with and without JavaScript."""

import pytest
from django.core.management import call_command

from tests.copies import fill

SERVICE = "first-consultation"
ARTICLE = "spasms-and-twitches"


def seed():
    call_command("seed_demo", verbosity=0)


@pytest.fixture
def site(transactional_db, live_server, settings):
    """Serve the starter content; return the address to begin at."""
    settings.SITE_URL = live_server.url
    fill(seed)
    return live_server.url


@pytest.fixture(
    params=[(True, "Asia/Tokyo"), (False, "America/Los_Angeles")],
    ids=["with scripts", "without scripts"],
)
def visitor(request, browser, site):
    """A person far away on a phone, with and without JavaScript; the console says only errors."""
    has_scripts, time_zone = request.param
    context = browser.new_context(
        base_url=site,
        viewport={"width": 390, "height": 844},
        java_script_enabled=has_scripts,
        timezone_id=time_zone,
        locale="en-US",
        accept_downloads=True,
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda sent: None if sent.url.startswith(site) else complaints.append(sent.url),
    )
    yield page
    context.close()
    assert complaints == []
