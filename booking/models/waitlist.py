import uuid
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from booking.slots import to_utc

from .appointment import Appointment
from .clock import DatabaseNow
from .message import Message
from .practitioner import Location, Practitioner
from .service import Service

NOON = 12


class WaitlistStatus(models.TextChoices):
    WAITING = "waiting", "Waiting"
    OFFERED = "offered", "A time is offered"
    BOOKED = "booked", "Took a time"
    LEFT = "left", "Left the list"
    EXPIRED = "expired", "Over"


ON_THE_LIST = (WaitlistStatus.WAITING, WaitlistStatus.OFFERED)


class TimeOfDay(models.TextChoices):
    ANY = "any", "Any time of day"
    MORNINGS = "mornings", "Mornings, before noon"
    AFTERNOONS = "afternoons", "Afternoons, from noon"


class WaitlistQuerySet(models.QuerySet["WaitlistEntry"]):
    def on_the_list(self) -> "WaitlistQuerySet":
        """Return those that are not over, also while a time is offered to them."""
        return self.filter(status__in=ON_THE_LIST)

    def without_visit_under(self, email: str) -> "WaitlistQuerySet":
        """Return those of everybody with that e-mail address who has no visit yet."""
        same_address = self.alias(its_email=Lower("email")).filter(its_email=Lower(Value(email)))
        return same_address.filter(appointment=None)

    def waiting(self) -> "WaitlistQuerySet":
        """Return those that may be offered a time, in the order in which they came."""
        return self.filter(status=WaitlistStatus.WAITING).order_by("created_at", "pk")


class WaitlistEntry(models.Model):
    """Someone who wants a time that is not free yet, or an earlier one than they have.

    Either the `appointment` says who it is, or the entry itself does. Written by
    `booking.waitlist` alone.
    """

    reference = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        Practitioner,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty means whoever is free.",
    )
    # A booked visit is never deleted, and giving up a hold must not look for entries.
    appointment = models.ForeignKey(
        Appointment,
        verbose_name="visit",
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="waitlist_entries",
        help_text="The visit to be moved, or the one that came of it.",
    )
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = PhoneNumberField(region="US", blank=True)
    phone_extension = models.CharField(
        max_length=20, blank=True, validators=[RegexValidator(r"^[0-9]+$")]
    )
    consented_at = models.DateTimeField(null=True, blank=True)
    from_on = models.DateField("from")
    until_on = models.DateField("until", help_text="Inclusive.")
    time_of_day = models.CharField(max_length=20, choices=TimeOfDay, default=TimeOfDay.ANY)
    condition_slug = models.SlugField("came from article", max_length=80, blank=True)
    known_starts = ArrayField(
        models.DateTimeField(),
        default=list,
        blank=True,
        help_text="Times that were free when they joined, or were offered: no news to them.",
    )
    status = models.CharField(max_length=20, choices=WaitlistStatus, default=WaitlistStatus.WAITING)
    created_at = models.DateTimeField("joined", default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_note = models.CharField(max_length=300, blank=True)

    objects = WaitlistQuerySet.as_manager()

    class Meta:
        verbose_name = "place on the waiting list"
        verbose_name_plural = "places on the waiting list"
        ordering = ("created_at", "pk")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_status_known",
                condition=Q(status__in=WaitlistStatus.values),
                violation_error_code="status_known",
                violation_error_message="This status is not known.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_time_of_day_known",
                condition=Q(time_of_day__in=TimeOfDay.values),
                violation_error_code="time_of_day_known",
                violation_error_message="Choose any time of day, mornings or afternoons.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_days_in_order",
                condition=Q(until_on__gte=F("from_on")),
                violation_error_code="days_in_order",
                violation_error_message="The last day must not be before the first.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_says_who",
                condition=Q(appointment__isnull=False)
                | (~Q(name="") & ~Q(email="") & ~Q(phone="") & Q(consented_at__isnull=False)),
                violation_error_code="says_who",
                violation_error_message="Someone without a visit says who they are.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_booked_has_visit",
                condition=~Q(status=WaitlistStatus.BOOKED) | Q(appointment__isnull=False),
                violation_error_code="booked_has_visit",
                violation_error_message="Whoever took a time has a visit.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_closed_says_when",
                condition=Q(status__in=ON_THE_LIST, closed_at__isnull=True)
                | (~Q(status__in=ON_THE_LIST) & Q(closed_at__isnull=False)),
                violation_error_code="closed_says_when",
                violation_error_message="An entry that is over says since when.",
            ),
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_once_a_visit",
                fields=("appointment",),
                condition=Q(status__in=ON_THE_LIST),
                violation_error_code="once_a_visit",
                violation_error_message="This visit is on the waiting list already.",
            ),
            models.UniqueConstraint(
                "service",
                Lower("email"),
                Lower("name"),
                name="%(app_label)s_%(class)s_once_a_person",
                condition=Q(status__in=ON_THE_LIST, appointment__isnull=True),
                violation_error_code="once_a_person",
                violation_error_message="This person is on the waiting list already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service}, {self.get_status_display().lower()}"

    def get_absolute_url(self) -> str:
        return reverse("booking:waitlist", args=[self.reference])

    @property
    def is_on_the_list(self) -> bool:
        return self.status in ON_THE_LIST

    @property
    def to_email(self) -> str:
        """Where news go: the address that the patient has now, else the one that was given."""
        patient = self.appointment.patient if self.appointment else None
        return patient.email if patient else self.email

    @property
    def person(self) -> str:
        patient = self.appointment.patient if self.appointment else None
        return patient.name if patient else self.name

    @property
    def own_tz(self) -> ZoneInfo | None:
        """The patient's own zone, as their visit keeps it; None without a visit."""
        return self.appointment.own_tz if self.appointment else None

    def candidates(self) -> Sequence[Practitioner]:
        """Return whose times count: the one whom they want, or all who offer the service."""
        if not self.service.is_active:
            return []
        offering = self.service.practitioners.filter(is_active=True)
        if self.practitioner_id is not None:
            offering = offering.filter(pk=self.practitioner_id)
        return list(offering)

    def wants(self, starts_at: datetime) -> bool:
        """Say whether a visit that starts then is on a wanted day and before the one they have."""
        local = starts_at.astimezone(self.location.tz)
        if not self.from_on <= local.date() <= self.until_on:
            return False
        if not self.is_earlier(starts_at):
            return False
        if self.time_of_day == TimeOfDay.MORNINGS:
            return local.hour < NOON
        return self.time_of_day != TimeOfDay.AFTERNOONS or local.hour >= NOON

    def is_earlier(self, starts_at: datetime) -> bool:
        """Say whether it is before the visit that they have, if they have one."""
        return self.appointment is None or starts_at < self.appointment.starts_at

    def is_pointless(self, now: datetime) -> bool:
        """Say whether no time can be offered any more: the days, or the visit, are over."""
        if self.until_on < self.today(now) or self.is_fulfilled:
            return True
        return self.appointment is not None and not self.appointment.is_cancellable(now)

    @property
    def is_fulfilled(self) -> bool:
        """Whether the visit is as early as was wished by now: somebody moved it."""
        if self.appointment is None:
            return False
        hour = NOON if self.time_of_day == TimeOfDay.AFTERNOONS else 0
        return not self.is_earlier(to_utc(self.from_on, time(hour), self.location.tz))

    def today(self, now: datetime) -> date:
        return now.astimezone(self.location.tz).date()


class OfferOutcome(models.TextChoices):
    OPEN = "open", "Waits for an answer"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    ENDED = "ended", "No answer in time"


class OfferQuerySet(models.QuerySet["WaitlistOffer"]):
    def open(self) -> "OfferQuerySet":
        """Return those without an answer, whether or not their time is over."""
        return self.filter(outcome=OfferOutcome.OPEN)

    def still_held(self) -> "OfferQuerySet":
        return self.open().filter(expires_at__gt=DatabaseNow())

    def over(self) -> "OfferQuerySet":
        """Return those that ran out, or are no earlier than the visit: somebody moved it meanwhile."""
        no_earlier = Q(starts_at__gte=F("entry__appointment__starts_at"))
        return self.open().filter(Q(expires_at__lte=DatabaseNow()) | no_earlier)


class WaitlistOffer(models.Model):
    """A time that was kept for someone who waits, until when, and what became of it.

    Its reference is that of the hold, and of the visit that the hold becomes: the hold itself is
    gone once it is given up or has run out.
    """

    entry = models.ForeignKey(WaitlistEntry, on_delete=models.CASCADE, related_name="offers")
    reference = models.UUIDField(unique=True, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=OfferOutcome, default=OfferOutcome.OPEN)
    message = models.OneToOneField(
        Message, on_delete=models.PROTECT, related_name="waitlist_offer", editable=False
    )

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ("made_at", "pk")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_outcome_known",
                condition=Q(outcome__in=OfferOutcome.values),
                violation_error_code="outcome_known",
                violation_error_message="This outcome is not known.",
            ),
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_one_open",
                fields=("entry",),
                condition=Q(outcome=OfferOutcome.OPEN),
                violation_error_code="one_open",
                violation_error_message="One time is offered at a time.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()

    @property
    def location(self) -> Location:
        return self.entry.location

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.entry.service.duration

    @property
    def starts_local(self) -> datetime:
        """The start on the location's clock."""
        return self.starts_at.astimezone(self.entry.location.tz)

    @property
    def ends_local(self) -> datetime:
        """The end on the location's clock."""
        return self.ends_at.astimezone(self.entry.location.tz)
