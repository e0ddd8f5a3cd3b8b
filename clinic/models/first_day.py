from django.conf import settings
from django.db import models


class Confirmed(models.Model):
    """Somebody said that what looks like a sample is right all the same, or that mail works.

    It says so of the very words in `what`. If those change, it says nothing any more.
    """

    step = models.CharField(max_length=20)
    what = models.CharField(max_length=300)
    note = models.CharField(max_length=500, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    by_name = models.CharField(max_length=300)
    confirmed_at = models.DateTimeField()

    class Meta:
        verbose_name = "confirmed on the first day"
        verbose_name_plural = "confirmed on the first day"
        constraints = [
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_once",
                fields=("step", "what"),
                violation_error_code="once",
                violation_error_message="Somebody confirmed this already.",
            ),
        ]

    def __str__(self) -> str:
        return self.what
