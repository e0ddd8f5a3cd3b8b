from django.db import models
from django.db.models import Q

from .appointment import Appointment
from .practitioner import Practitioner


class EventKind(models.TextChoices):
    BOOKED = "booked", "Booked"
    MOVED = "moved", "Moved"
    CANCELLED = "cancelled", "Cancelled"
    ARRIVED = "arrived", "Marked as arrived"
    FULFILLED = "fulfilled", "Marked as done"
    NOSHOW = "noshow", "Marked as did not come"
    RESET = "reset", "Mark taken back"


class AppointmentEvent(models.Model):
    """One thing that happened to an appointment: who, when, what. PostgreSQL refuses any change."""

    appointment = models.ForeignKey(Appointment, on_delete=models.DO_NOTHING, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind)
    at = models.DateTimeField()
    by_role = models.CharField(max_length=20)
    by_name = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField()
    # The admin says who is in a history, instead of failing where PostgreSQL refuses.
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    previous_starts_at = models.DateTimeField(null=True, blank=True)
    previous_practitioner = models.ForeignKey(
        Practitioner,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("at", "pk")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_kind_known",
                condition=Q(kind__in=EventKind.values),
                violation_error_code="kind_known",
                violation_error_message="This kind of event is not known.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_role_known",
                condition=Q(by_role__in=("patient", "staff", "system")),
                violation_error_code="role_known",
                violation_error_message="Say who did it: patient, staff or system.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_moved_says_from",
                condition=Q(
                    kind=EventKind.MOVED,
                    previous_starts_at__isnull=False,
                    previous_practitioner__isnull=False,
                )
                | (
                    ~Q(kind=EventKind.MOVED)
                    & Q(previous_starts_at__isnull=True, previous_practitioner__isnull=True)
                ),
                violation_error_code="moved_says_from",
                violation_error_message="A move says from when, and nothing else does.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
