from django.contrib import admin
from django.utils.html import format_html_join

from booking.models import Patient

from .privacy import PrivacyPages
from .private_search import PrivateSearch
from .search import find_patients
from .visits import VISITS_LISTED, link_and_label
from .whose import patients_of


@admin.register(Patient)
class PatientAdmin(PrivacyPages, PrivateSearch):
    """Contact details. A patient comes into being by booking, and is kept."""

    purpose = "The people who come, with their email, phone and visits. Search before you book."
    when_empty = "Nobody is here yet: a patient is added when you or they book."
    first_step = (
        "admin:booking_appointment_add",
        "Book a visit by phone",
        "booking.change_appointment",
    )

    list_display = ("name", "email", "phone_display", "created_at")
    search_fields = ("name", "email", "phone")
    search_help_text = (
        "Name, email address, phone number or a visit’s reference (4F7A-9C21), or a part of them."
    )
    marks_near = True
    date_hierarchy = "created_at"
    fields = ("name", "email", "phone", "phone_extension", "created_at", "visits")
    readonly_fields = ("created_at", "visits")

    class Media:
        css = {"all": ("css/staff.css",)}

    def get_queryset(self, request):
        return patients_of(request.user, super().get_queryset(request))

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="phone", ordering="phone")
    def phone_display(self, patient):
        return patient.phone_display

    @admin.display(description="visits, the latest first", empty_value="None")
    def visits(self, patient):
        visits = patient.appointments.select_related("location")
        latest = visits.order_by("-starts_at", "-pk")[:VISITS_LISTED]
        rows = [(*link_and_label(visit), visit.get_status_display().lower()) for visit in latest]
        return format_html_join("\n", '<a href="{}">{}</a>, {}', rows) or None

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        may_see = request.user.has_perm("booking.view_appointment")
        return fields if may_see else [name for name in fields if name != "visits"]

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        return find_patients(search_term, request.user).among(queryset), False
