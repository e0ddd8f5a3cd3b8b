"""Which messages need somebody, and how the list of messages is narrowed down."""

from datetime import datetime, timedelta

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils import timezone

from booking.models import TO_STAFF, Message, MessageState

NEEDS_SOMEBODY_FOR = timedelta(days=30)


def needing_somebody(messages: QuerySet[Message], now: datetime) -> QuerySet[Message]:
    """Return those to patients that lately did not leave, or came back, and wait for staff.

    Sent again, a message is in another state.
    """
    since = now - NEEDS_SOMEBODY_FOR
    failed = Q(state=MessageState.FAILED, created_at__gte=since)
    came_back = Q(state=MessageState.BOUNCED, bounced_at__gte=since)
    return messages.exclude(kind__in=TO_STAFF).filter(failed | came_back)


class StateFilter(admin.SimpleListFilter):
    """States, and first of all what staff have to do something about."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        days = NEEDS_SOMEBODY_FOR.days
        return (("somebody", f"Needs somebody (last {days} days)"), *MessageState.choices)

    def queryset(self, request, queryset):
        if self.value() == "somebody":
            return needing_somebody(queryset, timezone.now())
        return queryset.filter(state=self.value()) if self.value() else queryset
