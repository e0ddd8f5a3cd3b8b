"""axe on every page of the admin, in both color schemes; none scrolls sideways at 1280 px."""

from datetime import timedelta

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.contrib.auth.models import User
from django.utils import timezone

from booking.models import BusyCalendar, MailOptOut, Practitioner, Service
from conditions.models import EmptySearch, LinkCheck
from tests.booking.factories import make_appointment, make_closure, wait
from tests.clinic.staff import give_app, make_staff

from .admin_pages import LOOSE, addresses, all_lists

pytestmark = pytest.mark.django_db(transaction=True)

WIDTH = 1280
# Elements that an attribute names and that are not there: axe leaves those to people. Rows of a form
# in a table are left out: there Django puts the help into the head of the column, as a picture. So is
# the warning about another zone, which Django writes only where the browser's differs.
DANGLING = """
    [...document.querySelectorAll("[aria-describedby], [aria-labelledby]")]
        .filter(one => !one.closest(".tabular")).flatMap(one =>
        ["aria-describedby", "aria-labelledby"].flatMap(name =>
            (one.getAttribute(name) || "").split(" ").filter(id =>
                id && !id.includes("timezone_warning") && !document.getElementById(id))))
"""

# What Django itself draws: boxes to search and choose in, by its scripts, and the head of a column of
# boxes without words.
NOT_OURS = (
    "{exclude: [['.selector .help-tooltip'], ['.select2'], ['th.original'],"
    " ['.tabular thead th:empty']]}"
)


STILL = """
    () => new Promise(done => {
        const look = () => document.getAnimations().length ? setTimeout(look, 50) : done();
        look();
    })
"""


@pytest.fixture
def page(open_page, site, client):
    """A page signed in as an administrator, in a clinic with one of nearly everything."""
    now = timezone.now()
    service = Service.objects.get(slug="first-consultation")
    make_appointment(service, now + timedelta(days=3))
    wait(service, now=now)
    make_closure(now + timedelta(days=9), now + timedelta(days=10))
    person = Practitioner.objects.get()
    BusyCalendar.objects.create(practitioner=person, url="https://calendar.example.org/x.ics")
    MailOptOut.objects.create(email="ana@example.com")
    EmptySearch.objects.create(query="gout", times=2, last_on=now.date())
    LinkCheck.objects.create(url="https://example.org/", is_alive=True, checked_at=now)
    client.force_login(User.objects.create_superuser("owner", email="owner@harbor.example"))
    give_app(make_staff("sam"))
    page = open_page(viewport={"width": WIDTH, "height": 900})
    cookie = client.cookies["sessionid"]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    yield page
    page.close()


@pytest.mark.parametrize("name", all_lists())
def test_every_page_of_the_admin_is_sound(page, client, name):
    problems = []
    for url in addresses(name, client):
        page.emulate_media(color_scheme="light")
        page.goto(url)
        page.evaluate(AXE_SCRIPT)
        if page.locator("h1").count() != 1:
            problems.append(f"{url}: {page.locator('h1').count()} headlines")
        if (width := page.evaluate("document.documentElement.scrollWidth")) > WIDTH:
            problems.append(f"{url}: {width} px wide")
        if dangling := page.evaluate(DANGLING):
            problems.append(f"{url}: nothing is called {sorted(set(dangling))}")
        for scheme, rules in (("light", "{}"), ("dark", "{runOnly: ['color-contrast']}")):
            page.emulate_media(color_scheme=scheme)
            # Colors fade over from the other scheme, in a long form one after the other.
            page.wait_for_timeout(100)
            page.evaluate(STILL)
            violations = page.evaluate(
                f"axe.run({NOT_OURS}, {rules}).then(found => found.violations)"
            )
            if violations:
                report = AxeResults({"violations": violations}).generate_report()
                problems.append(f"{url} ({scheme})\n{report}")

    assert problems == [], "\n".join(problems)


def test_the_pages_are_found(client, site):
    client.force_login(User.objects.create_superuser("owner"))

    assert "/admin/" in addresses(LOOSE, client)
    assert "/admin/first-day/" in addresses(LOOSE, client)
    assert "/admin/booking/service/why-not-offered/" in addresses("booking.service", client)
    assert len(addresses("conditions.condition", client)) > 8
