from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from booking import time_off
from booking.actors import Actor
from booking.errors import BookingError
from booking.models import WAITING, Appointment, MoveRequest, MoveRequestStatus
from clinic.confirmation import ask_first, is_confirmed
from clinic.read_only import OnlyRead

from .audited import Audited, changed, saw
from .visits import link_and_label
from .whose import about_visits_of
from .wording import appointment_label, when_label

EVERYWHERE = (ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM)


class AnsweredFilter(admin.SimpleListFilter):
    """The list opens on whom staff have to hear from, or to call."""

    title = "answer"
    parameter_name = "answer"

    def lookups(self, request, model_admin):
        return (("waiting", "Waiting"), *MoveRequestStatus.choices, ("all", "All"))

    def choices(self, changelist):
        selected = self.value() or "waiting"
        for value, title in self.lookup_choices:
            yield {
                "selected": selected == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request, queryset):
        value = self.value() or "waiting"
        if value == "all":
            return queryset
        return queryset.filter(status__in=WAITING if value == "waiting" else [value])


@admin.register(MoveRequest)
class MoveRequestAdmin(OnlyRead, Audited):
    """Whom the clinic asked to move a visit. Read only, but for settling and asking again."""

    purpose = "Patients whom you asked to move a visit because of time off, and what they answered."
    when_empty = "Nobody has been asked. Add a closure over booked visits, and you can ask them."
    first_step = (
        "admin:booking_notavailabletime_add",
        "Add closure",
        "booking.add_notavailabletime",
    )

    list_display = ("visit", "patient", "phone", "status", "until", "note", "closure")
    list_display_links = ("visit",)
    list_filter = (AnsweredFilter, ("closure", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("appointment__location", "appointment__patient", "closure__location")
    list_per_page = 50
    ordering = ("appointment__starts_at", "pk")
    fields = (
        "visit_link",
        "patient",
        "phone",
        "status",
        "asked",
        "by_name",
        "held",
        "until",
        "answered",
        "note",
        "closure",
    )
    readonly_fields = fields
    actions = ("settle", "send_again")

    class Media:
        css = {"all": ("css/staff.css",)}

    def get_queryset(self, request):
        return about_visits_of(request.user, super().get_queryset(request))

    def has_view_permission(self, request, obj=None):
        # Part of the visit: who may see that, may see what the patient was asked.
        return request.user.has_perm("booking.view_appointment")

    def has_manage_permission(self, request):
        return request.user.has_perm("booking.change_appointment")

    @admin.display(description="visit", ordering="appointment__starts_at")
    def visit(self, request):
        return appointment_label(request.appointment)

    @admin.display(description="visit")
    def visit_link(self, request):
        return format_html('<a href="{}">{}</a>', *link_and_label(request.appointment))

    @admin.display(description="patient", ordering="appointment__patient__name")
    def patient(self, request):
        return request.appointment.patient

    @admin.display(description="phone")
    def phone(self, request):
        return request.appointment.patient.phone_display

    @admin.display(description="asked", ordering="created_at")
    def asked(self, request):
        return when_label(request.created_at, request.appointment.location.tz)

    @admin.display(description="times kept until", ordering="expires_at")
    def until(self, request):
        # Any answer gives up what was kept.
        if request.status != MoveRequestStatus.OPEN:
            return None
        return when_label(request.expires_at, request.appointment.location.tz)

    @admin.display(description="answered")
    def answered(self, request):
        at = request.answered_at
        return when_label(at, request.appointment.location.tz) if at else None

    @admin.display(description="times kept now")
    def held(self, request):
        held = request.held_times(timezone.now())
        return ", ".join(when_label(one.starts_at, one.location.tz) for one in held) or "None"

    @admin.action(
        permissions=["manage"],
        description="Settled by phone",
        description_plural="Chosen ones are settled by phone",
        location=EVERYWHERE,
    )
    def settle(self, request, queryset):
        chosen = list(queryset.filter(status__in=WAITING))
        if not is_confirmed(request):
            saw(request.user, chosen, "before it is settled")
            return ask_first(
                self,
                request,
                "admin/booking/moverequest/settle.html",
                chosen=chosen,
                title="Settled by phone?",
                visits=[(self.visit(one), self.patient(one)) for one in chosen],
            )
        now = timezone.now()
        note = " ".join(request.POST.get("note", "").replace("\0", " ").split())
        settled = 0
        for one in chosen:
            with transaction.atomic():
                if time_off.settle(one, note=note, now=now):
                    settled += 1
                    self.log_change(request, one, "Settled by phone.")
        self.message_user(request, f"Settled: {settled}.", messages.SUCCESS)
        return None

    @admin.action(
        permissions=["manage"],
        description="Ask again",
        description_plural="Ask chosen ones again",
        location=EVERYWHERE,
    )
    def send_again(self, request, queryset):
        chosen = list(queryset.filter(status__in=WAITING))
        if not is_confirmed(request):
            saw(request.user, chosen, "before the link is sent again")
            return ask_first(
                self,
                request,
                "admin/booking/moverequest/send_again.html",
                chosen=chosen,
                title="Send the link again?",
                visits=[(self.visit(one), self.asked(one)) for one in chosen],
            )
        for one in chosen:
            ask(self, request, [one.appointment], one.closure, again=True)
        return None


def ask(model_admin, request, visits: list[Appointment], closure, *, again: bool) -> None:
    """Ask the patients of the visits to choose another time, and say for each what happened."""
    now, asked = timezone.now(), 0
    for visit in visits:
        try:
            with transaction.atomic():
                time_off.ask_to_move(
                    visit, closure=closure, now=now, by=Actor.staff(request.user), again=again
                )
                changed(request.user, visit, "Asked to choose another time.")
        except BookingError as error:
            words = f"Not asked: {appointment_label(visit)}. {error}"
            model_admin.message_user(request, words, messages.WARNING)
        else:
            asked += 1
    if asked:
        url = reverse("admin:booking_moverequest_changelist")
        words = format_html(
            'Asked to choose another time: {}. <a href="{}">See who has not answered</a>',
            asked,
            url,
        )
        model_admin.message_user(request, words, messages.SUCCESS)


def waiting_for(closure) -> str:
    """Say how many patients have not answered, with a link to them."""
    waiting = closure.move_requests.filter(status__in=WAITING).count()
    if not waiting:
        return "Nobody"
    query = {"closure__id__exact": closure.pk}
    url = reverse("admin:booking_moverequest_changelist", query=query)
    return format_html('<a href="{}">{} patient{}</a>', url, waiting, "" if waiting == 1 else "s")
