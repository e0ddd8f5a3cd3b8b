"""The clinic in numbers: counts alone, from which nobody can be recognised."""

from collections.abc import Callable

from .articles import report_articles
from .failures import report_failures
from .fullness import report_fullness
from .lead_time import report_lead_time
from .report import Report
from .span import LONGEST, Scope, Span
from .stops import report_stops
from .visits import report_visits

__all__ = ["LONGEST", "REPORTS", "Report", "Scope", "Span"]

# In the order of the page, by the name in their addresses.
REPORTS: dict[str, Callable[[Scope], Report]] = {
    "bookings": report_visits,
    "lead-time": report_lead_time,
    "fullness": report_fullness,
    "articles": report_articles,
    "stops": report_stops,
    "messages": report_failures,
}
