"""The small HTML that staff may write, cleaned on save and again on output."""

import html
import re

import nh3

ALLOWED_TAGS = frozenset({"p", "br", "ul", "ol", "li", "strong", "em", "a", "h3"})

# A path on this site. A second slash or a backslash would make it another site's address.
_SITE_PATH = re.compile(r"/(?![/\\])")


def is_safe_href(href: str) -> bool:
    """Return whether a link may stay: tel:, mailto:, https:, a path on this site or a fragment."""
    # Browsers drop tabs and line breaks inside an address, which turns "/<tab>/x" into "//x".
    if any(character <= " " or character == "\x7f" for character in href):
        return False
    if href.startswith("#") or _SITE_PATH.match(href):
        return True
    return href.lower().startswith(("tel:", "mailto:", "https://"))


def plain_text(text: str) -> str:
    """Return what a reader of this text or HTML would see, without tags."""
    return html.unescape(nh3.clean(text, tags=set()))


def has_words(text: str) -> bool:
    """Return whether a reader of this text or HTML would see a letter or a digit."""
    return any(character.isalnum() for character in plain_text(text))


def clean_html(text: str) -> str:
    """Return `text` with the allowed tags and links only; safe to print unescaped."""
    return nh3.clean(
        text,
        tags=set(ALLOWED_TAGS),
        attributes={"a": {"href"}},
        attribute_filter=_keep_safe_href,
        url_schemes={"tel", "mailto", "https"},
        link_rel=None,
    )


_HREF = re.compile(r'<a href="([^"]*)"')
_SPACES = re.compile(r"[ \t\r\n\f]+")
_AROUND_BREAK = re.compile(r" ?(<br>|</?(?:p|h3|ul|ol|li)>) ?")
_EMPTY_BLOCK = re.compile(r"<(p|h3|ul|ol|li)>(?: |\xa0|&nbsp;|<br>)*</\1>")
_PARAGRAPH_OF_ITEM = re.compile(r"<li><p>((?:(?!</p>).)*)</p>(?=</li>|<[uo]l>)")
_LINE_END = re.compile(r"(</(?:p|h3|li)>|</?[uo]l>)")


def links_in(text: str) -> list[str]:
    """Return where the links of this HTML lead, those alone that a reader gets to see."""
    return [html.unescape(href) for href in _HREF.findall(clean_html(text))]


def tidy_html(text: str) -> str:
    """Return `text` cleaned and in one form: what looks the same on a page compares equal.

    The editor and a person who types HTML write line breaks and list items each in their own way.
    One form has one block a line, no empty block, and no paragraph around the words of a list item.
    """
    tidy = _AROUND_BREAK.sub(r"\1", _SPACES.sub(" ", clean_html(text)))
    while (shorter := _EMPTY_BLOCK.sub("", tidy)) != tidy:
        tidy = shorter
    tidy = _PARAGRAPH_OF_ITEM.sub(r"<li>\1", tidy)
    return _LINE_END.sub(r"\1\n", tidy).strip()


def _keep_safe_href(tag: str, attribute: str, value: str) -> str | None:
    return value if is_safe_href(value) else None
