from django.contrib import admin, messages
from django.template.response import TemplateResponse
from django.utils import timezone

from booking import actions
from booking.models import Appointment, NotAvailableTime
from booking.time_off import visits_in
from clinic.confirmation import CSRF_FIELD

from .closure_form import ClosureForm, closure_label
from .visits import visit_links, warn_of_visits

# What the question about visits adds to the form.
ANSWERS = {CSRF_FIELD, "_back", "seen", "visits"}


class VisitsHit(Exception):
    """A closure falls on visits that the person has not been told of. Nothing was saved."""

    def __init__(self, closure: NotAvailableTime, visits: list[Appointment]):
        super().__init__()
        self.closure, self.visits = closure, visits


@admin.register(NotAvailableTime)
class NotAvailableTimeAdmin(admin.ModelAdmin):
    """Closures. They stop new bookings; visits that are booked already stay until staff cancel."""

    form = ClosureForm
    list_display = ("when", "reason", "who", "where")
    list_display_links = ("when",)
    list_filter = ("practitioner", "location")
    list_select_related = ("practitioner", "location")
    search_fields = ("reason",)
    date_hierarchy = "starts_at"
    ordering = ("starts_at", "pk")
    fields = (
        "practitioner",
        "location",
        "first_on",
        "from_time",
        "last_on",
        "until_time",
        "reason",
        "visits",
    )
    readonly_fields = ("visits",)

    class Media:
        css = {"all": ("css/staff.css",)}

    def get_fields(self, request, obj=None):
        if not self.has_change_permission(request, obj) and obj is not None:
            return ("when", "practitioner", "location", "reason", "visits")
        return [name for name in self.fields if obj is not None or name != "visits"]

    @admin.display(description="when", ordering="starts_at")
    def when(self, closure):
        return closure_label(closure)

    @admin.display(description="who", ordering="practitioner__name", empty_value="Everybody")
    def who(self, closure):
        return closure.practitioner

    @admin.display(description="where", ordering="location__name", empty_value="Everywhere")
    def where(self, closure):
        return closure.location

    @admin.display(description="visits booked in it")
    def visits(self, closure):
        visits = visits_in(closure, now=timezone.now())
        return visit_links(visits) if visits else "None"

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Save, or ask about the visits that are booked in the closure; then nothing is saved."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except VisitsHit as hit:
            return self._ask(request, hit)

    def save_model(self, request, closure, form, change):
        now = timezone.now()
        # Who books at this moment is seen here, or refused there.
        actions.close_diary(closure.practitioner)
        visits = visits_in(closure, now=now) if form.is_other_time else []
        if not {str(visit.pk) for visit in visits} <= set(request.POST.getlist("seen")):
            raise VisitsHit(closure, visits)
        super().save_model(request, closure, form, change)
        warn_of_visits(self, request, visits, "in this closure")
        if closure.ends_at <= now:
            words = "This closure is over already. Is the date right?"
            self.message_user(request, words, messages.WARNING)

    def _ask(self, request, hit):
        posted = [(k, v) for k, values in request.POST.lists() for v in values if k not in ANSWERS]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Visits are booked in this closure",
            "closure_words": closure_label(hit.closure),
            "posted": posted,
            "visits": hit.visits,
            "is_asked_again": "visits" in request.POST,
            "may_see_patients": request.user.has_perm("booking.view_appointment"),
        }
        return TemplateResponse(request, "admin/booking/notavailabletime/visits.html", context)
