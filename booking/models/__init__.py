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
from .audit import AuditEntry, AuditKind
from .availability import AvailableTime, NotAvailableTime, Weekday
from .busy_calendar import BusyCalendar
from .clock import DatabaseNow
from .event import AppointmentEvent, EventKind
from .follow_up import FollowUpArticle, MailOptOut
from .message import (
    ANNOUNCEMENTS,
    NO_PHONE,
    NOWHERE,
    TO_STAFF,
    WITHOUT_VISIT,
    Channel,
    Message,
    MessageKind,
    MessageState,
)
from .message_words import MessageWords
from .move_request import WAITING, MoveAlternative, MoveRequest, MoveRequestStatus
from .patient import ERASED_HOST, ERASED_NAME, Patient, PatientMerge, PatientNote
from .practitioner import Location, LocationKind, Practitioner
from .privacy import KEPT, LegalHold, RetentionKind, RetentionRule, RetentionRun
from .screening_stop import STOPPING, ScreeningStop
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
    "ERASED_HOST",
    "ERASED_NAME",
    "HOLDS_TIME",
    "KEPT",
    "LONGEST_BUSY",
    "NOWHERE",
    "NO_PHONE",
    "OF_THE_DAY",
    "ON_THE_LIST",
    "STILL_TO_COME",
    "STOPPING",
    "TO_STAFF",
    "WAITING",
    "WITHOUT_VISIT",
    "Appointment",
    "AppointmentEvent",
    "AppointmentStatus",
    "Attempt",
    "AuditEntry",
    "AuditKind",
    "AvailableTime",
    "BusyCalendar",
    "CancelledBy",
    "Channel",
    "DatabaseNow",
    "EventKind",
    "FollowUpArticle",
    "ForWhom",
    "LegalHold",
    "Location",
    "LocationKind",
    "MailOptOut",
    "Message",
    "MessageKind",
    "MessageState",
    "MessageWords",
    "MoveAlternative",
    "MoveRequest",
    "MoveRequestStatus",
    "NotAvailableTime",
    "OfferOutcome",
    "Patient",
    "PatientMerge",
    "PatientNote",
    "Practitioner",
    "RetentionKind",
    "RetentionRule",
    "RetentionRun",
    "Screening",
    "ScreeningStop",
    "Service",
    "TimeOfDay",
    "WaitlistEntry",
    "WaitlistOffer",
    "WaitlistStatus",
    "Weekday",
]
