from django import forms
from django.contrib import admin
from django.db import models

from booking.models import AvailableTime, Location, Practitioner


class AvailableTimeInline(admin.TabularInline):
    """Weekly hours, on the clock of their location."""

    model = AvailableTime
    extra = 1
    fields = (
        "weekday",
        "start_time",
        "end_time",
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

    @admin.display(description="name", ordering="name")
    def full_name(self, practitioner):
        return practitioner.full_name


@admin.register(Location)
class LocationAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "address", "time_zone")
    list_filter = ("kind",)
    search_fields = ("name", "address")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "kind", "address", "time_zone")
