"""What the booking steps draw alike: ways between their pages, and the list of time zones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from booking.slots import Slot
from booking.weeks import Day, DayState, Week
from booking.zones import zone_groups, zone_label
from clinic.forms import html_attributes

from .clinic_times import clinic_short_day, clinic_time, clinic_time_with_zone, iso_utc

register = template.Library()


DATE, FREE_DATE = "date", "date is-free"
WEEK_CSS = {
    DayState.FREE: "day",
    DayState.FULL: "day day--none",
    DayState.TOO_SOON: "day day--none",
}
STRIP_WORDS = {
    DayState.FULL: "Full",
    DayState.TOO_SOON: "Call us",
    DayState.CLOSED: "Closed",
    DayState.PAST: "Past",
    DayState.TOO_FAR: 'Not yet<span class="hide"> bookable</span>',
}


@dataclass(frozen=True)
class Choice:
    """A place or a practitioner that the person can choose on the page."""

    label: str
    url: str
    is_chosen: bool


@register.simple_block_tag(takes_context=True)
def way(context: Context, content: str, href: str, css: str = "", current: str = "") -> SafeString:
    """Lead to `href`: by a link, or by a button if the page carries details that were typed.

    The button sends the form `carried` there, which every page with such details has.
    """
    tag, attrs = "a", {"href": href}
    if context.get("carried"):
        tag, attrs = "button", {"form": "carried", "formaction": href}
    marks = {"class": css, "aria-current": current}
    attrs |= {name: value for name, value in marks.items() if value}
    return SafeString(f"<{tag}{html_attributes(attrs)}>{conditional_escape(content)}</{tag}>")


@register.simple_tag(takes_context=True)
def choice_ways(context: Context, choices: Sequence[Choice]) -> SafeString:
    """Return what can be chosen as list items, each leading there as `way` does.

    Built here because there may be fifty, and a template takes some times as long.
    """
    items = (
        way(context, one.label, one.url, "choice-link", "true" if one.is_chosen else "")
        for one in choices
    )
    return SafeString("".join(f"<li>{item}</li>" for item in items))


@register.simple_tag(takes_context=True)
def day_ways(context: Context, days: Sequence[Day], day_url: str) -> SafeString:
    """Return a month's days as list items, each leading to the day as `way` does.

    Built here because a page has two months of them, and a template takes ten times as long.
    """
    tag, address = ("button", "formaction") if context.get("carried") else ("a", "href")
    form = ' form="carried"' if tag == "button" else ""
    url = conditional_escape(day_url)
    items = (
        f"<li{'' if number else _column(day.on)}>"
        f'<{tag}{form} class="{FREE_DATE if day.slots else DATE}" {address}="{url}{on}">{shown}'
        f'<span class="hide">: {_escaped(day.words)}</span></{tag}></li>'
        for number, day in enumerate(days)
        for on, shown in [_date_in_month(day.on)]
    )
    return SafeString("".join(items))


def _column(first: date) -> str:
    return f' class="on-{first.weekday()}"'


_escaped = lru_cache(maxsize=1000)(conditional_escape)


@lru_cache(maxsize=1000)
def _date_in_month(on: date) -> tuple[SafeString, SafeString]:
    """Return the date for an address, and as a calendar shows it."""
    shown = f'<span class="hide">{on:%A, %B} </span>{on.day}'
    return SafeString(on.isoformat()), SafeString(shown)


@register.simple_tag(takes_context=True)
def week_ways(context: Context, week: Week, day_url: str) -> SafeString:
    """Return a week's days as list items; a day that one can ask for leads there as `way` does."""
    items: list[str] = []
    for day in week.days:
        if css := WEEK_CSS.get(day.state):
            current = "date" if day.on == week.selected.on else ""
            items.append(way(context, _face(day), f"{day_url}{day.on}", css, current))
        else:
            items.append(f'<span class="day day--shut">{_face(day)}</span>')
    return SafeString("".join(f"<li>{item}</li>" for item in items))


def _face(day: Day) -> SafeString:
    """Return what stands on a day of the week: its name, its date and what is free."""
    state = STRIP_WORDS.get(day.state, "")
    if day.state == DayState.FREE:
        state = f"{len(day.slots)} free"
    elif day.state == DayState.HOLIDAY:
        state = f'Holiday<span class="hide">: {_escaped(day.holiday)}</span>'
    return SafeString(
        f'<span>{day.on:%a}</span> <b><span class="hide">{day.on:%B} </span>{day.on.day}</b>'
        f" <span>{state}</span>"
    )


@register.simple_tag
def slot_radios(
    slots: Sequence[Slot],
    zone: ZoneInfo,
    chosen: datetime | None = None,
    *,
    has_day: bool = False,
    has_zone: bool = False,
    first_id: str = "",
) -> SafeString:
    """Return a radio button for each time. Built here, as a day has some forty of them.

    `first_id` is the id of the first; `has_day` prints the day too, and `has_zone` EST or EDT.
    """
    in_words = clinic_time_with_zone if has_zone else clinic_time
    own_id = format_html(' id="{}"', first_id) if first_id else ""
    labels = []
    for number, slot in enumerate(slots):
        start = iso_utc(slot.starts_at)
        marks = ("" if number else own_id) + (" checked" if slot.starts_at == chosen else "")
        day = f"{clinic_short_day(slot.starts_at, zone)}, " if has_day else ""
        labels.append(
            f'<label class="slot"><input type="radio" name="start" value="{start}"'
            f' data-slot="{start}"{marks} required>'
            f"<span>{day}{in_words(slot.starts_at, zone)}</span></label>"
        )
    css = "slots slots--days" if has_day else "slots"
    return SafeString(f'<div class="{css}">{"".join(labels)}</div>')


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
