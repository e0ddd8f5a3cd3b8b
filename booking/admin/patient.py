import re

from django.contrib import admin
from django.db.models import Q

from booking.models import Patient

PHONE_LIKE = re.compile(r"[\d\s().+-]+")


def phone_digits(term):
    """Return the digits of what reads like (part of) a phone number, without the 1 of the USA."""
    digits = re.sub(r"\D", "", term) if PHONE_LIKE.fullmatch(term) else ""
    if len(digits) == 11:
        digits = digits.removeprefix("1")
    return digits if len(digits) >= 4 else ""


@admin.register(Patient)
class PatientAdmin(admin.ModelAdmin):
    """Contact details. A patient comes into being by booking, and is kept."""

    list_display = ("name", "email", "phone_display", "created_at")
    search_fields = ("name", "email", "phone")
    search_help_text = "Name, email address or phone number, or a part of them."
    date_hierarchy = "created_at"
    fields = ("name", "email", "phone", "phone_extension", "created_at")
    readonly_fields = ("created_at",)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="phone", ordering="phone")
    def phone_display(self, patient):
        return patient.phone_display

    def get_search_results(self, request, queryset, search_term):
        if digits := phone_digits(search_term):
            return queryset.filter(Q(phone__contains=digits)), False
        return super().get_search_results(request, queryset, search_term)
