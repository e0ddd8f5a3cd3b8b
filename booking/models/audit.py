from django.conf import settings
from django.db import models
from django.db.models import Q


class AuditKind(models.TextChoices):
    SAW = "saw", "Looked at"
    CHANGED = "changed", "Changed"
    MERGED = "merged", "Merged"
    EXPORTED = "exported", "Exported"
    PRINTED = "printed", "Printed"
    ERASED = "erased", "Erased"


class AuditEntry(models.Model):
    """Who saw or changed which patient or visit, and when. PostgreSQL refuses any change.

    Names nobody but staff: patients and visits by their numbers, which stay when the person is
    erased. So there are no foreign keys towards them.
    """

    at = models.DateTimeField("when")
    # An account may go; its name stays.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    by_name = models.CharField("who", max_length=200)
    kind = models.CharField(max_length=20, choices=AuditKind)
    patient_number = models.PositiveBigIntegerField(null=True, blank=True)
    visit_number = models.PositiveBigIntegerField(null=True, blank=True)
    note = models.CharField(
        max_length=300, blank=True, help_text="Which page or fields; never what a patient wrote."
    )

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=("patient_number", "at"), name="booking_audit_patient"),
            models.Index(fields=("visit_number", "at"), name="booking_audit_visit"),
            models.Index(fields=("at",), name="booking_audit_at"),
        ]
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_kind_known",
                condition=Q(kind__in=AuditKind.values),
                violation_error_code="kind_known",
                violation_error_message="This kind of entry is not known.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.get_kind_display().lower()}"
