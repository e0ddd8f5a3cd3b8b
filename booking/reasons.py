"""Why a time is not offered: every rule that stands in its way, for staff and, in part, patients."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from .availability import bookable_dates, full_days
from .diaries import (
    ONE_DAY,
    REACH,
    Diary,
    closures_of,
    holiday_periods,
    load_diaries,
    open_periods,
)
from .models import (
    Appointment,
    AppointmentStatus,
    Location,
    NotAvailableTime,
    Practitioner,
    Service,
)
from .slots import Period, free_slots, merged
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


def explain(
    service: Service,
    *,
    practitioner: Practitioner,
    starts_at: datetime,
    now: datetime,
    location: Location | None = None,
    holder: UUID | None = None,
    moving: UUID | None = None,
) -> list[Reason]:
    """Return what keeps this start from being offered; nothing exactly if `is_offered` says so.

    Of a start that is past, or beyond what can be booked ahead, only what overlaps is named too.
    """
    location = location or service.location
    in_the_way = _overlaps(
        service, practitioner=practitioner, starts_at=starts_at, holder=holder, moving=moving
    )
    earliest, latest = bookable_dates(service, now=now, location=location)
    if starts_at < now:
        return [Reason(Why.PAST), *in_the_way]
    day = starts_at.astimezone(location.tz).date()
    if day > latest:
        return [Reason(Why.HORIZON, on=earliest + (day - latest)), *in_the_way]
    bookable_from = now + service.notice
    reasons = [Reason(Why.NOTICE, (now, bookable_from))] if starts_at < bookable_from else []
    diary = load_diaries(
        [practitioner], location=location, first_on=day, last_on=day, holder=holder, moving=moving
    )[practitioner.pk]
    visit = (starts_at, starts_at + service.duration)
    reasons += _hours(diary, service, location, day, visit)
    reasons += _closures(practitioner, location, day, visit)
    if day in full_days(diary, service, location=location):
        reasons.append(Reason(Why.CAP))
    return reasons + in_the_way


def words_for_patients(
    service: Service,
    *,
    practitioners: Sequence[Practitioner],
    starts_at: datetime,
    now: datetime,
    location: Location,
) -> str:
    """Return a sentence on why a time is not offered: never who has it, or why somebody is away.

    Of several practitioners counts the one who comes closest to offering it.
    """
    earliest, latest = bookable_dates(service, now=now, location=location)
    day = starts_at.astimezone(location.tz).date()
    if starts_at < now:
        return "This time is past."
    if day > latest:
        opens_on = earliest + (day - latest)
        year = "" if opens_on.year == earliest.year else f", {opens_on.year}"
        return f"Booking for this day opens on {clinic_day(opens_on)}{year}."
    if starts_at < now + service.notice:
        return f"Booking closes {length_words(service.notice)} before the visit."
    visit = (starts_at, starts_at + service.duration)
    diaries = load_diaries(practitioners, location=location, first_on=day, last_on=day).values()
    of_each = [_hours(diary, service, location, day, visit) for diary in diaries]
    works = [diary for diary, reasons in zip(diaries, of_each, strict=True) if not reasons]
    if any(not _meets(diary.closed, visit) for diary in works):
        return "This time is taken."
    if works:
        return "We are closed at this time."
    if any(reason.why == Why.STEP for reasons in of_each for reason in reasons):
        return "No visit starts at this time."
    return "This is outside our hours."


def _meets(closed: Sequence[Period], visit: Period) -> bool:
    return any(lower < visit[1] and visit[0] < upper for lower, upper in closed)


def _hours(
    diary: Diary, service: Service, location: Location, day: date, visit: Period
) -> list[Reason]:
    """Say whether the visit leaves the hours, or begins where none does."""
    periods = open_periods(diary.hours, location.host.tz, day - ONE_DAY, day + REACH)
    if not any(lower <= visit[0] and visit[1] <= upper for lower, upper in merged(periods)):
        hours = tuple(open_periods(diary.hours, location.host.tz, day, day))
        return [Reason(Why.HOURS, hours=hours)]
    slots = free_slots(
        periods, (), duration=service.duration, step=service.step, not_before=visit[0] - ONE_DAY
    )
    starts = [slot.starts_at for slot in slots]
    if visit[0] in starts:
        return []
    before = [start for start in starts if start < visit[0]][-1:]
    after = [start for start in starts if start > visit[0]][:1]
    return [Reason(Why.STEP, starts=(*before, *after))]


def _closures(
    practitioner: Practitioner, location: Location, day: date, visit: Period
) -> list[Reason]:
    lower, upper = visit
    reasons = [
        Reason(Why.CLOSURE, (closure.starts_at, closure.ends_at), closure.reason, closure=closure)
        for closure in closures_of(practitioner, location, lower, upper)
    ]
    for on, name in location.host.holidays(day - REACH, day + REACH).items():
        for period in holiday_periods(location, on, on):
            if period[0] < upper and lower < period[1]:
                reasons.append(Reason(Why.HOLIDAY, period=period, name=name))
    return reasons


def _overlaps(
    service: Service,
    *,
    practitioner: Practitioner,
    starts_at: datetime,
    holder: UUID | None = None,
    moving: UUID | None = None,
) -> list[Reason]:
    """Name each visit or hold in the way, and whether only the breaks around them meet."""
    visit = (starts_at, starts_at + service.duration)
    taken = (visit[0] - service.buffer_before, visit[1] + service.buffer_after)
    others = (
        Appointment.objects.for_practitioner(practitioner)
        .holding_time()
        .overlapping(*taken)
        .select_related("location")
    )
    if moving is not None:
        others = others.in_the_way_of(moving)
    if holder is not None:
        others = others.exclude(status=AppointmentStatus.PENDING, reference=holder)
    reasons = []
    for other in others:
        why = Why.HELD if other.status == AppointmentStatus.PENDING else Why.BOOKED
        if visit[1] <= other.starts_at or other.ends_at <= visit[0]:
            why = Why.BUFFER
        reasons.append(Reason(why, (other.starts_at, other.ends_at), appointment=other))
    return reasons
