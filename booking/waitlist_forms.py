"""Forms of the waiting list: when someone can come, who they are, and the answer to an offer."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from booking.forms import PersonForm, ScreeningForm, StartField, without_frame
from booking.models import Appointment, Practitioner, TimeOfDay, WaitlistEntry
from booking.templatetags.clinic_times import clinic_day
from booking.waitlist import Wishes

LONGEST_WAIT = timedelta(days=365)
# Browsers send the first; the second is what people type where there is no calendar to choose from.
DAY_FORMATS = ["%Y-%m-%d", "%m/%d/%Y"]


class DayField(forms.DateField):
    """A day, from the browser's own calendar or typed."""

    default_error_messages = {
        "required": "Choose a day.",
        "invalid": "Enter the day like 12/08/2026.",
    }

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(input_formats=DAY_FORMATS, widget=widget, **kwargs)


class WishesForm(forms.Form):
    """When someone can come: from the first day that can still be booked to the last of any sense.

    `visit` is the one to be moved to an earlier time, `other_than` with whom it is.
    """

    from_on = DayField(label="First day you could come")
    until_on = DayField(label="Last day you could come")
    time_of_day = forms.ChoiceField(
        label="Time of day",
        choices=TimeOfDay.choices,
        initial=TimeOfDay.ANY,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose a time of day.",
            "invalid_choice": "Choose one of these.",
        },
    )
    anyone = forms.BooleanField(required=False)

    wishes_fields = ("from_on", "until_on", "time_of_day", "anyone")

    def __init__(
        self,
        *args: Any,
        first_on: date,
        last_on: date,
        visit: Appointment | None = None,
        other_than: Practitioner | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.first_on, self.last_on, self.visit = first_on, last_on, visit
        if other_than is None:
            del self.fields["anyone"]
        else:
            self.fields["anyone"].label = f"Someone else than {other_than.full_name} is fine too"
        days = {"min": first_on.isoformat(), "max": last_on.isoformat()}
        for name in ("from_on", "until_on"):
            self.fields[name].widget.attrs |= days
        self.helper = without_frame(self.drawn_fields())

    def drawn_fields(self) -> list[str]:
        return [name for name in self.wishes_fields if name in self.fields]

    def clean_from_on(self) -> date:
        """Return the first day that can be booked for any before it: the year 1 has no UTC."""
        from_on: date = self.cleaned_data["from_on"]
        return max(from_on, self.first_on)

    def clean_until_on(self) -> date:
        until_on: date = self.cleaned_data["until_on"]
        if not self.first_on <= until_on <= self.last_on:
            days = (self.first_on, self.last_on)
            # What was typed may be wrong in the year alone.
            first, last = (f"{clinic_day(on)}, {on.year}" for on in days)
            raise ValidationError(f"Choose a day from {first}, to {last}.", code="out_of_range")
        return until_on

    def clean(self) -> None:
        first, last = self.cleaned_data.get("from_on"), self.cleaned_data.get("until_on")
        if first and last and first > last:
            self.add_error("from_on", "Choose a first day that is not after the last one.")
        elif first and self.visit is not None:
            wished = WaitlistEntry(
                appointment=self.visit,
                location=self.visit.location,
                from_on=first,
                time_of_day=self.cleaned_data.get("time_of_day", TimeOfDay.ANY),
            )
            if wished.is_fulfilled:
                words = "Your visit is no later than that. Choose an earlier day or time of day."
                self.add_error("from_on", words)

    def wishes(self, practitioner: Practitioner | None) -> Wishes:
        """Return the valid form's answers; `practitioner` unless anyone is fine."""
        answers = self.cleaned_data
        return Wishes(
            from_on=answers["from_on"],
            until_on=answers["until_on"],
            time_of_day=answers["time_of_day"],
            practitioner=None if answers.get("anyone") else practitioner,
        )


class JoinForm(WishesForm, PersonForm):
    """The wishes and the person. Nothing about health: there is no visit yet to prepare."""

    person_fields = ("name", "email", "phone", "consent")
    field_order = (*WishesForm.wishes_fields, *person_fields)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = "We write here at once, and when a time gets free."
        self.fields["phone"].help_text = "We call only if something about your visit changes."

    def drawn_fields(self) -> list[str]:
        return [*super().drawn_fields(), *self.person_fields]


class OfferForm(ScreeningForm):
    """The answer to an offered or a free time: which, and the red-flag questions once more."""

    start = StartField()

    # Above the questions, as on the page.
    field_order = ("start",)
