"""The owner looks at the numbers: light, dark, on a phone, and with the admin's own theme."""

import pytest

from booking.models import ScreeningStop
from tests.booking.factories import NOW, local, make_appointment, make_service, make_week

from . import steps
from .sound import complaints
from .staff import NARROW, WIDE, let_in, make_member, staff_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(
    params=[("light", WIDE, True), ("dark", NARROW, True), ("dark", WIDE, False)],
    ids=["wide", "narrow and dark", "without scripts"],
)
def owner(request, open_page, site):
    """A page signed in as the owner, whose window and theme it says; no word in the console."""
    said = []
    with staff_page(open_page, request.param) as page:
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        let_in(page, make_member("owner", "Owner"), site)
        yield page, *request.param
    assert said == []


def make_numbers():
    service = make_service()
    make_week(service)
    for hour, status in enumerate(["fulfilled", "noshow", "booked"], 9):
        slug = "spasms-and-twitches"
        make_appointment(service, local(7, hour), status=status, condition_slug=slug)
    ScreeningStop.objects.create(on=NOW.date(), level="emergency", count=7)
    ScreeningStop.objects.create(on=NOW.date(), level="urgent", count=2)


def pictures(page):
    """Scroll to each picture that shows, and return its address and its own width."""
    found = []
    for picture in page.locator(".numbers__chart img:visible").all():
        picture.scroll_into_view_if_needed()
        # Playwright's own calls: a page without scripts answers them, too.
        page.wait_for_function(
            "image => image.complete && image.naturalWidth > 0", arg=picture.element_handle()
        )
        found.append(picture.evaluate("image => [image.currentSrc, image.naturalWidth]"))
    return found


def test_the_numbers_of_a_clinic(owner):
    page, scheme, width, has_scripts = owner
    make_numbers()
    page.goto("/admin/")

    steps.follow(page.get_by_role("main").get_by_role("link", name="Numbers"))

    height = page.evaluate("document.documentElement.scrollHeight")
    shown = pictures(page)
    assert len(shown) == 5
    # Nothing moves when a picture comes.
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert {own for _, own in shown} == {340 if width == NARROW else 760}
    assert {"theme=dark" in address for address, _ in shown} == {scheme == "dark"}
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_text("the numbers as a table").first.click()
    assert page.locator("#bookings td").first.is_visible()
    if has_scripts:
        for summary in page.locator(".numbers__report summary").all()[1:]:
            summary.click()
        assert not (found := complaints(page)), found
    for target in page.locator(".numbers summary, .numbers__span :is(input, select)").all():
        assert target.bounding_box()["height"] >= 44


def test_the_theme_chosen_in_the_admin_wins(owner):
    page, scheme, _, has_scripts = owner
    make_numbers()
    page.goto("/admin/numbers/")
    other = "light" if scheme == "dark" else "dark"
    if not has_scripts:
        assert page.locator(f".numbers__chart--{scheme} img").first.is_visible()
        return

    page.evaluate(f"document.documentElement.dataset.theme = '{other}'")

    shown = pictures(page)
    assert {"theme=dark" in address for address, _ in shown} == {other == "dark"}
    assert not (found := complaints(page)), found


def test_a_picture_by_itself_is_drawn_without_a_complaint(owner):
    page, *_ = owner
    make_numbers()

    response = page.goto("/admin/numbers/bookings.svg")

    assert response.headers["content-type"] == "image/svg+xml"
    assert "default-src 'self'" in response.headers["content-security-policy"]


def test_an_empty_clinic_and_wrong_days(owner):
    page, _, width, has_scripts = owner

    page.goto("/admin/numbers/?from=1999-12-31")

    assert page.locator(".errorlist").inner_text() == (
        "Choose a day from the year 2000 to two years ahead."
    )
    assert page.locator(".numbers__first a").count() == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if has_scripts:
        assert not (found := complaints(page)), found
