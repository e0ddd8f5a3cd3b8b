from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value

from conditions.models import Condition

from .practitioner import Location, Practitioner

MINUTES_A_DAY = 24 * 60
LONGEST_NOTICE = 366 * MINUTES_A_DAY
SHORTEST_REMINDER = 15
LONGEST_REMINDER = 30 * MINUTES_A_DAY
MOST_REMINDERS = 5
MOST_DAYS_AHEAD = 730
MOST_VISITS_A_DAY = 500
UP_TO_A_DAY = MaxValueValidator(MINUTES_A_DAY, "Enter at most a day: 1440 minutes.")
UP_TO_A_YEAR = MaxValueValidator(LONGEST_NOTICE, "Enter at most 366 days.")
AT_LEAST_FIVE = MinValueValidator(5, "Enter at least 5 minutes.")


def default_reminders() -> list[int]:
    """Return three days and two hours, in minutes."""
    return [3 * MINUTES_A_DAY, 120]


class ForWhom(models.TextChoices):
    EVERYONE = "everyone", "Everyone"
    NEW = "new", "New patients"
    RETURNING = "returning", "People seen before"


class ServiceQuerySet(models.QuerySet["Service"]):
    def bookable(self) -> "ServiceQuerySet":
        """Return the services that patients may book: active, with an active practitioner."""
        return self.filter(
            Q(is_active=True),
            models.Exists(
                Practitioner.objects.filter(is_active=True, services=models.OuterRef("pk"))
            ),
        ).select_related("location__same_hours_as")

    def listed(self) -> "ServiceQuerySet":
        """Return the bookable services that are shown; the others are booked by their link."""
        return self.bookable().filter(is_listed=True)


class Service(models.Model):
    """A kind of appointment: how long it takes and the rules for booking it."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    summary = models.TextField(blank=True, help_text="What happens in it, in a sentence or two.")
    what_to_bring = models.TextField(blank=True, help_text="One thing per line.")
    location = models.ForeignKey(
        Location, verbose_name="where", on_delete=models.PROTECT, related_name="services"
    )
    other_locations = models.ManyToManyField(
        Location,
        verbose_name="also offered at or by",
        blank=True,
        related_name="+",
        help_text="Patients choose, if there is more than one: another place, phone or video.",
    )
    practitioners = models.ManyToManyField(Practitioner, related_name="services")
    duration_minutes = models.PositiveIntegerField(
        "length (minutes)",
        validators=[AT_LEAST_FIVE, UP_TO_A_DAY],
    )
    buffer_before_minutes = models.PositiveIntegerField(
        "free time before (minutes)",
        default=0,
        validators=[UP_TO_A_DAY],
        help_text="Kept free before each visit, to prepare the room.",
    )
    buffer_after_minutes = models.PositiveIntegerField(
        "free time after (minutes)",
        default=0,
        validators=[UP_TO_A_DAY],
        help_text="Kept free after each visit, to write notes. May run past closing time.",
    )
    step_minutes = models.PositiveIntegerField(
        "a start every (minutes)",
        default=30,
        validators=[AT_LEAST_FIVE, UP_TO_A_DAY],
        help_text="Counted from the start of each opening period.",
    )
    notice_minutes = models.PositiveIntegerField(
        "booking closes before the visit (minutes)",
        default=MINUTES_A_DAY,
        validators=[UP_TO_A_YEAR],
    )
    horizon_days = models.PositiveIntegerField(
        "can be booked ahead (days)",
        default=60,
        validators=[
            MinValueValidator(1, "Enter at least 1 day."),
            MaxValueValidator(MOST_DAYS_AHEAD, "Enter at most 730 days."),
        ],
    )
    daily_cap = models.PositiveIntegerField(
        "at most so many a day",
        null=True,
        blank=True,
        validators=[
            MinValueValidator(1, "Enter 1 or more, or nothing."),
            MaxValueValidator(MOST_VISITS_A_DAY, "Enter at most 500, or nothing."),
        ],
        help_text="For each practitioner. Empty means as many as fit.",
    )
    for_whom = models.CharField(
        "who may book it", max_length=20, choices=ForWhom, default=ForWhom.EVERYONE
    )
    cancel_notice_minutes = models.PositiveIntegerField(
        "patients may cancel or move until (minutes before)",
        default=MINUTES_A_DAY,
        validators=[UP_TO_A_YEAR],
    )
    emergency_line = models.CharField(
        "emergency line",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="A sentence that every message about such a visit carries, for example “Call 911 "
        "if your chest hurts.” Name no treatment: private messages carry it too. What is an "
        "emergency in general stands there already.",
    )
    reminder_minutes = ArrayField(
        models.PositiveIntegerField(
            validators=[
                MinValueValidator(SHORTEST_REMINDER, "Remind at least 15 minutes before."),
                MaxValueValidator(LONGEST_REMINDER, "Remind at most 30 days before."),
            ]
        ),
        verbose_name="reminders before the visit",
        default=default_reminders,
        db_default=Value([3 * MINUTES_A_DAY, 120], ArrayField(models.PositiveIntegerField())),
        blank=True,
        size=MOST_REMINDERS,
        help_text="In minutes. Empty means no reminder.",
    )
    follow_up_minutes = models.PositiveIntegerField(
        "mail after the visit (minutes after)",
        null=True,
        blank=True,
        validators=[MaxValueValidator(30 * MINUTES_A_DAY, "Enter at most 30 days.")],
        help_text="Empty means that nothing is sent.",
    )
    follow_up_articles = models.ManyToManyField(
        Condition,
        verbose_name="articles to read after it",
        blank=True,
        related_name="+",
        help_text="The mail after the visit links to them, unless others are chosen for the visit.",
    )
    fee_text = models.CharField("fee", max_length=120, blank=True)
    is_active = models.BooleanField("bookable", default=True, help_text="Patients can book it.")
    is_listed = models.BooleanField(
        "shown in the list", default=True, help_text="If not, only who has its link finds it."
    )
    position = models.PositiveIntegerField(default=0, help_text="Lower numbers come first.")

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ("position", "name", "pk")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_lengths_positive",
                condition=Q(duration_minutes__gt=0, step_minutes__gt=0, horizon_days__gt=0),
                violation_error_code="lengths_positive",
                violation_error_message="Length, step and days ahead must be more than zero.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_cap_positive",
                condition=Q(daily_cap__isnull=True) | Q(daily_cap__gt=0),
                violation_error_code="cap_positive",
                violation_error_message="Leave the most a day empty, or enter 1 or more.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_within_limits",
                condition=Q(
                    Q(daily_cap__isnull=True) | Q(daily_cap__lte=MOST_VISITS_A_DAY),
                    duration_minutes__lte=MINUTES_A_DAY,
                    buffer_before_minutes__lte=MINUTES_A_DAY,
                    buffer_after_minutes__lte=MINUTES_A_DAY,
                    step_minutes__lte=MINUTES_A_DAY,
                    notice_minutes__lte=LONGEST_NOTICE,
                    cancel_notice_minutes__lte=LONGEST_NOTICE,
                    horizon_days__lte=MOST_DAYS_AHEAD,
                ),
                violation_error_code="within_limits",
                violation_error_message="A number is too large: lengths go up to a day, notice to "
                "366 days, booking ahead to 730 days, and visits a day to 500.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_for_whom_known",
                condition=Q(for_whom__in=ForWhom.values),
                violation_error_code="for_whom_known",
                violation_error_message="Choose everyone, new patients or people seen before.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)

    @property
    def buffer_before(self) -> timedelta:
        return timedelta(minutes=self.buffer_before_minutes)

    @property
    def buffer_after(self) -> timedelta:
        return timedelta(minutes=self.buffer_after_minutes)

    @property
    def step(self) -> timedelta:
        return timedelta(minutes=self.step_minutes)

    @property
    def notice(self) -> timedelta:
        return timedelta(minutes=self.notice_minutes)

    @property
    def cancel_notice(self) -> timedelta:
        return timedelta(minutes=self.cancel_notice_minutes)

    @property
    def practitioner(self) -> Practitioner | None:
        """The first active practitioner who offers it, or None."""
        return self.practitioners.filter(is_active=True).first()
