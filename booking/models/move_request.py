from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .appointment import Appointment
from .availability import NotAvailableTime


class MoveRequestStatus(models.TextChoices):
    OPEN = "open", "No answer yet"
    KEPT = "kept", "Wants a call"
    MOVED = "moved", "Moved"
    CANCELLED = "cancelled", "Cancelled"
    CLOSED = "closed", "Settled"


# The visit still stands in the closure, and the patient may move or cancel it, however late it is.
WAITING = (MoveRequestStatus.OPEN, MoveRequestStatus.KEPT)


class MoveRequest(models.Model):
    """The clinic asked a patient to move a visit that time off falls on. The visit stays till then."""

    # PostgreSQL refuses to delete a visit that has a history; Django need not look for it.
    appointment = models.ForeignKey(
        Appointment, on_delete=models.DO_NOTHING, related_name="move_requests"
    )
    closure = models.ForeignKey(
        NotAvailableTime,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="move_requests",
    )
    status = models.CharField(
        max_length=20, choices=MoveRequestStatus, default=MoveRequestStatus.OPEN
    )
    created_at = models.DateTimeField("asked", default=timezone.now, editable=False)
    by_name = models.CharField("asked by", max_length=200, blank=True)
    expires_at = models.DateTimeField("times kept until")
    answered_at = models.DateTimeField("answered", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("created_at", "pk")
        verbose_name = "patient asked to move"
        verbose_name_plural = "time off: waiting for an answer"
        constraints = [
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_one_waiting",
                fields=("appointment",),
                condition=Q(status__in=WAITING),
                violation_error_code="one_waiting",
                violation_error_message="This patient was asked already.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_status_known",
                condition=Q(status__in=MoveRequestStatus.values),
                violation_error_code="status_known",
                violation_error_message="This status is not known.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_answer_has_time",
                condition=Q(status=MoveRequestStatus.OPEN, answered_at__isnull=True)
                | (~Q(status=MoveRequestStatus.OPEN) & Q(answered_at__isnull=False)),
                violation_error_code="answer_has_time",
                violation_error_message="An answer says when, and no other does.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment.spoken_reference}, {self.get_status_display().lower()}"

    def held_times(self, now: datetime) -> list[Appointment]:
        """Return the times that are still held for the patient, in time order."""
        held = Appointment.objects.live_holds().filter(alternative_for__request=self)
        return list(held.filter(starts_at__gt=now).select_related("practitioner", "location"))


class MoveAlternative(models.Model):
    """A time held for a patient who was asked to move."""

    request = models.ForeignKey(MoveRequest, on_delete=models.CASCADE, related_name="alternatives")
    # A hold is deleted by whoever wants its time once it ran out: nothing may stand in the way of
    # that, so PostgreSQL does not look whether it is still there, and no number is used again.
    hold = models.ForeignKey(
        Appointment,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="alternative_for",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_once",
                fields=("hold",),
                violation_error_code="once",
                violation_error_message="This time is held for somebody already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.hold_id}"
