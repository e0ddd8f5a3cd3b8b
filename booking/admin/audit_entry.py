from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.html import format_html

from booking.models import Appointment, AuditEntry, Patient, PatientMerge
from clinic.read_only import OnlyRead

from .search import reference_digits, under_reference
from .wording import when_label

LONGEST_NUMBER = 18


class StaffFilter(admin.SimpleListFilter):
    """Who it was, by the name that they had then."""

    title = "member of staff"
    parameter_name = "who"

    def lookups(self, request, model_admin):
        # Without the list's own order, each name comes once.
        names = AuditEntry.objects.order_by("by_name").values_list("by_name", flat=True)
        return [(name, name) for name in names.distinct()]

    def queryset(self, request, queryset):
        return queryset.filter(by_name=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(OnlyRead, admin.ModelAdmin):
    """Who saw or changed what. Only read: PostgreSQL refuses any change, whoever asks."""

    purpose = "Who saw or changed which patient or visit, and when. Nobody can change it."
    when_empty = "Nobody has looked at a patient or a visit yet."
    list_display = ("when", "by_name", "kind", "patient", "visit", "note")
    list_display_links = None
    list_filter = ("kind", StaffFilter, "at")
    list_per_page = 100
    date_hierarchy = "at"
    search_fields = ("patient_number",)
    search_help_text = "Number of a patient, or reference of a visit (4F7A-9C21)."
    show_full_result_count = False
    fields = readonly_fields = list_display
    actions = None

    class Media:
        css = {"all": ("css/staff.css",)}

    def get_queryset(self, request):
        patient, visit = OuterRef("patient_number"), OuterRef("visit_number")
        merges = PatientMerge.objects.filter(gone_number=patient, kept__erased_at=None)
        return (
            super()
            .get_queryset(request)
            .annotate(
                has_patient=Exists(Patient.objects.filter(pk=patient, erased_at=None)),
                merged_into=Subquery(merges.values("kept")),
                has_visit=Exists(Appointment.objects.filter(pk=visit)),
            )
        )

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip().lower().removeprefix("patient").strip()
        if not term:
            return queryset, False
        found = Q(pk__in=[])
        if term.isdecimal() and term.isascii() and len(term) <= LONGEST_NUMBER:
            found |= Q(patient_number=term)
        if spoken := reference_digits(term):
            visits = under_reference(spoken, Appointment.objects.all())
            found |= Q(visit_number__in=visits.values("pk"))
        return queryset.filter(found), False

    @admin.display(description="when", ordering="at")
    def when(self, entry):
        return when_label(entry.at, ZoneInfo(settings.TIME_ZONE))

    @admin.display(description="patient", ordering="patient_number", empty_value="-")
    def patient(self, entry):
        # The address of a record that was merged leads to the one that stayed.
        is_there = entry.has_patient or entry.merged_into
        return _link("patient", entry.patient_number, is_there=is_there)

    @admin.display(description="visit", ordering="visit_number", empty_value="-")
    def visit(self, entry):
        return _link("appointment", entry.visit_number, is_there=entry.has_visit, word="visit")


def _link(model, number, *, is_there, word=""):
    if number is None:
        return None
    word = word or model
    if not is_there:
        return f"{word} {number} (erased)"
    url = reverse(f"admin:booking_{model}_change", args=[number])
    return format_html('<a href="{}">{} {}</a>', url, word, number)
