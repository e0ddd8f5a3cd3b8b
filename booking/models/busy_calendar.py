from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from clinic.outbound import Client, NoAnswer

from .practitioner import Practitioner


def validate_address(url: str) -> None:
    """Refuse an address that would never be asked for."""
    if not url.lower().startswith("https://"):
        raise ValidationError("The address must begin with https://.", code="address")
    try:
        Client().check(url)
    except NoAnswer as error:
        raise ValidationError(str(error), code="address") from None


class BusyCalendar(models.Model):
    """A calendar that a practitioner keeps elsewhere: nobody can book them when it says busy.

    Its address opens it to whoever has it, so it is a secret.
    """

    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.CASCADE, related_name="busy_calendars"
    )
    url = models.CharField(
        "address",
        max_length=2000,
        validators=[validate_address],
        help_text="The secret address in iCal format, from the calendar’s settings. It begins with "
        "https:// and often ends in .ics. Only when somebody is busy is kept, never the events’ names.",
    )
    last_tried_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_read_at = models.DateTimeField(null=True, blank=True, editable=False)
    problem = models.CharField(
        max_length=300,
        blank=True,
        editable=False,
        help_text="Why it could not be read when it was last tried. Empty if it could.",
    )

    class Meta:
        verbose_name = "practitioner’s own calendar"
        verbose_name_plural = "practitioners’ own calendars"
        ordering = ("practitioner__name", "pk")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_https",
                condition=Q(url__startswith="https://"),
                violation_error_code="https",
                violation_error_message="The address must begin with https://.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner}: {self.host}"

    @property
    def host(self) -> str:
        """Where it is kept; the rest of the address is secret."""
        try:
            return urlsplit(self.url).hostname or ""
        except ValueError:  # no form lets it in, and the page where it can be put right must open
            return ""
