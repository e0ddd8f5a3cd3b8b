from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse


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
    is_active = models.BooleanField(default=True, help_text="Shown to patients and bookable.")

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.full_name

    def get_absolute_url(self) -> str:
        return reverse("booking:practitioner", args=[self.slug])

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
    if value not in available_timezones():
        raise ValidationError(
            "There is no time zone called “%(value)s”. Write it like America/New_York.",
            code="unknown_time_zone",
            params={"value": value},
        )


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

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_kind_known",
                condition=models.Q(kind__in=LocationKind.values),
                violation_error_code="kind_known",
                violation_error_message="Choose in person, by phone or by video.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
