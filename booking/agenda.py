"""A practitioner's day."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from .models import OF_THE_DAY, Appointment, AppointmentStatus, Practitioner


def visits_on(practitioner: Practitioner, day: date) -> list[Appointment]:
    """Return the visits that begin on a day of the clinic's clock, in time order."""
    lower, upper = (
        datetime.combine(day + timedelta(days=more), time(), ZoneInfo(settings.TIME_ZONE))
        for more in (0, 1)
    )
    visits = Appointment.objects.for_practitioner(practitioner).filter(
        status__in=(AppointmentStatus.BOOKED, *OF_THE_DAY),
        starts_at__gte=lower,
        starts_at__lt=upper,
    )
    return list(visits.select_related("service", "practitioner", "location"))
