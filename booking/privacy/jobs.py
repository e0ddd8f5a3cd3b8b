"""The job that applies the clinic's retention rules each night."""

from django.utils import timezone
from procrastinate.contrib.django import app

from .retention import apply_all

AFTER_MAIL = -10


@app.periodic(cron="23 4 * * *")
@app.task(
    name="booking.apply_retention", queueing_lock="booking.apply_retention", priority=AFTER_MAIL
)
def apply_retention(timestamp: int) -> None:
    """Let go of what the rules that are on say is kept long enough."""
    apply_all(now=timezone.now())
