"""What a practitioner's own calendar keeps from being booked. Visits that are booked stay."""

from datetime import datetime, timedelta

from django.db import transaction

from booking.models import BusyCalendar, NotAvailableTime
from booking.slots import Period

from .locks import take_turn

ONE_DAY = timedelta(days=1)
REASON = "Busy in their own calendar"


def keep_busy_times(calendar: BusyCalendar, periods: list[Period], *, tried_at: datetime) -> bool:
    """Let just these be the times that the calendar keeps; say whether it still is the same one.

    In its turn in the diary, so that a hold sees all of them or none. `tried_at` is when it was
    asked for: what was read before something newer counts no more.
    """
    with transaction.atomic():
        if not _is_newest(calendar, tried_at):
            return False
        stored = {
            (starts_at, ends_at): pk
            for pk, starts_at, ends_at in calendar.busy_times.values_list(
                "pk", "starts_at", "ends_at"
            )
        }
        wanted = set(periods)
        gone = [pk for period, pk in stored.items() if period not in wanted]
        calendar.busy_times.filter(pk__in=gone).delete()
        NotAvailableTime.objects.bulk_create(
            NotAvailableTime(
                practitioner=calendar.practitioner,
                busy_calendar=calendar,
                starts_at=starts_at,
                ends_at=ends_at,
                reason=REASON,
            )
            for starts_at, ends_at in periods
            if (starts_at, ends_at) not in stored
        )
        _note(calendar, last_tried_at=tried_at, last_read_at=tried_at, problem="")
        return True


def note_unreadable(calendar: BusyCalendar, problem: str, *, tried_at: datetime) -> bool:
    """Note why the calendar could not be read. The times that were read before still count."""
    with transaction.atomic():
        if not _is_newest(calendar, tried_at):
            return False
        calendar.busy_times.filter(ends_at__lt=tried_at - ONE_DAY).delete()
        _note(calendar, last_tried_at=tried_at, problem=problem[:300])
        return True


def _is_newest(calendar: BusyCalendar, tried_at: datetime) -> bool:
    """Take its turn; say whether the calendar is there, at that address, and not read since."""
    take_turn(calendar.practitioner)
    now = BusyCalendar.objects.filter(pk=calendar.pk, url=calendar.url).first()
    return now is not None and (now.last_tried_at is None or now.last_tried_at <= tried_at)


def _note(calendar: BusyCalendar, **values: object) -> None:
    BusyCalendar.objects.filter(pk=calendar.pk).update(**values)
