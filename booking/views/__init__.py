"""The booking steps and the patient's page, one module per step."""

from .appointments import appointment, calendar, cancel
from .csrf import csrf_failure
from .details import details
from .find import find, find_sent
from .reschedule import reschedule
from .safety import safety
from .service_list import service_list
from .times import times

__all__ = [
    "appointment",
    "calendar",
    "cancel",
    "csrf_failure",
    "details",
    "find",
    "find_sent",
    "reschedule",
    "safety",
    "service_list",
    "times",
]
