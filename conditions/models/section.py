"""The parts of an article: sections by aspect, and self-care items."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from conditions.evidence import EvidenceLevel
from conditions.rich_text import tidy_html

from .article import Condition, Treatment
from .words import Aspect, SelfCareKind

LONGEST_BODY = 50_000  # characters; PostgreSQL's search takes about 1 MB of a whole article


class Section(models.Model):
    """One part of an article; its aspect gives the place, the anchor and the contents entry."""

    condition = models.ForeignKey(
        Condition, on_delete=models.CASCADE, null=True, blank=True, related_name="sections"
    )
    treatment = models.ForeignKey(
        Treatment, on_delete=models.CASCADE, null=True, blank=True, related_name="sections"
    )
    aspect = models.CharField(max_length=20, choices=Aspect)
    heading = models.CharField(max_length=120, blank=True, help_text="Empty: the usual heading.")
    body = models.TextField(
        blank=True,
        help_text=(
            "Small HTML: p, ul, ol, li, strong, em, h3 and a. "
            "Links start with /, #, https:, tel: or mailto:. Anything else is taken out."
        ),
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(condition__isnull=False, treatment__isnull=True)
                | models.Q(condition__isnull=True, treatment__isnull=False),
                name="%(app_label)s_%(class)s_has_one_article",
                violation_error_code="has_one_article",
                violation_error_message="A section belongs to one article.",
            ),
            models.CheckConstraint(
                condition=models.Q(aspect__in=Aspect.values),
                name="%(app_label)s_%(class)s_aspect_is_known",
                violation_error_code="aspect_is_known",
                violation_error_message="Choose one of the aspects.",
            ),
            models.UniqueConstraint(
                fields=["condition", "aspect"],
                name="%(app_label)s_%(class)s_condition_aspect_once",
                violation_error_code="aspect_once",
                violation_error_message="This article already has a section of that kind.",
            ),
            models.UniqueConstraint(
                fields=["treatment", "aspect"],
                name="%(app_label)s_%(class)s_treatment_aspect_once",
                violation_error_code="aspect_once",
                violation_error_message="This article already has a section of that kind.",
            ),
        ]

    def __str__(self) -> str:
        return self.heading or self.get_aspect_display()

    def save(self, **kwargs: Any) -> None:
        """Save with a cleaned, tidy body: nothing unsafe is stored, nor a change no reader sees."""
        self.body = tidy_html(self.body)
        super().save(**kwargs)

    def clean(self) -> None:
        """Refuse a body that is too long, without a limit in the browser, which would cut it off."""
        length = len(tidy_html(self.body))
        if length > LONGEST_BODY:
            words = (
                f"This has {length:,} characters, and a section takes {LONGEST_BODY:,} at most. "
                "Shorten it."
            )
            raise ValidationError({"body": ValidationError(words, code="too_long")})


class SelfCareItem(models.Model):
    """One thing to do or to leave. "Do not" is added by the page, never stored."""

    condition = models.ForeignKey(
        Condition, on_delete=models.CASCADE, related_name="self_care_items"
    )
    kind = models.CharField(max_length=10, choices=SelfCareKind)
    title = models.CharField(max_length=80, blank=True, help_text="A few words, or empty.")
    text = models.CharField(
        max_length=400, help_text="Leave out “do not”: the page adds it to items of that kind."
    )
    level = models.CharField(
        "evidence",
        max_length=20,
        choices=EvidenceLevel,
        blank=True,
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=SelfCareKind.values),
                name="%(app_label)s_%(class)s_kind_is_known",
                violation_error_code="kind_is_known",
                violation_error_message="Choose do, do not or right now.",
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=["", *EvidenceLevel.values]),
                name="%(app_label)s_%(class)s_level_is_known",
                violation_error_code="level_is_known",
                violation_error_message="Choose one of the evidence levels.",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=SelfCareKind.DONT)
                | ~models.Q(text__iregex=r"^\s*(do not|don.t|never)\y"),
                name="%(app_label)s_%(class)s_leaves_out_do_not",
                violation_error_code="leaves_out_do_not",
                violation_error_message="Leave out “do not”: the page adds it.",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.text
