"""Articles: staff edit the draft, and publish it when it is ready."""

from django import forms
from django.contrib import admin, messages
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from conditions.models import Condition, Treatment
from conditions.publishing import outdated_uses_of
from conditions.signing import SIGN, lacks_name, signature

from .moments import DAYS
from .pages import article_urls
from .parts import (
    PARAGRAPHS,
    SLUGS,
    ConditionClaimInline,
    ConditionFormerSlugInline,
    ConditionIllustrationInline,
    ConditionSectionInline,
    MayHelpInline,
    NameInline,
    RedFlagInline,
    RelatedTopicInline,
    SelfCareInline,
    TreatmentCautionInline,
    TreatmentFormerSlugInline,
    TreatmentIllustrationInline,
    TreatmentSectionInline,
    WithParts,
)
from .publish import ArticleForm, PublishingAdmin
from .shared import all_pages_view


class ArticleAdmin(WithParts, PublishingAdmin):
    """What the forms of conditions and treatments share."""

    autocomplete_fields = ["sources", "replaced_by"]
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["state", "updated_at"]
    search_fields = ["title", "slug", "summary"]
    save_on_top = True
    formfield_overrides = PARAGRAPHS | DAYS | SLUGS

    def get_urls(self):
        return [*article_urls(self), *super().get_urls()]

    def get_readonly_fields(self, request, obj=None):
        fields = [*super().get_readonly_fields(request, obj)]
        if obj and obj.revisions.exists():
            fields.append("slug")
        # What an address answers is no draft: it acts as soon as it is saved.
        if not self.has_publish_permission(request):
            fields.append("replaced_by")
        return fields

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "replaced_by":
            words = f"{db_field.help_text} That acts as soon as you save, without publishing."
            kwargs["help_text"] = words
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_prepopulated_fields(self, request, obj=None):
        return {} if "slug" in self.get_readonly_fields(request, obj) else self.prepopulated_fields

    def has_delete_permission(self, request, obj=None):
        never_published = obj is None or not obj.revisions.exists()
        return never_published and super().has_delete_permission(request, obj)

    def view_on_site(self, obj):
        return obj.get_absolute_url() if obj.live_document is not None else None


class ConditionForm(ArticleForm):
    """A condition's draft; a clinical reviewer can sign why it has no emergency sign."""

    nameless = ""
    signs_reason = forms.BooleanField(
        label="I have checked why there is no emergency sign, and sign it",
        required=False,
    )

    def clean(self):
        cleaned = super().clean()
        if self.nameless and self.cleaned_data.get("signs_reason"):
            self.add_error("signs_reason", self.nameless)
        return cleaned


@admin.register(Condition)
class ConditionAdmin(ArticleAdmin):
    purpose = (
        "Articles on symptoms and conditions. Write a draft here; nobody sees it until you publish."
    )
    when_empty = "There is no article yet. Write the first draft."
    deleting = "The draft goes for good, with all its parts. It was never on the site."
    cannot_delete = "It was on the site, so its editions stay. Take it off the site instead."
    form = ConditionForm
    list_display = ["title", "state", "kind", "body_area", "updated_at"]
    list_filter = ["kind", "body_area"]
    readonly_fields = [*ArticleAdmin.readonly_fields, "no_emergency_signed_by"]
    fields = [
        "state",
        "title",
        "slug",
        "kind",
        "body_area",
        "summary",
        "lede",
        "author",
        "review_due_on",
        "sources",
        "no_emergency_reason",
        "signs_reason",
        "no_emergency_signed_by",
        "replaced_by",
        "updated_at",
    ]
    inlines = [
        NameInline,
        RedFlagInline,
        ConditionSectionInline,
        ConditionIllustrationInline,
        SelfCareInline,
        ConditionClaimInline,
        RelatedTopicInline,
        ConditionFormerSlugInline,
    ]

    def get_urls(self):
        view = self.admin_site.admin_view(lambda request: all_pages_view(self, request))
        return [path("pages-to-update/", view, name="conditions_pages"), *super().get_urls()]

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        may_sign = request.user.has_perm(SIGN) and self.has_change_permission(request, obj)
        return fields if may_sign else [name for name in fields if name != "signs_reason"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.nameless = lacks_name(request.user)
        return form

    def save_model(self, request, obj, form, change):
        """Save; a reason that was rewritten has to be signed again."""
        if "no_emergency_reason" in form.changed_data:
            obj.no_emergency_signed_by = ""
        if obj.no_emergency_reason and form.cleaned_data["signs_reason"]:
            obj.no_emergency_signed_by = signature(request.user)
        super().save_model(request, obj, form, change)


@admin.register(Treatment)
class TreatmentAdmin(ArticleAdmin):
    purpose = "Articles on what the clinic offers, such as acupuncture. Nobody sees a draft until you publish."
    when_empty = "There is no treatment yet. Write the first draft."
    deleting = "The draft goes for good, with all its parts. It was never on the site."
    cannot_delete = (
        "Editions, remedies or claims belong to it, so it stays. Take it off the site instead."
    )
    list_display = ["title", "state", "position", "updated_at"]
    fields = [
        "state",
        "title",
        "slug",
        "position",
        "summary",
        "lede",
        "author",
        "review_due_on",
        "red_flags",
        "sources",
        "replaced_by",
        "updated_at",
    ]
    autocomplete_fields = [*ArticleAdmin.autocomplete_fields, "red_flags"]
    inlines = [
        TreatmentSectionInline,
        TreatmentIllustrationInline,
        MayHelpInline,
        TreatmentCautionInline,
        TreatmentFormerSlugInline,
    ]

    def response_change(self, request, obj):
        """Say which live pages show the treatment's cautions as they were."""
        pages = outdated_uses_of(obj, now=timezone.now())
        if pages:
            words = (
                'Live pages that show its cautions as they were: {}. <a href="{}">Update them.</a>'
            )
            message = format_html(words, len(pages), reverse("admin:conditions_pages"))
            self.message_user(request, message, messages.WARNING)
        return super().response_change(request, obj)
