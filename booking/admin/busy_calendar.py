from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.timesince import timesince

from booking import actions, busy_jobs
from booking.models import BusyCalendar

from .wording import when_label


class BusyCalendarForm(forms.ModelForm):
    """A calendar's address, as its program shows it."""

    class Meta:
        widgets = {"url": forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"})}

    def clean_url(self):
        # The same page, as calendar programs write it.
        url = self.cleaned_data["url"]
        return f"https{url[6:]}" if url.lower().startswith("webcal:") else url


@admin.register(BusyCalendar)
class BusyCalendarAdmin(admin.ModelAdmin):
    """The calendars that practitioners keep elsewhere. Their addresses are secret."""

    purpose = "Calendars that practitioners keep elsewhere. While they are busy there, nobody can book here."
    when_empty = "No calendar is read. Add the secret address that a calendar program shows."

    form = BusyCalendarForm
    list_display = ("practitioner", "host", "state")
    list_filter = ("practitioner",)
    list_select_related = ("practitioner",)
    ordering = ("practitioner__name", "pk")
    actions = ("read_now",)

    class Media:
        css = {"all": ("css/staff.css",)}

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(times=Count("busy_times"))

    def get_fields(self, request, obj=None):
        if obj is None:
            return ("practitioner", "url")
        address = "url" if self.has_change_permission(request, obj) else "host"
        return ("practitioner", address, "state")

    def get_readonly_fields(self, request, obj=None):
        # Its times are the practitioner's.
        return ("practitioner", "host", "state") if obj is not None else ()

    @admin.display(description="kept at")
    def host(self, calendar):
        return calendar.host

    @admin.display(description="state")
    def state(self, calendar):
        times = f"{calendar.times} busy time{'' if calendar.times == 1 else 's'}"
        read_at, zone = calendar.last_read_at, ZoneInfo(settings.TIME_ZONE)
        if not calendar.practitioner.is_active:
            return f"Not read, as its owner is not active. {times} of before."
        if calendar.problem:
            if read_at is None:
                return f"Could never be read: {calendar.problem}"
            return (
                f"Cannot be read since {when_label(read_at, zone)}: {calendar.problem} "
                f"What was read before still counts: {times}."
            )
        if read_at is None:
            return "Not read yet."
        return f"Read {timesince(read_at, timezone.now())} ago: {times}."

    def save_model(self, request, calendar, form, change):
        if "url" in form.changed_data:
            # What was wrong with the address before says nothing of this one.
            calendar.problem = ""
        super().save_model(request, calendar, form, change)
        busy_jobs.queue_read(calendar)
        self.message_user(
            request, "The calendar is being read. Open this page again to see how it went."
        )

    def deleting(self, calendars):
        """Say for each calendar how many of its times are offered again."""
        return [
            f"The busy times of {calendar} go with it: {calendar.busy_times.count()}. "
            "They are offered again."
            for calendar in calendars
        ]

    def get_deleted_objects(self, objs, request):
        """Name the calendars alone: their times go with them, which takes no other permission."""
        names = [str(calendar) for calendar in objs]
        return names, {self.opts.verbose_name_plural: len(names)}, set(), []

    def delete_model(self, request, calendar):
        # Not while it is read: times that came in between would be in the way.
        actions.take_turn(calendar.practitioner)
        super().delete_model(request, calendar)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        for calendar in queryset.order_by("practitioner", "pk"):
            self.delete_model(request, calendar)

    @admin.action(
        permissions=["change"],
        description="Read now",
        location=(ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM),
    )
    def read_now(self, request, queryset):
        for calendar in queryset:
            busy_jobs.queue_read(calendar)
        self.message_user(
            request, "Queued. Open this page again to see how it went.", messages.SUCCESS
        )
