"""The parts of an article, edited on its own page."""

from django import forms
from django.contrib import admin
from django.db import models

from clinic.forms import ParagraphField
from conditions.models import (
    Caution,
    Claim,
    ConditionName,
    ConditionRedFlag,
    Section,
    SelfCareItem,
)

# So that the history does not name a text as changed whose line breaks a browser wrote its own way.
PARAGRAPHS: dict[type[models.Field], dict[str, type]] = {
    models.TextField: {"form_class": ParagraphField}
}


class PartInline(admin.StackedInline):
    """A part has no meaning alone: whoever may change the article may take it out."""

    extra = 0
    formfield_overrides = PARAGRAPHS

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


class NameInline(PartInline, admin.TabularInline):
    model = ConditionName
    fields = ["name", "position"]


class RedFlagInline(PartInline, admin.TabularInline):
    model = ConditionRedFlag
    fields = ["red_flag", "qualifier", "level", "position"]
    autocomplete_fields = ["red_flag"]


class ConditionSectionInline(PartInline):
    model = Section
    fk_name = "condition"
    fields = ["aspect", "heading", "body", "position"]


class TreatmentSectionInline(PartInline):
    model = Section
    fk_name = "treatment"
    fields = ["aspect", "heading", "body", "position"]


class SelfCareInline(PartInline, admin.TabularInline):
    model = SelfCareItem
    fields = ["kind", "title", "text", "level", "position"]


class ConditionClaimInline(PartInline):
    model = Claim
    fk_name = "condition"
    fields = ["treatment", "remedy", "text", "level", "sources", "position"]
    autocomplete_fields = ["treatment", "remedy", "sources"]


class MayHelpForm(forms.ModelForm):
    """A claim on a treatment's own page stands under a label."""

    label = Claim._meta.get_field("label").formfield(required=True)


class MayHelpInline(PartInline):
    model = Claim
    fk_name = "treatment"
    form = MayHelpForm
    verbose_name = "thing it may help"
    verbose_name_plural = "what it may help"
    fields = ["label", "text", "level", "sources", "position"]
    autocomplete_fields = ["sources"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(condition__isnull=True)


class RemedyCautionInline(PartInline):
    model = Caution
    fk_name = "remedy"
    exclude = ["treatment"]
    autocomplete_fields = ["sources"]


class TreatmentCautionInline(PartInline):
    model = Caution
    fk_name = "treatment"
    exclude = ["remedy"]
    autocomplete_fields = ["sources"]
