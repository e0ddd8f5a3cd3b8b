"""Background work: every quarter of an hour, read the calendars that practitioners keep elsewhere.

A job for each calendar, after the mail. A job that dies is no loss: the next round reads it.
"""

import logging
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from procrastinate import exceptions
from procrastinate.contrib.django import app

from booking import actions
from booking.busy_times import MOST_BYTES, CalendarUnreadable, busy_periods_apart
from booking.calendars import site_host
from booking.models import BusyCalendar, Practitioner
from booking.slots import Period
from booking.weeks import ONE_DAY
from clinic.outbound import Client, NoAnswer
from conditions.tasks import AFTER_MAIL

logger = logging.getLogger(__name__)

# With what it takes to work out the times, it stays within what the worker gets to stop.
SECONDS = 6


def queue_read(calendar: BusyCalendar) -> bool:
    """Queue a read of the calendar; False if one is waiting already."""
    try:
        with transaction.atomic():
            read_busy_calendar.configure(
                queueing_lock=f"{read_busy_calendar.name}-{calendar.pk}"
            ).defer(pk=calendar.pk)
    except exceptions.AlreadyEnqueued:
        return False
    return True


@app.periodic(cron="*/15 * * * *")
@app.task(name="booking.read_busy_calendars", queueing_lock="booking.read_busy_calendars")
def read_busy_calendars(timestamp: int) -> None:
    """Queue a read of each calendar whose owner can be booked."""
    for calendar in BusyCalendar.objects.filter(practitioner__is_active=True).order_by("pk"):
        queue_read(calendar)


@app.task(name="booking.read_busy_calendar", priority=AFTER_MAIL)
def read_busy_calendar(*, pk: int) -> None:
    """Read one calendar and keep its busy times, or note why not. Safe to run again."""
    calendars = BusyCalendar.objects.select_related("practitioner")
    calendar = calendars.filter(pk=pk, practitioner__is_active=True).first()
    if calendar is None:
        return
    tried_at = timezone.now()
    try:
        periods = _read(calendar, now=tried_at)
    except (NoAnswer, CalendarUnreadable) as error:
        logger.warning("Calendar %s cannot be read.", pk)
        actions.note_unreadable(calendar, str(error), tried_at=tried_at)
    else:
        actions.keep_busy_times(calendar, periods, tried_at=tried_at)


def _read(calendar: BusyCalendar, *, now: datetime) -> list[Period]:
    content = Client(seconds=SECONDS, name="clinic calendar").get(
        calendar.url, most_bytes=MOST_BYTES
    )
    zone = ZoneInfo(settings.TIME_ZONE)
    lower, upper = window(calendar.practitioner, now=now)
    return busy_periods_apart(content, lower, upper, zone=zone, own_host=site_host())


def window(practitioner: Practitioner, *, now: datetime) -> tuple[datetime, datetime]:
    """Return from when until when it matters whether somebody is busy: as far as can be booked."""
    days = practitioner.services.aggregate(most=Max("horizon_days"))["most"] or 0
    # Whole days, so that what reaches over an end is not another time at each read.
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - ONE_DAY, today + timedelta(days=days + 2)
