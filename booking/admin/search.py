"""How the front desk finds people: by any words of a name, an address, or a part of a number."""

import re

from django.db.models import Q

LONGEST_TERM = 200
PHONE_LIKE = re.compile(r"[\d\s().+-]+")
EXTENSION = re.compile(r"\s*(?:x|ext\.?|#)\s*\d*$", re.I)
# Phones type the curly one, forms from elsewhere the straight one.
APOSTROPHES = ("'", "’")


def patients_like(term: str, *, prefix: str = "") -> Q:
    """Return the condition that every word of `term` is somewhere in a patient's record.

    `prefix` leads from the model that is searched to the patient, such as `patient__`.
    """
    term = " ".join(term.split())[:LONGEST_TERM]
    if digits := phone_digits(term):
        return Q(**{f"{prefix}phone__contains": digits})
    condition = Q()
    for word in term.split():
        somewhere = Q(**{f"{prefix}email__icontains": word})
        for spelling in {re.sub("['’]", apostrophe, word) for apostrophe in APOSTROPHES}:
            somewhere |= Q(**{f"{prefix}name__icontains": spelling})
        if digits := phone_digits(word):
            somewhere |= Q(**{f"{prefix}phone__contains": digits})
        condition &= somewhere
    return condition


def phone_digits(term: str) -> str:
    """Return the digits of what reads like (part of) a phone number, without the 1 of the USA."""
    number = EXTENSION.sub("", term)
    digits = re.sub(r"\D", "", number) if PHONE_LIKE.fullmatch(number) else ""
    if len(digits) == 11:
        digits = digits.removeprefix("1")
    return digits if len(digits) >= 4 else ""


def reference_start(term: str) -> str:
    """Return how a stored reference begins if the term reads like one, spoken or whole."""
    digits = re.sub(r"[\s-]", "", term).lower()
    if len(digits) not in (8, 32) or not set(digits) <= set("0123456789abcdef"):
        return ""
    if len(digits) == 8:
        return digits
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
