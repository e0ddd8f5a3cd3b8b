from django.db import models


class Attempt(models.Model):
    """One thing that somebody did who can be counted: by a keyed digest, never by an address."""

    kind = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=("digest", "at"), name="booking_attempt_recent")]

    def __str__(self) -> str:
        return self.kind
