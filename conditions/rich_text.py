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


def _keep_safe_href(tag: str, attribute: str, value: str) -> str | None:
    return value if is_safe_href(value) else None
