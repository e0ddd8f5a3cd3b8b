"""For the admin's index: what did not arrive, and what cannot be read."""

from django import template
from django.utils import timezone

from booking.models import BusyCalendar, Message

from .message_filters import needing_somebody

register = template.Library()


@register.simple_tag
def messages_needing_somebody() -> int:
    """Return how many messages to patients lately failed or came back, and were not sent again."""
    return needing_somebody(Message.objects.all(), timezone.now()).count()


@register.simple_tag
def calendars_with_a_problem() -> int:
    """Return how many calendars of practitioners who can be booked cannot be read at present."""
    active = BusyCalendar.objects.filter(practitioner__is_active=True)
    return active.exclude(problem="").count()
