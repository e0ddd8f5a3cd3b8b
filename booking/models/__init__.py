"""The clinic's booking records. Only `booking.actions` writes appointments."""

from .appointment import (
    HOLDS_TIME,
    OF_THE_DAY,
    STILL_TO_COME,
    Appointment,
    AppointmentStatus,
    CancelledBy,
    Screening,
)
from .availability import AvailableTime, NotAvailableTime, Weekday
from .message import Message, MessageKind, MessageState
from .patient import Patient
from .practitioner import Location, LocationKind, Practitioner
from .service import Service

__all__ = [
    "HOLDS_TIME",
    "OF_THE_DAY",
    "STILL_TO_COME",
    "Appointment",
    "AppointmentStatus",
    "AvailableTime",
    "CancelledBy",
    "Location",
    "LocationKind",
    "Message",
    "MessageKind",
    "MessageState",
    "NotAvailableTime",
    "Patient",
    "Practitioner",
    "Screening",
    "Service",
    "Weekday",
]
