from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from booking import tasks
from booking.errors import BookingError
from booking.models import Message

from .read_only import PartOfVisitInline
from .wording import appointment_label, moment_column


class MessageInline(PartOfVisitInline):
    """What was sent to the patient. Read only."""

    model = Message
    fields = (
        "kind",
        "to_email",
        "state",
        "attempts",
        "created",
        "sent",
        "last_error",
    )
    readonly_fields = fields

    created = moment_column("created_at", "asked for")
    sent = moment_column("sent_at", "sent")


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """Mails to patients and what became of each. Read only, but for sending one again."""

    list_display = ("__str__", "visit", "to_email", "attempts", "created", "sent", "last_error")
    list_filter = ("state", "kind")
    list_select_related = ("appointment__location",)
    list_per_page = 50
    search_fields = ("to_email",)
    search_help_text = "Email address, or a part of it."
    ordering = ("-created_at", "-pk")
    fields = ("kind", "state", "visit", "to_email", "attempts", "created", "sent", "last_error")
    readonly_fields = fields
    actions = ("send_again",)

    created = moment_column("created_at", "asked for")
    sent = moment_column("sent_at", "sent")

    class Media:
        css = {"all": ("css/staff.css",)}

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_manage_permission(self, request):
        return request.user.has_perm("booking.change_appointment")

    @admin.display(description="visit")
    def visit(self, message):
        if message.appointment is None:
            return "None"
        url = reverse("admin:booking_appointment_change", args=[message.appointment_id])
        return format_html('<a href="{}">{}</a>', url, appointment_label(message.appointment))

    @admin.action(
        permissions=["manage"],
        description="Send again",
        description_plural="Send chosen messages again",
        location=(ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM),
    )
    def send_again(self, request, queryset):
        """Queue each message again, to the address the patient has now."""
        queued = 0
        for message in queryset:
            label = appointment_label(message.appointment) if message.appointment else str(message)
            try:
                changed = tasks.send_again(message.pk, now=timezone.now())
            except BookingError as error:
                self.message_user(request, f"Not sent: {label}. {error}", messages.WARNING)
            else:
                queued += 1
                self.log_change(request, changed, "Sent again.")
        if queued:
            self.message_user(request, f"Waiting to be sent: {queued}.", messages.SUCCESS)
