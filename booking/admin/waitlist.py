from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from booking import waitlist
from booking.models import Patient, WaitlistEntry, WaitlistOffer
from booking.models.patient import phone_words
from booking.templatetags.clinic_times import clinic_short_day
from clinic.confirmation import ask_first, is_confirmed

from .audited import Audited, saw
from .private_search import PrivateSearch
from .read_only import ReadOnlyInline
from .search import find_patients, person_like
from .whose import about_visits_of
from .wording import moment_column, when_label


class OfferInline(ReadOnlyInline):
    """What was offered to the person, and what became of it."""

    model = WaitlistOffer
    verbose_name_plural = "times offered"
    fields = ("time", "practitioner", "made", "kept_until", "outcome", "mail")
    readonly_fields = fields

    @admin.display(description="time")
    def time(self, offer):
        return when_label(offer.starts_at, offer.location.tz)

    @admin.display(description="offered")
    def made(self, offer):
        return when_label(offer.made_at, offer.location.tz)

    @admin.display(description="kept until")
    def kept_until(self, offer):
        return when_label(offer.expires_at, offer.location.tz)

    @admin.display(description="email")
    def mail(self, offer):
        return offer.message.get_state_display()


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(Audited, PrivateSearch):
    """Who waits for which time. Read only, but for taking someone off the list."""

    purpose = (
        "Who waits for an earlier or another time. What gets free is offered to them by itself."
    )
    when_empty = "Nobody waits. People join by themselves when no time suits them."

    list_display = ("person", "phone_number", "service", "days", "time_of_day", "status", "joined")
    list_filter = ("status", "service", "practitioner")
    list_select_related = ("appointment__patient", "service", "location")
    list_per_page = 50
    search_fields = ("name", "email", "phone")
    search_help_text = "Name, email address or phone number, or a part of them."
    ordering = ("created_at", "pk")
    view_on_site = False
    inlines = (OfferInline,)
    actions = ("take_off",)
    fieldsets = (
        (None, {"fields": ("person", "to_email", "phone_number", "visit", "status")}),
        ("Wants", {"fields": ("service", "practitioner", "location", "days", "time_of_day")}),
        ("History", {"fields": ("joined", "consented", "closed", "closing_note")}),
    )

    joined = moment_column("created_at", "joined")
    consented = moment_column("consented_at", "consented")
    closed = moment_column("closed_at", "over since")

    class Media:
        css = {"all": ("css/staff.css",)}

    def get_queryset(self, request):
        return about_visits_of(request.user, super().get_queryset(request))

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        # Makes every field read only. Who may take someone off: has_manage_permission.
        return False

    def has_manage_permission(self, request):
        return request.user.has_perm("booking.change_waitlistentry")

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        patients = Patient.objects.filter(find_patients(search_term, request.user).exact)
        own = person_like(search_term)
        return queryset.filter(own | Q(appointment__patient__in=patients.values("pk"))), False

    @admin.display(description="who")
    def person(self, entry):
        return entry.person

    @admin.display(description="email")
    def to_email(self, entry):
        return entry.to_email

    @admin.display(description="phone")
    def phone_number(self, entry):
        patient = entry.appointment.patient if entry.appointment else None
        if patient is not None:
            return patient.phone_display
        return phone_words(entry.phone, entry.phone_extension)

    @admin.display(description="visit")
    def visit(self, entry):
        return entry.appointment and when_label(entry.appointment.starts_at, entry.location.tz)

    @admin.display(description="days", ordering="from_on")
    def days(self, entry):
        days = dict.fromkeys((entry.from_on, entry.until_on))
        return " to ".join(f"{clinic_short_day(day)}, {day.year}" for day in days)

    @admin.action(
        permissions=["manage"],
        description="Take off the list",
        description_plural="Take chosen people off the list",
        location=(ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM),
    )
    def take_off(self, request, queryset):
        """Ask why, then close the entries; what is offered to them goes to the next."""
        note = " ".join(request.POST.get("note", "").replace("\0", " ").split())
        if not is_confirmed(request) or not note:
            waiting = list(queryset.on_the_list())
            if not waiting:
                self.message_user(request, "They are not on the list any more.", messages.WARNING)
                return None
            saw(request.user, waiting, "before it is taken off")
            return ask_first(
                self,
                request,
                "admin/booking/waitlistentry/take_off_confirmation.html",
                chosen=waiting,
                title="Take off the waiting list?",
                entries=waiting,
            )
        for entry in queryset:
            with transaction.atomic():
                closed = waitlist.leave(reference=entry.reference, now=timezone.now(), note=note)
                self.log_change(request, closed, "Taken off the list.")
        self.message_user(request, f"Taken off the list: {len(queryset)}.", messages.SUCCESS)
        return None
