from dataclasses import fields
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.dateformat import time_format

from booking.slots import Opening

from .busy_calendar import BusyCalendar
from .practitioner import Location, Practitioner

EVER = (date.min, date.max)


class Weekday(models.IntegerChoices):
    """As `datetime.date.weekday` counts."""

    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


class AvailableTime(models.Model):
    """An opening period of a practitioner at a location, on the location's clock.

    Each week on a `weekday`, or once, as extra hours, `on` a day.
    """

    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.CASCADE, related_name="available_times"
    )
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField(choices=Weekday, null=True, blank=True)
    on = models.DateField("on", null=True, blank=True)
    start_time = models.TimeField("from")
    end_time = models.TimeField(
        "until",
        help_text="The same as “from” or earlier means: until then on the next day.",
    )
    valid_from_on = models.DateField("valid from", null=True, blank=True)
    valid_until_on = models.DateField("valid until", null=True, blank=True)

    class Meta:
        ordering = ("practitioner", "weekday", "on", "start_time", "pk")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_weekly_or_once",
                condition=Q(weekday__isnull=False, on__isnull=True)
                | Q(
                    weekday__isnull=True,
                    on__isnull=False,
                    valid_from_on__isnull=True,
                    valid_until_on__isnull=True,
                ),
                violation_error_code="weekly_or_once",
                violation_error_message="Choose a day of the week, or one date.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_weekday_known",
                condition=Q(weekday__isnull=True) | Q(weekday__in=Weekday.values),
                violation_error_code="weekday_known",
                violation_error_message="Choose a day of the week.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_valid_in_order",
                condition=Q(valid_until_on__isnull=True)
                | Q(valid_from_on__isnull=True)
                | Q(valid_until_on__gte=F("valid_from_on")),
                violation_error_code="valid_in_order",
                violation_error_message="“Valid until” must not be before “valid from”.",
            ),
            # PostgreSQL has infinity and 24:00, too. Whoever reads such hours reads no others.
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_on_our_clock",
                condition=Q(
                    on__range=EVER,
                    valid_from_on__range=EVER,
                    valid_until_on__range=EVER,
                    start_time__lte=time.max,
                    end_time__lte=time.max,
                ),
                violation_error_code="on_our_clock",
                violation_error_message="Choose days and times that a calendar and a clock have.",
            ),
        ]

    def __str__(self) -> str:
        day = f"{self.on:%Y-%m-%d}" if self.weekday is None else Weekday(self.weekday).label
        start, end = (
            time_format(time, "g:i A").lower() for time in (self.start_time, self.end_time)
        )
        return f"{day} {start} to {end}"

    def is_on(self, day: date) -> bool:
        """Say whether the hours begin on this day."""
        return Opening(*(getattr(self, each.name) for each in fields(Opening))).is_on(day)


class NotAvailableTime(models.Model):
    """A closure, a holiday or time off: nothing can be booked in it. Bookings in it stay.

    So is a time at which somebody is busy by a calendar of their own. Those come and go with it.
    """

    practitioner = models.ForeignKey(
        Practitioner,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="not_available_times",
        help_text="Empty means everybody.",
    )
    location = models.ForeignKey(
        Location,
        verbose_name="where",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty means everywhere.",
    )
    starts_at = models.DateTimeField("from", help_text="On the clinic’s clock.")
    ends_at = models.DateTimeField("until")
    reason = models.CharField(max_length=200, blank=True, help_text="Patients do not see this.")
    busy_calendar = models.ForeignKey(
        BusyCalendar,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="busy_times",
    )

    class Meta:
        verbose_name = "closure"
        ordering = ("starts_at", "pk")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_in_order",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_code="in_order",
                violation_error_message="“Until” must be later than “from”.",
            ),
            # What lies further out overflows the calendar once it is turned to another zone.
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_in_our_time",
                condition=Q(
                    starts_at__gte=datetime(2000, 1, 1, tzinfo=UTC),
                    ends_at__lt=datetime(2200, 1, 1, tzinfo=UTC),
                ),
                violation_error_code="in_our_time",
                violation_error_message="Choose years from 2000 to 2199.",
            ),
        ]

    def __str__(self) -> str:
        return self.reason or "Closed"

    @property
    def tz(self) -> ZoneInfo:
        """The zone whose clock its days are counted on: the place's, else the clinic's."""
        return self.location.tz if self.location else ZoneInfo(settings.TIME_ZONE)
