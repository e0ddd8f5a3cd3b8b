"""Revisions, which nobody can change, and the reviews of them."""

import json

from django.contrib import admin
from django.utils.html import format_html

from conditions.models import Review, Revision


@admin.register(Revision)
class RevisionAdmin(admin.ModelAdmin):
    list_display = ["__str__", "publish_at", "by_name", "note"]
    list_filter = ["publish_at"]
    search_fields = ["document__title", "by_name"]
    fields = ["condition", "treatment", "number", "publish_at", "by_name", "note", "frozen"]
    readonly_fields = ["frozen"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="What was published")
    def frozen(self, obj):
        text = json.dumps(obj.document, indent=2, ensure_ascii=False)
        return format_html("<pre>{}</pre>", text)


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):
    list_display = ["revision", "reviewer", "reviewed_on", "scope", "next_on"]
    list_filter = ["scope", "next_on"]
    list_select_related = ["revision"]
    search_fields = ["reviewer", "revision__document__title"]
    autocomplete_fields = ["revision"]
