"""The form of a closure: days and times on its place's clock in, instants out."""

from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from booking.models import NotAvailableTime
from booking.slots import to_utc
from booking.templatetags.clinic_times import clinic_short_day, clinic_time

MIDNIGHT = time()
ONE_DAY = timedelta(days=1)
# Further out, a day overflows the calendar once it is turned to another zone.
FIRST_DAY, LAST_DAY = date(2000, 1, 2), date(2199, 12, 30)


def day_field(**kwargs):
    # The browser's own field: it takes days and times as the person's own machine writes them.
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, **kwargs)


def time_field(*, required=False, **kwargs):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(widget=widget, required=required, **kwargs)


class ClosureForm(forms.ModelForm):
    """A closure in days, whole unless times are given."""

    first_on = day_field(label="First day")
    from_time = time_field(
        label="From", help_text="On the first day. Empty means from its beginning."
    )
    last_on = day_field(
        label="Last day", required=False, help_text="Empty means the first day only."
    )
    until_time = time_field(label="Until", help_text="On the last day. Empty means to its end.")

    class Meta:
        model = NotAvailableTime
        fields = ("practitioner", "location", "reason")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Whether it closes other hours, for others or elsewhere, than before.
        self.is_other_time = True
        if self.instance.pk is not None:
            self.initial = {**self.initial, **as_days(self.instance)}

    def is_valid(self):
        # “Back” from the question about visits: the form again, with what was typed.
        return super().is_valid() and "_back" not in self.data

    def clean(self):
        if self.errors:
            return
        answers = self.cleaned_data
        first_on, last_on = answers["first_on"], answers["last_on"] or answers["first_on"]
        for name, day in (("first_on", first_on), ("last_on", last_on)):
            if not FIRST_DAY <= day <= LAST_DAY:
                self.add_error(name, "Choose years from 2000 to 2199.")
        if self.errors:
            return
        if last_on < first_on:
            self.add_error("last_on", "“Last day” must not be before “first day”.")
            return
        answers["last_on"] = last_on
        for name in ("from_time", "until_time"):
            if answers[name] == MIDNIGHT:
                answers[name] = None
        self.is_other_time = any(
            getattr(answers[name], "pk", answers[name]) != self.initial.get(name)
            for name in self.fields
            if name != "reason"
        )
        # What did not change stays to the second: a clock shows some times twice.
        if self.instance.pk is None or self.is_other_time:
            self._set_instants(first_on, last_on)

    def _set_instants(self, first_on, last_on):
        closure, answers = self.instance, self.cleaned_data
        tz = NotAvailableTime(location=answers["location"]).tz
        until = answers["until_time"]
        closure.starts_at = to_utc(first_on, answers["from_time"] or MIDNIGHT, tz)
        if until is None:
            # A day ends when the next one begins, however often its clock shows midnight.
            closure.ends_at = to_utc(last_on + ONE_DAY, MIDNIGHT, tz)
        else:
            closure.ends_at = to_utc(last_on, until, tz, is_end=True)
        if closure.ends_at <= closure.starts_at:
            raise ValidationError({"until_time": "“Until” must be later than “from”."})


def as_days(closure: NotAvailableTime) -> dict[str, Any]:
    """Return what the form shows for a closure, on its place's clock."""
    starts, ends = (at.astimezone(closure.tz) for at in (closure.starts_at, closure.ends_at))
    ends_with_day = ends.time() == MIDNIGHT
    return {
        "first_on": starts.date(),
        "from_time": starts.time() if starts.time() != MIDNIGHT else None,
        "last_on": ends.date() - ONE_DAY if ends_with_day else ends.date(),
        "until_time": None if ends_with_day else ends.time(),
    }


def closure_label(closure: NotAvailableTime) -> str:
    """Return "Tue, Dec 8, 2026, from 1:00 pm to 5:00 pm", on the clock of the closure's place."""
    days = as_days(closure)
    first = f"{clinic_short_day(days['first_on'])}, {days['first_on'].year}"
    last = f"{clinic_short_day(days['last_on'])}, {days['last_on'].year}"
    start = days["from_time"] and clinic_time(closure.starts_at, closure.tz)
    end = days["until_time"] and clinic_time(closure.ends_at, closure.tz)
    if first != last:
        return f"{first}{f', {start}' if start else ''} to {last}{f', {end}' if end else ''}"
    return f"{first}{f', from {start}' if start else ''}{f', until {end}' if end else ''}"
