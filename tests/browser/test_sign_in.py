"""Staff sign in for the first time, and again, with scripts and without."""

from base64 import b32decode

import pytest

from tests.clinic.staff import OVERVIEW, PASSWORD, code_of, make_staff

from . import steps
from .staff import LOOK_NAMES, LOOKS, log_in, soundness, staff_page

pytestmark = pytest.mark.django_db(transaction=True)
WANTED = "/admin/clinic/signin/?outcome=in"


@pytest.fixture(params=LOOKS, ids=LOOK_NAMES)
def staff(request, open_page, site, settings):
    """A page of an owner's browser, who has an account; what the site's policy refuses is an error."""
    settings.TWO_STEP_REQUIRED = True
    make_staff("olga", group="Owner")
    with staff_page(open_page, request.param) as page:
        yield page


@pytest.fixture
def assert_sound(request, staff):
    """Return a check of the page: sound, and large enough to hit."""
    is_sound = soundness(staff, request.node.callspec.params["staff"])

    def check():
        is_sound()
        for control in staff.locator(".sign-in :is(input:not([type=hidden]), button)").all():
            assert control.bounding_box()["height"] >= 44, staff.url

    return check


def sign_in(page, password=PASSWORD):
    log_in(page, "olga", password)


def set_up(page):
    """Set up an app by the secret that the page shows; return the recovery codes."""
    letters = page.locator(".sign-in__key").inner_text().replace(" ", "")
    code = code_of(b32decode(letters).hex())
    page.get_by_label("The code that the app shows now").fill(code)
    steps.press(page, "Set up")
    return page.locator(".sign-in__codes code").all_inner_texts()


def test_the_first_sign_in_and_the_next(staff, assert_sound):
    staff.goto(WANTED)
    assert_sound()
    sign_in(staff, "not this one, olga")
    assert_sound()
    sign_in(staff)

    assert "/two-step/set-up/" in staff.url
    assert staff.locator(".sign-in__square").bounding_box()["width"] >= 200
    assert_sound()
    staff.get_by_label("The code that the app shows now").fill("000000")
    steps.press(staff, "Set up")
    assert staff.title().startswith("Error: ")
    assert_sound()
    codes = set_up(staff)
    assert len(codes) == 10
    assert_sound()
    staff.reload()
    assert staff.title().startswith("Two-step sign-in is set up")
    assert_sound()
    steps.follow(staff.get_by_role("link", name="I have kept them: go on"))
    assert staff.url.endswith(WANTED)
    assert_sound()

    steps.follow(staff.get_by_role("link", name="Password and sign-in"))
    assert "10 recovery codes left" in staff.locator("#content").inner_text()
    assert_sound()
    for name in ("Make new recovery codes", "Set up another app or phone"):
        steps.follow(staff.get_by_role("link", name=name))
        assert_sound()
        staff.goto(OVERVIEW)
    steps.press(staff, "Log out")

    staff.goto(WANTED)
    sign_in(staff)
    assert_sound()
    staff.get_by_label("Code").fill("000000")
    steps.press(staff, "Go on")
    assert "This code is not right." in staff.locator("#content").inner_text()
    assert_sound()
    staff.get_by_label("Code").fill(codes[3])
    steps.press(staff, "Go on")
    assert staff.url.endswith(WANTED)
    assert "9 left" in staff.locator(".messagelist").inner_text()


def test_a_pause_leads_back_to_the_same_page(staff, assert_sound, settings):
    staff.goto("/admin/")
    sign_in(staff)
    set_up(staff)
    settings.STAFF_IDLE_MINUTES = 0
    staff.goto(WANTED)
    assert "nothing was done here for a while" in staff.locator("#content").inner_text()
    assert_sound()

    settings.STAFF_IDLE_MINUTES = 30
    sign_in(staff)

    assert "/two-step/?next=%2Fadmin%2Fclinic%2Fsignin%2F%3Foutcome%3Din" in staff.url


def test_too_many_tries_are_told_in_plain_words(staff, assert_sound):
    staff.goto("/admin/")
    for _ in range(5):
        sign_in(staff, "not this one, olga")

    assert "Wait 15 minutes, then try again." in staff.locator("#content").inner_text()
    assert staff.get_by_label("Username").input_value() == "olga"
    assert_sound()
