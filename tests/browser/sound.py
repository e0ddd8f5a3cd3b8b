"""What every page must be, in both color schemes."""

from axe_playwright_python.base import AXE_SCRIPT, AxeResults


def assert_sound(page):
    """One `h1` and `main`, a skip link first, nothing wider than 320 px, nothing for axe.

    Both color schemes are looked at: the page is the same, and only its style sheets tell them apart.
    """
    assert page.locator("h1").count() == 1, page.url
    assert page.locator("main").count() == 1, page.url
    assert page.locator("body a").first.get_attribute("href") == "#main"
    page.evaluate(AXE_SCRIPT)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, (page.url, scheme)
        # All that axe found in order would take as long to bring here as the search itself.
        violations = page.evaluate("axe.run().then(found => found.violations)")
        report = AxeResults({"violations": violations}).generate_report()
        assert violations == [], f"{page.url} ({scheme})\n{report}"
