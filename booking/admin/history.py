"""What happened to a visit: who, when, what. Written by `booking.actions`, and never changed."""

from django.contrib import admin

from booking.models import AppointmentEvent, CancelledBy, EventKind

from .read_only import PartOfVisitInline
from .wording import moment_column, when_label

ROLES = {"patient": "The patient, online", "staff": "Staff", "system": "The site by itself"}


class EventInline(PartOfVisitInline):
    """The history, oldest first. PostgreSQL refuses any change to it, whoever asks."""

    model = AppointmentEvent
    fields = ("when", "who", "what", "note")
    readonly_fields = fields
    verbose_name_plural = "history"

    when = moment_column("at", "when")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("practitioner", "previous_practitioner")

    @admin.display(description="who")
    def who(self, event):
        return event.by_name or ROLES[event.by_role]

    @admin.display(description="what")
    def what(self, event):
        return event_words(event)


def event_words(event: AppointmentEvent) -> str:
    """Return what happened in a sentence, on the clock of the visit's place."""
    zone = event.appointment.location.tz
    time = when_label(event.starts_at, zone)
    if event.kind == EventKind.BOOKED:
        return f"Booked for {time}, with {event.practitioner.name}"
    if event.kind == EventKind.MOVED:
        return _move_words(event, time)
    if event.kind == EventKind.CANCELLED and event.by_role == "staff":
        asked = event.appointment.cancelled_by == CancelledBy.PATIENT
        return f"Cancelled, {'as the patient asked' if asked else 'by the clinic'}"
    return event.get_kind_display()


def _move_words(event: AppointmentEvent, time: str) -> str:
    before, zone = event.previous_starts_at, event.appointment.location.tz
    words = []
    if before is not None and before != event.starts_at:
        words.append(f"from {when_label(before, zone)} to {time}")
    if event.previous_practitioner and event.previous_practitioner != event.practitioner:
        words.append(f"from {event.previous_practitioner.name} to {event.practitioner.name}")
    return f"Moved {', and '.join(words) or 'to another place'}"
