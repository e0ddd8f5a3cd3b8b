"""When somebody is busy, from the calendar that they keep elsewhere (RFC 5545). No Django.

The calendar is a stranger's text. What is read of it is when things are: titles, guests and notes
are left out before anything is parsed. How often an event comes is worked out in a process of its
own, with little memory and a few seconds: rules can be written that never come to an end.
"""

import json
import math
import re
import resource
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component

from booking.slots import Period, merged, to_utc

MOST_BYTES = 10_000_000
MOST_EVENTS = 5_000
MOST_TIMES = 10_000
MOST_DEPTH = 4
SECONDS = 4
BYTES_OF_MEMORY = 400_000_000
# Longer than any zone is away from ours, on both sides.
MARGIN = timedelta(days=2)

OFTEN = frozenset({"HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
TOO_LONG = "It takes too long to work out when its events are."

_FOLD = re.compile(rb"\r?\n[ \t]")
_NAME = re.compile(rb"[A-Za-z0-9-]*")
_DAY = re.compile(rb".*[:,](\d{8})")
_FRAME = frozenset({b"BEGIN", b"END"})
_KEPT = {
    b"VCALENDAR": _FRAME | {b"CALSCALE"},
    b"VEVENT": _FRAME
    | {b"UID", b"SEQUENCE", b"STATUS", b"TRANSP", b"DTSTART", b"DTEND", b"DURATION"}
    | {b"RRULE", b"RDATE", b"EXDATE", b"RECURRENCE-ID"},
    b"VFREEBUSY": _FRAME | {b"UID", b"FREEBUSY"},
}
_COMES_AGAIN = frozenset({b"RRULE", b"RDATE", b"RECURRENCE-ID"})


class CalendarUnreadable(Exception):
    """What was sent is no calendar that can be counted on. The text says why, for staff."""


def busy_periods(
    content: bytes, lower: datetime, upper: datetime, *, zone: ZoneInfo, own_host: str
) -> list[Period]:
    """Return when a calendar's owner is busy in `[lower, upper)`: merged, in order, in UTC.

    Whole days, and times that name no zone, are on the clock of `zone`. Events whose UID ends with
    `own_host` are our own visits. Raises CalendarUnreadable. Knows no limit of time or memory.
    """
    try:
        text = _sieved(content, before=lower - MARGIN)
        found = _busy(Calendar.from_ical(text, multiple=True), lower, upper, zone, own_host)
        inside = [(max(start, lower), min(end, upper)) for start, end in found]
    except CalendarUnreadable:
        raise
    except Exception as error:  # the packages raise anything over what they do not expect
        raise CalendarUnreadable("It holds an event that cannot be read.") from error
    return merged(inside)


def busy_periods_apart(
    content: bytes, lower: datetime, upper: datetime, *, zone: ZoneInfo, own_host: str
) -> list[Period]:
    """Return `busy_periods`, worked out by a process that ends within seconds."""
    asked = [lower.isoformat(), upper.isoformat(), zone.key, own_host, str(SECONDS)]
    try:
        child = subprocess.run(
            [sys.executable, "-m", __name__, *asked],
            input=content,
            capture_output=True,
            cwd=Path(__file__).resolve().parents[1],
            timeout=2 * SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise CalendarUnreadable(TOO_LONG) from None
    if child.returncode != 0:
        raise CalendarUnreadable(TOO_LONG)
    answer = json.loads(child.stdout)
    if isinstance(answer, str):
        raise CalendarUnreadable(answer)
    return [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in answer]


def _answer(lower: str, upper: str, zone: str, own_host: str, seconds: str) -> None:
    """Write to the standard output what the calendar at the standard input says."""
    limit = math.ceil(float(seconds))
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES_OF_MEMORY, BYTES_OF_MEMORY))
    answer: object
    try:
        answer = [
            (start.isoformat(), end.isoformat())
            for start, end in busy_periods(
                sys.stdin.buffer.read(),
                datetime.fromisoformat(lower),
                datetime.fromisoformat(upper),
                zone=ZoneInfo(zone),
                own_host=own_host,
            )
        ]
    except CalendarUnreadable as error:
        if isinstance(error.__cause__, MemoryError):
            raise
        answer = str(error)
    sys.stdout.write(json.dumps(answer))


def _sieved(content: bytes, *, before: datetime) -> str:
    """Return the lines that say when things are, without events that were over `before`."""
    if len(content) > MOST_BYTES:
        raise CalendarUnreadable("It is too long.")
    content = content.removeprefix(b"\xef\xbb\xbf").strip()
    if content.startswith(b"<"):
        raise CalendarUnreadable(
            "The address leads to a web page, perhaps one to sign in, and not to a calendar."
        )
    if not content.upper().startswith(b"BEGIN:VCALENDAR"):
        raise CalendarUnreadable("The address does not lead to a calendar.")
    first_day = before.strftime("%Y%m%d").encode()
    kept: list[bytes] = []
    events = 0
    for lines in _parts(_FOLD.sub(b"", content).split(b"\n")):
        if lines[0].upper() == b"BEGIN:VEVENT" and _is_over(lines, first_day):
            continue
        events += lines[0].upper() in (b"BEGIN:VEVENT", b"BEGIN:VFREEBUSY")
        if events > MOST_EVENTS:
            raise CalendarUnreadable(f"It holds more than {MOST_EVENTS} events.")
        kept += lines
    return b"\r\n".join(kept).decode(errors="backslashreplace")


def _parts(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield each event, and what is around them, with the lines that count."""
    inside: list[bytes] = []
    part: list[bytes] = []
    for line in (line.strip() for line in lines):
        name = _name(line)
        if name == b"BEGIN":
            inside.append(line[6:].strip().upper())
            if len(inside) > MOST_DEPTH:
                raise CalendarUnreadable("Its parts are nested too deep.")
        if inside and _counts(inside, name):
            part.append(line)
        if name == b"END" and (not inside or inside.pop() != line[4:].strip().upper()):
            raise CalendarUnreadable("Its parts do not end as they begin.")
        if part and len(inside) <= 1:
            yield part
            part = []
    if inside:
        raise CalendarUnreadable("It breaks off in the middle.")


def _name(line: bytes) -> bytes:
    found = _NAME.match(line)
    return found[0].upper() if found else b""


def _counts(inside: list[bytes], name: bytes) -> bool:
    kind = inside[min(1, len(inside) - 1)]
    if kind == b"VTIMEZONE":
        return name != b""
    return len(inside) <= 2 and name in _KEPT.get(kind, ())


def _is_over(lines: list[bytes], first_day: bytes) -> bool:
    by_name = {_name(line): line for line in lines}
    last = by_name.get(b"DTEND") or (b"DURATION" not in by_name and by_name.get(b"DTSTART"))
    day = _DAY.match(last) if last else None
    return day is not None and day[1] < first_day and not _COMES_AGAIN & by_name.keys()


def _busy(
    calendars: Iterable[Component], lower: datetime, upper: datetime, zone: ZoneInfo, own_host: str
) -> Iterator[Period]:
    count = 0
    for calendar in calendars:
        for component in calendar.walk():
            _check(component)
        for start, end in (
            *_free_busy(calendar, own_host),
            *_events(calendar, (lower - MARGIN, upper + MARGIN), own_host),
        ):
            count += 1
            if count > MOST_TIMES:
                raise CalendarUnreadable(f"Its events come more than {MOST_TIMES} times.")
            yield _instant(start, zone), _instant(end, zone)


def _check(component: Component) -> None:
    if component.errors:
        raise CalendarUnreadable("It holds an event that cannot be read.")
    rules = component.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        if not set(rule["FREQ"]) <= OFTEN:
            raise CalendarUnreadable("It holds an event that comes more often than each hour.")
    for name in ("DTSTART", "DTEND"):
        at = component.get(name)
        if at is None or component.name != "VEVENT" or "TZID" not in at.params:
            continue
        if isinstance(at.dt, datetime) and at.dt.tzinfo is None:
            zone = str(at.params["TZID"])[:60]
            raise CalendarUnreadable(f"It names a time zone that is not known: {zone}.")


def _is_ours(component: Component, own_host: str) -> bool:
    return str(component.get("UID", "")).lower().endswith(f"@{own_host.lower()}")


def _free_busy(calendar: Component, own_host: str) -> Iterator[tuple[date, date]]:
    for component in calendar.walk("VFREEBUSY"):
        if _is_ours(component, own_host):
            continue
        periods = component.get("FREEBUSY", [])
        for period in periods if isinstance(periods, list) else [periods]:
            if period.params.get("FBTYPE", "BUSY").upper() != "FREE":
                yield period.start, period.end


def _events(
    calendar: Component, span: tuple[datetime, datetime], own_host: str
) -> Iterator[tuple[date, date]]:
    for series in recurring_ical_events.of(calendar).series:
        for occurrence in series.between(*span):
            event = occurrence.as_component(keep_recurrence_attributes=False)
            if (
                str(event.get("TRANSP", "")).upper() != "TRANSPARENT"
                and str(event.get("STATUS", "")).upper() != "CANCELLED"
                and not _is_ours(event, own_host)
            ):
                yield event["DTSTART"].dt, event["DTEND"].dt


def _instant(at: date, zone: ZoneInfo) -> datetime:
    if not isinstance(at, datetime):
        return to_utc(at, time(), zone)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


if __name__ == "__main__":
    _answer(*sys.argv[1:])
