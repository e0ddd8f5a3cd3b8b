"""Counts how often the red-flag questions stopped a booking. Nothing about the person is kept."""

import logging
from datetime import datetime

from django.db import Error, connection, transaction
from django.utils import timezone

from conditions.models import CareLevel

logger = logging.getLogger(__name__)
# Whoever may need an ambulance does not wait for a number.
_WAIT_BRIEFLY = "SET LOCAL lock_timeout = '200ms'"
_ADD_ONE = """
    INSERT INTO booking_screeningstop AS stop ("on", level, count) VALUES (%s, %s, 1)
    ON CONFLICT ("on", level) DO UPDATE SET count = stop.count + 1
"""


def count_stop(level: CareLevel, *, now: datetime) -> None:
    """Count one more on the clinic's day. Call it when the page for the person is drawn already.

    Never raises and hardly ever waits: a count that cannot be written is lost, and logged.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_WAIT_BRIEFLY)
            cursor.execute(_ADD_ONE, [timezone.localdate(now), level.value])
    except Error:
        logger.exception("A stop of the screening could not be counted.")
