"""How often the safety questions stopped a booking, by day, and never so few that it could be told whose."""

from dataclasses import dataclass
from datetime import date

from booking.models import STOPPING, ScreeningStop
from conditions.models import CareLevel

from .report import FEW, Chart, Count, Look, Panel, Report, Series, Table, amount, hide_few
from .span import Scope

TITLES = {CareLevel.EMERGENCY: "Emergency", CareLevel.URGENT: "Be seen today first"}


@dataclass(frozen=True)
class DayOfStops:
    """What may be told of a day. There are no sums: they would tell what the days hide."""

    on: date
    emergency: Count
    urgent: Count


def stops_by_day(scope: Scope) -> tuple[DayOfStops, ...]:
    """Return every day of the span, in order. One query."""
    found = ScreeningStop.objects.filter(
        on__range=(scope.span.first_on, scope.span.last_on), level__in=STOPPING
    )
    counts = {(stop.on, stop.level): hide_few(stop.count) for stop in found}
    return tuple(
        DayOfStops(day, *(counts.get((day, level), 0) for level in STOPPING))
        for day in scope.span.days
    )


def report_stops(scope: Scope) -> Report:
    days = stops_by_day(scope)
    with_any = tuple(day for day in days if day.emergency or day.urgent)
    return Report(
        key="stops",
        title="When the safety questions stopped a booking",
        finding=_finding(days) if with_any else "The questions stopped no booking in these weeks.",
        advice="If a day stands out, read the article and the signs that people came from: a sign may be worded so "
        "that it stops people whom it does not mean. Never take one off because it stops many.",
        counted="An emergency ended the booking; with a sign to be seen today, people read that first and may go on. "
        "On the site, on the waiting list and on the phone. Whoever sends the form twice counts twice. Not who it was "
        f"or which sign. From 1 to {FEW - 1} a day it only says “{hide_few(1)}”, and there are no sums, so "
        "that nobody can be told from it. Always of the whole clinic.",
        table=Table(
            columns=("Day", *TITLES.values()),
            rows=tuple((day.on, day.emergency, day.urgent) for day in with_any),
        ),
        chart=_chart(days) if with_any else None,
    )


def _finding(days: tuple[DayOfStops, ...]) -> str:
    emergency = sum(bool(day.emergency) for day in days)
    urgent = sum(bool(day.urgent) for day in days)
    return (
        f"An emergency ended a booking on {amount(emergency, 'day')} of {len(days)}; a sign to be seen today "
        f"came up on {amount(urgent, 'day')}."
    )


def _chart(days: tuple[DayOfStops, ...]) -> Chart:
    return Chart(
        labels=tuple(day.on for day in days),
        panels=(
            Panel(
                TITLES[CareLevel.EMERGENCY],
                (Series("times a day", Look.WARM, tuple(day.emergency for day in days)),),
            ),
            Panel(
                TITLES[CareLevel.URGENT],
                (Series("times a day", Look.MAIN, tuple(day.urgent for day in days)),),
            ),
        ),
    )
