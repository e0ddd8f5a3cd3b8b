"""Lengths of time as people type them: a number and its unit, or several of them in a line."""

import re
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError

from booking.models.service import (
    LONGEST_REMINDER,
    MINUTES_A_DAY,
    MOST_REMINDERS,
    SHORTEST_REMINDER,
)
from booking.templatetags.clinic_times import length_words

HOUR = 60
UNITS = ((1, "minutes"), (HOUR, "hours"), (MINUTES_A_DAY, "days"))
_MINUTES = {"m": 1, "h": 60, "d": MINUTES_A_DAY, "w": 7 * MINUTES_A_DAY}
_LENGTH = re.compile(
    r"([0-9]+) ?(m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?: before)?", re.IGNORECASE
)


class LengthWidget(forms.MultiWidget):
    """A number, and what it counts: minutes, hours or days."""

    def __init__(self, attrs=None):
        number = forms.NumberInput(attrs={"min": 0})
        super().__init__((number, forms.Select({"aria-label": "Counted in"}, choices=UNITS)), attrs)

    def decompress(self, value):
        """Return the largest unit that holds the length whole, and how many of it."""
        if not value:
            return [value, HOUR]
        unit = next(unit for unit, _ in reversed(UNITS) if value % unit == 0)
        return [value // unit, unit]


class LengthField(forms.MultiValueField):
    """A length in minutes, typed in minutes, hours or days."""

    widget = LengthWidget

    def __init__(self, **kwargs):
        fields = (
            forms.IntegerField(min_value=0),
            forms.TypedChoiceField(choices=UNITS, coerce=int),
        )
        super().__init__(fields, **kwargs)
        # The label belongs to both boxes; a screen reader hears it at the number.
        self.widget.widgets[0].attrs["aria-label"] = self.label

    def has_changed(self, initial, data):
        # Without a number, the unit that stands beside it says nothing.
        return super().has_changed([None, HOUR] if initial is None else initial, data)

    def compress(self, values):
        return None if not values or values[0] is None else values[0] * values[1]


class RemindersField(forms.CharField):
    """How long before a visit reminders leave: typed as "3 days, 2 hours", kept in minutes."""

    def prepare_value(self, value):
        if isinstance(value, list):
            return ", ".join(length_words(timedelta(minutes=one)) for one in value)
        return value

    def to_python(self, value):
        """Return the lengths, the longest first. Says of each what is wrong with it."""
        typed = re.split(r"[,;]|\band\b", super().to_python(value) or "", flags=re.IGNORECASE)
        errors: list[ValidationError] = []
        found: list[int] = []
        for words in filter(None, (" ".join(one.split()) for one in typed)):
            try:
                found.append(_reminder(words, found))
            except ValidationError as error:
                errors.append(error)
        if len(found) > MOST_REMINDERS:
            errors.append(
                ValidationError(f"Name at most {MOST_REMINDERS} reminders: these are {len(found)}.")
            )
        if errors:
            raise ValidationError(errors)
        return sorted(found, reverse=True)


def _reminder(words, before):
    """Return a length in minutes that is not among those `before` it."""
    match = _LENGTH.fullmatch(words)
    if match is None:
        raise ValidationError(
            f"“{words[:40]}” is no length. Write a whole number and minutes, hours, days or weeks, "
            "like “2 hours”, and a comma between two reminders."
        )
    # No number that long is within the limits.
    minutes = int(match[1][:9]) * _MINUTES[match[2][0].lower()]
    if minutes < SHORTEST_REMINDER:
        raise ValidationError(f"“{words}” is too short: remind at least 15 minutes before.")
    if minutes > LONGEST_REMINDER:
        raise ValidationError(f"“{words[:40]}” is too long: remind at most 30 days before.")
    if minutes in before:
        raise ValidationError(f"“{words}” stands there twice.")
    return minutes
