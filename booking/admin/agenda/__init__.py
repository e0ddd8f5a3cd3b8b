"""The week and the day of the clinic: what is booked, free and closed, and what is done to visits."""

from .counts import today_words
from .views import agenda_view, print_view, state_view

__all__ = ["agenda_view", "print_view", "state_view", "today_words"]
