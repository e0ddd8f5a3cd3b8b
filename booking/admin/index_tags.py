"""For the admin's index: whose messages did not arrive."""

from django import template
from django.utils import timezone

from booking.models import Message

from .message_filters import needing_somebody

register = template.Library()


@register.simple_tag
def messages_needing_somebody() -> int:
    """Return how many messages to patients lately failed or came back, and were not sent again."""
    return needing_somebody(Message.objects.all(), timezone.now()).count()
