"""Every page of the admin: axe in both color schemes, 1280 px wide at most, nothing that the policy refuses."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from booking.models import BusyCalendar, MailOptOut, Practitioner, Service
from conditions.models import EmptySearch, LinkCheck
from tests.booking.factories import make_appointment, make_closure, wait
from tests.clinic.staff import give_app, make_staff

from .admin_pages import LOOSE, all_apps, lists_of, opened, shown
from .sound import complaints
from .staff import let_in

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
NOT_OURS = [".selector .help-tooltip", ".select2", "th.original", ".tabular thead th:empty"]
# Colors would fade over from the other scheme, in a long form one after the other.
STILL = """
    const still = new CSSStyleSheet();
    still.replaceSync("*, ::before, ::after { transition: none !important }");
    document.adoptedStyleSheets.push(still);
"""


@pytest.fixture
def page(open_page, site):
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
    give_app(make_staff("sam"))
    page = open_page(viewport={"width": WIDTH, "height": 900})
    let_in(page, User.objects.create_superuser("owner", email="owner@harbor.example"), site)
    yield page
    page.close()


@pytest.mark.parametrize("app", all_apps())
def test_every_page_of_the_admin_is_sound(page, app):
    page.emulate_media(color_scheme="light")
    problems = []
    page.on("console", lambda said: "Security Policy" in said.text and problems.append(said.text))
    page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
    for url in (url for name in lists_of(app) for url in opened(name, page)):
        if page.locator("h1").count() != 1:
            problems.append(f"{url}: {page.locator('h1').count()} headlines")
        if (width := page.evaluate("document.documentElement.scrollWidth")) > WIDTH:
            problems.append(f"{url}: {width} px wide")
        if dangling := page.evaluate(DANGLING):
            problems.append(f"{url}: nothing is called {sorted(set(dangling))}")
        page.evaluate(STILL)
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            if found := complaints(page, colors_only=scheme == "dark", leave_out=NOT_OURS):
                problems.append(f"{url} ({scheme})\n{found}")

    assert problems == [], "\n".join(problems)


def test_the_pages_are_found(client, site):
    client.force_login(User.objects.create_superuser("owner"))

    assert "/admin/" in shown(LOOSE, client)
    assert "/admin/first-day/" in shown(LOOSE, client)
    assert "/admin/booking/service/why-not-offered/" in shown("booking.service", client)
    assert len(shown("conditions.condition", client)) > 8
