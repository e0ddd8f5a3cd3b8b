"""The clinic's booking records. Only `booking.actions` writes appointments."""

from .appointment import (
    HOLDS_TIME,
    LONGEST_BUSY,
    OF_THE_DAY,
    STILL_TO_COME,
    Appointment,
    AppointmentStatus,
    CancelledBy,
    Screening,
)
from .attempt import Attempt
from .availability import AvailableTime, NotAvailableTime, Weekday
from .clock import DatabaseNow
from .event import AppointmentEvent, EventKind
from .message import ANNOUNCEMENTS, WITHOUT_VISIT, Message, MessageKind, MessageState
from .move_request import WAITING, MoveAlternative, MoveRequest, MoveRequestStatus
from .patient import Patient
from .practitioner import Location, LocationKind, Practitioner
from .service import ForWhom, Service
from .waitlist import (
    ON_THE_LIST,
    OfferOutcome,
    TimeOfDay,
    WaitlistEntry,
    WaitlistOffer,
    WaitlistStatus,
)

__all__ = [
    "ANNOUNCEMENTS",
    "HOLDS_TIME",
    "LONGEST_BUSY",
    "OF_THE_DAY",
    "ON_THE_LIST",
    "STILL_TO_COME",
    "WAITING",
    "WITHOUT_VISIT",
    "Appointment",
    "AppointmentEvent",
    "AppointmentStatus",
    "Attempt",
    "AvailableTime",
    "CancelledBy",
    "DatabaseNow",
    "EventKind",
    "ForWhom",
    "Location",
    "LocationKind",
    "Message",
    "MessageKind",
    "MessageState",
    "MoveAlternative",
    "MoveRequest",
    "MoveRequestStatus",
    "NotAvailableTime",
    "OfferOutcome",
    "Patient",
    "Practitioner",
    "Screening",
    "Service",
    "TimeOfDay",
    "WaitlistEntry",
    "WaitlistOffer",
    "WaitlistStatus",
    "Weekday",
]
