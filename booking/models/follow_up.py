"""What is sent after a visit, and to whom nothing of that is sent."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from conditions.models import Condition

from .appointment import Appointment


class FollowUpArticle(models.Model):
    """An article that staff chose for the mail after one visit, instead of those of the service."""

    # Only a visit has any. PostgreSQL refuses to delete it, so Django need not look for them.
    appointment = models.ForeignKey(
        Appointment, on_delete=models.DO_NOTHING, related_name="follow_up_articles"
    )
    condition = models.ForeignKey(
        Condition, verbose_name="article", on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        verbose_name = "article to read after the visit"
        verbose_name_plural = "articles to read after the visit"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_once",
                fields=("appointment", "condition"),
                violation_error_code="once",
                violation_error_message="This article is chosen already.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.condition)


class MailOptOut(models.Model):
    """An address that wants no mail after visits any more. What is needed for a visit still comes."""

    email = models.EmailField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "address without mail after visits"
        verbose_name_plural = "addresses without mail after visits"
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="%(app_label)s_%(class)s_once",
                violation_error_code="once",
                violation_error_message="This address is on the list already.",
            ),
        ]

    def __str__(self) -> str:
        return self.email
