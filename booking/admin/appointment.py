from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from booking import actions
from booking.actors import Actor
from booking.errors import BookingError
from booking.follow_ups import articles_for
from booking.forms import parse_sequence
from booking.models import (
    Appointment,
    AppointmentStatus,
    CancelledBy,
)
from booking.time_off import waiting_request
from clinic.confirmation import ask_first, is_confirmed
from conditions.addresses import where_now
from conditions.models import Condition

from .agenda import agenda_view, print_view, state_view
from .audited import Audited, saw
from .desk import book_view, is_movable, move_view
from .filters import DayFilter, StatusFilter
from .follow_up import HAS_ARTICLES, articles_view
from .history import EventInline
from .lineage import lineage_view
from .medicines import medicines_prompt
from .message import SEND_AGAIN, MessageInline, send_again
from .private_search import PrivateSearch
from .search import find_visits
from .seen_before import seen_before_note
from .whose import visits_of
from .wording import appointment_label, moment_column, when_label

EVERYWHERE = (ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM)
CARE_WORDS = {
    "none": "No warning sign",
    "see_doctor": "A sign to see a doctor about",
    "urgent": "A sign to have checked the same day",
}


@admin.register(Appointment)
class AppointmentAdmin(Audited, PrivateSearch):
    """Visits, read only. What staff do to them calls `booking.actions`; a status is never edited."""

    purpose = "All visits, booked and held. Open one to move it, cancel it or say who came."
    when_empty = "Nobody has booked yet."

    # What the front desk asks first comes first: a small screen shows no more without scrolling.
    list_display = ("when", "patient", "status", "service", "practitioner", "phone", "spoken")
    list_display_links = ("when",)
    list_filter = (DayFilter, StatusFilter, "service", "practitioner")
    list_select_related = ("patient", "service", "practitioner", "location")
    list_per_page = 50
    search_fields = ("patient__name", "patient__email")
    search_help_text = (
        "Name, email address, phone number or reference (4F7A-9C21), or a part of it."
    )
    marks_near = True
    date_hierarchy = "starts_at"
    ordering = ("starts_at", "pk")
    view_on_site = False
    inlines = (EventInline, MessageInline)
    actions = ("mark_arrived", "mark_fulfilled", "mark_no_show", "mark_booked", "cancel")
    fieldsets = (
        (None, {"fields": ("when", "until", "status", "still_open", "spoken", "patient_page")}),
        (
            "Patient",
            {"fields": ("patient", "email", "phone", "own_zone", "seen", "reason", "medicines")},
        ),
        ("Herbs and medicines: check", {"fields": ("medicines_check",)}),
        ("Visit", {"fields": ("service", "practitioner", "location", "busy")}),
        ("Messages: what was chosen", {"fields": ("private", "texts", "to_read")}),
        (
            "Safety questions",
            {"fields": ("screening_outcome", "screened", "article")},
        ),
        (
            "Dates",
            {
                "fields": (
                    "held",
                    "expires",
                    "booked",
                    "consented",
                    "cancelled",
                    "cancelled_by",
                )
            },
        ),
    )

    held = moment_column("created_at", "held")
    expires = moment_column("expires_at", "hold ends")
    booked = moment_column("booked_at", "booked")
    consented = moment_column("consented_at", "consented")
    cancelled = moment_column("cancelled_at", "cancelled")

    class Media:
        css = {"all": ("css/staff.css",)}

    def get_urls(self):
        move = self.admin_site.admin_view(partial(move_view, self))
        lineage = self.admin_site.admin_view(partial(lineage_view, model_admin=self))
        articles = self.admin_site.admin_view(partial(articles_view, model_admin=self))
        agenda, state, sheet = (
            self.admin_site.admin_view(partial(view, self))
            for view in (agenda_view, state_view, print_view)
        )
        return [
            path("agenda/", agenda, name="booking_appointment_agenda"),
            path("agenda/state/", state, name="booking_appointment_agenda_state"),
            path("agenda/print/", sheet, name="booking_appointment_agenda_print"),
            path("<int:pk>/move/", move, name="booking_appointment_move"),
            path("<int:pk>/articles/", articles, name="booking_appointment_articles"),
            path("<int:pk>/calendar/", lineage, name="booking_appointment_calendar"),
            *super().get_urls(),
        ]

    def add_view(self, request, form_url="", extra_context=None):
        return book_view(self, request)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Draw the visit, with buttons for what can be done with it; send a message again."""
        visit = self.get_object(request, object_id) if self.has_manage_permission(request) else None
        if visit is not None and (again := request.POST.get(SEND_AGAIN, "")).isdecimal():
            send_again(self, request, visit.messages.filter(pk=again[:18]))
            return HttpResponseRedirect(request.path)
        context = {
            **(extra_context or {}),
            "can_move": visit is not None and is_movable(visit, timezone.now()),
            "has_articles": visit is not None and visit.status in HAS_ARTICLES,
        }
        return super().change_view(request, object_id, form_url, context)

    def has_add_permission(self, request):
        return self.has_manage_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        # Makes every field read only. Who may run the actions: has_manage_permission.
        return False

    def has_manage_permission(self, request):
        return request.user.has_perm("booking.change_appointment")

    def get_queryset(self, request):
        related = (*self.list_select_related, "screening")
        visits = visits_of(request.user, super().get_queryset(request))
        return visits.select_related(*related)

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        return find_visits(search_term, queryset, request.user), False

    @admin.display(description="when", ordering="starts_at")
    def when(self, appointment):
        return when_label(appointment.starts_at, appointment.location.tz)

    @admin.display(description="until")
    def until(self, appointment):
        return when_label(appointment.ends_at, appointment.location.tz)

    @admin.display(description="reference")
    def spoken(self, appointment):
        return appointment.spoken_reference

    @admin.display(description="patient’s page")
    def patient_page(self, appointment):
        if appointment.status == AppointmentStatus.PENDING:
            return "None: held, not booked"
        return format_html(
            '<a href="{}">Open what the patient sees</a>',
            appointment.get_absolute_url(),
        )

    @admin.display(description="still open")
    def still_open(self, appointment):
        """Lead to what the clinic asked the patient, and to their place in the waiting list."""
        found = []
        if asked := waiting_request(appointment):
            url = reverse("admin:booking_moverequest_change", args=[asked.pk])
            found.append((url, f"Asked to move, time off: {asked.get_status_display().lower()}"))
        if entry := appointment.waitlist_entries.on_the_list().first():
            url = reverse("admin:booking_waitlistentry_change", args=[entry.pk])
            found.append((url, "Waits for an earlier time"))
        return format_html_join(", ", '<a href="{}">{}</a>', found) or None

    @admin.display(description="email")
    def email(self, appointment):
        return appointment.patient.email if appointment.patient else None

    @admin.display(description="phone")
    def phone(self, appointment):
        return appointment.patient.phone_display if appointment.patient else None

    @admin.display(description="seen before")
    def seen(self, appointment):
        return seen_before_note(appointment) or "-"

    @admin.display(description="our remedies")
    def medicines_check(self, appointment):
        return medicines_prompt(appointment.medicines)

    @admin.display(description="time kept, with the breaks around it")
    def busy(self, appointment):
        zone = appointment.location.tz
        return (
            f"{when_label(appointment.busy_from, zone)} to "
            f"{when_label(appointment.busy_until, zone)}"
        )

    @admin.display(description="private")
    def private(self, appointment):
        if appointment.is_private:
            return "Yes: they name neither the kind of visit nor articles"
        return "No: they may name the kind of visit"

    @admin.display(description="by text message")
    def texts(self, appointment):
        return "Reminders by text message, too" if appointment.wants_texts else "No, email alone"

    @admin.display(description="to read after it")
    def to_read(self, appointment):
        if appointment.status not in HAS_ARTICLES:
            return None
        found = articles_for(appointment, now=timezone.now())
        return ", ".join(one.live_title for one in found) or None

    @admin.display(description="outcome")
    def screening_outcome(self, appointment):
        screening = getattr(appointment, "screening", None)
        return CARE_WORDS.get(screening.outcome, screening.outcome) if screening else None

    @admin.display(description="answered")
    def screened(self, appointment):
        screening = getattr(appointment, "screening", None)
        return when_label(screening.screened_at, appointment.location.tz) if screening else None

    @admin.display(description="came from article")
    def article(self, appointment):
        slug = appointment.condition_slug
        live = where_now(Condition, slug, now=timezone.now()) if slug else None
        if not isinstance(live, Condition):
            return f"{slug} (not on the site now)" if slug else None
        return format_html('<a href="{}">{}</a>', live.get_absolute_url(), live.live_title)

    @admin.action(
        permissions=["manage"],
        description="Mark as arrived",
        description_plural="Mark chosen visits as arrived",
        location=EVERYWHERE,
    )
    def mark_arrived(self, request, queryset):
        self._run(request, queryset, actions.mark_arrived, AppointmentStatus.ARRIVED)

    @admin.action(
        permissions=["manage"],
        description="Mark as done",
        description_plural="Mark chosen visits as done",
        location=EVERYWHERE,
    )
    def mark_fulfilled(self, request, queryset):
        self._run(request, queryset, actions.mark_fulfilled, AppointmentStatus.FULFILLED)

    @admin.action(
        permissions=["manage"],
        description="Mark as did not come",
        description_plural="Mark chosen visits as did not come",
        location=EVERYWHERE,
    )
    def mark_no_show(self, request, queryset):
        self._run(request, queryset, actions.mark_no_show, AppointmentStatus.NOSHOW)

    @admin.action(
        permissions=["manage"],
        description="Take back: booked, and nothing more",
        description_plural="Take back for chosen visits: booked, and nothing more",
        location=EVERYWHERE,
    )
    def mark_booked(self, request, queryset):
        self._run(request, queryset, actions.mark_booked, AppointmentStatus.BOOKED)

    @admin.action(
        permissions=["manage"],
        description="Cancel this visit and tell the patient",
        description_plural="Cancel chosen visits and tell the patients",
        location=EVERYWHERE,
    )
    def cancel(self, request, queryset):
        asked_by = request.POST.get("asked_by")
        if is_confirmed(request) and asked_by in CancelledBy.values:
            patient_asked = asked_by == CancelledBy.PATIENT
            note = " ".join(request.POST.get("note", "").replace("\0", " ").split())
            seen = dict(one.split(" ", 1) for one in request.POST.getlist("seen") if " " in one)

            def cancel_as_seen(*, reference, **kwargs):
                sequence = parse_sequence(seen.get(str(reference), ""))
                return actions.cancel(
                    reference=reference,
                    patient_asked=patient_asked,
                    sequence=sequence,
                    note=note,
                    **kwargs,
                )

            self._run(request, queryset, cancel_as_seen, AppointmentStatus.CANCELLED)
            return None
        still_to_come = list(queryset.still_to_come(timezone.now()))
        visits = [(appointment_label(a), a) for a in still_to_come]
        if not visits:
            # Nothing to ask: say for each why it stays.
            self._run(request, queryset, actions.cancel, AppointmentStatus.CANCELLED)
            return None
        saw(request.user, still_to_come, "before it is cancelled")
        return ask_first(
            self,
            request,
            "admin/booking/appointment/cancel_confirmation.html",
            chosen=still_to_come,
            title="Cancel and tell the patient?",
            visits=visits,
            others=queryset.count() - len(visits),
        )

    def _run(self, request, queryset, action, target):
        """Apply an action to each visit, and say for each what happened."""
        now = timezone.now()
        done, skipped = [], []
        for appointment in queryset:
            label = appointment_label(appointment)
            if appointment.status == target:
                skipped.append(f"{label}: it is “{target.label}” already.")
                continue
            try:
                with transaction.atomic():
                    changed = action(
                        reference=appointment.reference, now=now, by=Actor.staff(request.user)
                    )
                    is_done = target != AppointmentStatus.CANCELLED or changed.cancelled_at == now
                    if is_done:
                        self.log_change(request, changed, f"Marked as “{target.label}”.")
            except ObjectDoesNotExist:
                skipped.append(f"{label}: it is only held, nobody has booked it.")
            except BookingError as error:
                status = appointment.get_status_display()
                skipped.append(f"{label}: it stays “{status}”. {error}")
            else:
                if is_done:
                    done.append(label)
                else:
                    skipped.append(f"{label}: it is “{target.label}” already.")
        if done:
            self.message_user(request, f"“{target.label}”: {', '.join(done)}.", messages.SUCCESS)
        for reason in skipped:
            self.message_user(request, f"Not changed: {reason}", messages.WARNING)
