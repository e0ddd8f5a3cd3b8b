from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.checks import CheckMessage
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Lower
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber

from clinic.sealed_field import SealedTextField

# What stands in the place of somebody who was erased. Nothing is ever sent to this host: RFC 2606.
ERASED_NAME = "Erased person"
ERASED_HOST = "@erased.invalid"


class StoredColumn(models.GeneratedField):
    """A column that PostgreSQL fills in, as every release that the site runs on can."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Check all but what the database can: for that, Django would connect to it."""
        return super().check(**kwargs | {"databases": []})


class Patient(models.Model):
    """The person who is seen. No account is needed; two people may share an e-mail address."""

    name = models.CharField(max_length=200)
    email = models.EmailField()
    phone = PhoneNumberField(region="US")
    phone_extension = models.CharField(
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^[0-9]+$", "Enter digits only, for example 42.")],
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    erased_at = models.DateTimeField("erased", null=True, blank=True, editable=False)
    # Small letters without accents and apostrophes, as a migration has it.
    search_text = StoredColumn(
        expression=Func("name", "email", function="booking_search_text"),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        ordering = ("name", "pk")
        permissions = [
            ("erase_patient", "Can erase patients"),
            ("export_patient", "Can take out everything about a patient"),
        ]
        indexes = [
            models.Index(Lower("email"), name="booking_patient_email"),
            models.Index(fields=("phone",), name="booking_patient_phone"),
            GinIndex(OpClass("search_text", "gin_trgm_ops"), name="booking_patient_search"),
        ]
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_erased_is_nobody",
                condition=Q(erased_at__isnull=True)
                | Q(name=ERASED_NAME, email__endswith=ERASED_HOST, phone="", phone_extension=""),
                violation_error_code="erased_is_nobody",
                violation_error_message="Nothing is known of a person who was erased.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Move an extension that was typed behind the number to its own field."""
        if extension := getattr(self.phone, "extension", None):
            self.phone_extension = extension

    @property
    def phone_display(self) -> str:
        return "" if self.erased_at else phone_words(self.phone, self.phone_extension)


def phone_words(phone: PhoneNumber, extension: str) -> str:
    """Return the number as one dials it from the United States, with its extension."""
    number = phone.as_national if phone.country_code == 1 else phone.as_international
    return f"{number} ext. {extension}" if extension else str(number)


class PatientNote(models.Model):
    """What the front desk writes down about a patient. Struck out rather than deleted."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="notes")
    text = SealedTextField(max_length=2000)
    # An account may go; its name stays.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = "note of the front desk"
        verbose_name_plural = "notes of the front desk"
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_struck_says_by",
                condition=Q(struck_at__isnull=True, struck_by_name="")
                | (Q(struck_at__isnull=False) & ~Q(struck_by_name="")),
                violation_error_code="struck_says_by",
                violation_error_message="A note that is struck out says when and by whom.",
            ),
        ]

    def __str__(self) -> str:
        return f"Note of {self.by_name}"


class PatientMerge(models.Model):
    """Two records turned out to be one person: the one that is gone, and the one that stays."""

    gone_number = models.PositiveBigIntegerField(unique=True)
    kept = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.gone_number} into {self.kept_id}"
