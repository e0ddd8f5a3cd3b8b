"""The front desk's and the owner's screens. Visits change through `booking.actions` alone."""

from django.contrib import admin
from procrastinate.contrib.django.models import ProcrastinateJob

from .appointment import AppointmentAdmin
from .audit_entry import AuditEntryAdmin
from .availability import NotAvailableTimeAdmin
from .busy_calendar import BusyCalendarAdmin
from .location import LocationAdmin
from .mail_opt_out import MailOptOutAdmin
from .message import MessageAdmin
from .message_words import MessageWordsAdmin
from .patient import PatientAdmin
from .practitioner import PractitionerAdmin
from .privacy import LegalHoldAdmin, RetentionRuleAdmin, RetentionRunAdmin
from .service import ServiceAdmin
from .time_off import MoveRequestAdmin
from .waitlist import WaitlistEntryAdmin

__all__ = [
    "AppointmentAdmin",
    "AuditEntryAdmin",
    "BusyCalendarAdmin",
    "LegalHoldAdmin",
    "LocationAdmin",
    "MailOptOutAdmin",
    "MessageAdmin",
    "MessageWordsAdmin",
    "MoveRequestAdmin",
    "NotAvailableTimeAdmin",
    "PatientAdmin",
    "PractitionerAdmin",
    "RetentionRuleAdmin",
    "RetentionRunAdmin",
    "ServiceAdmin",
    "WaitlistEntryAdmin",
]

# The queue's own pages use inline styles, which the site's policy refuses. What became of each
# message stands in the list of messages and beside its visit.
admin.site.unregister(ProcrastinateJob)
