"""Revisions, which nobody can change, and the reviews of them."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from clinic.read_only import OnlyRead
from conditions.models import Review, Revision
from conditions.signing import SIGN

from .moments import DAYS


@admin.register(Revision)
class RevisionAdmin(OnlyRead, admin.ModelAdmin):
    purpose = "Every edition that was ever published. Nobody can change one."
    when_empty = "Nothing was published yet. Open an article and publish it."
    first_step = (
        "admin:conditions_condition_changelist",
        "See the articles",
        "conditions.view_condition",
    )
    list_display = ["__str__", "publish_at", "made_by", "note"]
    list_select_related = ["created_by"]
    list_filter = ["publish_at"]
    search_fields = ["document__title", "by_name"]
    fields = ["condition", "treatment", "number", "publish_at", "made_by", "note", "page"]
    readonly_fields = ["made_by", "page"]

    @admin.display(description="By", ordering="by_name")
    def made_by(self, obj):
        return obj.made_by

    @admin.display(description="What was published")
    def page(self, obj):
        article = obj.condition or obj.treatment
        name = f"admin:conditions_{article._meta.model_name}"
        return format_html(
            '<a href="{}">See it as a page</a>, or <a href="{}">compare it with others</a>',
            reverse(f"{name}_edition", args=[article.pk, obj.number]),
            reverse(f"{name}_editions", args=[article.pk]),
        )


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):
    purpose = "Who checked which edition, when, and when the next check is due."
    when_empty = "Nobody has signed for an edition yet. Open one under an article’s revisions."
    deleting = "The page says no longer that this person checked it."
    formfield_overrides = DAYS
    list_display = ["revision", "reviewer", "reviewed_on", "scope", "next_on"]
    list_filter = ["scope", "next_on"]
    list_select_related = ["revision"]
    search_fields = ["reviewer", "revision__document__title"]
    autocomplete_fields = ["revision"]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and request.user.has_perm(SIGN)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and request.user.has_perm(SIGN)
