"""Filters that print an article's words safely."""

import re
from collections.abc import Iterable, Sequence

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from clinic.models import Clinic
from conditions.addresses import absolute
from conditions.glossary import Glossary
from conditions.rich_text import clean_html

register = template.Library()
register.filter("absolute", absolute)


@register.filter
def rich(body: str, clinic: Clinic) -> SafeString:
    """Return a section's HTML, cleaned once more, with the clinic's own numbers put in."""
    return _with_numbers(_with_addresses(clean_html(body)), clinic)


@register.filter
def plain(text: str, clinic: Clinic) -> SafeString:
    """Return plain text, escaped, with the clinic's own numbers put in."""
    return _with_numbers(conditional_escape(text), clinic)


@register.filter
def explained(html: SafeString, glossary: Glossary) -> SafeString:
    """Return what `rich` or `plain` made, with the glossary's words explained at first use."""
    return mark_safe(glossary.explain(html))  # noqa: S308 (safe before; the glossary escapes)


@register.filter
def cites(numbers: Sequence[int]) -> SafeString:
    """Return links to the sources of a sentence, to stand right after it."""
    if not numbers:
        return SafeString("")
    words = "source " if len(numbers) == 1 else "sources "
    links = (
        f'<a class="cite" href="#source-{number:d}">{"" if later else words}{number:d}</a>'
        for later, number in enumerate(numbers)
    )
    return mark_safe(f" ({', '.join(links)})")  # noqa: S308 (fixed words and whole numbers)


@register.filter
def marked(text: str, terms: Iterable[str]) -> SafeString:
    """Return plain text, escaped, with the searched words in <mark>."""
    words = [re.escape(term) for term in terms]
    if not words:
        return conditional_escape(text)
    pieces = re.split(f"({'|'.join(words)})", text, flags=re.IGNORECASE)
    # Every second piece is one that the pattern found.
    safe = (
        format_html("<mark>{}</mark>", piece) if index % 2 else conditional_escape(piece)
        for index, piece in enumerate(pieces)
    )
    return mark_safe("".join(safe))  # noqa: S308 (each piece is escaped above)


# As `clean_html` writes a link to a page of this site.
_SITE_LINK = re.compile(r'<a href="(/[^"]*)"')


def _with_addresses(html: str) -> str:
    """Add to links within the site the whole address, which paper shows beside them."""
    return _SITE_LINK.sub(
        lambda link: f'{link[0]} data-address="{conditional_escape(absolute(""))}{link[1]}"',
        html,
    )


# Tags are matched too, because inside one only the digits fit.
_TAG_OR_NUMBER = re.compile(r"<[^>]*>|\{emergency\}|\{crisis\}|\{poison\}")
# The same in all of the United States. Source: poisonhelp.hrsa.gov.
_POISON_HELP = ("1-800-222-1222", "tel:+18002221222")


def _with_numbers(html: str, clinic: Clinic) -> SafeString:
    """Put links in place of {emergency}, {crisis} and {poison}: numbers are data, not text."""
    if "{" not in html:
        return mark_safe(html)  # noqa: S308 (cleaned or escaped before)
    numbers = {
        "{emergency}": (clinic.emergency_number, clinic.emergency_tel),
        "{crisis}": (clinic.crisis_number, clinic.crisis_tel),
        "{poison}": _POISON_HELP,
    }

    def replace(found: re.Match[str]) -> str:
        text = found[0]
        if text in numbers:
            number, link = numbers[text]
            return format_html('<a href="{}">{}</a>', link, number)
        for word, (number, _) in numbers.items():
            text = text.replace(word, conditional_escape(number))
        return text

    return mark_safe(_TAG_OR_NUMBER.sub(replace, html))  # noqa: S308 (cleaned or escaped before)
