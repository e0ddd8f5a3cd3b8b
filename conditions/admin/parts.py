"""The parts of an article, edited on its own page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import (
    AdminTextInputWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.utils.text import capfirst

from clinic.forms import ParagraphField
from clinic.read_only import OnlyRead
from conditions.models import (
    Amount,
    CareLevel,
    Caution,
    Claim,
    ConditionName,
    ConditionRedFlag,
    FormerSlug,
    Illustration,
    RelatedTopic,
    Section,
    SelfCareItem,
)
from conditions.signing import lacks_name, signature

# So that the history does not name a text as changed whose line breaks a browser wrote its own way.
PARAGRAPHS: dict[type[models.Field], dict[str, Any]] = {
    models.TextField: {"form_class": ParagraphField}
}

SLUG_ERRORS = {"invalid": "Write small letters, digits and hyphens, such as leg-cramps."}
SLUGS: dict[type[models.Field], dict[str, Any]] = {
    models.SlugField: {"widget": AdminTextInputWidget, "error_messages": SLUG_ERRORS}
}

RICH_TEXT_HELP = (
    "Paragraphs, small headings, lists, bold, italic and links; anything else is taken out. "
    "Links start with https:, tel: or mailto:, with / for a page of this site, or with #. "
    "Write {emergency}, {crisis} or {poison} where the number shall stand. "
    "If you see no buttons, write HTML: p, h3, ul, ol, li, strong, em, br and a."
)


class RichTextarea(forms.Textarea):
    """A box for small HTML, which a script turns into an editor of just that (rich-text.js)."""

    class Media:
        css = {
            "all": [
                "django_prose_editor/editor.css",
                "django_prose_editor/overrides.css",
                "css/rich-text.css",
            ]
        }
        # The package's own way in needs an import map inside the page, which the policy refuses.
        js = [forms.Script("js/rich-text.js", type="module")]

    def __init__(self, attrs=None):
        super().__init__({"data-rich-text": "", "class": "vLargeTextField", **(attrs or {})})


class PartFormSet(BaseInlineFormSet):
    """Checks only rows that were changed: the others stand in the database as they are."""

    def get_form_kwargs(self, index):
        return {**super().get_form_kwargs(index), "empty_permitted": True}


class TableFormSet(PartFormSet):
    """Names each field to screen readers, which do not see the head of its column as its label."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs.setdefault("aria-label", capfirst(field.label or ""))


class SharedNames:
    """What the rows that one field offers are called, read once for all forms of a list.

    A script asks for them as somebody types; `offers_all` is for who has none.
    """

    def __init__(self, *, offers_all=False):
        self._names = None
        self._offers_all = offers_all

    def options(self, widget, name, value):
        """Return the chosen rows as a select's groups, in the order in which the field has them."""
        if self._names is None and (self._offers_all or any(value)):
            field = widget.choices.field
            self._names = {str(row.pk): str(row) for row in field.queryset.all()}
        names = (self._names or {}).items()
        chosen = [(key, text) for key, text in names if self._offers_all or key in value]
        may_be_empty = not widget.is_required or (self._offers_all and not any(value))
        if may_be_empty and not widget.allow_multiple_selected:
            chosen.insert(0, ("", ""))
        texts = [
            widget.create_option(name, key, text, key in value and bool(key), place)
            for place, (key, text) in enumerate(chosen)
        ]
        return [(None, texts, 0)]


class NamedSelect(AutocompleteSelect):
    """Django's own asks the database for the name of each chosen row by itself."""

    def __init__(self, *args, offers_all=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.names = SharedNames(offers_all=offers_all)

    def optgroups(self, name, value, attrs=None):
        return self.names.options(self, name, value)


class NamedSelectMultiple(AutocompleteSelectMultiple):
    """The same for several rows."""

    def __init__(self, *args, offers_all=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.names = SharedNames(offers_all=offers_all)

    def optgroups(self, name, value, attrs=None):
        return self.names.options(self, name, value)


def with_spare_rows(request):
    """Return whether each list is shown with an empty row, for who has no script to add one."""
    return "extra" in request.GET


class WithParts(admin.ModelAdmin):
    """A form with lists of parts."""

    def get_autocomplete_fields(self, request):
        return [] if with_spare_rows(request) else super().get_autocomplete_fields(request)


class PartInline(admin.StackedInline):
    """A part has no meaning alone: whoever may change the article may take it out."""

    formset = PartFormSet
    formfield_overrides = PARAGRAPHS

    def get_extra(self, request, obj=None, **kwargs):
        return int(with_spare_rows(request))

    def get_queryset(self, request):
        """Return the rows with what their form and their name show."""
        listed = [field.name for field in self.opts.many_to_many]
        return super().get_queryset(request).prefetch_related(*listed)

    # Copies of a field, one for each form, share the names that its widget read.
    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.autocomplete_fields:
            offers_all = with_spare_rows(request)
            kwargs["widget"] = NamedSelect(db_field, self.admin_site, offers_all=offers_all)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.autocomplete_fields:
            offers_all = with_spare_rows(request)
            kwargs["widget"] = NamedSelectMultiple(db_field, self.admin_site, offers_all=offers_all)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


class NameInline(admin.TabularInline, PartInline):
    formset = TableFormSet
    model = ConditionName
    fields = ["name", "is_synonym", "position"]


class RedFlagLinkForm(forms.ModelForm):
    """A red flag as an article uses it. A clinical reviewer who lowers its level signs that."""

    signer = nameless = ""

    def clean(self):
        cleaned = super().clean()
        flag, level = self.cleaned_data.get("red_flag"), self.cleaned_data.get("level")
        if {"red_flag", "level"} & set(self.changed_data):
            is_lower = flag and level and CareLevel(level).rank > CareLevel(flag.level).rank
            if is_lower and self.nameless:
                self.add_error("level", self.nameless)
            else:
                self.instance.lowered_by = self.signer if is_lower else ""
        return cleaned


class RedFlagInline(admin.TabularInline, PartInline):
    formset = TableFormSet
    model = ConditionRedFlag
    form = RedFlagLinkForm
    fields = ["red_flag", "qualifier", "level", "lowered_by", "position"]
    readonly_fields = ["lowered_by"]
    autocomplete_fields = ["red_flag"]
    template = "admin/conditions/red_flag_inline.html"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("red_flag")

    def get_formset(self, request, obj=None, **kwargs):
        signer = {"signer": signature(request.user), "nameless": lacks_name(request.user)}
        form = type("RedFlagLinkForm", (self.form,), signer)
        return super().get_formset(request, obj, form=form, **kwargs)


class SectionInline(PartInline):
    model = Section
    fields = ["aspect", "heading", "body", "position"]
    formfield_overrides = {
        models.TextField: {
            "form_class": ParagraphField,
            "widget": RichTextarea,
            "help_text": RICH_TEXT_HELP,
        }
    }


class ConditionSectionInline(SectionInline):
    fk_name = "condition"


class TreatmentSectionInline(SectionInline):
    fk_name = "treatment"


class IllustrationInline(PartInline):
    """Where an image stands; the words about it depend on the article, so they are kept here."""

    model = Illustration
    fields = ["image", "aspect", "alt", "is_decorative", "caption", "position"]
    autocomplete_fields = ["image"]
    verbose_name = "image"
    verbose_name_plural = "images"


class ConditionIllustrationInline(IllustrationInline):
    fk_name = "condition"


class TreatmentIllustrationInline(IllustrationInline):
    fk_name = "treatment"


class SelfCareInline(PartInline):
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


class AmountInline(admin.TabularInline, PartInline):
    formset = TableFormSet
    model = Amount
    autocomplete_fields = ["source"]


class RemedyCautionInline(PartInline):
    model = Caution
    fk_name = "remedy"
    exclude = ["treatment"]
    autocomplete_fields = ["medicine_classes", "sources"]


class TreatmentCautionInline(PartInline):
    model = Caution
    fk_name = "treatment"
    exclude = ["remedy"]
    autocomplete_fields = ["medicine_classes", "sources"]


class RelatedTopicInline(PartInline):
    model = RelatedTopic
    fk_name = "condition"
    fields = ["other", "kind", "question", "text", "position"]
    autocomplete_fields = ["other"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("other")


class FormerSlugInline(OnlyRead, admin.TabularInline):
    """Old addresses, noted when an article moves. To be seen, not written."""

    model = FormerSlug
    fields = ["slug"]
    extra = 0
    can_delete = False


class ConditionFormerSlugInline(FormerSlugInline):
    fk_name = "condition"


class TreatmentFormerSlugInline(FormerSlugInline):
    fk_name = "treatment"
