"""Messages that did not arrive, by week."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, DateField, Q
from django.db.models.functions import TruncWeek

from booking.models import Channel, Message, MessageState

from .report import Chart, Look, Panel, Report, Series, Table, amount
from .span import Scope, clinic_zone

LOST = (MessageState.FAILED, MessageState.BOUNCED)


@dataclass(frozen=True)
class WeekOfMessages:
    """How many messages were written in a week, and how many of these did not arrive."""

    monday: date
    emails: int
    emails_lost: int
    texts: int
    texts_lost: int


def messages_by_week(scope: Scope) -> tuple[WeekOfMessages, ...]:
    """Return every week of the span, in order. One query."""
    begin, end = scope.span.instants
    written = Message.objects.filter(created_at__gte=begin, created_at__lt=end)
    if scope.practitioner is not None:
        about = Q(appointment__practitioner=scope.practitioner)
        written = written.filter(about | Q(practitioner=scope.practitioner))
    week = TruncWeek("created_at", output_field=DateField(), tzinfo=clinic_zone())
    rows = (
        written.order_by()
        .values_list(week, "channel")
        .annotate(all=Count("pk"), lost=Count("pk", filter=Q(state__in=LOST)))
    )
    counts = {(monday, channel): (all_, lost) for monday, channel, all_, lost in rows}
    return tuple(
        WeekOfMessages(
            monday,
            *counts.get((monday, Channel.EMAIL), (0, 0)),
            *counts.get((monday, Channel.SMS), (0, 0)),
        )
        for monday in scope.span.weeks
    )


def report_failures(scope: Scope) -> Report:
    weeks = messages_by_week(scope)
    written = sum(week.emails + week.texts for week in weeks)
    lost = sum(week.emails_lost + week.texts_lost for week in weeks)
    return Report(
        key="messages",
        title="Messages that did not arrive",
        finding=f"{lost:,} of {amount(written, 'message')} did not arrive."
        if written
        else "No message was written in these weeks yet.",
        advice="Open the list of messages to see why, correct the address or call, and send again."
        if lost
        else "Nothing to do.",
        counted="Emails and text messages, also to staff, in the week in which they were written. Not sent in the "
        "end, or come back later; what still waits or was not needed any more did not fail."
        + (
            " Only messages about a visit with this practitioner, or about their day."
            if scope.practitioner
            else ""
        ),
        table=Table(
            columns=(
                "Week of",
                "Emails",
                "Emails not arrived",
                "Text messages",
                "Text messages not arrived",
            ),
            rows=tuple(
                (week.monday, week.emails, week.emails_lost, week.texts, week.texts_lost)
                for week in weeks
            ),
        ),
        chart=_chart(weeks) if written else None,
    )


def _chart(weeks: tuple[WeekOfMessages, ...]) -> Chart:
    return Chart(
        labels=tuple(week.monday for week in weeks),
        panels=(
            Panel(
                "Not arrived, by week",
                (
                    Series("Email", Look.MAIN, tuple(week.emails_lost for week in weeks)),
                    Series("Text message", Look.WARM, tuple(week.texts_lost for week in weeks)),
                ),
            ),
        ),
    )
