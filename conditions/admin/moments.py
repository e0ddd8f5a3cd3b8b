"""Days and times as staff type them: by the clinic's clocks."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

LONGEST_AHEAD = timedelta(days=3652)


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
