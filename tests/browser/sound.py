"""What every page must be, in both color schemes."""

import json

from axe_playwright_python.base import AXE_SCRIPT, AxeResults

# What a color scheme can change: the rest of the page is the same in both.
COLORS = ["color-contrast", "link-in-text-block"]


def complaints(page, colors_only=False, leave_out=()):
    """Return what axe finds wrong on this page, in words; nothing if all is well."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    context = {"exclude": [[selector] for selector in leave_out]}
    options = {"resultTypes": ["violations"]} | ({"runOnly": COLORS} if colors_only else {})
    # All that axe found in order would take as long to bring here as the search itself.
    run = f"axe.run({json.dumps(context)}, {json.dumps(options)}).then(found => found.violations)"
    violations = page.evaluate(run)
    return AxeResults({"violations": violations}).generate_report() if violations else ""


def assert_sound(page):
    """One `h1` and `main`, a skip link first, nothing wider than 320 px, nothing for axe.

    Both color schemes are looked at: the page is the same, and only its style sheets tell them apart.
    """
    assert page.locator("h1").count() == 1, page.url
    assert page.locator("main").count() == 1, page.url
    assert page.locator("body a").first.get_attribute("href") == "#main"
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, (page.url, scheme)
        found = complaints(page, colors_only=scheme == "dark")
        assert not found, f"{page.url} ({scheme})\n{found}"
