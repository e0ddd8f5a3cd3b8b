"""Words that would run in a browser if a page took them for markup, and how to see that it did not."""

import re

from tests.html_tree import parse

# All that ends an attribute, an element or a data block, and what could run behind it.
ATTACK = (
    "\"'><x-evil onx=1>]]>--></textarea></title></script><script>evil()</script>"
    "<img src=x onerror=evil()><svg onload=evil()></svg><iframe src='javascript:evil()'></iframe>"
    "<style>*{display:none}</style><a href='javascript:evil()' style='color:red'>x</a>"
    '<a href="tel:{emergency}">y</a><form action="https://evil.example/">{{ evil }}{% evil %}'
)
# What fits into the shortest columns.
SHORT_ATTACK = "\"'><x-evil onx=1>"

FORBIDDEN = {"x-evil", "iframe", "object", "embed", "base", "frame"}
ADDRESSES = ("href", "src", "action", "formaction", "srcset", "poster", "xlink:href", "data")
DATA_BLOCKS = {"application/ld+json", "application/json", "importmap"}
_IGNORED_BY_BROWSERS = re.compile(r"[\x00-\x20\x7f]")


def runs(html):
    """Return what a browser would run, follow into code or show as a foreign frame: nothing, it is hoped.

    Also fails on an element that is not closed where it should be.
    """
    page = parse(html)
    return [
        *(node.tag for node in page.all() if node.tag in FORBIDDEN),
        *(name for node in page.all() for name in node.attributes if name.startswith("on")),
        *(address for node in page.all() for address in _addresses(node) if is_code(address)),
        *("inline script" for node in page.all("script") if _is_inline_code(node)),
        *("style" for node in page.all() if node.tag == "style" or "style" in node.attributes),
        *(
            "foreign form"
            for node in page.all("form")
            if "evil.example" in (node.get("action") or "")
        ),
    ]


def is_code(address):
    """Say whether a browser would run the address instead of going there."""
    scheme = _IGNORED_BY_BROWSERS.sub("", address).lower()
    return scheme.startswith(("javascript:", "data:", "vbscript:"))


def _addresses(node):
    return [node.get(name) or "" for name in ADDRESSES]


def _is_inline_code(node):
    return not node.get("src") and node.get("type") not in DATA_BLOCKS
