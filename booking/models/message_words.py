from django.db import models
from django.utils import timezone


class MessageWords(models.Model):
    """The clinic's own words for one kind of message, where they differ from the default.

    What is empty stays as the default says it. `key` is one of `booking.words.WORDS`.
    """

    key = models.CharField(max_length=40, primary_key=True)
    subject = models.CharField(max_length=150, blank=True)
    heading = models.CharField(max_length=120, blank=True)
    opening = models.TextField(max_length=2000, blank=True)
    closing = models.TextField(max_length=2000, blank=True)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "words of messages"
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key
