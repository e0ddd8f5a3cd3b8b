"""What a page says to machines."""

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Inside <script> these would end it, or begin a comment. JSON reads the escapes as the characters.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_block_tag
def printed(content: SafeString) -> SafeString:
    """Return what stands inside, so that `as` can keep a block's words: they are needed twice."""
    return content


@register.filter
def json_ld(data: Mapping[str, Any]) -> SafeString:
    """Return a data block that no word in `data` can end. It is data: no browser runs it."""
    # All but ASCII is escaped by `dumps`, U+2028 too.
    text = json.dumps(data).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 (escaped above)
