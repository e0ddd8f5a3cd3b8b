from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.utils import timezone

from booking import actions
from booking.availability import is_within_hours
from booking.calendars import site_link
from booking.models import Appointment, Practitioner
from clinic.confirmation import ask_first, is_confirmed
from clinic.help import LeadsBack

from .hours import ExtraHoursInline, WeeklyHoursInline, overlapping
from .visits import warn_of_visits


@admin.register(Practitioner)
class PractitionerAdmin(LeadsBack):
    purpose = "The people whom patients can book, what is said of them, and their weekly hours."
    when_empty = "Nobody can be booked yet. Add a place first, then the person with their hours."
    deleting = "Their hours, closures and calendars go with them, and their page leads nowhere."
    cannot_delete = "Their name stands in records of the clinic, so they stay. Untick “active” instead: then nobody can book them."
    list_display = ("full_name", "title", "email", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "credentials", "email")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("user",)
    inlines = (WeeklyHoursInline, ExtraHoursInline)
    fieldsets = (
        (None, {"fields": ("name", "credentials", "title", "slug", "is_active")}),
        (
            "On the website",
            {"fields": ("summary", "biography", "license_text", "languages")},
        ),
        ("For staff", {"fields": ("email", "gets_agenda", "user")}),
        (
            "Calendar",
            {
                "fields": ("feed_address",),
                "description": "Give this address to the practitioner alone, who subscribes to it "
                "in their calendar program. Whoever has it sees when and where each visit is and "
                "of which kind, but no patient. If somebody else has seen it, renew it.",
            },
        ),
    )
    readonly_fields = ("feed_address",)
    actions = ("renew_feed", "stop_feed")

    def get_fieldsets(self, request, obj=None):
        """Show the calendar's address only to those who may renew it."""
        fieldsets = super().get_fieldsets(request, obj)
        is_shown = obj is not None and self.has_change_permission(request, obj)
        return fieldsets if is_shown else fieldsets[:-1]

    @admin.display(description="secret address")
    def feed_address(self, practitioner):
        url = practitioner.feed_url
        return site_link(url) if url else "None yet: choose “Make or renew” at the top."

    @admin.action(
        permissions=["change"],
        description="Make or renew the calendar’s address",
        location=[ActionLocation.CHANGE_FORM],
    )
    def renew_feed(self, request, queryset):
        """Make an address; if there is one, ask first, since programs lose what they read."""
        practitioner = queryset.get()
        if practitioner.feed_token and not is_confirmed(request):
            return self._ask(request, practitioner, "Renew the calendar’s address?", "Renew it")
        practitioner.renew_feed()
        self.log_change(request, practitioner, "Made a new address of the calendar.")
        words = "The calendar has a new address: see “Calendar” below."
        self.message_user(request, words, messages.SUCCESS)
        return None

    @admin.action(
        permissions=["change"],
        description="Stop the calendar’s address",
        location=[ActionLocation.CHANGE_FORM],
    )
    def stop_feed(self, request, queryset):
        practitioner = queryset.get()
        if not practitioner.feed_token:
            self.message_user(request, "The calendar has no address.", messages.WARNING)
            return None
        if not is_confirmed(request):
            return self._ask(request, practitioner, "Stop the calendar’s address?", "Stop it")
        practitioner.stop_feed()
        self.log_change(request, practitioner, "Stopped the address of the calendar.")
        self.message_user(request, "The calendar has no address any more.", messages.SUCCESS)
        return None

    def _ask(self, request, practitioner, title, button):
        template = "admin/booking/practitioner/feed_confirmation.html"
        asked = {"title": title, "button": button, "practitioner": practitioner}
        return ask_first(self, request, template, chosen=[practitioner], **asked)

    def save_model(self, request, practitioner, form, change):
        """Leave the calendar's address as it is: it may have been renewed since the form was read."""
        if change:
            practitioner.save(update_fields=form.changed_data)
        else:
            super().save_model(request, practitioner, form, change)

    def save_related(self, request, form, formsets, change):
        """Name the visits that are booked outside the hours as they are now."""
        practitioner = form.instance
        # Who books at this moment is named here, or refused there.
        actions.close_diary(practitioner)
        super().save_related(request, form, formsets, change)
        self._warn_of_overlaps(request, practitioner)
        visits = list(
            Appointment.objects.still_to_come(timezone.now())
            .for_practitioner(practitioner)
            .select_related("location__same_hours_as", "practitioner")
        )
        if not practitioner.is_active:
            warn_of_visits(self, request, visits, "with someone who is not active")
            return
        outside = [visit for visit in visits if not is_within_hours(visit)]
        warn_of_visits(self, request, outside, "outside the hours")

    def _warn_of_overlaps(self, request, practitioner):
        """Say which hours are open twice: mostly a slip, though bookings never overlap."""
        times = practitioner.available_times.select_related("location").order_by("pk")
        for one, other in overlapping(times):
            words = f"These hours are open at the same time: {_label(one)}, and {_label(other)}."
            self.message_user(request, words, messages.WARNING)

    def get_deleted_objects(self, objs, request):
        """Ask for no other permission: hours, calendars and busy times go with whose they are."""
        names, counts, _lacking, protected = super().get_deleted_objects(objs, request)
        return names, counts, set(), protected

    @admin.display(description="name", ordering="name")
    def full_name(self, practitioner):
        return practitioner.full_name


def _label(hours):
    return f"{hours} at {hours.location}"
