"""The only writer of appointments. Each action is one transaction.

Every action that takes time locks the practitioner first, so that people who want the same time
queue up in a moment instead of meeting in the exclusion constraint; the constraint stays as the
last word. `now` is an aware datetime, `by` says who does it. Whether a hold has run out is the
database's to say, by its own clock.
"""

from .bookings import book, reschedule
from .busy import keep_busy_times, note_unreadable
from .changes import (
    cancel,
    choose_messages,
    give_visits,
    keep_own_zone,
    keep_private,
    mark_arrived,
    mark_booked,
    mark_fulfilled,
    mark_no_show,
)
from .forgetting import forget_patient, forget_words
from .holds import HOLD_DURATION, LONGEST_HOLD, extend, hold, release
from .locks import close_diary, get_for_change, take_turn
from .records import PatientDetails
from .requests import answer_request, patient_may_change

__all__ = [
    "HOLD_DURATION",
    "LONGEST_HOLD",
    "PatientDetails",
    "answer_request",
    "book",
    "cancel",
    "choose_messages",
    "close_diary",
    "extend",
    "forget_patient",
    "forget_words",
    "get_for_change",
    "give_visits",
    "hold",
    "keep_busy_times",
    "keep_own_zone",
    "keep_private",
    "mark_arrived",
    "mark_booked",
    "mark_fulfilled",
    "mark_no_show",
    "note_unreadable",
    "patient_may_change",
    "release",
    "reschedule",
    "take_turn",
]
