from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.utils import timezone

from booking.availability import is_within_hours
from booking.models import Appointment, AvailableTime, Practitioner

from .visits import warn_of_visits


class AvailableTimeForm(forms.ModelForm):
    """Weekly hours that ask back when they end before they begin: mostly an am for a pm."""

    overnight = forms.BooleanField(
        required=False, help_text="The hours go on into the next day.", label="overnight"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["overnight"] = self.instance.end_time <= self.instance.start_time

    def clean(self):
        start, end = (self.cleaned_data.get(name) for name in ("start_time", "end_time"))
        if start is None or end is None:
            return
        if end <= start and not self.cleaned_data["overnight"]:
            self.add_error(
                "end_time",
                "This is before “from”. Is it am or pm? If the hours go on into the next day, "
                "tick “overnight”.",
            )
        if start < end and self.cleaned_data["overnight"]:
            self.add_error("overnight", "These hours end on the same day: take the tick out.")


class AvailableTimeInline(admin.TabularInline):
    """Weekly hours, on the clock of their location."""

    model = AvailableTime
    form = AvailableTimeForm
    extra = 1
    fields = (
        "weekday",
        "start_time",
        "end_time",
        "overnight",
        "location",
        "valid_from_on",
        "valid_until_on",
    )
    # The browser's own fields: the admin's add the server's zone, and these are the location's.
    formfield_overrides = {
        models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")},
        models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
    }
    verbose_name = "weekly hours"
    verbose_name_plural = "weekly hours"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("location")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Leave out the links to add or change a location: they push the last columns away."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


@admin.register(Practitioner)
class PractitionerAdmin(admin.ModelAdmin):
    list_display = ("full_name", "title", "email", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "credentials", "email")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (AvailableTimeInline,)
    fieldsets = (
        (None, {"fields": ("name", "credentials", "title", "slug", "is_active")}),
        (
            "On the website",
            {"fields": ("summary", "biography", "license_text", "languages")},
        ),
        ("For staff", {"fields": ("email",)}),
    )

    def save_related(self, request, form, formsets, change):
        """Name the visits that are booked outside the hours as they are now."""
        super().save_related(request, form, formsets, change)
        practitioner = form.instance
        visits = list(
            Appointment.objects.still_to_come(timezone.now())
            .for_practitioner(practitioner)
            .select_related("location__same_hours_as", "practitioner")
        )
        if not practitioner.is_active:
            warn_of_visits(self, request, visits, "with someone who is not active")
            return
        outside = [visit for visit in visits if not is_within_hours(visit)]
        warn_of_visits(self, request, outside, "outside the weekly hours")

    @admin.display(description="name", ordering="name")
    def full_name(self, practitioner):
        return practitioner.full_name
