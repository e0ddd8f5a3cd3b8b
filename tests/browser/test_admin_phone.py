"""The pages of the admin on a phone: targets for fingers, and nothing to scroll sideways."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.utils import timezone

from booking.models import Practitioner, Service
from tests.booking.factories import make_appointment, make_closure

from .admin_pages import LOOSE, opened
from .staff import let_in

pytestmark = pytest.mark.django_db(transaction=True)

# Links within a sentence are left out, and the boxes of rows in lists and tables, which are 24 px
# wide and stand alone: WCAG 2.2 lets both be.
SMALL = """() => {
    const shown = one => one.checkVisibility() && one.offsetWidth > 1;
    const box = one => one.labels?.[0] ?? one;
    const isInSentence = one => getComputedStyle(one).display === "inline" && one.matches("p a, li a");
    return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")]
        .filter(one => shown(one) && !one.matches("td input[type=checkbox], th input[type=checkbox]"))
        .filter(one => !one.matches(".skip-to-content-link, .toggle") && !isInSentence(one))
        .filter(one => Math.max(one.offsetHeight, box(one).offsetHeight) < 44)
        .map(one => `${one.tagName} ${one.innerText || one.name} ${one.offsetHeight}px`)
}"""


@pytest.fixture
def page(open_page, site):
    """A page on a phone, signed in as an administrator, in a clinic with a visit and a closure."""
    now = timezone.now()
    make_appointment(Service.objects.get(slug="first-consultation"), now + timedelta(days=3))
    make_closure(now + timedelta(days=9), now + timedelta(days=10))
    page = open_page(viewport={"width": 390, "height": 844})
    let_in(page, User.objects.create_superuser("owner", email="owner@harbor.example"), site)
    yield page
    page.close()


@pytest.mark.parametrize(
    "name",
    ["booking.appointment", "booking.patient", "booking.notavailabletime", "auth.user", LOOSE],
)
def test_targets_are_as_big_as_a_finger(page, name):
    problems = []
    for url in opened(name, page):
        problems += [f"{url}: {small}" for small in page.evaluate(SMALL)]
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 390:
            problems.append(f"{url}: {width} px wide")

    assert problems == [], "\n".join(problems)


TASKS = ["Look at the day", "Book a visit by phone", "Why is this time not offered?", "Numbers"]


def test_the_links_used_most_are_as_big_as_a_finger(page):
    owner = User.objects.get(username="owner")
    LogEntry.objects.log_actions(owner.pk, [owner], CHANGE)

    page.goto("/admin/")

    main = page.get_by_role("main")
    links = [main.get_by_role("link", name=name, exact=True) for name in TASKS]
    links.append(main.locator("#recent-actions-module a"))
    assert [link.bounding_box()["height"] >= 44 for link in links] == [True] * len(links)


@pytest.mark.parametrize("name", ["Bo", "Wilhelmina Desk-Featherstonehaugh of the Harbor"])
def test_the_way_out_stands_beside_its_neighbors(page, name):
    User.objects.filter(username="owner").update(first_name=name)

    page.goto("/admin/")

    tools = page.locator("#user-tools")
    words = [tools.get_by_text(one) for one in ("Password and sign-in", "View site", "Log out")]
    boxes = [one.bounding_box() for one in words]
    assert len({(box["y"], box["height"]) for box in boxes}) == 1
    assert boxes[0]["x"] == page.locator(".staff-brand").bounding_box()["x"]
    assert boxes[-1]["x"] + boxes[-1]["width"] < 390
    buttons = page.locator(".staff-nav a").all()
    assert len({one.bounding_box()["y"] for one in buttons}) == 1


def test_rows_of_buttons_begin_at_one_edge(page):
    page.goto(f"/admin/booking/practitioner/{Practitioner.objects.first().pk}/change/")

    boxes = [one.bounding_box() for one in page.locator(".object-tools > li").all()]
    rows = {}
    for box in boxes:
        rows.setdefault(round(box["y"]), box["x"])
    assert len(rows) > 1
    assert len(set(rows.values())) == 1


def test_a_list_that_goes_on_to_the_side_says_so(page):
    page.goto("/admin/booking/appointment/")
    rows = page.locator("#changelist-form .results")
    fade = "rows => Number(getComputedStyle(rows, '::after').opacity)"

    assert rows.evaluate(fade) > 0.5
    rows.evaluate("rows => rows.scrollTo(rows.scrollWidth, 0)")
    page.wait_for_function(f"rows => ({fade})(rows) < 0.01", arg=rows.element_handle())

    page.set_viewport_size({"width": 1600, "height": 900})
    assert rows.evaluate("rows => rows.scrollWidth === rows.clientWidth")
    assert rows.evaluate(fade) == 0
