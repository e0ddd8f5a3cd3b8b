"""Bookings and no-shows by week."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, DateField, Q
from django.db.models.functions import TruncWeek

from booking.models import Appointment, AppointmentEvent, AppointmentStatus, EventKind
from booking.models.appointment import AppointmentQuerySet

from .report import Chart, Look, Panel, Report, Series, Table, amount, share
from .span import Scope, clinic_zone

CAME = (AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED)


@dataclass(frozen=True)
class WeekOfVisits:
    """What was booked in a week, and what became of the visits in it."""

    monday: date
    online: int = 0
    """Bookings made in the week by patients themselves."""
    by_staff: int = 0
    came: int = 0
    missed: int = 0
    cancelled: int = 0
    open: int = 0
    """Still to come, or nobody noted how they went."""
    unmarked: int = 0
    """Those of the open ones that are over."""


def booked_in(scope: Scope) -> AppointmentQuerySet:
    """Return the bookings that were made in the span, whatever became of them."""
    return _of(scope, "booked_at")


def visits_by_week(scope: Scope) -> tuple[WeekOfVisits, ...]:
    """Return every week of the span, in order. Two queries."""
    by_staff = AppointmentEvent.objects.filter(kind=EventKind.BOOKED, by_role="staff")
    is_by_staff = Q(pk__in=by_staff.values("appointment"))
    made = _by_week(
        booked_in(scope),
        "booked_at",
        online=Count("pk", filter=~is_by_staff),
        by_staff=Count("pk", filter=is_by_staff),
    )
    is_open = Q(status=AppointmentStatus.BOOKED)
    held = _by_week(
        _of(scope, "starts_at"),
        "starts_at",
        came=Count("pk", filter=Q(status__in=CAME)),
        missed=Count("pk", filter=Q(status=AppointmentStatus.NOSHOW)),
        cancelled=Count("pk", filter=Q(status=AppointmentStatus.CANCELLED)),
        open=Count("pk", filter=is_open),
        unmarked=Count("pk", filter=is_open & Q(ends_at__lte=scope.now)),
    )
    return tuple(
        WeekOfVisits(monday, **made.get(monday, {}), **held.get(monday, {}))
        for monday in scope.span.weeks
    )


def _of(scope: Scope, field: str) -> AppointmentQuerySet:
    begin, end = scope.span.instants
    visits = Appointment.objects.confirmed().filter(**{f"{field}__gte": begin, f"{field}__lt": end})
    if scope.practitioner is None:
        return visits
    return visits.for_practitioner(scope.practitioner)


def _by_week(
    visits: AppointmentQuerySet, field: str, **counts: Count
) -> dict[date, dict[str, Any]]:
    week = TruncWeek(field, output_field=DateField(), tzinfo=clinic_zone())
    rows = visits.order_by().values_list(week).annotate(**counts)
    return {monday: dict(zip(counts, values, strict=True)) for monday, *values in rows}


def report_visits(scope: Scope) -> Report:
    weeks = visits_by_week(scope)
    made = sum(week.online + week.by_staff for week in weeks)
    came, missed, unmarked, others = (
        sum(getattr(week, name) for week in weeks)
        for name in ("came", "missed", "unmarked", "open")
    )
    cancelled = sum(week.cancelled for week in weeks)
    has_visits = bool(made or came or missed or cancelled or others)
    return Report(
        key="bookings",
        title="Bookings and no-shows",
        finding=_finding(made, came, missed) if has_visits else "No visits in these weeks yet.",
        advice=_advice(missed, unmarked),
        counted="A booking counts in the week in which it was made, also if it was moved or cancelled "
        "later. A visit counts in the week in which it takes place. “By the desk” is what staff "
        "booked, for example on the phone. Times that were only held do not count.",
        table=Table(
            columns=(
                "Week of",
                "Booked online",
                "Booked by the desk",
                "Came",
                "Did not come",
                "Cancelled",
                "Not marked",
            ),
            rows=tuple(
                (
                    week.monday,
                    week.online,
                    week.by_staff,
                    week.came,
                    week.missed,
                    week.cancelled,
                    week.open,
                )
                for week in weeks
            ),
        ),
        chart=_chart(weeks) if has_visits else None,
    )


def _finding(made: int, came: int, missed: int) -> str:
    booked = f"{amount(made, 'visit was', 'visits were')} booked in these weeks."
    if not came + missed:
        return f"{booked} Nobody has marked yet who came and who did not."
    rate = f" ({share(missed, came + missed)})" if missed else ""
    marked = amount(came + missed, "marked visit")
    was = "was" if 1 in (missed, came + missed) else "were"
    return f"{booked} {missed:,} of {marked} {was} missed{rate}."


def _advice(missed: int, unmarked: int) -> str:
    if unmarked:
        past = amount(unmarked, "visit that is over is", "visits that are over are")
        return f"{past} not marked: mark each as done or as did not come, or this says too little."
    if missed:
        return "If more and more do not come, see that each service has reminders, and that they arrive."
    return "Keep marking visits as done or as did not come: this page counts what is marked."


def _chart(weeks: tuple[WeekOfVisits, ...]) -> Chart:
    def series(name: str, look: Look, field: str) -> Series:
        return Series(name, look, tuple(getattr(week, field) for week in weeks))

    return Chart(
        labels=tuple(week.monday for week in weeks),
        panels=(
            Panel(
                "Booked in the week",
                (
                    series("Online", Look.MAIN, "online"),
                    series("By the desk", Look.SECOND, "by_staff"),
                ),
            ),
            Panel(
                "Visits in the week",
                (
                    series("Came", Look.MAIN, "came"),
                    series("Did not come", Look.WARM, "missed"),
                    series("Not marked", Look.SECOND, "open"),
                    series("Cancelled", Look.QUIET, "cancelled"),
                ),
            ),
        ),
    )
