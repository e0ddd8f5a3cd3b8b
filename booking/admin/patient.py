from django.contrib import admin

from booking.models import Patient

from .search import patients_like


@admin.register(Patient)
class PatientAdmin(admin.ModelAdmin):
    """Contact details. A patient comes into being by booking, and is kept."""

    list_display = ("name", "email", "phone_display", "created_at")
    search_fields = ("name", "email", "phone")
    search_help_text = "Name, email address or phone number, or a part of them."
    date_hierarchy = "created_at"
    fields = ("name", "email", "phone", "phone_extension", "created_at")
    readonly_fields = ("created_at",)

    class Media:
        css = {"all": ("css/staff.css",)}

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="phone", ordering="phone")
    def phone_display(self, patient):
        return patient.phone_display

    def get_search_results(self, request, queryset, search_term):
        return queryset.filter(patients_like(search_term)), False
