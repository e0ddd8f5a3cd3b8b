"""What staff check, as the website asks nobody to prove it: new here, or seen before?"""

from booking.models import Appointment, AppointmentStatus, ForWhom

DID_NOT_COME = (AppointmentStatus.CANCELLED, AppointmentStatus.NOSHOW)


def seen_before_note(appointment: Appointment) -> str | None:
    """Say what does not fit between the kind of visit and the earlier visits, or None."""
    if appointment.patient is None or appointment.service.for_whom == ForWhom.EVERYONE:
        return None
    earlier = (
        appointment.patient.appointments.confirmed()
        .exclude(status__in=DID_NOT_COME)
        .filter(starts_at__lt=appointment.starts_at)
    )
    is_returning = appointment.service.for_whom == ForWhom.RETURNING
    if earlier.exists() == is_returning:
        return None
    if is_returning:
        return "Booked as returning, but no earlier visit is under this name, e-mail and phone"
    return "Booked as new, but an earlier visit is under this name, e-mail and phone"
