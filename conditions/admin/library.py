"""What articles share: sources and remedies."""

from django.contrib import admin

from conditions.models import Remedy, Source

from .conflicts import GuardedAdmin
from .parts import RemedyCautionInline


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["title", "publisher", "year", "key"]
    search_fields = ["title", "publisher", "key", "identifier"]

    def get_readonly_fields(self, request, obj=None):
        return ["key"] if obj else []


@admin.register(Remedy)
class RemedyAdmin(GuardedAdmin):
    list_display = ["name", "kind", "treatment", "who_code", "latin_name"]
    list_filter = ["kind", "treatment"]
    list_select_related = ["treatment"]
    search_fields = ["name", "latin_name", "pinyin", "english_name", "who_code", "other_code"]
    autocomplete_fields = ["treatment"]
    inlines = [RemedyCautionInline]
    fieldsets = [
        (None, {"fields": ["kind", "name", "slug", "treatment", "position"]}),
        ("Herbs, foods and nutrients", {"fields": ["latin_name", "part_used", "amounts"]}),
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
        ("For all", {"fields": ["tradition", "note"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}
