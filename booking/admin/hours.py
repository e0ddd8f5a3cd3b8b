"""A practitioner's hours in the admin: weekly ones and extra ones, and what is odd about them."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.utils.text import capfirst

from booking.models import AvailableTime, Location

MINUTES_A_DAY = 24 * 60
DAYS_A_WEEK = 7
# The calendar goes on for a day and a week on both sides.
EARLIEST, LATEST = date(1900, 1, 1), date(9000, 1, 1)


class AvailableTimeForm(forms.ModelForm):
    """Hours that ask back when they end before they begin: mostly an am for a pm."""

    overnight = forms.BooleanField(
        required=False, help_text="The hours go on into the next day.", label="overnight"
    )
    overnight.widget.attrs["aria-label"] = "Overnight"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Either of the two tells weekly hours from extra ones, and the form shows one.
        for name in {"weekday", "on"} & set(self.fields):
            self.fields[name].required = True
        if self.instance.pk is not None:
            self.initial["overnight"] = self.instance.end_time <= self.instance.start_time

    def clean_location(self):
        place = self.cleaned_data["location"]
        if place.same_hours_as is not None:
            raise forms.ValidationError(
                f"Visits at {place} take place in the hours of {place.same_hours_as}: "
                "enter the hours there."
            )
        return place

    def clean(self):
        # It turns the checks of the model's constraints on.
        super().clean()
        start, end = (self.cleaned_data.get(name) for name in ("start_time", "end_time"))
        if start is None or end is None:
            return
        if end <= start and not self.cleaned_data["overnight"]:
            self.add_error(
                "end_time",
                "This is not after “from”. Is it am or pm? If the hours go on into the next day, "
                "tick “overnight”.",
            )
        if start < end and self.cleaned_data["overnight"]:
            self.add_error("overnight", "These hours end on the same day: take the tick out.")


class HoursFormSet(forms.BaseInlineFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        if forms.formsets.DELETION_FIELD_NAME in form.fields:
            box = form.fields[forms.formsets.DELETION_FIELD_NAME].widget
            box.attrs["aria-label"] = "Delete these hours"


class HoursInline(admin.TabularInline):
    """Hours on the clock of their location."""

    model = AvailableTime
    form = AvailableTimeForm
    formset = HoursFormSet
    extra = 1
    # The browser's own fields: the admin's add the server's zone, and these are the location's.
    formfield_overrides = {
        models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")},
        models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
    }

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("location__same_hours_as")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Name each box, and leave out the links to a location: they push the last columns away.

        A box has no label of its own in a table, and the head of its column is not one.
        """
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        if field is not None:
            field.widget.attrs["aria-label"] = capfirst(field.label)
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        # The location's: no other is in the form.
        kwargs["queryset"] = Location.objects.select_related("same_hours_as")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class WeeklyHoursInline(HoursInline):
    fields = (
        "weekday",
        "start_time",
        "end_time",
        "overnight",
        "location",
        "valid_from_on",
        "valid_until_on",
    )
    verbose_name = "weekly hours"
    verbose_name_plural = "weekly hours"

    def get_queryset(self, request):
        return super().get_queryset(request).filter(on__isnull=True)


class ExtraHoursInline(HoursInline):
    fields = ("on", "start_time", "end_time", "overnight", "location")
    verbose_name = "extra hours, once"
    verbose_name_plural = "extra hours, once"
    ordering = ("on", "start_time")

    def get_queryset(self, request):
        return super().get_queryset(request).filter(on__isnull=False)


def overlapping(times: Sequence[AvailableTime]) -> list[tuple[AvailableTime, AvailableTime]]:
    """Return the pairs of hours that are open at the same time at least once."""
    return [(one, other) for one, other in combinations(times, 2) if _meet(one, other)]


def _meet(one: AvailableTime, other: AvailableTime) -> bool:
    # Hours last a day at most, so only those of the day before, the same and the next can meet.
    return any(_meet_days_apart(one, other, days) for days in (-1, 0, 1))


def _meet_days_apart(one: AvailableTime, other: AvailableTime, days: int) -> bool:
    """Say whether hours of `one` meet those of `other` that begin `days` later."""
    if (_weekday(one) + days) % DAYS_A_WEEK != _weekday(other):
        return False
    (start, length), (other_start, other_length) = _minutes(one), _minutes(other)
    other_start += days * MINUTES_A_DAY
    if start + length <= other_start or other_start + other_length <= start:
        return False
    (first_on, last_on), (other_first_on, other_last_on) = _valid(one), _valid(other)
    first_on = max(first_on, other_first_on - timedelta(days=days))
    last_on = min(last_on, other_last_on - timedelta(days=days))
    # A short time of validity may hold no such day of the week.
    wait = timedelta(days=(_weekday(one) - first_on.weekday()) % DAYS_A_WEEK)
    return first_on + wait <= last_on


def _weekday(hours: AvailableTime) -> int:
    return hours.on.weekday() if hours.on is not None else hours.weekday or 0


def _minutes(hours: AvailableTime) -> tuple[int, int]:
    """Return the start in minutes of its day, and how many minutes the clock runs."""
    start, end = (time.hour * 60 + time.minute for time in (hours.start_time, hours.end_time))
    return start, (end - start) % MINUTES_A_DAY or MINUTES_A_DAY


def _valid(hours: AvailableTime) -> tuple[date, date]:
    if hours.on is not None:
        return hours.on, hours.on
    return (
        max(EARLIEST, min(LATEST, hours.valid_from_on or EARLIEST)),
        max(EARLIEST, min(LATEST, hours.valid_until_on or LATEST)),
    )
