from django.contrib import admin
from django.urls import path

from booking.models import Service

from .why import why_view


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):
    list_display = (
        "name",
        "duration_minutes",
        "location",
        "fee_text",
        "is_active",
        "position",
    )
    list_filter = ("is_active", "location")
    list_select_related = ("location",)
    search_fields = ("name", "summary")
    prepopulated_fields = {"slug": ("name",)}
    filter_horizontal = ("practitioners",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "is_active", "position")}),
        ("For patients", {"fields": ("summary", "what_to_bring", "fee_text")}),
        ("Who and where", {"fields": ("practitioners", "location")}),
        (
            "Length",
            {
                "fields": (
                    "duration_minutes",
                    "buffer_before_minutes",
                    "buffer_after_minutes",
                    "step_minutes",
                )
            },
        ),
        (
            "Booking rules",
            {
                "fields": ("notice_minutes", "horizon_days", "cancel_notice_minutes"),
                "description": "1440 minutes are one day. Booked visits keep their times.",
            },
        ),
    )

    def get_urls(self):
        why = path("why-not-offered/", why_view, name="booking_service_why")
        return [why, *super().get_urls()]
