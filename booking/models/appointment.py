import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    DateTimeRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from booking.zones import ZONE_PATTERN, read_zone
from clinic.sealed_field import SealedTextField

from .clock import DatabaseNow
from .patient import Patient
from .practitioner import Location, LocationKind, Practitioner
from .service import Service


class AppointmentStatus(models.TextChoices):
    """Names from HL7 FHIR R5 AppointmentStatus."""

    PENDING = "pending", "Held"
    BOOKED = "booked", "Booked"
    ARRIVED = "arrived", "Arrived"
    FULFILLED = "fulfilled", "Done"
    CANCELLED = "cancelled", "Cancelled"
    NOSHOW = "noshow", "Did not come"


HOLDS_TIME = (
    AppointmentStatus.PENDING,
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.FULFILLED,
    AppointmentStatus.NOSHOW,
)


# How a booked visit went: staff note one of these.
OF_THE_DAY = (
    AppointmentStatus.ARRIVED,
    AppointmentStatus.FULFILLED,
    AppointmentStatus.NOSHOW,
)
STILL_TO_COME = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)
# A day for the visit and one for each buffer: as long as a service may be.
LONGEST_BUSY = timedelta(days=3)


class CancelledBy(models.TextChoices):
    PATIENT = "patient", "The patient"
    STAFF = "staff", "The clinic"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def holding_time(self) -> "AppointmentQuerySet":
        """Return those that keep their time from others. An expired hold does not."""
        return self.filter(status__in=HOLDS_TIME).exclude(
            status=AppointmentStatus.PENDING, expires_at__lte=DatabaseNow()
        )

    def live_holds(self) -> "AppointmentQuerySet":
        return self.filter(status=AppointmentStatus.PENDING, expires_at__gt=DatabaseNow())

    def expired_holds(self) -> "AppointmentQuerySet":
        return self.filter(status=AppointmentStatus.PENDING, expires_at__lte=DatabaseNow())

    def still_to_come(self, now: datetime) -> "AppointmentQuerySet":
        """Return the booked visits that are not over, also of patients who are here already."""
        return self.filter(status__in=STILL_TO_COME, ends_at__gt=now)

    def under_email(self, email: str) -> "AppointmentQuerySet":
        """Return those of everybody with that e-mail address: families share one."""
        return self.alias(email=Lower("patient__email")).filter(email=Lower(Value(email)))

    def for_practitioner(self, practitioner: Practitioner | int) -> "AppointmentQuerySet":
        return self.filter(practitioner=practitioner)

    def overlapping(self, lower: datetime, upper: datetime) -> "AppointmentQuerySet":
        """Return those whose busy range shares an instant with `[lower, upper)`."""
        # The third condition follows from the second, and spares PostgreSQL the whole past.
        return self.filter(
            busy_from__lt=upper, busy_until__gt=lower, busy_from__gt=lower - LONGEST_BUSY
        )

    def in_the_way_of(self, moving: uuid.UUID) -> "AppointmentQuerySet":
        """Return those that may keep a visit from moving: not itself, nor what its patient has held."""
        own = Q(reference=moving) | Q(alternative_for__request__appointment__reference=moving)
        return self.exclude(pk__in=Appointment.objects.filter(own).values("pk"))

    def since(self, at: datetime) -> "AppointmentQuerySet":
        """Return those that were not over at `at`."""
        # The second condition follows from the first, and spares PostgreSQL the whole past.
        return self.filter(ends_at__gt=at, busy_from__gt=at - LONGEST_BUSY)

    def confirmed(self) -> "AppointmentQuerySet":
        """Return those that a patient has confirmed, whatever became of them."""
        return self.exclude(status=AppointmentStatus.PENDING)


class Appointment(models.Model):
    """A time held or booked with a practitioner. Written by `booking.actions` alone.

    All times are UTC and half-open. `busy_from` and `busy_until` add the service's buffers.
    """

    reference = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="appointments")
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="appointments"
    )
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Patient,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
    )
    status = models.CharField(
        max_length=20,
        choices=AppointmentStatus,
        default=AppointmentStatus.PENDING,
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    busy_from = models.DateTimeField()
    busy_until = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    # What a patient writes about their health is sealed: decision 22.
    reason = SealedTextField(blank=True, max_length=2000)
    medicines = SealedTextField(blank=True, max_length=2000)
    condition_slug = models.SlugField(
        "came from article",
        max_length=80,
        blank=True,
        help_text="The article the patient was reading.",
    )
    own_zone = models.CharField(
        "the patient’s clock",
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="The time zone in which the patient chose a phone or video visit.",
    )
    is_private = models.BooleanField(
        "messages are private",
        default=False,
        db_default=False,
        help_text="Messages about it name neither the kind of visit nor articles.",
    )
    wants_texts = models.BooleanField(
        "reminders by text message",
        default=False,
        db_default=False,
        help_text="The patient asked for text messages beside email.",
    )
    sequence = models.PositiveIntegerField(default=0, help_text="The calendar SEQUENCE.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    consented_at = models.DateTimeField(null=True, blank=True)
    booked_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=20, choices=CancelledBy, blank=True)
    words_erased_at = models.DateTimeField(
        "reason and medicines erased", null=True, blank=True, editable=False
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at", "pk")
        permissions = [("see_every_diary", "Can see the visits of every practitioner")]
        indexes = [
            models.Index(
                fields=("practitioner", "busy_from", "busy_until"),
                name="booking_appointment_busy",
                condition=Q(status__in=HOLDS_TIME),
            ),
            models.Index(
                fields=("practitioner", "expires_at"),
                name="booking_appointment_held",
                condition=Q(status=AppointmentStatus.PENDING),
            ),
            # For the days that staff look at, cancelled visits included.
            models.Index(fields=("starts_at",), name="booking_appointment_starts"),
            # For what is due by the clock.
            models.Index(
                fields=("starts_at",),
                name="booking_appointment_due",
                condition=Q(status__in=(AppointmentStatus.BOOKED, AppointmentStatus.FULFILLED)),
            ),
        ]
        constraints = [
            ExclusionConstraint(
                name="%(app_label)s_%(class)s_no_overlap",
                expressions=[
                    ("practitioner", RangeOperators.EQUAL),
                    (
                        Func(
                            F("busy_from"),
                            F("busy_until"),
                            RangeBoundary(),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status__in=HOLDS_TIME),
                violation_error_code="slot_taken",
                violation_error_message="Someone else has just taken this time.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_status_known",
                condition=Q(status__in=AppointmentStatus.values),
                violation_error_code="status_known",
                violation_error_message="This status is not known.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_only_holds_expire",
                condition=Q(status=AppointmentStatus.PENDING, expires_at__isnull=False)
                | (~Q(status=AppointmentStatus.PENDING) & Q(expires_at__isnull=True)),
                violation_error_code="only_holds_expire",
                violation_error_message="A held time needs an end, and only a held time has one.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_booked_has_patient",
                condition=Q(
                    status=AppointmentStatus.PENDING,
                    patient__isnull=True,
                    booked_at__isnull=True,
                )
                | (
                    ~Q(status=AppointmentStatus.PENDING)
                    & Q(patient__isnull=False, booked_at__isnull=False)
                ),
                violation_error_code="booked_has_patient",
                violation_error_message="A booked visit needs a patient.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_cancelled_says_by",
                condition=Q(
                    status=AppointmentStatus.CANCELLED,
                    cancelled_at__isnull=False,
                    cancelled_by__in=CancelledBy.values,
                )
                | (
                    ~Q(status=AppointmentStatus.CANCELLED)
                    & Q(cancelled_at__isnull=True, cancelled_by="")
                ),
                violation_error_code="cancelled_says_by",
                violation_error_message="A cancelled visit says when and by whom.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_times_in_order",
                condition=Q(
                    starts_at__lt=F("ends_at"),
                    busy_from__lte=F("starts_at"),
                    busy_until__gte=F("ends_at"),
                ),
                violation_error_code="times_in_order",
                violation_error_message="A visit must end after it starts.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_not_too_long",
                condition=Q(busy_until__lte=F("busy_from") + LONGEST_BUSY),
                violation_error_code="not_too_long",
                violation_error_message="A visit and its breaks last three days at most.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_own_zone_shaped",
                condition=Q(own_zone="") | Q(own_zone__regex=ZONE_PATTERN),
                violation_error_code="own_zone_shaped",
                violation_error_message="Write the time zone like America/New_York.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spoken_reference}, {self.get_status_display()}"

    def get_absolute_url(self) -> str:
        return reverse("booking:appointment", args=[self.reference])

    @property
    def starts_local(self) -> datetime:
        """The start on the location's clock."""
        return self.starts_at.astimezone(self.location.tz)

    @property
    def ends_local(self) -> datetime:
        """The end on the location's clock."""
        return self.ends_at.astimezone(self.location.tz)

    @property
    def own_tz(self) -> ZoneInfo | None:
        """The patient's own zone; None in person, if they chose none, or if it is the place's."""
        if self.location.kind == LocationKind.IN_PERSON:
            return None
        zone = read_zone(self.own_zone)
        return zone if zone != self.location.tz else None

    @property
    def spoken_reference(self) -> str:
        """The first eight digits of the reference, to say on the phone: "4F7A-9C21"."""
        digits = self.reference.hex[:8].upper()
        return f"{digits[:4]}-{digits[4:]}"

    @property
    def cancellable_until(self) -> datetime:
        """The last instant (UTC, exclusive) at which the patient may cancel or move it online."""
        return self.starts_at - self.service.cancel_notice

    def is_cancellable(self, now: datetime) -> bool:
        """Say whether the patient may cancel or move it online at `now`."""
        return self.status == AppointmentStatus.BOOKED and now < self.cancellable_until


class Screening(models.Model):
    """Which red-flag questions a patient was shown, and the outcome; never which was ticked."""

    # PostgreSQL refuses to delete a visit that has a history; Django need not look for it.
    appointment = models.OneToOneField(
        Appointment, on_delete=models.DO_NOTHING, related_name="screening"
    )
    ruleset = models.CharField(max_length=64)
    outcome = models.CharField(max_length=20)
    condition_slug = models.SlugField(max_length=80, blank=True)
    screened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_outcome_bookable",
                condition=Q(outcome__in=("none", "see_doctor", "urgent")),
                violation_error_code="outcome_bookable",
                violation_error_message="An emergency is never booked.",
            ),
        ]

    def __str__(self) -> str:
        return self.outcome
