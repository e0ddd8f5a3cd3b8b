"""What comes back from readers and from the web: feedback, empty searches, dead links."""

from django.db import models

from .article import Condition, Treatment


class Feedback(models.Model):
    """What a reader said about a page: no name, no address, only the day."""

    condition = models.ForeignKey(
        Condition, on_delete=models.CASCADE, null=True, blank=True, related_name="feedback"
    )
    treatment = models.ForeignKey(
        Treatment, on_delete=models.CASCADE, null=True, blank=True, related_name="feedback"
    )
    was_helpful = models.BooleanField("helpful")
    text = models.CharField(max_length=500, blank=True)
    sent_on = models.DateField()
    is_done = models.BooleanField(
        "dealt with", default=False, help_text="Ticked, it leaves the list of what is to do."
    )

    class Meta:
        verbose_name_plural = "feedback"
        ordering = ["-sent_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(condition__isnull=False, treatment__isnull=True)
                | models.Q(condition__isnull=True, treatment__isnull=False),
                name="%(app_label)s_%(class)s_has_one_article",
                violation_error_code="has_one_article",
                violation_error_message="Feedback is about one article.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition or self.treatment}: {'helpful' if self.was_helpful else 'not helpful'}"


class EmptySearch(models.Model):
    """Words that were searched for and not found, and how often; never by whom."""

    query = models.CharField(max_length=60, unique=True)
    times = models.PositiveIntegerField(default=1)
    last_on = models.DateField()

    class Meta:
        verbose_name = "search that found nothing"
        verbose_name_plural = "searches that found nothing"
        ordering = ["-times", "query"]

    def __str__(self) -> str:
        return self.query


class LinkCheck(models.Model):
    """What became of an address on another site when it was last tried."""

    url = models.URLField("address", max_length=500, unique=True)
    checked_at = models.DateTimeField()
    is_alive = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True, help_text="Why it counts as dead.")
    failures = models.PositiveSmallIntegerField(
        default=0, help_text="How often in a row it could not be reached."
    )

    class Meta:
        verbose_name = "checked link"
        ordering = ["is_alive", "url"]

    def __str__(self) -> str:
        return self.url
