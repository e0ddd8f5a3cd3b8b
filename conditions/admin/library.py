"""What articles share besides red flags and remedies: sources, words, kinds of medicine."""

from django import forms
from django.contrib import admin

from clinic.forms import LinesField
from conditions.models import EmptySearch, GlossaryTerm, LinkCheck, MedicineClass, Source
from conditions.signing import SIGN

from .parts import SLUGS
from .shared import SharedFactAdmin


@admin.register(Source)
class SourceAdmin(SharedFactAdmin):
    purpose = "Studies and guidelines that articles point to. Add each one once."
    when_empty = "There is no source yet. Add the first study or guideline."
    deleting = "Drafts that name it lose it. Live pages keep it until you update them."
    cannot_delete = "Amounts in foods and the like come from it. Give those another source first."
    list_display = ["title", "publisher", "year", "key"]
    search_fields = ["title", "publisher", "key", "identifier"]
    formfield_overrides = SLUGS

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return ["key", *fields] if obj else fields


class GlossaryTermForm(forms.ModelForm):
    class Meta:
        field_classes = {"forms": LinesField}


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(SharedFactAdmin):
    purpose = "Hard words, explained where an article first uses them."
    when_empty = "No word is explained yet. Add the first."
    deleting = "The word is explained no more. Live pages keep it until you update them."
    form = GlossaryTermForm
    fields = ["term", "forms", "definition", "live_pages"]
    list_display = ["term", "definition"]
    search_fields = ["term", "forms", "definition"]


class MedicineClassForm(forms.ModelForm):
    class Meta:
        field_classes = {"names": LinesField}


@admin.register(MedicineClass)
class MedicineClassAdmin(SharedFactAdmin):
    purpose = "Kinds of medicine, with the names on the box. Readers are warned by them."
    when_empty = "There is no kind yet. Add the first, with its names."
    deleting = "Cautions that name it lose it, and readers who take it are warned no more."
    form = MedicineClassForm
    fields = ["name", "slug", "names", "part_of", "live_pages"]
    autocomplete_fields = ["part_of"]
    list_display = ["name", "part_of", "names_in_a_row"]
    list_select_related = ["part_of"]
    search_fields = ["name", "slug", "names"]
    formfield_overrides = SLUGS

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        # Which cautions a reader is shown follows it at once, with no edition to sign.
        fields = fields if request.user.has_perm(SIGN) else ["part_of", *fields]
        return ["slug", *fields] if obj else fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    @admin.display(description="Names")
    def names_in_a_row(self, obj):
        return ", ".join(obj.names.splitlines())


class NotedAdmin(admin.ModelAdmin):
    """What the site notes by itself: nobody writes it."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(EmptySearch)
class EmptySearchAdmin(NotedAdmin):
    """Taken off the list once it is dealt with; it comes back if people still look in vain."""

    purpose = "What readers looked for and did not find. Delete a line once it is dealt with."
    when_empty = "Every search has found something so far."
    deleting = "The line goes. It comes back if people still look for it in vain."

    list_display = ["query", "times", "last_on"]
    list_filter = ["last_on"]
    search_fields = ["query"]
    fields = ["query", "times", "last_on"]


@admin.register(LinkCheck)
class LinkCheckAdmin(NotedAdmin):
    purpose = "Links in live articles, and whether each still leads somewhere."
    when_empty = "No link was checked yet. Start a round under “Content today”."
    first_step = ("content-today", "Content today", "conditions.change_condition")
    list_display = ["url", "is_alive", "reason", "failures", "checked_at"]
    list_filter = ["is_alive"]
    search_fields = ["url", "reason"]
    fields = ["url", "is_alive", "reason", "failures", "checked_at"]

    class Media:
        css = {"all": ["css/staff.css"]}

    def has_delete_permission(self, request, obj=None):
        return False
