from django.db import models
from django.db.models import Q
from django.utils import timezone

from .appointment import Appointment
from .patient import ERASED_HOST
from .practitioner import Practitioner

# Where a message went, once that is erased.
NOWHERE = f"nobody{ERASED_HOST}"
NO_PHONE = "erased"


class MessageKind(models.TextChoices):
    CONFIRMATION = "confirmation", "Confirmation"
    CANCELLATION = "cancellation", "Cancellation"
    MOVED = "moved", "New time"
    CHOICE = "choice", "Please choose another time"
    REMINDER = "reminder", "Reminder"
    FOLLOW_UP = "follow_up", "After the visit"
    OFFER = "offer", "An earlier time is free"
    LINKS = "links", "Links to visits"
    WAITING = "waiting", "Place on the waiting list"
    NOTICE_BOOKED = "notice_booked", "To staff: new visit"
    NOTICE_MOVED = "notice_moved", "To staff: visit moved"
    NOTICE_CANCELLED = "notice_cancelled", "To staff: visit cancelled"
    NOTICE_FAILED = "notice_failed", "To staff: a message did not arrive"
    AGENDA = "agenda", "To practitioner: visits of the day"


# Each announces one state of a visit, once; the others can be asked for again.
ANNOUNCEMENTS = (MessageKind.CONFIRMATION, MessageKind.CANCELLATION, MessageKind.MOVED)
# What staff hear of when a patient does it.
NOTICES = (MessageKind.NOTICE_BOOKED, MessageKind.NOTICE_MOVED, MessageKind.NOTICE_CANCELLED)
TO_STAFF = (*NOTICES, MessageKind.NOTICE_FAILED, MessageKind.AGENDA)
# About a person who waits, an address, a day or another message, rather than one visit.
WITHOUT_VISIT = (
    MessageKind.OFFER,
    MessageKind.LINKS,
    MessageKind.WAITING,
    MessageKind.NOTICE_FAILED,
    MessageKind.AGENDA,
)


class Channel(models.TextChoices):
    EMAIL = "email", "Email"
    SMS = "sms", "Text message"


class MessageState(models.TextChoices):
    QUEUED = "queued", "Waiting to be sent"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Not sent"
    BOUNCED = "bounced", "Came back"
    OUTDATED = "outdated", "Not needed any more"


LEFT = (MessageState.SENT, MessageState.BOUNCED)


class Message(models.Model):
    """One mail or text message, mostly to a patient about a visit, and what became of it."""

    # PostgreSQL refuses to delete a visit that has a history; Django need not look for it.
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="messages",
    )
    kind = models.CharField(max_length=20, choices=MessageKind)
    channel = models.CharField(
        "sent by",
        max_length=10,
        choices=Channel,
        default=Channel.EMAIL,
        db_default=Channel.EMAIL,
    )
    to_email = models.EmailField(blank=True)
    to_phone = models.CharField(max_length=32, blank=True, default="", db_default="")
    sequence = models.PositiveIntegerField(help_text="The calendar SEQUENCE it announces.")
    lead_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="How long before the visit a reminder is due."
    )
    practitioner = models.ForeignKey(
        Practitioner,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose day an agenda lists.",
    )
    about_on = models.DateField(null=True, blank=True, help_text="The day that an agenda lists.")
    about_message = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
        help_text="The message that did not arrive.",
    )
    state = models.CharField(max_length=20, choices=MessageState, default=MessageState.QUEUED)
    message_id = models.CharField(max_length=255, unique=True)
    provider_id = models.CharField(
        max_length=255, blank=True, default="", db_default="", help_text="The provider’s own name."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField("next try", null=True, blank=True)
    bounced_at = models.DateTimeField("came back", null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    server_answer = models.TextField(
        blank=True, default="", db_default="", help_text="What the mail server said in the end."
    )
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ("created_at", "pk")
        indexes = [
            models.Index(
                fields=("provider_id",),
                name="booking_message_provider",
                condition=~Q(provider_id=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_once",
                fields=("appointment", "kind", "sequence"),
                condition=Q(kind__in=ANNOUNCEMENTS),
                violation_error_code="once",
                violation_error_message="This message exists already.",
            ),
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_notice_once",
                fields=("appointment", "kind", "sequence", "to_email"),
                condition=Q(kind__in=NOTICES),
                violation_error_code="notice_once",
                violation_error_message="This notice exists already.",
            ),
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_reminder_once",
                fields=("appointment", "sequence", "lead_minutes", "channel"),
                condition=Q(kind=MessageKind.REMINDER),
                violation_error_code="reminder_once",
                violation_error_message="This reminder exists already.",
            ),
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_follow_up_once",
                fields=("appointment",),
                condition=Q(kind=MessageKind.FOLLOW_UP),
                violation_error_code="follow_up_once",
                violation_error_message="The mail after this visit exists already.",
            ),
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_agenda_once",
                fields=("practitioner", "about_on"),
                condition=Q(kind=MessageKind.AGENDA),
                violation_error_code="agenda_once",
                violation_error_message="The mail about this day exists already.",
            ),
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_failure_once",
                fields=("about_message",),
                condition=Q(kind=MessageKind.NOTICE_FAILED),
                violation_error_code="failure_once",
                violation_error_message="Staff were told of this failure already.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_kind_known",
                condition=Q(kind__in=MessageKind.values),
                violation_error_code="kind_known",
                violation_error_message="This kind of message is not known.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_says_what_about",
                condition=Q(
                    Q(kind=MessageKind.REMINDER, lead_minutes__isnull=False)
                    | (~Q(kind=MessageKind.REMINDER) & Q(lead_minutes__isnull=True)),
                    Q(
                        kind=MessageKind.AGENDA,
                        practitioner__isnull=False,
                        about_on__isnull=False,
                    )
                    | (
                        ~Q(kind=MessageKind.AGENDA)
                        & Q(practitioner__isnull=True, about_on__isnull=True)
                    ),
                    Q(kind=MessageKind.NOTICE_FAILED, about_message__isnull=False)
                    | (~Q(kind=MessageKind.NOTICE_FAILED) & Q(about_message__isnull=True)),
                ),
                violation_error_code="says_what_about",
                violation_error_message="A message says what it is about, and nothing else.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_one_address",
                condition=(Q(channel=Channel.EMAIL, to_phone="") & ~Q(to_email=""))
                | (Q(channel=Channel.SMS, to_email="") & ~Q(to_phone="")),
                violation_error_code="one_address",
                violation_error_message="A mail has an email address, a text a phone number.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_about_a_visit",
                condition=Q(appointment__isnull=False) | Q(kind__in=WITHOUT_VISIT),
                violation_error_code="about_a_visit",
                violation_error_message="This kind of message is about a visit.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_sent_has_time",
                condition=Q(state=MessageState.SENT, sent_at__isnull=False, bounced_at__isnull=True)
                | Q(
                    state=MessageState.BOUNCED,
                    sent_at__isnull=False,
                    bounced_at__isnull=False,
                )
                | Q(
                    state__in=(
                        MessageState.QUEUED,
                        MessageState.SENDING,
                        MessageState.FAILED,
                        MessageState.OUTDATED,
                    ),
                    sent_at__isnull=True,
                    bounced_at__isnull=True,
                ),
                violation_error_code="sent_has_time",
                violation_error_message="A message that was sent says when, and no other does.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_state_display().lower()}"

    @property
    def is_to_staff(self) -> bool:
        """Whether it goes to the clinic itself."""
        return self.kind in TO_STAFF

    @property
    def is_to_nobody(self) -> bool:
        """Whether its address is erased."""
        return self.to_email == NOWHERE or self.to_phone == NO_PHONE

    @property
    def address(self) -> str:
        """Where it goes: an email address or a phone number."""
        return self.to_email or self.to_phone
