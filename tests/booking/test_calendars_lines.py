"""Names from all over the world, and hostile ones, in every calendar file: line by line."""

import pytest
from icalendar import Calendar

from booking.calendars import appointment_calendar, practitioner_calendar

from .factories import (
    NOW,
    local,
    make_appointment,
    make_location,
    make_patient,
    make_practitioner,
    make_service,
)

pytestmark = pytest.mark.django_db

TEXTS = {
    "chinese": "王小明的長名字" * 14,
    "emoji": "👩🏽‍⚕️" * 8,
    "right to left": "שלום עולם، مرحبا بالعالم " * 4,
    "mixed": "a王é👩🏽‍⚕️ ש" * 6,
    "crlf": "A\r\nX-EVIL:1\r\nEND:VEVENT",
    "one line break": "A\nX-EVIL:1\rX-EVIL:2\u2028X-EVIL:3\x85X-EVIL:4",
    "quotes": 'A" ;X-EVIL=1:"; , \\n X-EVIL:1 \\',
}
# What must stand in each kind of file, and nothing else.
EVENT = {
    "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "DESCRIPTION",
    "STATUS", "TRANSP", "CLASS",
}  # fmt: skip
OUTSIDE = {"VERSION", "PRODID", "CALSCALE", "METHOD"}


def files(text):
    """Return the files about a visit whose every name is `text`, each with its properties."""
    practitioner = make_practitioner(name=text[:120])
    service = make_service(
        name=text[:120],
        practitioner=practitioner,
        location=make_location(name=text[:120], address=text[:250]),
    )
    visit = make_appointment(service, local(8, 10), patient=make_patient(name=text[:120]))
    invited = EVENT | {"URL", "ORGANIZER", "ATTENDEE"}
    names = {"NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"}
    return [
        (appointment_calendar(visit, method="REQUEST", now=NOW), OUTSIDE, invited),
        (appointment_calendar(visit, method="CANCEL", now=NOW), OUTSIDE, invited),
        (appointment_calendar(visit, method="PUBLISH", now=NOW), OUTSIDE, invited - {"ATTENDEE"}),
        (practitioner_calendar(practitioner, [visit], now=NOW), OUTSIDE | names, EVENT),
    ]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_lines_are_short_end_in_crlf_and_split_no_character(text):
    for content, _, _ in files(text):
        *lines, end = content.split(b"\r\n")

        assert end == b""
        assert max(map(len, lines)) <= 75
        assert not any(b"\n" in line or b"\r" in line for line in lines)
        # Each by itself is whole: programs that show a line at a time show no broken character.
        assert "\ufffd" not in "".join(line.decode("utf-8", "replace") for line in lines)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_names_add_no_property(text):
    for content, outside, inside in files(text):
        calendar = Calendar.from_ical(content)
        (event,) = calendar.events

        assert (calendar.keys(), event.keys()) == (outside, inside)
        assert content.count(b"\r\nBEGIN:") + 1 == content.count(b"\r\nEND:")


@pytest.mark.parametrize("text", [TEXTS["chinese"], TEXTS["emoji"], TEXTS["mixed"]])
def test_names_come_out_as_they_went_in(text):
    request, _, _, feed = (Calendar.from_ical(content) for content, _, _ in files(text))

    assert request.events[0]["ATTENDEE"].params["CN"] == text[:120].strip()
    assert request.events[0]["LOCATION"] == text[:250].strip()
    assert feed["NAME"] == f"Visits to {text[:120].strip()}"
    assert feed.events[0]["DESCRIPTION"].splitlines()[:2] == [text[:120].strip()] * 2
