"""The page “Numbers” for the owner: what the clinic's records say in counts, drawn and in tables."""

from datetime import date, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from booking.models import Appointment, Practitioner
from booking.numbers import LONGEST, REPORTS, Scope, Span
from booking.numbers.sizes import NARROW, WIDE, chart_height
from clinic.exports.cells import CsvSheet

from .closure_form import FIRST_DAY, day_field

SEES = "clinic.see_numbers"
MOST_AHEAD = timedelta(days=730)
NAMES = {"from_on": "from", "until_on": "until"}


class SpanForm(forms.Form):
    """Which days, and whose. Each can be left out."""

    from_on = day_field(label="From", required=False)
    until_on = day_field(label="Until", required=False)
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label="Everybody",
        error_messages={"invalid_choice": "Choose somebody from the list."},
    )

    def __init__(self, data, *, now):
        super().__init__(data, label_suffix="")
        self.now = now
        self.today = timezone.localdate(now)
        for name in NAMES:
            self.fields[name].error_messages["invalid"] = "Enter a day like 2026-12-31."

    def add_prefix(self, field_name):
        # The address says “from”, which Python keeps to itself.
        return NAMES.get(field_name, field_name)

    def clean(self):
        first_on, last_on = self.cleaned_data.get("from_on"), self.cleaned_data.get("until_on")
        for name, day in (("from_on", first_on), ("until_on", last_on)):
            if day and not FIRST_DAY <= day <= self.today + MOST_AHEAD:
                self.add_error(name, "Choose a day from the year 2000 to two years ahead.")
        if self.errors:
            return
        span = self._span(first_on, last_on)
        if first_on and last_on and last_on < first_on:
            self.add_error("until_on", "“Until” must not be before “from”.")
        elif span.last_on < span.first_on:
            self.add_error("from_on", "“From” is still to come: say until when, too.")
        elif span.last_on - span.first_on > LONGEST:
            self.add_error("until_on", "Choose three years at most.")
        else:
            self.cleaned_data["span"] = span

    def _span(self, first_on: date | None, last_on: date | None) -> Span:
        if last_on is None:
            last_on = self.today
        if first_on is None:
            first_on = Span.latest(last_on).first_on
        return Span.around(first_on, last_on)

    @property
    def scope(self) -> Scope:
        """What is asked for; the weeks until now if that cannot be."""
        if not self.is_valid():
            return Scope(span=Span.latest(self.today), now=self.now)
        return Scope(
            span=self.cleaned_data["span"],
            now=self.now,
            practitioner=self.cleaned_data["practitioner"],
        )


def _query(scope: Scope) -> dict[str, str]:
    """Return what an address says of it."""
    query = {"from": str(scope.span.first_on), "until": str(scope.span.last_on)}
    if scope.practitioner is not None:
        query["practitioner"] = scope.practitioner.slug
    return query


def _check(request):
    if not request.user.has_perm(SEES):
        raise PermissionDenied


@admin.site.admin_view
@require_safe
def numbers_view(request):
    """Show every number: what it says, what to do, the chart and its table."""
    _check(request)
    form = SpanForm(request.GET, now=timezone.now())
    scope = form.scope
    span, query = scope.span, _query(scope)
    if not form.errors:
        # The days that are shown, also if none or others of the same weeks were typed.
        form.data = query
    reports = [make(scope) for make in REPORTS.values()]
    context = {
        **admin.site.each_context(request),
        "title": "Numbers",
        "form": form,
        "span": span,
        "practitioner": scope.practitioner,
        "query": urlencode(query),
        "reports": [(report, _alt(report, span), _sizes(report)) for report in reports],
        "is_new": not Appointment.objects.confirmed().exists(),
        "list_url": reverse("admin:booking_message_changelist"),
    }
    return TemplateResponse(request, "admin/booking/numbers.html", context)


def _sizes(report) -> dict[str, dict[str, int]]:
    """Return how much room the drawings take, so that nothing moves when one comes."""
    if report.chart is None:
        return {}
    widths = {"wide": WIDE, "narrow": NARROW}
    return {
        name: {"width": width, "height": chart_height(report.chart, width)}
        for name, width in widths.items()
    }


def _alt(report, span) -> str:
    days = f"{date_format(span.first_on)} to {date_format(span.last_on)}"
    return f"Chart: {report.title}, {days}. {report.finding} The table below has the numbers."


@admin.site.admin_view
@require_safe
def chart_view(request, key):
    """Answer with one chart as SVG, for a light or dark page, wide or narrow."""

    def as_picture(report):
        # Takes a second at first, which no other page, nor a refusal, has to wait for.
        from booking.numbers.drawing import Theme, draw

        picture = draw(
            report,
            theme=Theme.DARK if request.GET.get("theme") == "dark" else Theme.LIGHT,
            is_narrow=request.GET.get("width") == "narrow",
        )
        return HttpResponse(picture, content_type="image/svg+xml")

    return _answer(request, key, as_picture)


@admin.site.admin_view
@require_safe
def table_view(request, key):
    """Answer with one table as a file."""

    def as_file(report):
        file = BytesIO()
        sheet = CsvSheet(file, ZoneInfo(settings.TIME_ZONE), report.table.columns)
        for row in report.table.rows:
            sheet.add(row)
        response = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{report.key}.csv"'
        return response

    return _answer(request, key, as_file)


def _answer(request, key, respond) -> HttpResponse:
    _check(request)
    if key not in REPORTS:
        raise Http404
    form = SpanForm(request.GET, now=timezone.now())
    if not form.is_valid():
        words = [str(words) for errors in form.errors.values() for words in errors]
        return HttpResponse(" ".join(words), status=400, content_type="text/plain; charset=utf-8")
    response: HttpResponse = respond(REPORTS[key](form.scope))
    return response


urlpatterns = [
    path("", numbers_view, name="numbers"),
    path("<slug:key>.svg", chart_view, name="numbers-chart"),
    path("<slug:key>.csv", table_view, name="numbers-table"),
]
