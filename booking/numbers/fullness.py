"""How full the weeks are: how much of the open time is taken."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import cache

from django.db import connection
from django.db.models import Q

from booking.diaries import holiday_periods, open_periods
from booking.models import LONGEST_BUSY, AvailableTime, Location, NotAvailableTime
from booking.slots import Opening, Period, merged

from .report import Chart, Look, Panel, Report, Series, Table, share
from .span import ONE_DAY, ONE_WEEK, Scope, Span, clinic_zone, monday_of

WEEKS_AHEAD = 4
# A week of one practitioner at a time, so that each is found in the index of what is busy. Two of
# their visits never overlap, breaks included.
_TAKEN = """
    SELECT open.monday, sum(extract(epoch FROM upper(part) - lower(part)))::float8
    FROM unnest(%s::bigint[], %s::date[], %s::tstzmultirange[]) AS open (whose, monday, hours)
    CROSS JOIN LATERAL (
        SELECT range_agg(tstzrange(busy_from, busy_until)) AS times
        FROM booking_appointment
        WHERE practitioner_id = open.whose
            AND status IN ('booked', 'arrived', 'fulfilled', 'noshow')
            AND busy_from < upper(open.hours) AND busy_until > lower(open.hours)
            AND busy_from > lower(open.hours) - make_interval(secs => %s)
    ) AS busy
    CROSS JOIN LATERAL unnest(busy.times * open.hours) AS part
    GROUP BY open.monday
"""

type Open = tuple[int, date, Period]
"""Whose time it is, the Monday of its week, and from when until when."""


@dataclass(frozen=True)
class WeekOfHours:
    """How many minutes a week is open, and how many of these are taken."""

    monday: date
    open_minutes: int
    taken_minutes: int

    @property
    def percent(self) -> int | None:
        """How full it is; None if it is closed. Only a week without a free minute is at 100."""
        if not self.open_minutes:
            return None
        return 100 * self.taken_minutes // self.open_minutes


def span_ahead(scope: Scope) -> Span:
    """Return the span, and some weeks to come if it reaches this one."""
    span = scope.span
    if span.first_on <= scope.today <= span.last_on:
        ahead = scope.today + WEEKS_AHEAD * ONE_WEEK
        return Span.around(span.first_on, max(span.last_on, ahead))
    return span


def hours_by_week(scope: Scope) -> tuple[WeekOfHours, ...]:
    """Return every week of the span and of those ahead, in order. Four queries."""
    span = span_ahead(scope)
    open_times = list(_open_times(scope, span))
    open_minutes: dict[date, float] = defaultdict(float)
    for _, monday, (lower, upper) in open_times:
        open_minutes[monday] += (upper - lower).total_seconds() / 60
    taken = _taken_seconds(open_times)
    return tuple(
        WeekOfHours(monday, round(open_minutes[monday]), round(taken.get(monday, 0) / 60))
        for monday in span.weeks
    )


def _open_times(scope: Scope, span: Span) -> Iterator[Open]:
    """Yield each practitioner's open time without closures and holidays, once for all places."""
    places = {place.pk: place for place in Location.objects.filter(same_hours_as=None)}
    # Hours of the day before reach in, as do those of a place whose day begins sooner.
    first_on, last_on = span.first_on - ONE_DAY, span.last_on + ONE_DAY
    holidays = {
        pk: holiday_periods(place, first_on, last_on + ONE_DAY) for pk, place in places.items()
    }
    # Whole teams share their hours.
    periods_of = cache(
        lambda hours, pk: merged(open_periods(hours, places[pk].tz, first_on, last_on))
    )
    openings = _openings(scope, places, first_on, last_on)
    closures = _closures(span, openings)
    for practitioner, by_place in openings.items():
        free: list[Period] = []
        for pk, hours in by_place.items():
            closed = [
                period
                for whose, where, period in closures
                if whose in (practitioner, None) and where in (pk, None)
            ]
            free += minus(periods_of(frozenset(hours), pk), [*closed, *holidays[pk]])
        yield from ((practitioner, *part) for part in by_week(merged(free), span))


def _openings(
    scope: Scope, places: Iterable[int], first_on: date, last_on: date
) -> dict[int, dict[int, list[Opening]]]:
    """Return the hours that count, by practitioner and place."""
    hours = AvailableTime.objects.filter(
        Q(on=None) | Q(on__range=(first_on, last_on)), location__in=list(places)
    )
    if scope.practitioner is None:
        hours = hours.filter(practitioner__is_active=True)
    else:
        hours = hours.filter(practitioner=scope.practitioner)
    names = (field.name for field in fields(Opening))
    openings: dict[int, dict[int, list[Opening]]] = {}
    for whose, where, *rest in hours.order_by().values_list("practitioner", "location", *names):
        openings.setdefault(whose, {}).setdefault(where, []).append(Opening(*rest))
    return openings


def _closures(
    span: Span, practitioners: Iterable[int]
) -> list[tuple[int | None, int | None, Period]]:
    begin, end = span.instants
    found = NotAvailableTime.objects.filter(
        Q(practitioner=None) | Q(practitioner__in=list(practitioners)),
        starts_at__lt=end,
        ends_at__gt=begin,
    )
    rows = found.order_by().values_list("practitioner", "location", "starts_at", "ends_at")
    return [(whose, where, (lower, upper)) for whose, where, lower, upper in rows]


def minus(periods: Iterable[Period], blocked: Iterable[Period]) -> Iterator[Period]:
    """Yield what is left of the periods, which are in order and apart, without what is blocked."""
    gaps = merged(blocked)
    first = 0
    for lower, upper in periods:
        while first < len(gaps) and gaps[first][1] <= lower:
            first += 1
        number = first
        while number < len(gaps) and gaps[number][0] < upper:
            if lower < gaps[number][0]:
                yield lower, gaps[number][0]
            lower = gaps[number][1]
            number += 1
        if lower < upper:
            yield lower, upper


def by_week(periods: Iterable[Period], span: Span) -> Iterator[tuple[date, Period]]:
    """Yield the parts of the periods that lie in the span, each with its Monday."""
    zone = clinic_zone()
    begin, end = span.instants
    ends = {monday: Span(monday, monday + ONE_WEEK - ONE_DAY).instants[1] for monday in span.weeks}
    for period in periods:
        lower, upper = max(period[0], begin), min(period[1], end)
        while lower < upper:
            monday = monday_of(lower.astimezone(zone).date())
            yield monday, (lower, min(upper, ends[monday]))
            lower = ends[monday]


def _taken_seconds(open_times: Iterable[Open]) -> dict[date, float]:
    """Return how much of the open time of each week is taken, where any is."""
    hours: dict[tuple[int, date], list[str]] = defaultdict(list)
    for whose, monday, (lower, upper) in open_times:
        hours[whose, monday].append(f"[{lower.isoformat()},{upper.isoformat()})")
    whose_weeks = list(hours)
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKEN,
            [
                [whose for whose, _ in whose_weeks],
                [monday for _, monday in whose_weeks],
                [f"{{{','.join(periods)}}}" for periods in hours.values()],
                LONGEST_BUSY.total_seconds(),
            ],
        )
        return dict(cursor.fetchall())


def report_fullness(scope: Scope) -> Report:
    weeks = hours_by_week(scope)
    this_week = monday_of(scope.today)
    is_open = any(week.open_minutes for week in weeks)
    return Report(
        key="fullness",
        title="How full the weeks are",
        finding=_finding(weeks, this_week)
        if is_open
        else "There are no open hours in these weeks.",
        advice="Nearly full weeks ahead leave no room for whoever needs to come soon: add hours. Weeks that "
        "stay empty cost the same: offer them, or open less."
        if is_open
        else "Add weekly hours to a practitioner’s page.",
        counted="Open are the hours of bookable practitioners as they are set today, also for weeks past, "
        "without closures, busy times of their own calendars and public holidays. Hours at two places at once count "
        "once. Taken is the part of it in which somebody has a visit, with the breaks around it, also if they did "
        "not come; a cancelled visit or a time only held takes nothing. Visits outside the hours do not count.",
        table=Table(
            columns=("Week of", "Open hours", "Taken hours", "Taken, %"),
            rows=tuple(
                (
                    week.monday,
                    f"{week.open_minutes / 60:.1f}",
                    f"{week.taken_minutes / 60:.1f}",
                    "closed" if week.percent is None else week.percent,
                )
                for week in weeks
            ),
        ),
        chart=_chart(weeks, this_week) if is_open else None,
    )


def _finding(weeks: tuple[WeekOfHours, ...], this_week: date) -> str:
    past = [week for week in weeks if week.monday < this_week]
    ahead = [week for week in weeks if week.monday > this_week]
    said = []
    if open_minutes := sum(week.open_minutes for week in past):
        taken = sum(week.taken_minutes for week in past)
        said.append(f"In the weeks past, {share(taken, open_minutes)} of the open time was taken.")
    now = next((week for week in weeks if week.monday == this_week), None)
    if now and now.percent is not None:
        said.append(f"This week {now.percent}% is.")
    if ahead and ahead[0].percent is not None:
        words = "Next week" if ahead[0].monday == this_week + ONE_WEEK else "The first week ahead"
        said.append(f"{words} {ahead[0].percent}% is so far.")
    return " ".join(said) or "Nothing is open in the weeks around today."


def _chart(weeks: tuple[WeekOfHours, ...], this_week: date) -> Chart:
    past = tuple(week.percent if week.monday < this_week else None for week in weeks)
    ahead = tuple(week.percent if week.monday >= this_week else None for week in weeks)
    series = (
        Series("Taken", Look.MAIN, past),
        Series("Taken so far, this week and ahead", Look.SECOND, ahead),
    )
    return Chart(
        labels=tuple(week.monday for week in weeks),
        panels=(Panel("Taken, in % of the open hours", series),),
        is_percent=True,
    )
