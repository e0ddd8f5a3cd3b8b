"""The running site with its starter content, and a browser with and without JavaScript."""

import pytest
import time_machine
from playwright.sync_api import expect

from tests.booking.factories import NOW
from tests.starter import seed

from .staff import LOOK_NAMES, LOOKS, let_in, make_member, soundness, staff_page

SERVICE = "first-consultation"
ARTICLE = "spasms-and-twitches"
# As long as all else waits: other work may take the machine's time.
expect.set_options(timeout=30_000)


@pytest.fixture
def site(transactional_db, live_server, settings):
    """Serve the starter content from `NOW` on; return the address to begin at.

    Then no first free time leaves the notice under a test's hands, and no closure depends on the day.
    """
    settings.SITE_URL = live_server.url
    seed()
    with time_machine.travel(NOW):
        yield live_server.url


@pytest.fixture(scope="session")
def _contexts(browser, live_server):
    contexts = {}
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture
def open_page(browser, live_server, _contexts):
    """Return a function that opens a page of a browser with these options, which remembers nothing.

    A browser of its own for each test is a second's work, most of it to start a process. So one is
    kept for the same options, and with it a page, or its process would end with the test's.
    """
    used = set()

    def open_with(**options):
        key = repr(sorted(options.items()))
        if key not in _contexts:
            _contexts[key] = browser.new_context(base_url=live_server.url, **options)
            _contexts[key].new_page().goto("/healthz")
        used.add(key)
        return _contexts[key].new_page()

    yield open_with
    for key in used:
        _forget(_contexts[key], live_server.url)


def _forget(context, origin):
    """Leave nothing of a person. Style sheets and scripts, which no test changes, may stay."""
    kept, *pages = context.pages
    for page in pages:
        page.close()
    context.clear_cookies()
    session = context.new_cdp_session(kept)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    session.detach()


@pytest.fixture(
    params=[(True, "Asia/Tokyo"), (False, "America/Los_Angeles")],
    ids=["with scripts", "without scripts"],
)
def visitor(request, open_page, site):
    """A person far away on a phone, with and without JavaScript; the console says only errors."""
    has_scripts, time_zone = request.param
    page = open_page(
        viewport={"width": 390, "height": 844},
        java_script_enabled=has_scripts,
        timezone_id=time_zone,
        locale="en-US",
        accept_downloads=True,
    )
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda sent: None if sent.url.startswith(site) else complaints.append(sent.url),
    )
    yield page
    page.close()
    assert complaints == []


@pytest.fixture(params=LOOKS, ids=LOOK_NAMES)
def desk(request, open_page, site):
    """A page signed in at the front desk; what the site's policy refuses is an error."""
    with staff_page(open_page, request.param) as page:
        let_in(page, make_member("desk", "Front desk"), site)
        yield page


@pytest.fixture
def assert_sound(request, desk):
    return soundness(desk, request.node.callspec.params["desk"])
