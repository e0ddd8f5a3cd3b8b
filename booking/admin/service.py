from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.urls import path
from django.utils import timezone

from booking.models import Service
from booking.models.service import MINUTES_A_DAY, default_reminders
from booking.templatetags.clinic_times import length_words
from clinic.help import LeadsBack

from .articles import ArticlesField
from .lengths import LengthField, RemindersField
from .why import why_view


class ServiceForm(forms.ModelForm):
    notice_minutes = LengthField(
        label="Booking closes before the visit",
        initial=MINUTES_A_DAY,
        help_text="24 hours give you a day to prepare; 0 lets people book until the start.",
    )
    cancel_notice_minutes = LengthField(
        label="Patients may cancel or move it until before the visit",
        initial=MINUTES_A_DAY,
        help_text="Later, the page shows them your phone number instead.",
    )
    reminder_minutes = RemindersField(
        label="Reminders before the visit",
        required=False,
        initial=default_reminders,
        widget=AdminTextInputWidget,
        help_text="When each leaves, with commas between: “3 days, 2 hours”. Up to five, from 15 "
        "minutes to 30 days before. Empty means no reminder.",
    )
    follow_up_minutes = LengthField(
        label="Mail after the visit leaves after",
        required=False,
        help_text="Counted from its end, for visits that are marked as done. Empty means that no "
        "such mail is sent.",
    )
    follow_up_articles = ArticlesField(
        label="Articles to read after it",
        help_text="The mail after the visit links to them, unless you choose others for a visit. "
        "Only what is on the site then is named.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        articles: Any = self.fields["follow_up_articles"]
        ticked = self.instance.follow_up_articles.all() if self.instance.pk else ()
        articles.offer(ticked, now=timezone.now())


class RowForm(forms.ModelForm):
    """A row of the list: the head of a column alone does not tell a screen reader whose box it is."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance.name}"
            # A list has no place for it, and a box would point to where it is not.
            field.help_text = ""


@admin.register(Service)
class ServiceAdmin(LeadsBack):
    purpose = "The kinds of visits: how long each takes, what it costs, who offers it and where."
    when_empty = (
        "Nothing can be booked yet. Add a place and a practitioner first, then the first visit."
    )
    deleting = "Nobody can book it any more, and links to it lead nowhere."
    cannot_delete = "It stands in records of the clinic, so it stays. Untick “bookable” instead: then nobody can book it."
    form = ServiceForm
    list_display = (
        "name",
        "position",
        "is_active",
        "is_listed",
        "length",
        "places",
        "for_whom",
        "fee_text",
    )
    # Patients see them by these numbers: typed here side by side, without dragging.
    list_editable = ("is_active", "is_listed", "position")
    list_filter = ("is_active", "is_listed", "for_whom", "location")
    list_select_related = ("location",)
    search_fields = ("name", "summary")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "slug", "is_active", "is_listed", "position"),
                "description": "What it is called, and whether and where it stands in the list.",
            },
        ),
        (
            "For patients",
            {
                "fields": ("for_whom", "summary", "what_to_bring", "fee_text"),
                "description": "Whom it is for, and what they read about it.",
            },
        ),
        (
            "Who and where",
            {
                "fields": ("practitioners", "location", "other_locations"),
                "description": "Patients choose among all that is named here. Phone and video "
                "are places too.",
            },
        ),
        (
            "Length",
            {
                "fields": (
                    "duration_minutes",
                    "buffer_before_minutes",
                    "buffer_after_minutes",
                    "step_minutes",
                ),
                "description": "How long it takes, and what is kept free around it: between two "
                "visits, the time after the first and the time before the second add up.",
            },
        ),
        (
            "Booking rules",
            {
                "fields": ("notice_minutes", "horizon_days", "daily_cap", "cancel_notice_minutes"),
                "description": "When it can be booked, and until when it can be cancelled or "
                "moved. Visits that are booked already keep their times.",
            },
        ),
        (
            "Messages",
            {
                "fields": (
                    "emergency_line",
                    "reminder_minutes",
                    "follow_up_minutes",
                    "follow_up_articles",
                ),
                "description": "What patients are sent before and after such a visit. It counts "
                "for visits that are booked already, too.",
            },
        ),
    )

    class Media:
        css = {"all": ("css/staff.css",)}

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("other_locations")

    def get_changelist_form(self, request, **kwargs):
        return super().get_changelist_form(request, **{"form": RowForm} | kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description="length", ordering="duration_minutes")
    def length(self, service):
        return length_words(service.duration)

    @admin.display(description="where")
    def places(self, service):
        return ", ".join(map(str, [service.location, *service.other_locations.all()]))

    def get_urls(self):
        why = path("why-not-offered/", why_view, name="booking_service_why")
        return [why, *super().get_urls()]
