"""Where a fact comes from."""

from django.core.validators import RegexValidator
from django.db import models


class Source(models.Model):
    """A published text that a red flag, claim, caution or article rests on."""

    key = models.SlugField(
        max_length=80,
        unique=True,
        help_text="A short name that never changes, such as nhs-twitching.",
    )
    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=200, help_text="Who published it, or the journal.")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    url = models.URLField(
        "address",
        max_length=500,
        blank=True,
        validators=[RegexValidator(r"^https://", "Use an address that starts with https://.")],
    )
    identifier = models.CharField(
        max_length=120, blank=True, help_text="A DOI, PubMed or Cochrane number, if it has one."
    )

    class Meta:
        ordering = ["title", "key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(url="") | models.Q(url__startswith="https://"),
                name="%(app_label)s_%(class)s_url_is_https",
                violation_error_code="url_is_https",
                violation_error_message="Use an address that starts with https://.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher})"
