"""The booking steps and the patient's page, one module per step."""

from .appointments import appointment, calendar, cancel
from .choose import choose
from .csrf import csrf_failure
from .details import details
from .feed import practitioner_feed
from .find import find, find_sent
from .message_choices import message_choices
from .opt_out import opt_out
from .reschedule import reschedule
from .safety import safety
from .service_list import service_list
from .times import times
from .waitlist import change as waitlist_change
from .waitlist import decline as waitlist_decline
from .waitlist import earlier as waitlist_earlier
from .waitlist import entry as waitlist_entry
from .waitlist import join as waitlist_join
from .waitlist import join_sent as waitlist_sent
from .waitlist import leave as waitlist_leave

__all__ = [
    "appointment",
    "calendar",
    "cancel",
    "choose",
    "csrf_failure",
    "details",
    "find",
    "find_sent",
    "message_choices",
    "opt_out",
    "practitioner_feed",
    "reschedule",
    "safety",
    "service_list",
    "times",
    "waitlist_change",
    "waitlist_decline",
    "waitlist_earlier",
    "waitlist_entry",
    "waitlist_join",
    "waitlist_leave",
    "waitlist_sent",
]
