from django.db import models
from django.db.models import Q
from django.utils import timezone

from .appointment import Appointment


class MessageKind(models.TextChoices):
    CONFIRMATION = "confirmation", "Confirmation"
    CANCELLATION = "cancellation", "Cancellation"
    MOVED = "moved", "New time"
    CHOICE = "choice", "Please choose another time"
    OFFER = "offer", "An earlier time is free"
    LINKS = "links", "Links to visits"
    WAITING = "waiting", "Place on the waiting list"


# Each announces one state of a visit, once; the others can be asked for again.
ANNOUNCEMENTS = (MessageKind.CONFIRMATION, MessageKind.CANCELLATION, MessageKind.MOVED)
# About a person who waits, or an address, rather than one visit.
WITHOUT_VISIT = (MessageKind.OFFER, MessageKind.LINKS, MessageKind.WAITING)


class MessageState(models.TextChoices):
    QUEUED = "queued", "Waiting to be sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Not sent"


class Message(models.Model):
    """One mail to a patient, mostly about an appointment, and what became of it."""

    # PostgreSQL refuses to delete a visit that has a history; Django need not look for it.
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="messages",
    )
    kind = models.CharField(max_length=20, choices=MessageKind)
    to_email = models.EmailField()
    sequence = models.PositiveIntegerField(help_text="The calendar SEQUENCE it announces.")
    state = models.CharField(max_length=20, choices=MessageState, default=MessageState.QUEUED)
    message_id = models.CharField(max_length=255, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_once",
                fields=("appointment", "kind", "sequence"),
                condition=Q(kind__in=ANNOUNCEMENTS),
                violation_error_code="once",
                violation_error_message="This message exists already.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_kind_known",
                condition=Q(kind__in=MessageKind.values),
                violation_error_code="kind_known",
                violation_error_message="This kind of message is not known.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_about_a_visit",
                condition=Q(appointment__isnull=False) | Q(kind__in=WITHOUT_VISIT),
                violation_error_code="about_a_visit",
                violation_error_message="This kind of message is about a visit.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_sent_has_time",
                condition=Q(state=MessageState.SENT, sent_at__isnull=False)
                | Q(
                    state__in=(MessageState.QUEUED, MessageState.FAILED),
                    sent_at__isnull=True,
                ),
                violation_error_code="sent_has_time",
                violation_error_message="A message that was sent says when, and no other does.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_state_display().lower()}"
