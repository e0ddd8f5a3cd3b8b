"""The pages of the admin on a phone: targets for fingers, and nothing to scroll sideways."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from booking.models import Service
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
