"""The icons, known to every template."""

from functools import cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Return the icon of that name as SVG. Drawn once: a page has ten of them."""
    return SafeString(render_to_string("components/icon.html", {"name": name}).strip())
