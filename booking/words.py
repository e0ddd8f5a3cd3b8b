"""The words of each kind of message that staff may change, and what may stand in them.

The rest of a message is drawn around them and cannot be edited away: the visit's card, the link, the
calendar file, what to do in an emergency, and who sends it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from .models import CancelledBy, Channel, Message, MessageKind, MessageWords

_BRACES = re.compile(r"\{([^{}]*)\}")

# What a subject may name: it shows on locked phones and in other people's lists of mails.
IN_SUBJECTS = ("when", "day", "time", "clinic")
_OF_A_VISIT = (
    "name",
    "when",
    "day",
    "time",
    "until",
    "clock",
    "practitioner",
    "service",
    "place",
    "reference",
    "clinic",
    "phone",
)
PLACEHOLDERS: dict[str, str] = {
    "name": "the patient’s name",
    "when": "day and time: Tuesday, December 8, 10:30 am",
    "day": "the day: Tuesday, December 8",
    "time": "when it begins: 10:30 am",
    "until": "when it ends: 11:45 am",
    "clock": "the clock of these times: Eastern (EST)",
    "practitioner": "with whom",
    "service": "the kind of visit; “visit” in private messages",
    "place": "the address, or by phone, by video",
    "reference": "what the patient can say on the phone: 4F7A-9C21",
    "clinic": "the clinic’s name",
    "phone": "the clinic’s phone number",
    "kept_until": "until when the times are kept",
    "link": "the address of the visit’s page",
}


class WordsError(ValueError):
    """Words that cannot be filled in. The text says what to change."""


@dataclass(frozen=True)
class Words:
    """What staff may say in one kind of message. The opening follows the heading."""

    subject: str = ""
    heading: str = ""
    opening: str = ""
    closing: str = ""


@dataclass(frozen=True)
class WordsKind:
    """One entry of the list that staff edit."""

    label: str
    default: Words
    placeholders: tuple[str, ...] = _OF_A_VISIT
    is_text: bool = False
    """Whether it is a text message, which has nothing but an opening."""

    def allowed_in(self, part: str) -> tuple[str, ...]:
        """Return the placeholders that may stand in `subject`, `heading`, `opening` or `closing`."""
        if part == "subject":
            return tuple(one for one in self.placeholders if one in IN_SUBJECTS)
        return self.placeholders

    @property
    def parts(self) -> tuple[str, ...]:
        return ("opening",) if self.is_text else tuple(one.name for one in fields(Words))


CANCELLED_BY_CLINIC = "cancellation_by_clinic"
REMINDER_TEXT = "reminder_text"

WORDS: dict[str, WordsKind] = {
    MessageKind.CONFIRMATION: WordsKind(
        "Booked",
        Words(
            "Your visit on {when}",
            "Your visit is booked",
            "Hello {name}, we look forward to seeing you. Here is all you need.",
        ),
    ),
    MessageKind.MOVED: WordsKind(
        "Moved",
        Words(
            "New time: your visit on {when}",
            "Your visit has a new time",
            "Hello {name}, your visit was moved. Please use the new time below; the old one is no "
            "longer yours.",
        ),
    ),
    MessageKind.CANCELLATION: WordsKind(
        "Cancelled by the patient",
        Words(
            "Cancelled: your visit on {when}",
            "Your visit is cancelled",
            "Hello {name}, this visit is cancelled, as you asked.",
        ),
    ),
    CANCELLED_BY_CLINIC: WordsKind(
        "Cancelled by the clinic",
        Words(
            "Cancelled: your visit on {when}",
            "Your visit is cancelled",
            "Hello {name}, we had to cancel this visit, and we are sorry.",
        ),
    ),
    MessageKind.REMINDER: WordsKind(
        "Reminder",
        Words(
            "Reminder: your visit on {when}",
            "Your visit is coming up",
            "Hello {name}, we look forward to seeing you on {day} at {time}. If you cannot come, "
            "please tell us as early as you can.",
        ),
    ),
    REMINDER_TEXT: WordsKind(
        "Reminder by text message",
        Words(
            opening="{clinic}: your visit is on {when}, {clock}. Details: {link} Answer STOP to end these texts."
        ),
        # It shows on locked phones, too.
        (*(one for one in _OF_A_VISIT if one not in ("name", "service", "practitioner")), "link"),
        is_text=True,
    ),
    MessageKind.FOLLOW_UP: WordsKind(
        "After the visit",
        Words(
            "After your visit on {day}",
            "Thank you for coming",
            "Hello {name}, thank you for your visit. If anything is unclear, or you feel worse, "
            "please call us at {phone}.",
        ),
    ),
    MessageKind.CHOICE: WordsKind(
        "Time off: please choose another time",
        Words(
            "Please choose another time: your visit on {when}",
            "Please choose another time",
            "Hello {name}, we are sorry: we cannot see you at the time you booked. Your visit stays "
            "yours until you choose.",
        ),
    ),
    MessageKind.OFFER: WordsKind(
        "Waiting list: a time is free",
        Words(
            "A time is free: {when}",
            "A time is free for you",
            "Hello {name}, you asked us to tell you. We keep this time for you until {kept_until}.",
        ),
        (*(one for one in _OF_A_VISIT if one != "reference"), "kept_until"),
    ),
    MessageKind.WAITING: WordsKind(
        "Requested: a place on the waiting list",
        Words(
            "Your place on the waiting list",
            "You are on the waiting list",
            "Hello, we write to you as soon as a time gets free that suits you. This is what we "
            "have under this address:",
        ),
        ("clinic", "phone"),
    ),
    MessageKind.LINKS: WordsKind(
        "Find my booking",
        Words(
            "The links you asked for",
            "The links you asked for",
            "Hello, here is what we have under this address. Each link opens the page of one visit, "
            "where you can see, move or cancel it.",
        ),
        ("clinic", "phone"),
    ),
}


def key_of(message: Message) -> str | None:
    """Return which words a message is made with; None for those to staff, which nobody edits."""
    if message.is_to_staff:
        return None
    if message.channel == Channel.SMS:
        return REMINDER_TEXT
    visit = message.appointment
    if (
        message.kind == MessageKind.CANCELLATION
        and visit is not None
        and visit.cancelled_by == CancelledBy.STAFF
    ):
        return CANCELLED_BY_CLINIC
    return str(message.kind)


def words_for(key: str) -> Words:
    """Return the clinic's words; where it has none of its own, the default's."""
    own = MessageWords.objects.filter(pk=key).first()
    return merged(key, own) if own else WORDS[key].default


def merged(key: str, own: MessageWords) -> Words:
    """Return the default's words with those of the clinic put in where it has some."""
    kind = WORDS[key]
    return replace(
        kind.default, **{part: text for part in kind.parts if (text := getattr(own, part))}
    )


def check(text: str, allowed: tuple[str, ...]) -> None:
    """Raise WordsError if the text has a placeholder that is not allowed, or a brace of its own."""
    for name in _BRACES.findall(text):
        if name not in allowed:
            known = ", ".join(f"{{{one}}}" for one in allowed) or "none"
            raise WordsError(f"“{{{name}}}” cannot stand here. You can use: {known}.")
    if set(_BRACES.sub("", text)) & set("{}"):
        raise WordsError("Write { and } only around the name of a placeholder, as in {day}.")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its placeholders filled in; what has no value leaves nothing behind.

    A value is text, never a placeholder itself.
    """
    filled = _BRACES.sub(lambda match: values.get(match[1], ""), text)
    # "Hello {name}, …" without a name.
    return re.sub(r"[ \t]+([,.;:!?])", r"\1", filled)
