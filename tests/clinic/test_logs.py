import logging
import sys

import pytest

from clinic.logs import PrivateFormatter


def format_line(message, *args, exc_info=None):
    record = logging.LogRecord("booking", logging.ERROR, __file__, 1, message, args, exc_info)
    return PrivateFormatter("{message}", style="{").format(record)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("GET /conditions/?q=my+rash HTTP/1.1", "GET /conditions/ HTTP/1.1"),
        ("refused by <li@clinic.example>", "refused by <(address)>"),
        (
            "Not Found: /appointments/4f7a9c21-0c5e-4c56-9a55-7c1e7f4b6a10/",
            "Not Found: /appointments/4f7a9c21/",
        ),
        ("GET /a\r\nERROR forged\x00\x1b[2J 200", r"GET /a\r\nERROR forged\x00\x1b[2J 200"),
        (
            "GET /appointments/x4f7a9c210c5e4c569a557c1e7f4b6a10_/ 404",
            "GET /appointments/x4f7a9c21_/ 404",
        ),
        (
            "Not Found: /calendars/Zk3-b_0vR8m1XWq7Yt5Lc2Nd9Hf4Js6Ga0Pe3Ur1Io8.ics",
            "Not Found: /calendars/(secret)",
        ),
        ("GET /" + "-" * 60_000, "GET /" + "-" * 3_995),
        ("Sent message 12.", "Sent message 12."),
    ],
    ids=["query", "address", "reference", "line-break", "mangled", "calendar", "long", "plain"],
)
def test_line_leaves_out_what_a_person_typed(message, expected):
    assert format_line(message) == expected


def test_traceback_names_the_place_and_type_and_not_the_value():
    typed = "Key (email)=(li@clinic.example) already exists"
    try:
        raise ValueError(typed)
    except ValueError:
        text = format_line("Failed.", exc_info=sys.exc_info())

    assert "test_logs.py" in text
    assert text.endswith("builtins.ValueError")
    assert "already exists" not in text
