"""What leads from one article to another, and from an old address to an article."""

from django.core.exceptions import ValidationError
from django.db import models

from .article import Condition, Treatment
from .words import RelatedKind

_SLUG = r"^[-a-zA-Z0-9_]+$"  # as it once was, capital letters too


class FormerSlug(models.Model):
    """An address that an article had before; it leads to where the article is now."""

    slug = models.SlugField(max_length=80)
    condition = models.ForeignKey(
        Condition, on_delete=models.CASCADE, null=True, blank=True, related_name="former_slugs"
    )
    treatment = models.ForeignKey(
        Treatment, on_delete=models.CASCADE, null=True, blank=True, related_name="former_slugs"
    )

    class Meta:
        verbose_name = "old address"
        verbose_name_plural = "old addresses"
        ordering = ["slug", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(slug__regex=_SLUG),
                name="%(app_label)s_%(class)s_slug_is_one",
                violation_error_code="slug_is_one",
                violation_error_message="Use letters, digits and hyphens alone.",
            ),
            models.CheckConstraint(
                condition=models.Q(condition__isnull=False, treatment__isnull=True)
                | models.Q(condition__isnull=True, treatment__isnull=False),
                name="%(app_label)s_%(class)s_has_one_article",
                violation_error_code="has_one_article",
                violation_error_message="An old address belongs to one article.",
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=models.Q(condition__isnull=False),
                name="%(app_label)s_%(class)s_condition_once",
                violation_error_code="once",
                violation_error_message="That old address already leads to an article.",
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=models.Q(treatment__isnull=False),
                name="%(app_label)s_%(class)s_treatment_once",
                violation_error_code="once",
                violation_error_message="That old address already leads to a treatment.",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def clean(self) -> None:
        """Refuse the address that another article has now: that one would always win."""
        for kind, pk in ((Condition, self.condition_id), (Treatment, self.treatment_id)):
            if pk and kind.objects.filter(slug=self.slug).exclude(pk=pk).exists():
                words = "Another page has this address now. Choose another one."
                raise ValidationError({"slug": ValidationError(words, code="in_use")})


class RelatedTopic(models.Model):
    """Another article that a reader of this one may be looking for."""

    condition = models.ForeignKey(
        Condition, on_delete=models.CASCADE, related_name="related_topics"
    )
    other = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=RelatedKind, default=RelatedKind.RELATED)
    question = models.CharField(
        max_length=120,
        blank=True,
        help_text="For topics that get mixed up: Cramp or restless legs?",
    )
    text = models.CharField(
        max_length=300, blank=True, help_text="How to tell them apart, in one to three sentences."
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["condition", "other"],
                name="%(app_label)s_%(class)s_once",
                violation_error_code="once",
                violation_error_message="This article already points there.",
            ),
            models.CheckConstraint(
                condition=~models.Q(condition=models.F("other")),
                name="%(app_label)s_%(class)s_another",
                violation_error_code="another",
                violation_error_message="Choose another article than this one.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=RelatedKind.values),
                name="%(app_label)s_%(class)s_kind_is_known",
                violation_error_code="kind_is_known",
                violation_error_message="Choose how the two belong together.",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=RelatedKind.CONFUSED)
                | (~models.Q(question="") & ~models.Q(text="")),
                name="%(app_label)s_%(class)s_tells_apart",
                violation_error_code="tells_apart",
                violation_error_message="Write the question, and how to tell the two apart.",
            ),
        ]

    def __str__(self) -> str:
        return self.question or self.other.title
