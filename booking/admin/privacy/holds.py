from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from booking.admin.audited import Audited
from booking.admin.read_only import ReadOnlyAdmin
from booking.admin.whose import patients_of
from booking.models import LegalHold


@admin.register(LegalHold)
class LegalHoldAdmin(Audited, ReadOnlyAdmin):
    """All holds, also those that were lifted. They are set and lifted on the patient's page."""

    purpose = "Patients who must not be erased, and why. Set and lift a hold on their page."
    when_empty = "No patient is under a legal hold, and none was."
    list_display = ("whose", "reason", "set_at", "set_by_name", "lifted_at", "lifted_by_name")
    list_display_links = None
    list_select_related = ("patient",)
    fields = (
        *("whose", "reason", "set_at", "set_by_name"),
        *("lifted_at", "lifted_by_name", "lifted_reason"),
    )

    def get_queryset(self, request):
        seen = patients_of(request.user).values("pk")
        return super().get_queryset(request).filter(patient__in=seen)

    @admin.display(description="patient")
    def whose(self, hold):
        url = reverse("admin:booking_patient_change", args=[hold.patient_id])
        return format_html('<a href="{}">{}</a>', url, hold.patient)
