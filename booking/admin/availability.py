from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.template.response import TemplateResponse
from django.utils import timezone

from booking import actions
from booking.models import Appointment, NotAvailableTime
from booking.time_off import visits_in, waiting_request
from clinic.confirmation import CSRF_FIELD

from .audited import saw
from .closure_form import ClosureForm, closure_label
from .time_off import ask, waiting_for
from .visits import VISITS_LISTED, visit_links, warn_of_visits

CLOSURES_NAMED = 20
# What the question about visits adds to the form.
ANSWERS = {CSRF_FIELD, "_back", "seen", "visits", "ask"}


class VisitsHit(Exception):
    """A closure falls on visits that the person has not been told of. Nothing was saved."""

    def __init__(self, closure: NotAvailableTime, visits: list[Appointment]):
        super().__init__()
        self.closure, self.visits = closure, visits


class OriginFilter(admin.SimpleListFilter):
    """The list opens on what staff closed: of a practitioner's own calendar there is a lot."""

    title = "where it comes from"
    parameter_name = "from"

    def lookups(self, request, model_admin):
        return (("calendar", "Practitioners’ own calendars"), ("all", "All"))

    def choices(self, changelist):
        for value, title in ((None, "Entered here"), *self.lookup_choices):
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(
                    {self.parameter_name: value} if value else {}, [self.parameter_name]
                ),
                "display": title,
            }

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(busy_calendar__isnull=self.value() is None)


@admin.register(NotAvailableTime)
class NotAvailableTimeAdmin(admin.ModelAdmin):
    """Closures. They stop new bookings; visits that are booked already stay until staff cancel.

    What is busy in a practitioner's own calendar is only read here.
    """

    purpose = (
        "Days and hours when nobody can book: holidays, time off, closed days. Booked visits stay."
    )
    when_empty = "Nothing is closed. Add holidays and time off, so that nobody books then."

    form = ClosureForm
    list_display = ("when", "reason", "who", "where")
    list_display_links = ("when",)
    list_filter = (OriginFilter, "practitioner", "location")
    list_select_related = ("practitioner", "location")
    search_fields = ("reason",)
    date_hierarchy = "starts_at"
    ordering = ("starts_at", "pk")
    fields = (
        "practitioner",
        "location",
        ("first_on", "from_time"),
        ("last_on", "until_time"),
        "reason",
        "visits",
        "waiting",
    )
    readonly_fields = ("visits", "waiting")
    actions = ("ask_patients",)

    class Media:
        css = {"all": ("css/staff.css",)}

    def get_fields(self, request, obj=None):
        if not self.has_change_permission(request, obj) and obj is not None:
            return ("when", "practitioner", "location", "reason", *self.readonly_fields)
        return self.fields if obj is not None else self.fields[: -len(self.readonly_fields)]

    def deleting(self, closures):
        """Say for each closure when times are offered again; of very many, for the first."""
        words = [
            f"Times are offered again: {closure_label(closure)}, {self.who(closure) or 'everybody'}."
            for closure in closures[:CLOSURES_NAMED]
        ]
        more = len(closures) - len(words)
        return [*words, f"So they are in {more} more closures."] if more > 0 else words

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

    @admin.display(description="waiting for an answer of")
    def waiting(self, closure):
        return waiting_for(closure)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            shown = visits_in(obj, now=timezone.now())[:VISITS_LISTED]
            saw(request.user, shown, "in a closure")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not _is_read_in(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not _is_read_in(obj)

    def has_manage_permission(self, request):
        return request.user.has_perm("booking.change_appointment")

    @admin.action(
        permissions=["manage"],
        description="Ask patients to choose another time",
        location=[ActionLocation.CHANGE_FORM],
    )
    def ask_patients(self, request, queryset):
        closure = queryset.get()
        visits = visits_in(closure, now=timezone.now())
        if "visits" not in request.POST:
            return self._ask(request, closure, visits, is_saved=True)
        ask(self, request, _chosen(request, visits), closure, again=True)
        return None

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Save, or ask about the visits that are booked in the closure; then nothing is saved."""
        try:
            response = super().changeform_view(request, object_id, form_url, extra_context)
        except VisitsHit as hit:
            return self._ask(request, hit.closure, hit.visits)
        # Each in a transaction of its own, now that the closure stands.
        closure, visits = getattr(request, "closed", (None, []))
        if closure is not None and request.POST.get("visits") == "send":
            ask(self, request, _chosen(request, visits), closure, again=True)
        return response

    def save_model(self, request, closure, form, change):
        now = timezone.now()
        # Who books at this moment is seen here, or refused there.
        actions.close_diary(closure.practitioner)
        visits = visits_in(closure, now=now) if form.is_other_time else []
        if not {str(visit.pk) for visit in visits} <= set(request.POST.getlist("seen")):
            raise VisitsHit(closure, visits)
        super().save_model(request, closure, form, change)
        if self.has_manage_permission(request):
            request.closed = (closure, visits)
        if request.POST.get("visits") != "send":
            warn_of_visits(self, request, visits, "in this closure")
        if closure.ends_at <= now:
            words = "This closure is over already. Is the date right?"
            self.message_user(request, words, messages.WARNING)

    def _ask(self, request, closure, visits, *, is_saved=False):
        """Return the page that shows the visits; saving the closure is the answer, or asking."""
        posted = [(k, v) for k, values in request.POST.lists() for v in values if k not in ANSWERS]
        saw(request.user, visits, "in a closure")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Visits are booked in this closure",
            "closure_words": closure_label(closure),
            "posted": posted,
            "is_question": True,
            "visits": [(visit, waiting_request(visit)) for visit in visits],
            "is_saved": is_saved,
            "may_ask": self.has_manage_permission(request),
            "is_asked_again": "visits" in request.POST,
            "may_see_patients": request.user.has_perm("booking.view_appointment"),
        }
        return TemplateResponse(request, "admin/booking/notavailabletime/visits.html", context)


def _is_read_in(closure):
    """Say whether it is a time of a practitioner's own calendar."""
    return closure is not None and closure.busy_calendar_id is not None


def _chosen(request, visits):
    chosen = set(request.POST.getlist("ask"))
    return [visit for visit in visits if str(visit.pk) in chosen]
