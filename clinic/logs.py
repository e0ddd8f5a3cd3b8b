"""Log lines that show what happened in the code, and nothing that a person typed or may keep secret."""

import logging
import re
import traceback
from typing import Any

QUERY_STRING = re.compile(r"\?[^\s\"']*")
REFERENCE = re.compile(r"([0-9a-f]{8})-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.I)
FEED_TOKEN = re.compile(r"(/calendars/)[^\s\"'/]+")
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# At most 64 characters before the sign, as RFC 5321 has it: without an end, the search for one is slow.
MAIL_ADDRESS = re.compile(r"[^\s<>\"'(@]{1,64}@[^\s<>\"')]+")
# Anyone can ask for a very long address.
LONGEST_LINE = 4000


class PrivateFormatter(logging.Formatter):
    """A formatter that leaves out query strings, mail addresses, references and error values.

    Who has an appointment's reference can see and cancel it, so only its spoken part is kept, and
    of a practitioner's calendar nothing. An exception is shown by its type and place: its message may quote a row of the database.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return one line, without query strings, addresses and whole references."""
        line = QUERY_STRING.sub("", super().formatMessage(record)[:LONGEST_LINE])
        line = FEED_TOKEN.sub(r"\1(secret)", REFERENCE.sub(r"\1", line))
        line = MAIL_ADDRESS.sub("(address)", line)
        # Whoever sends a line break must not write a line of their own.
        return CONTROL_CHARACTER.sub(lambda found: repr(found[0])[1:-1], line)

    def formatException(self, ei: Any) -> str:
        """Return the traceback's places and the exception's type, without its message."""
        kind, _value, trace = ei
        places = "".join(traceback.format_tb(trace)).rstrip()
        return f"{places}\n{kind.__module__}.{kind.__qualname__}" if kind else places
