"""Moments as staff read them: by the clinic's clocks."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format


def in_words(moment: datetime) -> str:
    """Return a moment as the clinic's clocks and calendars show it."""
    return date_format(timezone.localtime(moment), "F j, Y, g:i A")
