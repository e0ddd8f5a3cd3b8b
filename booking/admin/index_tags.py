"""For the admin's pages: today's visits, what needs somebody, the first day, who must not be erased."""

from typing import Any

from django import template
from django.utils import timezone

from booking.models import BusyCalendar, LegalHold, Message, Patient
from booking.privacy.holds import open_hold

from .agenda import today_words
from .first_day import Step, first_day
from .message_filters import needing_somebody
from .whose import about_visits_of, lacks_diary

register = template.Library()
register.filter(lacks_diary)


@register.simple_tag
def messages_needing_somebody(user: Any) -> int:
    """Return how many messages to patients lately failed or came back, and were not sent again."""
    return needing_somebody(about_visits_of(user, Message.objects.all()), timezone.now()).count()


@register.simple_tag
def calendars_with_a_problem() -> int:
    """Return how many calendars of practitioners who can be booked cannot be read at present."""
    active = BusyCalendar.objects.filter(practitioner__is_active=True)
    return active.exclude(problem="").count()


@register.simple_tag(takes_context=True)
def visits_of_today(context) -> str:
    """Return today's visits in numbers: "7 visits, 1 to confirm", of those the user may see."""
    return today_words(context["request"].user, now=timezone.now())


@register.simple_tag
def legal_hold_of(patient: Patient) -> LegalHold | None:
    """Return the hold for which the patient must not be erased, if one is in force."""
    return open_hold(patient)


@register.simple_tag
def first_day_to_do() -> tuple[int, int, Step] | None:
    """Return how many steps of the first day are done, of how many, and the next; None at its end."""
    steps = first_day(timezone.now())
    left = [step for step in steps if not step.is_done]
    return (len(steps) - len(left), len(steps), left[0]) if left else None
