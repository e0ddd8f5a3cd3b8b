"""The clinic's own facts. This module imports neither app."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.functional import cached_property
from phonenumber_field.modelfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber, to_python

short_number = RegexValidator(r"^[0-9]{3,15}$", "Enter the digits only, for example 911.")


class ClinicManager(models.Manager["Clinic"]):
    """Finds the one row, and remembers what this process read of it last."""

    last_read: "Clinic | None" = None
    """For the error page, which cannot ask the database: that may be what failed."""

    def current(self) -> "Clinic":
        """Return the clinic, or an unsaved one with sample facts if nobody has set it up."""
        self.last_read = self.first() or self.model()
        return self.last_read


class Clinic(models.Model):
    """Who and where the clinic is: one row, shown on every page and in every message."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=100, default="Integrative Med Solutions")
    practitioner_line = models.CharField(
        max_length=100,
        default="Dr. Lisanti, ND, LAc",
        help_text="Shown under the name, for example “Dr. Lisanti, ND, LAc”.",
    )
    emergency_number = models.CharField(
        max_length=15,
        default="911",
        validators=[short_number],
        help_text="What patients call in an emergency.",
    )
    crisis_number = models.CharField(
        max_length=15,
        default="988",
        validators=[short_number],
        help_text="What patients call when they think of suicide.",
    )
    phone = PhoneNumberField(default="+12125550100")
    email = models.EmailField(default="hello@clinic.example")
    notices_to = models.EmailField(
        "notices to",
        blank=True,
        default="",
        help_text="Where staff hear that a patient booked, moved or cancelled, and that a message "
        "did not arrive. Empty means nowhere.",
    )
    street = models.CharField(max_length=200, default="100 Sample Street, Suite 2")
    city = models.CharField(max_length=100, default="Sampletown")
    state = models.CharField(max_length=50, default="ST")
    postal_code = models.CharField(max_length=20, default="00000")
    opening_hours = models.TextField(
        default="Monday to Friday, 9 to 5\nSaturday, 9 to 1",
        help_text="One line for each row, for example “Monday to Friday, 9 to 5”.",
    )
    parking = models.TextField(blank=True, default="Two spaces behind the building")
    facts_are_sample = models.BooleanField(
        "facts are samples",
        default=True,
        help_text="While ticked, pages say that the address, phone and hours are samples.",
    )

    objects = ClinicManager()

    class Meta:
        verbose_name = verbose_name_plural = "clinic"
        permissions = [("see_numbers", "Can see the clinic’s numbers")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1),
                name="%(app_label)s_%(class)s_single_row",
                violation_error_code="single_row",
                violation_error_message="There is only one clinic: change that one.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def emergency_tel(self) -> str:
        """The link that calls the emergency number."""
        return f"tel:{self.emergency_number}"

    @property
    def crisis_tel(self) -> str:
        """The link that calls the crisis line."""
        return f"tel:{self.crisis_number}"

    @cached_property
    def phone_tel(self) -> str:
        """The link that calls the clinic."""
        return f"tel:{self._phone_number.as_e164}"

    @cached_property
    def phone_display(self) -> str:
        """The clinic's number as people in its country write it."""
        return str(self._phone_number.as_national)

    @property
    def _phone_number(self) -> PhoneNumber:
        """The number parsed, also on a row that is not saved yet and has plain text."""
        return to_python(self.phone)

    @property
    def address_lines(self) -> list[str]:
        """The postal address, one string a line."""
        return [self.street, f"{self.city}, {self.state} {self.postal_code}".strip()]

    @property
    def address_line(self) -> str:
        """The postal address on one line."""
        return ", ".join(self.address_lines)
