"""Why a time is not offered: every rule that stands in its way, for staff and, in part, patients."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from .availability import full_days
from .diaries import (
    ONE_DAY,
    REACH,
    Diary,
    closures_of,
    holiday_periods,
    load_diaries,
    open_periods,
)
from .models import Appointment, AppointmentStatus, NotAvailableTime, Practitioner
from .search import Search
from .slots import Period, Slot, free_slots, merged
from .templatetags.clinic_times import clinic_day, length_words


class Why(StrEnum):
    """A rule that keeps a time from being offered."""

    PAST = "past"
    NOTICE = "notice"
    HORIZON = "horizon"
    HOURS = "hours"
    STEP = "step"
    CLOSURE = "closure"
    HOLIDAY = "holiday"
    CAP = "cap"
    BOOKED = "booked"
    HELD = "held"
    BUFFER = "buffer"


# What nobody may override: two visits never overlap, with their breaks.
OVERLAPS = (Why.BOOKED, Why.HELD, Why.BUFFER)


@dataclass(frozen=True)
class Reason:
    """One rule, and what exactly is in the way, if it is one thing: a closure or a visit."""

    why: Why
    period: Period | None = None
    """When what is in the way is; of the notice, until when nothing is offered."""
    name: str = ""
    appointment: Appointment | None = None
    closure: NotAvailableTime | None = None
    hours: tuple[Period, ...] = ()
    """The hours that begin on that day, if it lies outside them."""
    starts: tuple[datetime, ...] = ()
    """The starts before and after it, if none is at it."""
    on: date | None = None
    """The first day on which it can be booked, if it is too far ahead."""


def explain(search: Search, practitioner: Practitioner, starts_at: datetime) -> list[Reason]:
    """Return what keeps this start from being offered; nothing exactly if `is_offered` says so.

    Of a start that is past, or beyond what can be booked ahead, only what overlaps is named too.
    """
    search = search.with_only(practitioner)
    visit = Slot(starts_at, starts_at + search.service.duration)
    in_the_way = _overlaps(search, practitioner, visit)
    earliest, latest = search.bookable_dates()
    if starts_at < search.now:
        return [Reason(Why.PAST), *in_the_way]
    day = search.day_of(starts_at)
    if day > latest:
        return [Reason(Why.HORIZON, on=earliest + (day - latest)), *in_the_way]
    reasons = []
    if starts_at < search.notice_until:
        reasons.append(Reason(Why.NOTICE, (search.now, search.notice_until)))
    diary = load_diaries(search, first_on=day, last_on=day)[practitioner.pk]
    reasons += _hours(search, diary, visit)
    reasons += _closures(search, practitioner, visit)
    if day in full_days(search, diary):
        reasons.append(Reason(Why.CAP))
    return reasons + in_the_way


def words_for_patients(search: Search, starts_at: datetime) -> str:
    """Return a sentence on why a time is not offered: never who has it, or why somebody is away.

    Of several practitioners counts the one who comes closest to offering it.
    """
    earliest, latest = search.bookable_dates()
    day = search.day_of(starts_at)
    if starts_at < search.now:
        return "This time is past."
    if day > latest:
        opens_on = earliest + (day - latest)
        year = "" if opens_on.year == earliest.year else f", {opens_on.year}"
        return f"Booking for this day opens on {clinic_day(opens_on)}{year}."
    if starts_at < search.notice_until:
        return f"Booking closes {length_words(search.service.notice)} before the visit."
    visit = Slot(starts_at, starts_at + search.service.duration)
    diaries = load_diaries(search, first_on=day, last_on=day).values()
    of_each = [_hours(search, diary, visit) for diary in diaries]
    works = [diary for diary, reasons in zip(diaries, of_each, strict=True) if not reasons]
    if any(not _meets(diary.closed, visit) for diary in works):
        return "This time is taken."
    if works:
        return "We are closed at this time."
    if any(reason.why == Why.STEP for reasons in of_each for reason in reasons):
        return "No visit starts at this time."
    return "This is outside our hours."


def _meets(closed: Sequence[Period], visit: Slot) -> bool:
    return any(lower < visit.ends_at and visit.starts_at < upper for lower, upper in closed)


def _hours(search: Search, diary: Diary, visit: Slot) -> list[Reason]:
    """Say whether the visit leaves the hours, or begins where none does."""
    day, tz, service = search.day_of(visit.starts_at), search.location.host.tz, search.service
    periods = open_periods(diary.hours, tz, day - ONE_DAY, day + REACH)
    if not any(
        lower <= visit.starts_at and visit.ends_at <= upper for lower, upper in merged(periods)
    ):
        return [Reason(Why.HOURS, hours=tuple(open_periods(diary.hours, tz, day, day)))]
    slots = free_slots(
        periods,
        (),
        duration=service.duration,
        step=service.step,
        not_before=visit.starts_at - ONE_DAY,
    )
    starts = [slot.starts_at for slot in slots]
    if visit.starts_at in starts:
        return []
    before = [start for start in starts if start < visit.starts_at][-1:]
    after = [start for start in starts if start > visit.starts_at][:1]
    return [Reason(Why.STEP, starts=(*before, *after))]


def _closures(search: Search, practitioner: Practitioner, visit: Slot) -> list[Reason]:
    location, day = search.location, search.day_of(visit.starts_at)
    reasons = [
        Reason(Why.CLOSURE, (closure.starts_at, closure.ends_at), closure.reason, closure=closure)
        for closure in closures_of(practitioner, location, *visit)
    ]
    for on, name in location.host.holidays(day - REACH, day + REACH).items():
        for period in holiday_periods(location, on, on):
            if _meets([period], visit):
                reasons.append(Reason(Why.HOLIDAY, period=period, name=name))
    return reasons


def _overlaps(search: Search, practitioner: Practitioner, visit: Slot) -> list[Reason]:
    """Name each visit or hold in the way, and whether only the breaks around them meet."""
    before, after = search.service.buffer_before, search.service.buffer_after
    others = (
        Appointment.objects.for_practitioner(practitioner)
        .holding_time()
        .overlapping(visit.starts_at - before, visit.ends_at + after)
        .select_related("location")
    )
    if search.moving is not None:
        others = others.in_the_way_of(search.moving)
    if search.holder is not None:
        others = others.exclude(status=AppointmentStatus.PENDING, reference=search.holder)
    reasons = []
    for other in others:
        why = Why.HELD if other.status == AppointmentStatus.PENDING else Why.BOOKED
        if visit.ends_at <= other.starts_at or other.ends_at <= visit.starts_at:
            why = Why.BUFFER
        reasons.append(Reason(why, (other.starts_at, other.ends_at), appointment=other))
    return reasons
