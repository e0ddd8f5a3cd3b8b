"""Days and times as staff type them: by the clinic's clocks."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

EARLIEST = date(2000, 1, 1)
LONGEST_AHEAD = timedelta(days=3652)


class DayField(forms.DateField):
    """A day that can be meant: not in the year 26 or 20226."""

    default_error_messages = {"invalid": "Enter a day, such as 2027-01-31."}

    def validate(self, value):
        """Refuse a day before 2000, or more than ten years from today."""
        super().validate(value)
        if value is not None and not EARLIEST <= value <= timezone.localdate() + LONGEST_AHEAD:
            words = "Choose a day from 2000 on, and in the next ten years at the latest."
            raise ValidationError(words, code="too_far")


DAYS: dict[type[models.Field], dict[str, Any]] = {models.DateField: {"form_class": DayField}}


class MomentField(forms.DateTimeField):
    """A day and a time in the clinic's zone that is still to come."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value):
        try:
            moment = super().to_python(value)
        except ValidationError as error:
            words = "Enter a day and a time, such as 2027-01-31T09:30."
            if error.code == "ambiguous_timezone":
                words = (
                    "The clocks change then: that time comes twice or not at all. Choose another."
                )
            raise ValidationError(words, code=error.code) from error
        if moment is not None and moment <= timezone.now():
            words = "That time has passed. Choose a later one, or leave it empty for now."
            raise ValidationError(words, code="passed")
        if moment is not None and moment > timezone.now() + LONGEST_AHEAD:
            raise ValidationError("Choose a time in the next ten years.", code="too_far")
        return moment
