import re
from datetime import date, timedelta
from typing import Any

import holidays
from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from holidays.registry import COUNTRIES

from booking import actions
from booking.availability import is_within_hours
from booking.diaries import holiday_periods
from booking.models import Appointment, AvailableTime, Location
from booking.models.practitioner import default_time_zone, public_holidays
from booking.templatetags.clinic_times import clinic_short_day
from booking.zones import zone_names
from clinic.help import LeadsBack

from .visits import warn_of_visits

# Long enough to see the same holiday of next year before this year's is forgotten.
SHOWN_AHEAD = timedelta(days=425)
BETWEEN_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
SMALL_WORDS = re.compile(r"\b(And|Of|The|Da)\b")


def country_names() -> dict[str, str]:
    """Return the countries whose public holidays are known, by their two letters."""
    names = {code: name for name, code, *_ in COUNTRIES.values() if len(code) == 2}
    spaced = {code: BETWEEN_WORDS.sub(" ", name) for code, name in names.items()}
    small = {
        code: SMALL_WORDS.sub(lambda word: word[0].lower(), name) for code, name in spaced.items()
    }
    return dict(sorted(small.items(), key=lambda item: item[1]))


def subdivision_names(country: str) -> dict[str, str]:
    """Return the country's states or regions with holidays of their own, by their short form."""
    if country not in holidays.list_supported_countries():
        return {}
    aliases = holidays.country_holidays(country).get_subdivision_aliases()
    names = {code: (names[0] if names else code) for code, names in aliases.items()}
    return dict(sorted(names.items(), key=lambda item: item[1]))


class LocationForm(forms.ModelForm):
    """A place, with the countries, states and holidays that the package knows, by name."""

    time_zone = forms.ChoiceField(
        initial=default_time_zone,
        help_text="Hours, closures and holidays are on this clock. Booked visits stay where they are.",
    )
    holiday_country = forms.ChoiceField(
        label="Public holidays of",
        required=False,
        help_text="Nothing can be booked on them. To choose a state too, save the country first.",
    )
    holiday_subdivision = forms.ChoiceField(
        label="State or region",
        required=False,
        error_messages={"invalid_choice": "Choose a state of this country, or the whole country."},
    )
    worked = forms.MultipleChoiceField(
        label="We work on this day",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick the public holidays on which visits can be booked all the same. "
        "They are listed once the country is saved.",
    )

    class Meta:
        model = Location
        fields = (
            "name",
            "slug",
            "kind",
            "address",
            "time_zone",
            "same_hours_as",
            "holiday_country",
            "holiday_subdivision",
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        place, today = self.instance, timezone.localdate()
        fields: Any = self.fields
        fields["time_zone"].choices = [(name, name) for name in sorted(zone_names())]
        fields["holiday_country"].choices = [
            ("", "No country: open on all"),
            *country_names().items(),
        ]
        country = self["holiday_country"].value() or ""
        states = subdivision_names(country)
        fields["holiday_subdivision"].choices = [("", "The whole country"), *states.items()]
        state = self["holiday_subdivision"].value() or ""
        before = _holidays(place.holiday_country, place.holiday_subdivision, today)
        self.shown = before | _holidays(country, state if state in states else "", today)
        fields["worked"].choices = [
            (day.isoformat(), f"{clinic_short_day(day)}, {day.year}: {name}")
            for day, name in sorted(self.shown.items())
        ]
        self.initial["worked"] = [day.isoformat() for day in place.worked_holidays]
        if "same_hours_as" in fields:
            others = Location.objects.filter(same_hours_as=None).exclude(pk=place.pk)
            fields["same_hours_as"].queryset = others

    def clean_same_hours_as(self):
        host, place = self.cleaned_data["same_hours_as"], self.instance
        if host is None or place.pk is None:
            return host
        hours = AvailableTime.objects.filter(location=place).select_related("practitioner").first()
        if hours is not None:
            raise forms.ValidationError(
                f"{hours.practitioner} has hours here ({hours}), which would no longer count: "
                "take them out of the practitioner’s page first, or leave this empty."
            )
        if (guest := Location.objects.filter(same_hours_as=place).first()) is not None:
            raise forms.ValidationError(
                f"“{guest}” takes its hours from here, so this place needs hours of its own."
            )
        return host

    def clean_time_zone(self):
        zone, place = self.cleaned_data["time_zone"], self.instance
        guests = Location.objects.filter(same_hours_as=place.pk).exclude(time_zone=zone)
        if place.pk is not None and (guest := guests.first()) is not None:
            raise forms.ValidationError(
                f"“{guest}” takes its hours from here, and its zone is {guest.time_zone}. To change "
                f"both, empty “same hours as” of “{guest}” for now, and choose it again afterwards."
            )
        return zone

    def clean(self):
        super().clean()
        answers = self.cleaned_data
        host = answers.get("same_hours_as")
        if host is not None and answers.get("holiday_country"):
            words = f"The public holidays of {host} count here too: leave this empty."
            self.add_error("holiday_country", words)
        if self.has_error("holiday_subdivision"):
            # The place itself need not say so again, of the state that it has.
            self.instance.holiday_subdivision = ""
        ticked = {date.fromisoformat(day) for day in answers.get("worked", [])}
        # Past ones are no longer shown, and stay.
        kept = {day for day in self.instance.worked_holidays if day not in self.shown}
        self.instance.worked_holidays = sorted(kept | ticked)


def _holidays(country: str, state: str, today: date) -> dict[date, str]:
    """Return the public holidays to come, by name; none for a country that is not known."""
    if country not in holidays.list_supported_countries():
        return {}
    last_on = today + SHOWN_AHEAD
    return {
        day: name
        for year in range(today.year, last_on.year + 1)
        for day, name in public_holidays(country, state, year).items()
        if today <= day <= last_on
    }


@admin.register(Location)
class LocationAdmin(LeadsBack):
    """Places, phone and video. What visits a change leaves out is named; they stay booked."""

    purpose = "Where visits happen, phone and video too, with the clock and holidays of each place."
    when_empty = "There is no place yet. Add the clinic first, then phone or video."
    deleting = "Nothing can be booked there any more, and its own closures go with it."
    cannot_delete = "Hours, services or visits are at this place, so it stays. Take it out of the services instead."

    form = LocationForm
    list_display = ("name", "kind", "address", "time_zone", "same_hours_as", "holiday_country")
    list_filter = ("kind",)
    list_select_related = ("same_hours_as",)
    search_fields = ("name", "address")
    prepopulated_fields = {"slug": ("name",)}

    class Media:
        css = {"all": ("css/staff.css",)}

    fieldsets = (
        (None, {"fields": ("name", "slug", "kind", "address")}),
        ("Clock and hours", {"fields": ("time_zone", "same_hours_as")}),
        ("Public holidays", {"fields": ("holiday_country", "holiday_subdivision", "worked")}),
    )

    def save_model(self, request, place, form, change):
        # Who books at this moment is named here, or refused there.
        actions.close_diary(None)
        super().save_model(request, place, form, change)
        changed = set(form.changed_data)
        visits = _visits_at(place)
        if changed & {"holiday_country", "holiday_subdivision", "worked", "same_hours_as"}:
            warn_of_visits(self, request, _on_holidays(visits), "on a public holiday")
        if changed & {"time_zone", "same_hours_as"}:
            outside = [visit for visit in visits if not is_within_hours(visit)]
            warn_of_visits(self, request, outside, "outside the hours")


def _visits_at(place):
    return list(
        Appointment.objects.still_to_come(timezone.now())
        .filter(Q(location=place) | Q(location__same_hours_as=place))
        .select_related("location__same_hours_as", "practitioner")
    )


def _on_holidays(visits):
    return [
        visit
        for visit in visits
        if any(
            lower < visit.ends_at and visit.starts_at < upper
            for lower, upper in holiday_periods(
                visit.location,
                visit.starts_at.astimezone(visit.location.host.tz).date(),
                visit.ends_at.astimezone(visit.location.host.tz).date(),
            )
        )
    ]
