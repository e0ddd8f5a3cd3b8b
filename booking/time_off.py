"""Closures over visits that are booked already: the visits stay, and staff see each of them."""

from datetime import datetime

from django.db.models import Q

from booking.models import Appointment, NotAvailableTime


def visits_in(closure: NotAvailableTime, *, now: datetime) -> list[Appointment]:
    """Return the booked visits still to come that a closure falls on, in time order.

    Their breaks do not count: nobody is seen in those.
    """
    visits = (
        Appointment.objects.still_to_come(now)
        .filter(starts_at__lt=closure.ends_at, ends_at__gt=closure.starts_at)
        .select_related("location", "patient", "practitioner", "service")
    )
    if closure.practitioner_id is not None:
        visits = visits.for_practitioner(closure.practitioner_id)
    if closure.location_id is not None:
        place = closure.location_id
        visits = visits.filter(Q(location=place) | Q(location__same_hours_as=place))
    return list(visits)
