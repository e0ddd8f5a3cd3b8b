"""Red flags: the signs that need help now, today, or from a doctor."""

from collections.abc import Iterable
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from .source import Source


class CareLevel(models.TextChoices):
    """How fast someone with this sign needs care; the most urgent stands first."""

    EMERGENCY = "emergency", "Emergency: call the emergency number now"
    URGENT = "urgent", "Urgent: be seen today"
    SEE_DOCTOR = "see_doctor", "See a doctor in the next days"

    @property
    def rank(self) -> int:
        """Return 0 for the most urgent level, and one more for each level after it."""
        return list(CareLevel).index(self)


def most_urgent(levels: Iterable[str]) -> CareLevel:
    """Return the most urgent of one or more levels."""
    return min((CareLevel(level) for level in levels), key=lambda level: level.rank)


_FOUND = (CareLevel.EMERGENCY, CareLevel.URGENT)


class RedFlagQuerySet(models.QuerySet["RedFlag"]):
    """How red flags are read."""

    def clinic_wide(self) -> Self:
        """Return those that are asked before every booking, and shown in every article."""
        return self.filter(is_global=True, is_active=True)

    def found_by_words(self) -> Self:
        """Return those that the search shows to whoever types one of their words.

        The less urgent would take eyes off the call.
        """
        return self.filter(level__in=_FOUND, is_active=True).exclude(search_words="")


class RedFlag(models.Model):
    """One warning sign, as a statement for articles and as a question before a booking."""

    code = models.CharField(
        max_length=80,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z0-9]+([._-][a-z0-9]+)*$",
                "Use small letters, digits and dots, such as speech.slurred.",
            )
        ],
        help_text="Never changes, such as speech.slurred.",
    )
    label = models.CharField(max_length=120, help_text="A few words, such as Slurred speech.")
    statement = models.CharField(
        max_length=300,
        help_text="In the list of an article: Slurred speech, or words that will not come.",
    )
    question = models.CharField(
        max_length=300, help_text="Asked before a booking: Is your speech slurred?"
    )
    level = models.CharField(max_length=20, choices=CareLevel)
    is_global = models.BooleanField(
        "asked before every booking",
        default=False,
        help_text="Asked whatever page the person came from.",
    )
    is_active = models.BooleanField(
        "in use", default=True, help_text="Switch off instead of deleting."
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Order among the ones that are asked before every booking."
    )
    version = models.PositiveIntegerField(
        default=1,
        editable=False,
        help_text="Goes up when the statement, question or level changes.",
    )
    search_words = models.TextField(
        "words that mean danger",
        blank=True,
        default="",
        db_default="",
        help_text=(
            "One phrase a line, as worried people write it: can't speak. Whoever searches for one "
            "sees the emergency card first. No words that are harmless alone."
        ),
    )
    sources = models.ManyToManyField(Source, blank=True, related_name="red_flags")
    reviewed_by = models.CharField(max_length=120, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)

    objects = RedFlagQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=CareLevel.values),
                name="%(app_label)s_%(class)s_level_is_known",
                violation_error_code="level_is_known",
                violation_error_message="Choose emergency, urgent or see a doctor.",
            ),
            models.CheckConstraint(
                condition=~models.Q(statement="") & ~models.Q(question=""),
                name="%(app_label)s_%(class)s_has_words",
                violation_error_code="has_words",
                violation_error_message="Write both the statement and the question.",
            ),
            models.CheckConstraint(
                condition=models.Q(version__gte=1),
                name="%(app_label)s_%(class)s_version_is_positive",
                violation_error_code="version_is_positive",
                violation_error_message="The version starts at 1.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.code})"

    def save(self, **kwargs: Any) -> None:
        """Save; a new statement, question or level is a new version of the flag."""
        before = (
            RedFlag.objects.filter(pk=self.pk).values("statement", "question", "level", "version")
        ).first()
        if before is not None:
            was = (before["statement"], before["question"], before["level"])
            self.version = before["version"]
            if was != (self.statement, self.question, self.level):
                self.version += 1
                if kwargs.get("update_fields") is not None:
                    kwargs["update_fields"] = {*kwargs["update_fields"], "version"}
        super().save(**kwargs)

    @property
    def is_clinic_wide(self) -> bool:
        """Return whether it is one of `RedFlagQuerySet.clinic_wide`."""
        return self.is_global and self.is_active

    @property
    def is_found_by_words(self) -> bool:
        """Return whether it is one of `RedFlagQuerySet.found_by_words`."""
        return self.is_active and self.level in _FOUND and bool(self.search_words)


class ConditionRedFlag(models.Model):
    """A red flag as one article uses it: with its own qualifier, and perhaps more urgent."""

    condition = models.ForeignKey(
        "conditions.Condition", on_delete=models.CASCADE, related_name="red_flag_links"
    )
    red_flag = models.ForeignKey(RedFlag, on_delete=models.PROTECT, related_name="condition_links")
    qualifier = models.CharField(
        max_length=200, blank=True, help_text="Follows the statement: together with spasms."
    )
    level = models.CharField(
        max_length=20,
        choices=CareLevel,
        blank=True,
        help_text="Only if it differs here. Empty: as the red flag says.",
    )
    lowered_by = models.CharField(
        "less urgent here, signed by",
        max_length=120,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "red flag of an article"
        verbose_name_plural = "red flags of articles"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["condition", "red_flag"],
                name="%(app_label)s_%(class)s_once",
                violation_error_code="once",
                violation_error_message="This article already has that red flag.",
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=["", *CareLevel.values]),
                name="%(app_label)s_%(class)s_level_is_known",
                violation_error_code="level_is_known",
                violation_error_message="Choose emergency, urgent or see a doctor.",
            ),
        ]

    def __str__(self) -> str:
        return self.red_flag.label

    def clean(self) -> None:
        """Refuse a level that is less urgent than the red flag's own, unless it is signed."""
        if self.level and self.red_flag_id and self.effective_level != self.level:
            raise ValidationError(
                {
                    "level": "Only a clinical reviewer can make a red flag less urgent in an article."
                },
                code="level_lowered",
            )

    @property
    def effective_level(self) -> CareLevel:
        """Return the article's own level if it is more urgent or signed, or else the flag's."""
        if self.level and self.lowered_by:
            return CareLevel(self.level)
        return most_urgent(filter(None, [self.red_flag.level, self.level]))
