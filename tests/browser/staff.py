"""The browsers of the staff: windows, color schemes and scripts, and who signs in."""

from contextlib import contextmanager

from django.contrib.auth.models import Group, User
from django.test import Client

from . import steps
from .sound import complaints

WIDE, NARROW = 1280, 390
# Color scheme, width, and whether scripts run.
LOOKS = [("light", WIDE, True), ("dark", NARROW, True), ("light", NARROW, False)]
LOOK_NAMES = ["wide", "narrow and dark", "without scripts"]
PASSWORD = "for this test"


def make_member(name, group):
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


def log_in(page, name, password=PASSWORD):
    """Sign in on the page that is open, or on the admin's first if none is."""
    if not page.url.startswith("http"):
        page.goto("/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    steps.press(page, "Log in")


def let_in(page, user, site):
    """Sign in without the form, which other tests are about."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])


@contextmanager
def staff_page(open_page, look, **options):
    """Open a page that looks like this; what the site's policy refuses is an error in the end."""
    scheme, width, has_scripts = look
    page = open_page(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=has_scripts,
        **options,
    )
    said = []
    page.on("console", lambda message: said.append(message.text))
    yield page
    page.close()
    assert [text for text in said if "Security Policy" in text] == []


def soundness(page, look):
    """Return a check: one heading, nothing wider than the window, and nothing for axe, a script too."""
    _scheme, width, has_scripts = look

    def check():
        assert page.locator("h1").count() == 1, page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
        if has_scripts:
            found = complaints(page)
            assert not found, f"{page.url}\n{found}"

    return check
