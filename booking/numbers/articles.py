"""Which articles lead to bookings."""

from dataclasses import dataclass

from django.db.models import Count

from conditions.models import Condition

from .report import Chart, Look, Panel, Report, Series, Table, amount
from .span import Scope
from .visits import booked_in

MOST = 10


@dataclass(frozen=True)
class ArticleBookings:
    """The articles that led to most bookings, and how many bookings there were in all."""

    leading: tuple[tuple[str, int], ...]
    """Title and bookings, most first."""
    from_articles: int
    bookings: int


def article_bookings(scope: Scope) -> ArticleBookings:
    """Return the top of the bookings made in the span, whatever became of them. Two queries."""
    rows = (
        booked_in(scope)
        .order_by()
        .values_list("condition_slug")
        .annotate(count=Count("pk"))
        .order_by("-count", "condition_slug")
    )
    counts = dict(rows)
    bookings = sum(counts.values())
    counts.pop("", None)
    leading = list(counts.items())[:MOST]
    live = Condition.objects.published(scope.now).filter(slug__in=[slug for slug, _ in leading])
    titles = dict(live.values_list("slug", "live_title"))
    return ArticleBookings(
        leading=tuple(
            (titles.get(slug, f"{slug} (not on the site)"), count) for slug, count in leading
        ),
        from_articles=sum(counts.values()),
        bookings=bookings,
    )


def report_articles(scope: Scope) -> Report:
    found = article_bookings(scope)
    return Report(
        key="articles",
        title="Which articles lead to bookings",
        finding=_finding(found),
        advice="Keep these up to date first, and see what the ones that lead nowhere lack."
        if found.leading
        else "Whoever reads an article and goes on to book from it is counted here.",
        counted="Bookings made in these weeks, also if they were cancelled later, by the article from which "
        f"somebody went on to book. The {MOST} with most are shown, by the title that is on the site now.",
        table=Table(columns=("Article", "Bookings"), rows=found.leading),
        chart=_chart(found) if found.leading else None,
    )


def _finding(found: ArticleBookings) -> str:
    if not found.bookings:
        return "Nothing was booked in these weeks yet."
    of_all = f"of {amount(found.bookings, 'booking')}"
    if not found.leading:
        return f"None {of_all} came from an article."
    title, count = found.leading[0]
    return (
        f"{found.from_articles:,} {of_all} came from an article, most from “{title}” ({count:,})."
    )


def _chart(found: ArticleBookings) -> Chart:
    titles, counts = zip(*found.leading, strict=True)
    series = Series("Bookings", Look.MAIN, counts)
    return Chart(labels=titles, panels=(Panel("Bookings by article", (series,)),))
