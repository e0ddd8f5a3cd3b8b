from django import forms
from django.contrib import admin, messages
from django.db import models
from django.utils import timezone

from booking.models import Appointment, NotAvailableTime

from .visits import warn_of_visits


@admin.register(NotAvailableTime)
class NotAvailableTimeAdmin(admin.ModelAdmin):
    """Closures. They stop new bookings; visits that are booked already stay until staff cancel."""

    list_display = ("__str__", "starts_at", "ends_at", "who")
    list_filter = ("practitioner",)
    list_select_related = ("practitioner",)
    search_fields = ("reason",)
    date_hierarchy = "starts_at"
    fields = ("practitioner", "starts_at", "ends_at", "reason")
    # The browser's own field: it takes times as the person's own machine writes them.
    formfield_overrides = {
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
        }
    }

    @admin.display(description="who", ordering="practitioner__name")
    def who(self, closure):
        return closure.practitioner or "The whole clinic"

    def save_model(self, request, closure, form, change):
        super().save_model(request, closure, form, change)
        warn_of_visits(self, request, visits_in(closure), "in this closure")
        if closure.ends_at <= timezone.now():
            words = "This closure is over already. Is the date right?"
            self.message_user(request, words, messages.WARNING)


def visits_in(closure) -> list[Appointment]:
    """Return the booked visits that a closure falls on, in time order."""
    visits = (
        Appointment.objects.still_to_come(timezone.now())
        .overlapping(closure.starts_at, closure.ends_at)
        .select_related("location")
    )
    if closure.practitioner_id is not None:
        visits = visits.for_practitioner(closure.practitioner_id)
    return list(visits)
