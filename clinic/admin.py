"""The clinic's facts in the admin, and the admin's own name."""

from django.contrib import admin

from clinic.help import LeadsBack
from clinic.models import Clinic
from clinic.sign_in import admin as sign_in_admin

__all__ = ["ClinicAdmin", "sign_in_admin"]

admin.site.site_header = admin.site.site_title = "Clinic staff"
admin.site.index_title = "What would you like to do?"


@admin.register(Clinic)
class ClinicAdmin(LeadsBack):
    """One row: changed, never deleted, and added only while there is none."""

    purpose = (
        "The clinic’s name, address, phone, hours and emergency number, as every page shows them."
    )
    when_empty = "The pages show samples. Add your own facts."

    list_display = ["name", "practitioner_line", "phone", "facts_are_sample"]
    fieldsets = [
        (None, {"fields": ["name", "practitioner_line", "facts_are_sample"]}),
        (
            "Phone and email",
            {
                "fields": ["phone", "email", "emergency_number", "crisis_number"],
                "description": (
                    "Every page shows these as they are now, published articles too: "
                    "a new emergency number needs no new edition."
                ),
            },
        ),
        ("For staff", {"fields": ["notices_to"]}),
        ("Address", {"fields": ["street", "city", "state", "postal_code"]}),
        ("Visits", {"fields": ["opening_hours", "parking"]}),
    ]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Clinic.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False
