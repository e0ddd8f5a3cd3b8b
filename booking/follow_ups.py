"""What a patient is given to read after a visit, and who wants no mail with it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from conditions.models import Condition

from .models import Appointment, FollowUpArticle, MailOptOut


def articles_for(visit: Appointment, *, now: datetime) -> list[Condition]:
    """Return the articles that staff chose for the visit, else for its service, that are live."""
    live = Condition.objects.published(now)
    chosen = visit.follow_up_articles.values_list("condition", flat=True)
    own = list(chosen)
    if own:
        return sorted(live.filter(pk__in=own), key=lambda one: own.index(one.pk))
    return list(live.filter(pk__in=visit.service.follow_up_articles.values("pk")))


def choose_articles(visit: Appointment, articles: Iterable[Condition]) -> None:
    """Give the visit these articles, in this order; none means those of its service."""
    with transaction.atomic():
        # Two members of staff at once take turns, and the later one's choice is whole.
        Appointment.objects.select_for_update(no_key=True).get(pk=visit.pk)
        visit.follow_up_articles.all().delete()
        FollowUpArticle.objects.bulk_create(
            FollowUpArticle(appointment=visit, condition=one) for one in articles
        )


def has_opted_out(email: str) -> bool:
    """Say whether the address wants no mail after visits."""
    return MailOptOut.objects.filter(email__iexact=email).exists()


def opt_out_of(email: str) -> None:
    """Send the address no mail after visits any more. Twice does no more than once."""
    MailOptOut.objects.bulk_create([MailOptOut(email=email)], ignore_conflicts=True)
