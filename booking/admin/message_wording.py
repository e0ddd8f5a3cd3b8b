"""How the staff screens say where a message went, what became of it, and what to do about it."""

import re

from phonenumber_field.phonenumber import to_python

from booking.models import Channel, Message, MessageState
from booking.models.patient import phone_words

STATES = {
    MessageState.QUEUED: "Waiting to be sent",
    MessageState.SENDING: "Being sent: it may have left",
    MessageState.SENT: "Sent",
    MessageState.FAILED: "Not sent: we do not try again",
    MessageState.BOUNCED: "Came back: it did not arrive",
    MessageState.OUTDATED: "Not needed any more: no longer true, or too late",
}
# RFC 5321 and, where a server says it, the more exact code of RFC 3463, such as 5.1.1.
_CODE = re.compile(r"\b([45][0-9]{2})\b")
_EXACT = re.compile(r"\b[45](\.[0-9]{1,3}\.[0-9]{1,3})\b")
_NO_ADDRESS = re.compile(r"\.1\.(1|2|3|6|10)|55[013]")
_FULL = re.compile(r"\.2\.2|[45]52")
_SIGN_IN = re.compile(r"\.7\.8|53[0458]|454")
_UNREACHED = ("Timeout", "Connection", "Connect", "Disconnected", "gaierror", "OSError", "SSL")


def state_words(message: Message) -> str:
    """Return what became of it, in words that say what goes on."""
    if message.state == MessageState.QUEUED and message.attempts:
        return "Could not leave yet: we try again"
    return STATES[MessageState(message.state)]


def address_words(message: Message) -> str:
    """Return the address, a phone number as one dials it from the United States."""
    if message.channel == Channel.EMAIL:
        return message.address
    number = to_python(message.to_phone)
    return phone_words(number, "") if number and number.country_code else message.to_phone


def answer_of(message: Message) -> str:
    """Return what the server said, else what went wrong here, as it was noted."""
    return message.server_answer or message.last_error


def hint_for(message: Message) -> str:
    """Return in plain words what an answer means and what to do; "" if there is nothing to do."""
    if message.state in (MessageState.SENT, MessageState.OUTDATED) or not answer_of(message):
        return ""
    if message.channel == Channel.SMS:
        return _text_hint(message)
    said = f"{message.server_answer} {message.last_error}"
    exact = _EXACT.search(said)
    # Numbers of three digits mean something else where a provider says them.
    found = exact or (None if "Provider" in message.last_error else _CODE.search(said))
    if found is None:
        return _hint_without_code(message, said)
    code = found[1]
    if _NO_ADDRESS.fullmatch(code):
        whose = "correct it" if message.is_to_staff else "ask the patient"
        return f"The address does not exist: {whose}."
    if _FULL.fullmatch(code):
        return _again(message, "Their mailbox is full")
    if _SIGN_IN.fullmatch(code):
        return "Our own mail server refuses our password: tell whoever runs this site."
    if found[0].startswith("4"):
        return _again(message, "Their mail server is busy")
    return "Their mail server refuses our mail: " + _call(message)


def _hint_without_code(message: Message, said: str) -> str:
    if any(name in said for name in _UNREACHED):
        return _again(message, "Our mail server cannot be reached")
    if message.state == MessageState.BOUNCED:
        return "It did not arrive: " + _call(message)
    return _again(message, "It could not be sent")


def _text_hint(message: Message) -> str:
    if "may have left" in message.last_error:
        # In plain words already.
        return ""
    if "SmsRefused" in message.last_error:
        return "This number takes no text messages, or they are switched off: " + _call(message)
    return _again(message, "Text messages cannot leave")


def _again(message: Message, what: str) -> str:
    """Say what is wrong, and that it is tried again, or that it is not."""
    is_waiting = message.state == MessageState.QUEUED
    return f"{what}: " + ("we try again." if is_waiting else _call(message))


def _call(message: Message) -> str:
    return "tell whoever runs this site." if message.is_to_staff else "call the patient."
