import secrets
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

import holidays
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from booking.zones import ZONE_PATTERN, zone_names

COUNTRY_PATTERN = r"^[A-Z]{2}$"
# As secrets.token_urlsafe(32) writes 256 random bits.
FEED_PATTERN = r"^[A-Za-z0-9_-]{43}$"
SUBDIVISION_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9 -]*$"


class Practitioner(models.Model):
    """A person whom patients can book. Never deleted once someone was booked: set inactive."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120, help_text="As patients say it: Dr. Lisanti.")
    credentials = models.CharField(max_length=60, blank=True, help_text="For example: ND, LAc.")
    title = models.CharField(max_length=200, blank=True, help_text="The profession in plain words.")
    summary = models.TextField(blank=True, help_text="One or two sentences for lists and home.")
    biography = models.TextField(blank=True, help_text="Blank lines make paragraphs.")
    license_text = models.TextField("licenses", blank=True, help_text="One license per line.")
    languages = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="practitioner",
        verbose_name="staff account",
        help_text="With which they sign in: whoever may not see every diary sees this one.",
    )
    is_active = models.BooleanField(default=True, help_text="Shown to patients and bookable.")
    gets_agenda = models.BooleanField(
        "gets the day by email",
        default=True,
        db_default=True,
        help_text="Each morning on which there are visits, to the address above.",
    )
    feed_token = models.CharField(
        max_length=43,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="The secret part of their calendar’s address. Empty means that there is none.",
    )

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_feed_token_once",
                fields=("feed_token",),
                condition=~Q(feed_token=""),
                violation_error_code="feed_token_once",
                violation_error_message="Each calendar has an address of its own.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_feed_token_shaped",
                condition=Q(feed_token="") | Q(feed_token__regex=FEED_PATTERN),
                violation_error_code="feed_token_shaped",
                violation_error_message="A calendar’s address must be too long to guess.",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_absolute_url(self) -> str:
        return reverse("booking:practitioner", args=[self.slug])

    def renew_feed(self) -> None:
        """Give their calendar a new secret address. The old one leads nowhere from now on."""
        self.feed_token = secrets.token_urlsafe(32)
        self.save(update_fields=["feed_token"])

    def stop_feed(self) -> None:
        """Take away the address of their calendar."""
        self.feed_token = ""
        self.save(update_fields=["feed_token"])

    @property
    def feed_url(self) -> str:
        """The path of their calendar; "" if there is none. Whoever has it reads the calendar."""
        if not self.feed_token:
            return ""
        return reverse("booking:practitioner-feed", args=[self.feed_token])

    @property
    def full_name(self) -> str:
        """The name with its credentials, as in "Dr. Lisanti, ND, LAc"."""
        return f"{self.name}, {self.credentials}" if self.credentials else self.name


class LocationKind(models.TextChoices):
    IN_PERSON = "in_person", "In person"
    PHONE = "phone", "By phone"
    VIDEO = "video", "By video"


def default_time_zone() -> str:
    """Return the clinic's own zone, from `CLINIC_TIME_ZONE`."""
    return settings.TIME_ZONE


def validate_time_zone(value: str) -> None:
    """Refuse a name that the IANA time zone database does not have."""
    if value not in zone_names():
        raise ValidationError(
            "There is no time zone called “%(value)s”. Write it like America/New_York.",
            code="unknown_time_zone",
            params={"value": value},
        )


@lru_cache(maxsize=200)
def public_holidays(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """Return a year's public holidays by day, in English where the package has it.

    Raises ValueError with the name of the field and a sentence, if it knows no such place.
    """
    try:
        days = holidays.country_holidays(
            country, subdiv=subdivision or None, years=year, language="en_US"
        )
    except NotImplementedError:
        if country not in holidays.list_supported_countries():
            words = f"No public holidays are known for “{country}”. Write it like US or GB."
            raise ValueError("holiday_country", words) from None
        known = ", ".join(holidays.list_supported_countries()[country])
        words = f"“{subdivision}” is not known there. " + (
            f"Choose from: {known}." if known else ""
        )
        raise ValueError("holiday_subdivision", words.strip()) from None
    return MappingProxyType(dict(days.items()))


class Location(models.Model):
    """A place, phone or video where visits happen, with the zone its clocks show."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=LocationKind, default=LocationKind.IN_PERSON)
    address = models.CharField(max_length=250, blank=True)
    time_zone = models.CharField(
        max_length=64,
        default=default_time_zone,
        validators=[validate_time_zone],
        help_text="A name from the IANA list, such as America/New_York.",
    )
    same_hours_as = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="For phone and video: the place during whose hours these visits happen. "
        "Its holidays and closures count too. Empty means hours of its own.",
    )
    holiday_country = models.CharField(
        "public holidays of",
        max_length=2,
        blank=True,
        help_text="A country’s two letters, such as US. Empty means open on public holidays.",
    )
    holiday_subdivision = models.CharField(
        "state or region", max_length=20, blank=True, help_text="Its short form, such as NY."
    )
    worked_holidays = ArrayField(
        models.DateField(),
        default=list,
        blank=True,
        help_text="Public holidays on which the clinic works all the same.",
    )

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_kind_known",
                condition=Q(kind__in=LocationKind.values),
                violation_error_code="kind_known",
                violation_error_message="Choose in person, by phone or by video.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_hours_of_another",
                condition=Q(same_hours_as__isnull=True) | ~Q(same_hours_as=F("pk")),
                violation_error_code="hours_of_another",
                violation_error_message="Choose another place, or leave this empty.",
            ),
            # Which names there are is Python's to say, and differs from PostgreSQL's list.
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_zone_shaped",
                condition=Q(time_zone__regex=ZONE_PATTERN),
                violation_error_code="zone_shaped",
                violation_error_message="Write the time zone like America/New_York.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_holidays_shaped",
                condition=Q(holiday_country="", holiday_subdivision="")
                | Q(
                    Q(holiday_subdivision="") | Q(holiday_subdivision__regex=SUBDIVISION_PATTERN),
                    holiday_country__regex=COUNTRY_PATTERN,
                ),
                violation_error_code="holidays_shaped",
                violation_error_message="Write a country’s two letters, such as US, and then the "
                "short form of its state, such as NY.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse holidays that nobody knows, and hours that cannot be shared."""
        if self.holiday_country or self.holiday_subdivision:
            try:
                public_holidays(self.holiday_country, self.holiday_subdivision, 2026)
            except ValueError as error:
                raise ValidationError({error.args[0]: error.args[1]}) from None
        host = self.same_hours_as
        if host is not None and (host.time_zone != self.time_zone or host.same_hours_as_id):
            raise ValidationError(
                {
                    "same_hours_as": "Choose a place in the same time zone, with hours of its own.",
                }
            )

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def host(self) -> "Location":
        """The place whose hours, holidays and closures count here: mostly itself."""
        return self.same_hours_as or self

    def holidays(self, first_on: date, last_on: date) -> dict[date, str]:
        """Return the public holidays from `first_on` to `last_on`, inclusive, by name.

        Those that are worked anyway are left out.
        """
        if not self.holiday_country:
            return {}
        return {
            day: name
            for year in range(first_on.year, last_on.year + 1)
            for day, name in public_holidays(
                self.holiday_country, self.holiday_subdivision, year
            ).items()
            if first_on <= day <= last_on and day not in self.worked_holidays
        }
