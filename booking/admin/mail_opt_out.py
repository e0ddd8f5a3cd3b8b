from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin

from booking.forms import PersonForm
from booking.models import MailOptOut

from .audited import Audited, leave_out_name
from .private_search import PrivateSearch
from .wording import when_label

WITHOUT_MAIL = "Address without mail"


class OptOutForm(forms.ModelForm):
    """An address, checked as where patients type their own."""

    email = PersonForm.base_fields["email"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[
            "email"
        ].help_text = "Of a patient who asked for it, by phone for example. What is needed for a visit still comes."
        self.fields["email"].widget.attrs["class"] = "vTextField"


@admin.register(MailOptOut)
class MailOptOutAdmin(Audited, PrivateSearch):
    """Who wants no mail after visits: added, and taken off again, never changed."""

    purpose = "Who wants no mail after visits. What is needed for a visit still reaches them."
    when_empty = "Nobody has said no so far. Patients do so by a link in the mail."
    deleting = "Mails after visits are sent to this address again."

    form = OptOutForm
    list_display = ("email", "since")
    search_fields = ("email",)
    search_help_text = "Email address, or a part of it."
    fields = ("email",)

    class Media:
        css = {"all": ("css/staff.css",)}

    @admin.display(description="since", ordering="created_at")
    def since(self, entry):
        return when_label(entry.created_at, ZoneInfo(settings.TIME_ZONE))

    def log_addition(self, request, obj, message):
        entry = super().log_addition(request, obj, message)
        leave_out_name(entry, WITHOUT_MAIL)
        return entry

    def log_deletions(self, request, queryset):
        entries = super().log_deletions(request, queryset)
        for entry in entries:
            leave_out_name(entry, WITHOUT_MAIL)
        return entries

    def has_change_permission(self, request, obj=None):
        return False
