from django.contrib import admin, messages
from django.utils import timezone

from booking import actions
from booking.availability import is_within_hours
from booking.models import Appointment, Practitioner

from .hours import ExtraHoursInline, WeeklyHoursInline, overlapping
from .visits import warn_of_visits


@admin.register(Practitioner)
class PractitionerAdmin(admin.ModelAdmin):
    list_display = ("full_name", "title", "email", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "credentials", "email")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (WeeklyHoursInline, ExtraHoursInline)
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
        practitioner = form.instance
        # Who books at this moment is named here, or refused there.
        actions.close_diary(practitioner)
        super().save_related(request, form, formsets, change)
        self._warn_of_overlaps(request, practitioner)
        visits = list(
            Appointment.objects.still_to_come(timezone.now())
            .for_practitioner(practitioner)
            .select_related("location__same_hours_as", "practitioner")
        )
        if not practitioner.is_active:
            warn_of_visits(self, request, visits, "with someone who is not active")
            return
        outside = [visit for visit in visits if not is_within_hours(visit)]
        warn_of_visits(self, request, outside, "outside the hours")

    def _warn_of_overlaps(self, request, practitioner):
        """Say which hours are open twice: mostly a slip, though bookings never overlap."""
        times = practitioner.available_times.select_related("location").order_by("pk")
        for one, other in overlapping(times):
            words = f"These hours are open at the same time: {_label(one)}, and {_label(other)}."
            self.message_user(request, words, messages.WARNING)

    @admin.display(description="name", ordering="name")
    def full_name(self, practitioner):
        return practitioner.full_name


def _label(hours):
    return f"{hours} at {hours.location}"
