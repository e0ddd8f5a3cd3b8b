"""What the booking steps draw alike: ways between their pages, and the list of time zones."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from booking.weeks import Day
from booking.zones import zone_groups, zone_label

register = template.Library()


@register.simple_block_tag(takes_context=True)
def way(context: Context, content: str, href: str, css: str = "", current: str = "") -> SafeString:
    """Lead to `href`: by a link, or by a button if the page carries details that were typed.

    The button sends the form `carried` there, which every page with such details has.
    """
    marks: dict[str, Any] = {"class": css, "aria-current": current}
    attributes = format_html_join("", ' {}="{}"', [one for one in marks.items() if one[1]])
    if context.get("carried"):
        return format_html(
            '<button form="carried" formaction="{}"{}>{}</button>', href, attributes, content
        )
    return format_html('<a href="{}"{}>{}</a>', href, attributes, content)


@register.simple_tag(takes_context=True)
def day_ways(context: Context, days: Sequence[Day], day_url: str) -> SafeString:
    """Return a month's days as list items, each leading to the day as `way` does.

    Built here because a page has two months of them, and a template takes ten times as long.
    """
    tag = '<a href="{}{}" class="{}">{}</a>'
    if context.get("carried"):
        tag = '<button form="carried" formaction="{}{}" class="{}">{}</button>'
    words = '<span class="hide">{} </span>{}<span class="hide">: {}</span>'
    items = [
        format_html(
            tag,
            day_url,
            day.on.isoformat(),
            "date is-free" if day.slots else "date",
            format_html(words, f"{day.on:%A, %B}", day.on.day, day.words),
        )
        for day in days
    ]
    first = days[0].on.weekday()
    return format_html(
        '<li class="on-{}">{}</li>{}',
        first,
        items[0],
        format_html_join("", "<li>{}</li>", ((item,) for item in items[1:])),
    )


@register.filter
def current_if(day: date, selected: date) -> str:
    """Return the `aria-current` of a day: "date" if it is the selected one, else nothing."""
    return "date" if day == selected else ""


@register.simple_tag
@lru_cache(maxsize=100)
def zone_options(clinic_key: str, chosen_key: str) -> SafeString:
    """Return the options of the list of zones: the clinic's own first, `chosen_key` selected."""
    listed = {choice.key for group in zone_groups() for choice in group.choices}
    first = [(clinic_key, f"Clinic time: {zone_label(clinic_key)}")]
    if chosen_key not in {clinic_key, *listed}:
        first.append((chosen_key, zone_label(chosen_key)))
    groups = (
        (group.title, [(choice.key, choice.label) for choice in group.choices])
        for group in zone_groups()
    )
    # What is chosen is marked once: the clinic's zone is also in its group.
    own = "" if chosen_key == clinic_key else chosen_key
    return _options(first, chosen_key) + format_html_join(
        "",
        '<optgroup label="{}">{}</optgroup>',
        ((title, _options(choices, own)) for title, choices in groups),
    )


def _options(choices: list[tuple[str, str]], chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, SafeString(" selected" if key == chosen else ""), label) for key, label in choices),
    )
