from django.contrib import admin, messages
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from booking.models import Appointment, AppointmentStatus, NotAvailableTime

from .wording import appointment_label

HITS_LISTED = 20
STILL_TO_COME = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)


@admin.register(NotAvailableTime)
class NotAvailableTimeAdmin(admin.ModelAdmin):
    """Closures. They stop new bookings; visits that are booked already stay until staff cancel."""

    list_display = ("__str__", "starts_at", "ends_at", "who")
    list_filter = ("practitioner",)
    list_select_related = ("practitioner",)
    search_fields = ("reason",)
    date_hierarchy = "starts_at"
    fields = ("practitioner", ("starts_at", "ends_at"), "reason")

    @admin.display(description="who", ordering="practitioner__name")
    def who(self, closure):
        return closure.practitioner or "The whole clinic"

    def save_model(self, request, closure, form, change):
        super().save_model(request, closure, form, change)
        hits = visits_in(closure)
        if hits:
            self.message_user(request, _warning(hits), messages.WARNING)


def visits_in(closure) -> list[Appointment]:
    """Return the booked visits that a closure falls on, in time order."""
    visits: QuerySet[Appointment] = (
        Appointment.objects.holding_time(timezone.now())
        .overlapping(closure.starts_at, closure.ends_at)
        .filter(status__in=STILL_TO_COME)
        .select_related("location")
    )
    if closure.practitioner_id is not None:
        visits = visits.filter(practitioner=closure.practitioner_id)
    return list(visits)


def _warning(visits: list[Appointment]) -> str:
    links = format_html_join(
        ", ",
        '<a href="{}">{}</a>',
        (
            (
                reverse("admin:booking_appointment_change", args=[visit.pk]),
                appointment_label(visit),
            )
            for visit in visits[:HITS_LISTED]
        ),
    )
    more = len(visits) - HITS_LISTED
    return format_html(
        "{} in this closure. {} not cancelled; please move or cancel {}: {}{}",
        "1 visit is booked" if len(visits) == 1 else f"{len(visits)} visits are booked",
        "It was" if len(visits) == 1 else "They were",
        "it" if len(visits) == 1 else "them",
        links,
        f" and {more} more." if more > 0 else ".",
    )
