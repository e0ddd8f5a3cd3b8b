"""The job that deletes sessions that have expired."""

from django.utils import timezone
from procrastinate.contrib.django import app

from clinic.sign_in import sessions


@app.periodic(cron="7 4 * * *")
@app.task(name="clinic.forget_sessions", queueing_lock="clinic.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Delete what has expired, whether or not the retention rules are on."""
    sessions.forget_expired(now=timezone.now())
