"""How the list of visits is narrowed down."""

from datetime import datetime, time, timedelta

from django.contrib import admin
from django.utils import timezone

from booking.models import Appointment, AppointmentStatus

from .private_search import kept_term


class DayFilter(admin.SimpleListFilter):
    """Days on the clinic's clock. The list opens on what is to come; a search looks at all."""

    title = "day"
    parameter_name = "day"

    def lookups(self, request, model_admin):
        return (
            ("upcoming", "Today and later"),
            ("today", "Today"),
            ("tomorrow", "Tomorrow"),
            ("past", "Before today"),
            ("all", "Any day"),
        )

    def choices(self, changelist):
        selected = self.value() or self._default(changelist.query)
        for value, title in self.lookup_choices:
            yield {
                "selected": selected == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request, queryset):
        day = self.value() or self._default(kept_term(request))
        today = timezone.localdate()
        tomorrow = today + timedelta(days=1)
        if day == "upcoming":
            return queryset.filter(starts_at__gte=_midnight(today))
        if day == "past":
            return queryset.filter(starts_at__lt=_midnight(today))
        if day in ("today", "tomorrow"):
            first = today if day == "today" else tomorrow
            return queryset.filter(
                starts_at__gte=_midnight(first),
                starts_at__lt=_midnight(first + timedelta(days=1)),
            )
        return queryset

    def _default(self, query):
        return "all" if query else "upcoming"


class StatusFilter(admin.SimpleListFilter):
    """Statuses. A hold that ran out is no appointment: it shows only when asked for."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return (*AppointmentStatus.choices, ("expired", "Held, ran out"))

    def queryset(self, request, queryset):
        if self.value() == "expired":
            return queryset.expired_holds()
        queryset = queryset.exclude(pk__in=Appointment.objects.expired_holds())
        return queryset.filter(status=self.value()) if self.value() else queryset


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time()))
