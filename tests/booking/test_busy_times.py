"""When somebody is busy, from the calendar that they keep elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest

from booking import busy_times
from booking.busy_times import CalendarUnreadable, busy_periods

from .factories import NEW_YORK, local

LOWER, UPPER = local(1, 0), local(31, 0)
WINDOWS_ZONE = """\
BEGIN:VTIMEZONE
TZID:Somewhere
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*parts):
    lines = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//", *parts, "END:VCALENDAR"])
    return lines.replace("\n\n", "\n").replace("\n", "\r\n").encode()


def event(lines, uid="1"):
    return f"BEGIN:VEVENT\nUID:{uid}\n{lines}\nEND:VEVENT"


def read(*parts, lower=LOWER, upper=UPPER):
    return busy_periods(
        calendar(*parts), lower, upper, zone=NEW_YORK, own_host="clinic.example.org"
    )


TEN_TO_ELEVEN = "DTSTART:20261209T150000Z\nDTEND:20261209T160000Z"
WEEKLY = "DTSTART;TZID=America/New_York:20261202T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3"


def hours(*days, at=10):
    return [(local(day, at), local(day, at + 1)) for day in days]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (TEN_TO_ELEVEN, hours(9)),
        ("DTSTART;TZID=America/New_York:20261209T100000\nDURATION:PT1H", hours(9)),
        ("DTSTART;TZID=Europe/Berlin:20261209T160000\nDURATION:PT1H", hours(9)),
        ("DTSTART;TZID=Eastern Standard Time:20261209T100000\nDURATION:PT1H", hours(9)),
        ("DTSTART;TZID=W. Europe Standard Time:20261209T160000\nDURATION:PT1H", hours(9)),
        ("DTSTART:20261209T100000\nDTEND:20261209T110000", hours(9)),
        ("DTSTART;VALUE=DATE:20261209", [(local(9, 0), local(10, 0))]),
        (
            "DTSTART;VALUE=DATE:20261209\nDTEND;VALUE=DATE:20261212",
            [(local(9, 0), local(12, 0))],
        ),
        ("DTSTART;VALUE=DATE:20200101\nDTEND;VALUE=DATE:20300101", [(LOWER, UPPER)]),
        ("DTSTART:20261209T150000Z", []),
        (f"{TEN_TO_ELEVEN}\nTRANSP:TRANSPARENT", []),
        (f"{TEN_TO_ELEVEN}\nTRANSP:OPAQUE\nSTATUS:TENTATIVE", hours(9)),
        (f"{TEN_TO_ELEVEN}\nSTATUS:CANCELLED", []),
        (f"{TEN_TO_ELEVEN}\nSUMMARY:午餐 🍜\nDESCRIPTION:a\\nBEGIN:VEVENT", hours(9)),
        (f"{TEN_TO_ELEVEN}\nBEGIN:VALARM\nTRIGGER:nonsense\nEND:VALARM", hours(9)),
        (f"{TEN_TO_ELEVEN}\nATTENDEE;PARTSTAT=:::\nLOCATION:\x00", hours(9)),
        ("dtstart:20261209T150000Z\nDtEnd:20261209T160000Z", hours(9)),
        ("DTSTART:20261209T1500\n 00Z\nDTEND:20261209T16\n\t0000Z", hours(9)),
        (WEEKLY, hours(2, 9, 16)),
        (f"{WEEKLY}\nEXDATE;TZID=America/New_York:20261209T100000", hours(2, 16)),
        (f"{WEEKLY}\nRDATE;TZID=America/New_York:20261220T100000", hours(2, 9, 16, 20)),
        (
            f"{WEEKLY}\nRDATE;VALUE=PERIOD:20261220T150000Z/PT1H",
            hours(2, 9, 16, 20),
        ),
        ("DTSTART:20191204T100000\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=12", hours(4)),
        (
            "DTSTART;VALUE=DATE:20261202\nRRULE:FREQ=WEEKLY;UNTIL=20261209",
            [(local(2, 0), local(3, 0)), (local(9, 0), local(10, 0))],
        ),
    ],
)
def test_busy_periods_of_one_event(lines, expected):
    assert read(event(lines)) == expected


def test_busy_periods_are_merged_in_order_and_cut_at_the_window():
    parts = [
        event("DTSTART:20261211T150000Z\nDTEND:20261211T160000Z", "a"),
        event("DTSTART:20261209T153000Z\nDTEND:20261209T160000Z", "b"),
        event("DTSTART:20261209T150000Z\nDTEND:20261209T154500Z", "c"),
        event("DTSTART:20261101T150000Z\nDTEND:20261201T150000Z", "d"),
        event("DTSTART:20261231T040000Z\nDTEND:20270101T160000Z", "e"),
        event("DTSTART:20270101T040000Z\nDTEND:20270101T160000Z", "f"),
    ]

    assert read(*parts) == [
        (LOWER, local(1, 10)),
        *hours(9, 11),
        (local(30, 23), UPPER),
    ]


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("DTSTART:20261210T150000Z\nDURATION:PT1H", hours(2, 10, 16)),
        ("DTSTART:20261209T150000Z\nDURATION:PT1H\nSTATUS:CANCELLED", hours(2, 16)),
        ("DTSTART:20261209T150000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT", hours(2, 16)),
    ],
)
def test_one_occurrence_is_changed(override, expected):
    changed = f"RECURRENCE-ID;TZID=America/New_York:20261209T100000\n{override}"

    assert read(event(WEEKLY), event(changed)) == expected


def test_occurrences_keep_the_clock_of_their_zone_over_both_changes():
    weekly = "DTSTART;TZID={}:20260304T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=40"
    at = [(local(day, 10, month=month), local(day, 11, month=month)) for month, day in DAYS]

    for zone in ("America/New_York", "Eastern Standard Time"):
        found = read(event(weekly.format(zone)), lower=local(1, 0, month=3), upper=UPPER)
        assert [period for period in found if period in at] == at
    found = read(WINDOWS_ZONE, event(weekly.format("Somewhere")), lower=local(1, 0, month=3))
    assert [period for period in found if period in at] == at


DAYS = [(3, 4), (3, 11), (10, 28), (11, 4)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # The spring change skips 2:00 to 3:00, the autumn one shows 1:00 to 2:00 twice.
        ("DTSTART:20260308T013000\nDTEND:20260308T033000", ("08T06:30", "08T07:30")),
        ("DTSTART;VALUE=DATE:20260308", ("08T05:00", "09T04:00")),
    ],
)
def test_night_of_the_spring_change(lines, expected):
    found = read(event(lines), lower=local(1, 0, month=3))

    assert found == [tuple(datetime.fromisoformat(f"2026-03-{at}Z") for at in expected)]


def test_night_of_the_autumn_change():
    found = read(
        event("DTSTART:20261101T003000\nDTEND:20261101T023000", "a"),
        event("DTSTART;VALUE=DATE:20261107", "b"),
        lower=local(1, 0, month=11),
    )

    assert [end - start for start, end in found] == [timedelta(hours=3), timedelta(days=1)]


def test_our_own_visits_do_not_count():
    uids = ["a@clinic.example.org", "b@CLINIC.example.org", "c@other.example.org"]

    found = read(
        *[event(f"DTSTART:2026120{n}T150000Z\nDURATION:PT1H", u) for n, u in enumerate(uids, 1)]
    )

    assert found == hours(3)


def test_free_busy_lists_count():
    lines = """\
BEGIN:VFREEBUSY
UID:1
FREEBUSY;FBTYPE=BUSY:20261209T150000Z/PT1H,20261210T150000Z/20261210T160000Z
FREEBUSY:20261211T150000Z/PT1H
FREEBUSY;FBTYPE=FREE:20261212T150000Z/PT1H
END:VFREEBUSY"""

    assert read(lines) == hours(9, 10, 11)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "does not lead to a calendar"),
        (b"Hello", "does not lead to a calendar"),
        (b"\n<!doctype html><title>Sign in</title>", "leads to a web page, perhaps one to sign in"),
        (calendar().decode().encode("utf-16"), "does not lead to a calendar"),
        (b"BEGIN:VCALENDAR\r\n" * 5, "nested too deep"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT", "do not end as they begin"),
        (calendar() + b"END:VCALENDAR", "do not end as they begin"),
        (calendar(event(TEN_TO_ELEVEN))[:-40], "breaks off in the middle"),
        (calendar() + b"x" * busy_times.MOST_BYTES, "too long"),
        (calendar(event("DTSTART:nonsense")), "an event that cannot be read"),
        (calendar(event("SUMMARY:No time")), "an event that cannot be read"),
        (calendar(event(f"{TEN_TO_ELEVEN}\nRRULE:FREQ=OFTEN")), "an event that cannot be read"),
        (calendar(event(f"{TEN_TO_ELEVEN}\nRRULE:nonsense")), "an event that cannot be read"),
        (calendar(event(f"{TEN_TO_ELEVEN}\nDTSTART:20261210T150000Z")), "that cannot be read"),
        (calendar("CALSCALE:CHINESE"), "cannot be read"),
        (calendar(event(f"{TEN_TO_ELEVEN}\nRRULE:FREQ=SECONDLY")), "more often than each hour"),
        (calendar(event(f"{TEN_TO_ELEVEN}\nRRULE:FREQ=MINUTELY")), "more often than each hour"),
        (calendar(WINDOWS_ZONE.replace("YEARLY", "SECONDLY")), "more often than each hour"),
        (
            calendar(event("DTSTART;TZID=Nowhere/Land:20261209T100000")),
            "a time zone that is not known: Nowhere/Land",
        ),
        (calendar(event("DTSTART;TZID=\x00:20261209T100000")), "an event that cannot be read"),
        (
            calendar(*[event(TEN_TO_ELEVEN)] * (busy_times.MOST_EVENTS + 1)),
            "more than 5000 events",
        ),
        (
            calendar(*[event(f"{TEN_TO_ELEVEN}\nRRULE:FREQ=HOURLY", n) for n in range(30)]),
            "come more than 10000 times",
        ),
    ],
)
def test_busy_periods_says_in_plain_words_what_is_wrong(content, reason):
    with pytest.raises(CalendarUnreadable, match=reason):
        busy_periods(content, LOWER, UPPER, zone=NEW_YORK, own_host="clinic.example.org")


def test_a_byte_order_mark_and_other_letters_do_no_harm():
    content = b"\xef\xbb\xbf" + calendar(event(f"SUMMARY:Caf?\n{TEN_TO_ELEVEN}")).replace(
        b"?", b"\xe9"
    )

    found = busy_periods(content, LOWER, UPPER, zone=NEW_YORK, own_host="clinic.example.org")

    assert found == hours(9)


def test_years_of_past_events_do_not_count_towards_the_most():
    past = event("DTSTART:20200101T100000\nDTEND:20200101T110000")

    assert read(*[past] * 6000, event(TEN_TO_ELEVEN)) == hours(9)


def apart(*parts, upper=UPPER):
    return busy_times.busy_periods_apart(
        calendar(*parts), LOWER, upper, zone=NEW_YORK, own_host="clinic.example.org"
    )


def test_a_process_of_its_own_says_the_same():
    assert apart(event(WEEKLY)) == hours(2, 9, 16)
    with pytest.raises(CalendarUnreadable, match="a time zone that is not known: Zürich 🏔"):
        apart(event("DTSTART;TZID=Zürich 🏔:20261209T100000"))


def test_nobody_waits_longer_for_that_process(monkeypatch):
    monkeypatch.setattr(busy_times, "SECONDS", 0.01)

    with pytest.raises(CalendarUnreadable, match="takes too long"):
        apart(event(WEEKLY))


EACH_SECOND = ",".join(map(str, range(60)))
HOSTILE = {
    "never": event("DTSTART:19000101T000000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
    "hours of centuries": event("DTSTART:00010101T000000Z\nRRULE:FREQ=HOURLY"),
    "all seconds": event(
        "DTSTART:20200101T000000Z\nDURATION:PT1H\n"
        f"RRULE:FREQ=DAILY;BYMINUTE={EACH_SECOND};BYSECOND={EACH_SECOND}"
    ),
    "a million days": event(f"{TEN_TO_ELEVEN}\nRDATE:" + ",".join(["20261210T150000Z"] * 500_000)),
}


@pytest.mark.parametrize("parts", HOSTILE.values(), ids=HOSTILE)
def test_hostile_calendars_end_within_seconds(monkeypatch, parts):
    monkeypatch.setattr(busy_times, "SECONDS", 1)
    began = datetime.now(UTC)
    answer = ""

    try:
        found = apart(parts)
    except CalendarUnreadable as error:
        found, answer = [], str(error)

    # A quick machine gets to the end of some.
    assert (found, answer) in (([], ""), ([], busy_times.TOO_LONG))
    assert datetime.now(UTC) - began < timedelta(seconds=3 * busy_times.SECONDS)
