import pytest

from clinic.models import Clinic
from conditions.rich_text import clean_html, is_safe_href, tidy_html
from conditions.templatetags.articles import rich


@pytest.mark.parametrize(
    "href",
    [
        "tel:911",
        "TEL:+12125550100",
        "mailto:hello@clinic.example",
        "https://www.nhs.uk/",
        "/contact/",
        "/",
        "#sources",
    ],
)
def test_link_may_stay(href):
    assert is_safe_href(href)
    assert clean_html(f'<a href="{href}">x</a>') == f'<a href="{href}">x</a>'


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "http://example.org/",
        "//example.org/",
        "/\\example.org/",
        "/\t/example.org/",
        "\nhttps://example.org/",
        "data:text/html,x",
        "https:example.org",
        "page.html",
        "?q=1",
        "",
    ],
)
def test_link_is_taken_out(href):
    assert not is_safe_href(href)
    assert clean_html(f'<a href="{href}">x</a>') == "<a>x</a>"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p>a <strong>b</strong> <em>c</em></p>", "<p>a <strong>b</strong> <em>c</em></p>"),
        ("<ul><li>a</li></ul><ol><li>b</li></ol>", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("<h3>a</h3><h1>b</h1>", "<h3>a</h3>b"),
        ("<script>alert(1)</script><p>a</p>", "<p>a</p>"),
        ('<p style="x" class="y" id="z" onclick="w">a</p>', "<p>a</p>"),
        ('<img src="x" onerror="y">', ""),
        ("<!-- secret --><p>a", "<p>a</p>"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
    ],
)
def test_clean_html_keeps_the_small_set_of_tags(dirty, clean):
    assert clean_html(dirty) == clean


def test_clean_html_of_clean_html_is_the_same():
    once = clean_html('<p>a<a href="/x?a=1&b=2">b</a> &amp; <b>c</b>')

    assert clean_html(once) == once


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<p>Call {emergency}.</p>", '<p>Call <a href="tel:911">911</a>.</p>'),
        ("{crisis}, {emergency}", '<a href="tel:988">988</a>, <a href="tel:911">911</a>'),
        ("Or {poison}.", 'Or <a href="tel:+18002221222">1-800-222-1222</a>.'),
        ('<a href="tel:{emergency}">Call</a>', '<a href="tel:911">Call</a>'),
        ('<a href="#a>{crisis}">b</a>', '<a href="#a&gt;988">b</a>'),
    ],
)
def test_rich_puts_the_numbers_in_without_breaking_a_link(body, shown):
    assert rich(body, Clinic()) == shown


def test_rich_gives_links_within_the_site_their_whole_address(settings):
    settings.SITE_URL = "https://clinic.example"

    shown = rich('<a href="/contact/?a=1&b=2">Us</a> <a href="https://nhs.uk/">Them</a>', Clinic())

    address = "/contact/?a=1&amp;b=2"
    assert shown == (
        f'<a href="{address}" data-address="https://clinic.example{address}">Us</a> '
        '<a href="https://nhs.uk/">Them</a>'
    )


@pytest.mark.parametrize(
    "written",
    [
        "<p>a</p><ul><li><p>b</p></li><li><p>c</p><ol><li><p>d</p></li></ol></li></ul><p></p>",
        "<p>a</p>\r\n<ul>\n  <li>b</li>\n<li>c\n<ol><li>d</li></ol></li>\n</ul>\n<p>&nbsp;</p>\n",
        "<p>a</p>\n<ul>\n<li>b</li>\n<li>c<ol>\n<li>d</li>\n</ol>\n</li>\n<li> </li>\n</ul>",
    ],
    ids=["by the editor", "by hand", "in the one form, with an empty item"],
)
def test_tidy_html_has_one_form_for_what_looks_the_same(written):
    tidy = "<p>a</p>\n<ul>\n<li>b</li>\n<li>c<ol>\n<li>d</li>\n</ol>\n</li>\n</ul>"

    assert tidy_html(written) == tidy
    assert tidy_html(tidy) == tidy


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("<li><p>a</p><p>b</p></li>", "<li><p>a</p>\n<p>b</p>\n</li>"),
        ("<p>a <br>\nb <em> c </em></p>", "<p>a<br>b <em> c </em></p>"),
        ('<p><a href="/a?b=<p>">c</a></p>', '<p><a href="/a?b=&lt;p&gt;">c</a></p>'),
        ("<h3><br></h3><ul><li></li></ul>", ""),
        ("<script>alert(1)</script>{emergency}", "{emergency}"),
    ],
)
def test_tidy_html_changes_no_words(written, tidy):
    assert tidy_html(written) == tidy
