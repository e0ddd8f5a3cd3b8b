"""Read what mail servers send back about a mail that did not arrive (RFC 3464).

Anybody may send such a mail, so nothing in it is believed beyond the Message-ID, which nobody can
guess, and nothing is parsed that could take long.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message

from clinic.mail import answer_line, without_addresses

MOST_BYTES = 1024 * 1024
# A report holds three parts, and our mails hold five more. Each level below another costs more.
MOST_PARTS = 50

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
# RFC 6533 has the same parts for addresses beyond ASCII, by names that Python does not know.
_BEYOND_ASCII = [
    (b"message/delivery-status", re.compile(rb"message/global-delivery-status", re.IGNORECASE)),
    (b"text/rfc822-headers", re.compile(rb"message/global-headers", re.IGNORECASE)),
    (b"message/rfc822", re.compile(rb"message/global\b(?!-)", re.IGNORECASE)),
]


@dataclass(frozen=True)
class Bounce:
    """What became of one of our mails."""

    message_id: str
    """As the mail had it, with its angle brackets."""
    is_permanent: bool
    """Whether the server gave up, or else tries on."""
    answer: str
    """One line of at most 500 printable ASCII characters, without the address."""


def read_bounce(content: bytes) -> Bounce | None:
    """Return what a mail says about one of ours that was not delivered, or None if it says nothing."""
    if len(content) > MOST_BYTES or content.lower().count(b"content-type") > MOST_PARTS:
        return None
    for kind, beyond_ascii in _BEYOND_ASCII:
        content = beyond_ascii.sub(kind, content)
    report = message_from_bytes(content)
    if report.get_content_type() != "multipart/report":
        return None
    found = {part.get_content_type(): part for part in _parts(report)}
    status = found.get("message/delivery-status")
    original = found.get("message/rfc822") or found.get("text/rfc822-headers")
    if status is None or original is None:
        return None
    message_id = _message_id(original)
    recipients = [(_action(block), block) for block in _parts(status)]
    for action in ("failed", "delayed"):
        for said, block in recipients:
            if said == action and message_id:
                return Bounce(message_id, action == "failed", _answer(block))
    return None


def _parts(message: Message) -> list[Message]:
    """Return the parts of a mail: of a delivery status, its groups of fields."""
    parts = message.get_payload()
    return [part for part in parts if isinstance(part, Message)] if isinstance(parts, list) else []


def _message_id(original: Message) -> str:
    """Return the Message-ID of the mail that the report holds, or of which it holds the head."""
    inner = _parts(original)
    head = inner[0] if inner else message_from_string(_text(original))
    match = _MESSAGE_ID.search(_field(head, "Message-ID")[:500])
    return match[0] if match else ""


def _action(block: Message) -> str:
    """Return what the server did, by its own word or else by its status."""
    action = _field(block, "Action").partition(";")[0].strip().lower()
    by_status = {"5": "failed", "4": "delayed"}
    return action or by_status.get(_field(block, "Status").strip()[:1], "")


def _answer(block: Message) -> str:
    """Return the status and what the other server said, without whom it was about."""
    status = _STATUS.match(_field(block, "Status").strip())
    said = _field(block, "Diagnostic-Code")[:2000]
    said = re.sub(r"^\s*[a-z][a-z0-9-]{0,20}\s*;", "", said, count=1, flags=re.IGNORECASE)
    names = [_field(block, field) for field in ("Final-Recipient", "Original-Recipient")]
    said = without_addresses(said, *(name.rpartition(";")[2].strip(" <>") for name in names))
    return answer_line(f"{status[0] if status else ''} {said}") or _action(block)


def _field(head: Message, name: str) -> str:
    """Return the field's text, or ""."""
    return str(head.get(name, ""))


def _text(part: Message) -> str:
    """Return the part's text, decoded."""
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
