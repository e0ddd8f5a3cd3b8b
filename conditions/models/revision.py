"""Revisions and their reviews: what the public reads, and who checked it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

# What every frozen document has, and what only one kind of article's has.
WORDS = ("title", "summary", "lede", "sections", "sources")
CONDITION_PARTS = ("kind", "body_area", "names", "red_flags", "self_care", "offers")
TREATMENT_PARTS = ("may_help", "cautions", "remedies")


class Revision(models.Model):
    """A frozen, published edition of one article; a database trigger refuses any change to it."""

    condition = models.ForeignKey(
        "conditions.Condition",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="revisions",
    )
    treatment = models.ForeignKey(
        "conditions.Treatment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="revisions",
    )
    number = models.PositiveIntegerField()
    document = models.JSONField()
    publish_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    # PROTECT: setting it to null would be a change to the revision. Staff are made inactive instead.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_name = models.CharField(max_length=150)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-publish_at", "-number"]
        indexes = [
            models.Index(
                fields=["condition", "-publish_at", "-number"], name="conditions_rev_condition_live"
            ),
            models.Index(
                fields=["treatment", "-publish_at", "-number"], name="conditions_rev_treatment_live"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(condition__isnull=False, treatment__isnull=True)
                | models.Q(condition__isnull=True, treatment__isnull=False),
                name="%(app_label)s_%(class)s_has_one_article",
                violation_error_code="has_one_article",
                violation_error_message="A revision belongs to one article.",
            ),
            models.CheckConstraint(
                condition=models.Q(condition__isnull=True)
                | models.Q(document__has_keys=[*WORDS, *CONDITION_PARTS]),
                name="%(app_label)s_%(class)s_condition_is_whole",
                violation_error_code="is_whole",
                violation_error_message="A revision holds the whole article.",
            ),
            models.CheckConstraint(
                condition=models.Q(treatment__isnull=True)
                | models.Q(document__has_keys=[*WORDS, *TREATMENT_PARTS]),
                name="%(app_label)s_%(class)s_treatment_is_whole",
                violation_error_code="is_whole",
                violation_error_message="A revision holds the whole article.",
            ),
            models.UniqueConstraint(
                fields=["condition", "number"],
                name="%(app_label)s_%(class)s_condition_number",
                violation_error_code="number_taken",
                violation_error_message="This article already has a revision with that number.",
            ),
            models.UniqueConstraint(
                fields=["treatment", "number"],
                name="%(app_label)s_%(class)s_treatment_number",
                violation_error_code="number_taken",
                violation_error_message="This article already has a revision with that number.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document['title']}, revision {self.number}"


class ReviewScope(models.TextChoices):
    """Whether the whole article was checked or a part of it."""

    FULL = "full", "The whole article"
    PARTIAL = "partial", "A part of it"


class Review(models.Model):
    """A named person checked one revision on one day, and says when to check again."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.CharField(max_length=120, help_text="Shown on the page: Dr. Lisanti.")
    reviewed_on = models.DateField()
    scope = models.CharField(max_length=20, choices=ReviewScope, default=ReviewScope.FULL)
    next_on = models.DateField("next review by", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="What was checked or changed.")

    class Meta:
        ordering = ["-reviewed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope__in=ReviewScope.values),
                name="%(app_label)s_%(class)s_scope_is_known",
                violation_error_code="scope_is_known",
                violation_error_message="Choose the whole article or a part of it.",
            ),
            models.CheckConstraint(
                condition=models.Q(next_on__isnull=True)
                | models.Q(next_on__gt=models.F("reviewed_on")),
                name="%(app_label)s_%(class)s_next_is_later",
                violation_error_code="next_is_later",
                violation_error_message="The next review comes after this one.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}, {self.reviewed_on}"
