"""The front desk's and the owner's screens. Visits change through `booking.actions` alone."""

from .appointment import AppointmentAdmin
from .availability import NotAvailableTimeAdmin
from .patient import PatientAdmin
from .practitioner import LocationAdmin, PractitionerAdmin
from .service import ServiceAdmin

__all__ = [
    "AppointmentAdmin",
    "LocationAdmin",
    "NotAvailableTimeAdmin",
    "PatientAdmin",
    "PractitionerAdmin",
    "ServiceAdmin",
]
