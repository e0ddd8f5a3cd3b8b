"""Lead time: how many days lie between a booking and its visit."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.db.models import Count, DurationField, ExpressionWrapper
from django.db.models.functions import TruncDate

from booking.models import AppointmentStatus

from .report import Chart, Look, Panel, Report, Series, Table, amount
from .span import ONE_DAY, Scope, clinic_zone
from .visits import booked_in

# The first day of each group, and how it is called.
GROUPS = (
    (0, "Same day"),
    (1, "1 day"),
    (2, "2 to 3"),
    (4, "4 to 7"),
    (8, "8 to 14"),
    (15, "15 to 28"),
    (29, "29 to 60"),
    (61, "Over 60"),
)


@dataclass(frozen=True)
class LeadTime:
    """How many bookings were made how many days ahead."""

    by_days: dict[int, int]

    @property
    def bookings(self) -> int:
        return sum(self.by_days.values())

    @property
    def median(self) -> float | None:
        """The days that half of the bookings do not pass; None without any."""
        return median(Counter(self.by_days).elements()) if self.by_days else None

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        ends = (*(first for first, _ in GROUPS[1:]), None)
        return tuple(
            (
                name,
                sum(
                    count
                    for days, count in self.by_days.items()
                    if first <= days and (end is None or days < end)
                ),
            )
            for (first, name), end in zip(GROUPS, ends, strict=True)
        )


def lead_time(scope: Scope) -> LeadTime:
    """Return the lead time of what was booked in the span and not cancelled. One query."""
    zone = clinic_zone()
    days = ExpressionWrapper(
        TruncDate("starts_at", tzinfo=zone) - TruncDate("booked_at", tzinfo=zone),
        output_field=DurationField(),
    )
    rows = (
        booked_in(scope)
        .exclude(status=AppointmentStatus.CANCELLED)
        .order_by()
        .annotate(ahead=days)
        .values_list("ahead")
        .annotate(count=Count("pk"))
    )
    by_days: Counter[int] = Counter()
    for ahead, count in rows:
        # Staff can note a visit after it began.
        by_days[max(ahead, timedelta()) // ONE_DAY] += count
    return LeadTime(dict(sorted(by_days.items())))


def report_lead_time(scope: Scope) -> Report:
    lead = lead_time(scope)
    return Report(
        key="lead-time",
        title="Days between booking and visit",
        finding=_finding(lead),
        advice="If people come to book longer and longer ahead, they may find nothing sooner: see below "
        "how full the weeks are, and who is on the waiting list.",
        counted="Bookings made in these weeks that are not cancelled, in days of the clinic’s calendar. "
        "A visit that was moved counts with the day it was moved to.",
        table=Table(columns=("Days ahead", "Bookings"), rows=lead.groups),
        chart=_chart(lead) if lead.bookings else None,
    )


def _finding(lead: LeadTime) -> str:
    if lead.median is None:
        return "Nothing was booked in these weeks yet."
    days = f"{lead.median:g}"
    ahead = "on the same day" if days == "0" else f"{days} day{'' if days == '1' else 's'} ahead"
    return (
        f"Half of {amount(lead.bookings, 'booking')} were made {ahead}"
        f"{'' if days == '0' else ' or less'} (the median)."
    )


def _chart(lead: LeadTime) -> Chart:
    names, counts = zip(*lead.groups, strict=True)
    return Chart(
        labels=names,
        panels=(Panel("Bookings by days ahead", (Series("Bookings", Look.MAIN, counts),)),),
    )
