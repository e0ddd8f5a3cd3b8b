"""Legal holds, and how long which kind of data is kept."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .patient import Patient


class LegalHold(models.Model):
    """A reason in law for which nothing of a patient may be erased. Kept when it is lifted.

    PostgreSQL refuses to delete one or to change what it says, and to erase the patient meanwhile.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="legal_holds")
    reason = models.CharField(max_length=300)
    set_at = models.DateTimeField("set")
    set_by_name = models.CharField("set by", max_length=200)
    lifted_at = models.DateTimeField("lifted", null=True, blank=True)
    lifted_by_name = models.CharField("lifted by", max_length=200, blank=True)
    lifted_reason = models.CharField("why it was lifted", max_length=300, blank=True)

    class Meta:
        ordering = ("-set_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_one_open",
                fields=("patient",),
                condition=Q(lifted_at__isnull=True),
                violation_error_code="one_open",
                violation_error_message="This patient is under a legal hold already.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_says_why",
                condition=~Q(reason="") & ~Q(set_by_name=""),
                violation_error_code="says_why",
                violation_error_message="A hold says why, and who set it.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_lifted_says_why",
                condition=Q(lifted_at__isnull=True, lifted_by_name="", lifted_reason="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_by_name="") & ~Q(lifted_reason="")),
                violation_error_code="lifted_says_why",
                violation_error_message="A hold that was lifted says when, by whom and why.",
            ),
        ]

    def __str__(self) -> str:
        return "lifted" if self.lifted_at else "in force"


class RetentionKind(models.TextChoices):
    PATIENTS = "patients", "Patients without visits"
    WORDS = "words", "Reasons and medicines of visits"
    SCREENING = "screening", "Outcomes of the safety questions"
    MESSAGES = "messages", "Addresses and answers of messages"
    WAITING = "waiting", "Places on the waiting list"
    SIGN_INS = "sign_ins", "Sign-ins of staff"
    EXPORTS = "exports", "Files that staff exported"
    READERS = "readers", "Feedback and searches that found nothing"


@dataclass(frozen=True)
class Bounds:
    """In months: what a sample of this site says, and what the database lets stand."""

    sample: int
    lowest: int
    highest: int


# The samples are no advice: each state's law says how long a clinic keeps which record.
KEPT: dict[str, Bounds] = {
    RetentionKind.PATIENTS: Bounds(120, 12, 600),
    RetentionKind.WORDS: Bounds(84, 1, 600),
    RetentionKind.SCREENING: Bounds(84, 1, 600),
    RetentionKind.MESSAGES: Bounds(24, 1, 120),
    RetentionKind.WAITING: Bounds(6, 1, 60),
    RetentionKind.SIGN_INS: Bounds(12, 1, 120),
    RetentionKind.EXPORTS: Bounds(1, 1, 24),
    RetentionKind.READERS: Bounds(12, 1, 120),
}


def _is_bounded() -> Q:
    bounded = Q(keep_months__isnull=True)
    for kind, bounds in KEPT.items():
        bounded |= Q(kind=kind, keep_months__range=(bounds.lowest, bounds.highest))
    return bounded


class RetentionRule(models.Model):
    """For how long one kind of data is kept. A kind without a row, or without months, is kept."""

    kind = models.CharField(primary_key=True, max_length=20, choices=RetentionKind)
    keep_months = models.PositiveSmallIntegerField(
        "keep for (months)", null=True, blank=True, help_text="Empty: nothing goes by itself."
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_by_name = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        ordering = ("kind",)
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_kind_known",
                condition=Q(kind__in=RetentionKind.values),
                violation_error_code="kind_known",
                violation_error_message="This kind of data is not known.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_bounded",
                condition=_is_bounded(),
                violation_error_code="bounded",
                violation_error_message="This is shorter or longer than this kind of data may be kept.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def bounds(self) -> Bounds:
        return KEPT[self.kind]


class RetentionRun(models.Model):
    """What one rule did at one time: by itself at night, or because somebody said so."""

    rule = models.ForeignKey(RetentionRule, on_delete=models.PROTECT, related_name="runs")
    at = models.DateTimeField()
    keep_months = models.PositiveSmallIntegerField("kept for (months)")
    older_than = models.DateTimeField()
    count = models.PositiveIntegerField("records")
    by_name = models.CharField("by", max_length=200)

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = "retention run"

    def __str__(self) -> str:
        return f"{self.rule}: {self.count}"
