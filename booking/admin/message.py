from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator

from booking import tasks
from booking.errors import BookingError
from booking.models import Message, MessageState
from clinic.read_only import OnlyRead

from .audited import Audited
from .message_filters import StateFilter
from .message_wording import address_words, answer_of, hint_for, state_words
from .private_search import PrivateSearch
from .read_only import PartOfVisitInline
from .search import phone_digits
from .whose import about_visits_of
from .wording import appointment_label, moment_column

ANSWER_SHOWN = 60
SEND_AGAIN = "_send_again"
CAN_GO_AGAIN = (MessageState.SENT, MessageState.FAILED, MessageState.BOUNCED)


# What somebody has to act on comes first: a small screen shows no more without scrolling.
FIRST = ("kind", "outcome", "short_answer")
THEN = ("address", "channel", "created", "sent", "next_try", "came_back", "attempts")


class MessageColumns:
    """What the list, a message's page and the table beside a visit show of a message."""

    created = moment_column("created_at", "asked for")
    sent = moment_column("sent_at", "sent")
    came_back = moment_column("bounced_at", "came back")
    _next_try = staticmethod(moment_column("next_try_at", "next try"))

    @admin.display(description="next try")
    def next_try(self, message):
        return self._next_try(self, message) if message.state == MessageState.QUEUED else "-"

    @admin.display(description="to", ordering="to_email")
    def address(self, message):
        return address_words(message)

    @admin.display(description="what became of it", ordering="state")
    def outcome(self, message):
        return state_words(message)

    @admin.display(description="answer")
    def short_answer(self, message):
        """What it means, or of what needs no explaining the beginning."""
        return hint_for(message) or Truncator(answer_of(message)).chars(ANSWER_SHOWN) or "-"


class MessageInline(MessageColumns, PartOfVisitInline):
    """What was sent about the visit. Read only, but for sending one again."""

    model = Message
    fields = (*FIRST, "again", *THEN)
    readonly_fields = fields

    def get_fields(self, request, obj=None):
        if request.user.has_perm("booking.change_appointment"):
            return self.fields
        return [name for name in self.fields if name != "again"]

    @admin.display(description="again")
    def again(self, message):
        """A button of the visit's own form."""
        if message.state not in CAN_GO_AGAIN:
            return "-"
        return format_html(
            '<button class="button" name="{}" value="{}" aria-label="{}">Send again</button>',
            SEND_AGAIN,
            message.pk,
            f"Send again: {message.get_kind_display()}, {message.get_channel_display().lower()}",
        )


@admin.register(Message)
class MessageAdmin(OnlyRead, Audited, MessageColumns, PrivateSearch):
    """Messages and what became of each. Read only, but for sending one again."""

    purpose = "Every mail and text message, and whether it arrived. Open one to send it again."
    when_empty = "Nothing was sent yet. The first message leaves with the first booking."

    list_display = (*FIRST, "visit", *THEN)
    list_filter = (StateFilter, "kind", "channel")
    list_select_related = ("appointment__location",)
    list_per_page = 50
    search_fields = ("to_email", "to_phone")
    search_help_text = "Email address or phone number, or a part of it."
    ordering = ("-created_at", "-pk")
    fields = (
        "kind",
        "channel",
        "address",
        "visit",
        "outcome",
        "answer",
        "hint",
        "created",
        "sent",
        "next_try",
        "came_back",
        "attempts",
    )
    readonly_fields = fields
    actions = ("send_again",)

    class Media:
        css = {"all": ("css/staff.css",)}

    def get_queryset(self, request):
        return about_visits_of(request.user, super().get_queryset(request))

    def has_manage_permission(self, request):
        return request.user.has_perm("booking.change_appointment")

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        found = Q(to_email__icontains=term)
        if digits := phone_digits(term):
            found |= Q(to_phone__contains=digits)
        return queryset.filter(found), False

    @admin.display(description="what that means")
    def hint(self, message):
        return hint_for(message) or "-"

    @admin.display(description="what the server answered")
    def answer(self, message):
        return answer_of(message) or "-"

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
        send_again(self, request, queryset)


def send_again(model_admin, request, queryset):
    """Queue each message again, to the address the patient has now, and say what happened."""
    queued = 0
    for message in queryset:
        label = appointment_label(message.appointment) if message.appointment else str(message)
        try:
            with transaction.atomic():
                changed = tasks.send_again(message.pk, now=timezone.now())
                model_admin.log_change(request, changed, "Sent again.")
        except BookingError as error:
            model_admin.message_user(request, f"Not sent: {label}. {error}", messages.WARNING)
        else:
            queued += 1
    if queued:
        model_admin.message_user(request, f"Waiting to be sent: {queued}.", messages.SUCCESS)
