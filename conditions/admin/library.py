"""What articles share besides red flags: sources, remedies, medicines and the glossary."""

from django.contrib import admin, messages
from django.utils import timezone

from conditions.models import GlossaryTerm, MedicineClass, Remedy, Source
from conditions.signing import SIGN, name_of

from .parts import AmountInline, RemedyCautionInline
from .shared import SharedFactAdmin


@admin.register(Source)
class SourceAdmin(SharedFactAdmin):
    list_display = ["title", "publisher", "year", "key"]
    search_fields = ["title", "publisher", "key", "identifier"]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return ["key", *fields] if obj else fields


@admin.register(MedicineClass)
class MedicineClassAdmin(SharedFactAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name", "names", "slug"]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return ["slug", *fields] if obj else fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(SharedFactAdmin):
    list_display = ["term", "definition"]
    search_fields = ["term", "forms", "definition"]


@admin.register(Remedy)
class RemedyAdmin(SharedFactAdmin):
    actions = ["sign_no_cautions"]
    list_display = ["name", "kind", "treatment", "who_code", "latin_name", "no_cautions_signed_by"]
    list_filter = ["kind", "treatment"]
    list_select_related = ["treatment"]
    search_fields = ["name", "latin_name", "pinyin", "english_name", "who_code", "other_code"]
    autocomplete_fields = ["treatment"]
    readonly_fields = ["no_cautions_signed_by", "no_cautions_signed_on"]
    inlines = [AmountInline, RemedyCautionInline]
    fieldsets = [
        (None, {"fields": ["kind", "name", "slug", "treatment", "is_offered", "position"]}),
        (
            "Herbs, foods and nutrients",
            {
                "fields": [
                    "latin_name",
                    "part_used",
                    "forms",
                    "pregnancy",
                    "allergy_family",
                    "amounts",
                ]
            },
        ),
        (
            "Acupuncture points",
            {
                "fields": [
                    "who_code",
                    "other_code",
                    "pinyin",
                    "english_name",
                    "level_with",
                    "midline_cun",
                    "location",
                    "over_lung",
                ]
            },
        ),
        (
            "For all",
            {
                "fields": [
                    "tradition",
                    "note",
                    "no_cautions_signed_by",
                    "no_cautions_signed_on",
                    "live_pages",
                ]
            },
        ),
    ]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return ["slug", *fields] if obj else fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def has_sign_permission(self, request):
        return request.user.has_perm(SIGN)

    def save_related(self, request, form, formsets, change):
        """Save the cautions; "none known" ends with the first one."""
        super().save_related(request, form, formsets, change)
        remedy = form.instance
        if remedy.no_cautions_signed_by and remedy.cautions.exists():
            remedy.no_cautions_signed_by, remedy.no_cautions_signed_on = "", None
            remedy.save()

    @admin.action(description="Sign that no cautions are known", permissions=["sign"])
    def sign_no_cautions(self, request, queryset):
        for remedy in queryset:
            if remedy.cautions.exists():
                words = f"“{remedy}” has cautions, so “none known” would be wrong."
                self.message_user(request, words, messages.ERROR)
                continue
            remedy.no_cautions_signed_by = name_of(request.user)
            remedy.no_cautions_signed_on = timezone.localdate()
            remedy.save()
            self.log_change(request, remedy, "Signed that no cautions are known.")
            words = f"You signed that no cautions are known for “{remedy}”."
            self.message_user(request, words, messages.SUCCESS)
