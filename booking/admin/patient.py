from functools import partial

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path

from booking.merging import merged_into
from booking.models import Patient

from .audited import LooksAudited, leave_out_name
from .patient_merge import merge_view
from .patient_page import patient_view
from .privacy import PrivacyPages
from .private_search import PrivateSearch
from .search import find_patients
from .whose import patients_of


@admin.register(Patient)
class PatientAdmin(LooksAudited, PrivacyPages, PrivateSearch):
    """Whom the clinic knows. A patient comes into being by booking, and is kept.

    What is changed is noted where it is written: `booking.patients` and `booking.merging`.
    """

    purpose = (
        "Everybody who has had a visit booked. Search before you book; open somebody for visits, "
        "messages, consents and notes."
    )
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
    list_per_page = 50

    class Media:
        css = {"all": ("css/staff.css",)}

    def get_queryset(self, request):
        return patients_of(request.user, super().get_queryset(request))

    def get_urls(self):
        merge = self.admin_site.admin_view(partial(merge_view, model_admin=self))
        return [path("<int:pk>/merge/", merge, name="booking_patient_merge"), *super().get_urls()]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        patient = self.get_object(request, unquote(object_id))
        if patient is None:
            patient = self._stays(request, unquote(object_id))
            if patient is None:
                return super().change_view(request, object_id)
            if request.method != "POST":
                return redirect("admin:booking_patient_change", patient.pk)
            # What was typed on the page of the one that went is about the same person.
        try:
            return patient_view(self, request, patient)
        except Patient.DoesNotExist:
            # Merged or erased at this moment: once more, as it is now.
            return self.change_view(request, object_id)

    def log_change(self, request, obj, message):
        entry = super().log_change(request, obj, message)
        leave_out_name(entry, "Patient")
        return entry

    def _stays(self, request, number):
        """Return the record that stayed when the one with this number was merged, if they see it."""
        kept = merged_into(int(number)) if number.isdecimal() and len(number) < 19 else None
        return self.get_object(request, str(kept.pk)) if kept else None

    @admin.display(description="phone", ordering="phone")
    def phone_display(self, patient):
        return patient.phone_display

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        return find_patients(search_term, request.user).among(queryset), False
