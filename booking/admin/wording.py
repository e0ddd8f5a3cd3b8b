"""How the staff screens say when a visit is. No names: these words land in messages and logs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin

from booking.models import Appointment
from booking.templatetags.clinic_times import clinic_short_day, clinic_time


def when_label(at: datetime, zone: ZoneInfo) -> str:
    """Return "Tue, Dec 8, 2026, 10:30 am EST", on the zone's clock."""
    local = at.astimezone(zone)
    return f"{clinic_short_day(local)}, {local.year}, {clinic_time(at, zone)} {local:%Z}"


def appointment_label(appointment: Appointment) -> str:
    """Return time and spoken reference: "Tue, Dec 8, 2026, 10:30 am EST (4F7A-9C21)"."""
    when = when_label(appointment.starts_at, appointment.location.tz)
    return f"{when} ({appointment.spoken_reference})"


def moment_column(field: str, description: str) -> Callable[[Any, Any], str]:
    """Return a column that shows the time `field` on the clock of the visit's location."""

    @admin.display(description=description)
    def column(self: Any, row: Any) -> str:
        at = getattr(row, field)
        appointment = getattr(row, "appointment", row)
        zone = appointment.location.tz if appointment else ZoneInfo(settings.TIME_ZONE)
        return when_label(at, zone) if at else "-"

    return column
