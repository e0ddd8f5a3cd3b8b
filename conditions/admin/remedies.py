"""Remedies: one table, with a form for each kind that asks what that kind has."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from conditions.acupoints import who_code
from conditions.models import Acupoint, Food, Herb, Nutrient, Remedy, RemedyKind
from conditions.signing import SIGN, lacks_name, signature

from .parts import PARAGRAPHS, SLUGS, AmountInline, RemedyCautionInline, WithParts
from .shared import SharedFactAdmin

SIGNED = ("no_cautions_signed_by", "no_cautions_signed_on")


@admin.register(Remedy)
class RemedyAdmin(admin.ModelAdmin):
    """All kinds together, for the fields that search them. Each is changed in its own form."""

    purpose = "All herbs, foods, nutrients and points together. Open one to change it."
    when_empty = "There is none yet. Add a herb, food, nutrient or point in its own list."

    list_display = ["name", "kind", "treatment", "who_code", "latin_name"]
    list_filter = ["kind", "treatment"]
    list_select_related = ["treatment"]
    search_fields = ["name", "latin_name", "pinyin", "english_name", "who_code", "other_code"]

    def has_module_permission(self, request):
        return False

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Go on to the form of its kind."""
        remedy = self.get_object(request, object_id)
        if remedy is None:
            return super().change_view(request, object_id, form_url, extra_context)
        url = reverse(
            f"admin:conditions_{remedy.kind}_change",
            args=[remedy.pk],
            query=request.GET,
        )
        return HttpResponseRedirect(url)


class RemedyForm(forms.ModelForm):
    """A remedy of the kind that its model stands for."""

    def clean_slug(self):
        """Refuse the slug of any other remedy: the model itself sees its own kind alone."""
        slug = self.cleaned_data["slug"]
        if Remedy.objects.filter(slug=slug).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Another herb, food, nutrient or point has that slug already.")
        return slug


class AcupointForm(RemedyForm):
    """A point, with its codes written as WHO prints them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Someone who may only look at it gets a form without fields.
        if "who_code" in self.fields:
            self.fields["who_code"].required = True

    def clean_who_code(self):
        code = who_code(self.cleaned_data["who_code"])
        if code is None:
            raise ValidationError(
                "WHO has no point with that code. Write it like BL13, ST36 or EX-HN5. Names such "
                "as UB13 go under “Other code”."
            )
        return code

    def clean_other_code(self):
        return "".join(self.cleaned_data["other_code"].split()).upper()


class KindAdmin(WithParts, SharedFactAdmin):
    """What the kinds share."""

    deleting = "Its cautions and amounts go with it. Live pages keep it until you update them."
    cannot_delete = "Articles say what it does, so it stays. Take those claims out of them first."

    kind: RemedyKind
    form = RemedyForm
    actions = ["sign_no_cautions"]
    list_display = ["name", "treatment", "is_offered", "no_cautions_signed_by"]
    list_filter = ["is_offered", "treatment"]
    list_select_related = ["treatment"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["treatment"]
    readonly_fields = SIGNED
    inlines = [RemedyCautionInline]
    formfield_overrides = PARAGRAPHS | SLUGS

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return ["slug", *fields] if obj else fields

    def get_fields(self, request, obj=None):
        return [*super().get_fields(request, obj), *SIGNED, "live_pages"]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def save_model(self, request, obj, form, change):
        obj.kind = self.kind
        super().save_model(request, obj, form, change)

    def has_sign_permission(self, request):
        return request.user.has_perm(SIGN)

    def save_related(self, request, form, formsets, change):
        """Save the cautions; "none known" ends with the first one."""
        super().save_related(request, form, formsets, change)
        remedy = form.instance
        if remedy.no_cautions_signed_by and remedy.cautions.exists():
            remedy.no_cautions_signed_by, remedy.no_cautions_signed_on = "", None
            remedy.save(update_fields=SIGNED)

    @admin.action(description="Sign that no cautions are known", permissions=["sign"])
    @transaction.atomic
    def sign_no_cautions(self, request, queryset):
        nameless = lacks_name(request.user)
        if nameless:
            self.message_user(request, nameless, messages.ERROR)
            return
        # Locked, as a form that is saved locks them: it may be adding the first caution.
        for remedy in queryset.select_for_update(of=["self"], no_key=True).order_by("pk"):
            if remedy.cautions.exists():
                words = f"“{remedy}” has cautions, so “none known” would be wrong."
                self.message_user(request, words, messages.ERROR)
                continue
            remedy.no_cautions_signed_by = signature(request.user)
            remedy.no_cautions_signed_on = timezone.localdate()
            remedy.save(update_fields=SIGNED)
            self.log_change(request, remedy, "Signed that no cautions are known.")
            words = f"You signed that no cautions are known for “{remedy}”."
            self.message_user(request, words, messages.SUCCESS)


@admin.register(Herb)
class HerbAdmin(KindAdmin):
    purpose = "Herbs that treatments use, with their cautions."
    when_empty = "There is no herb yet. Add the first, with its cautions."
    kind = RemedyKind.HERB
    list_display = ["name", "latin_name", "treatment", "is_offered"]
    search_fields = ["name", "slug", "latin_name"]
    inlines = [AmountInline, RemedyCautionInline]
    fields = [
        "name",
        "slug",
        "treatment",
        "is_offered",
        "latin_name",
        "part_used",
        "forms",
        "amounts",
        "pregnancy",
        "allergy_family",
        "tradition",
        "note",
        "position",
    ]


@admin.register(Food)
class FoodAdmin(KindAdmin):
    purpose = "Foods that treatments use, with their cautions."
    when_empty = "There is no food yet. Add the first, with its cautions."
    kind = RemedyKind.FOOD
    fields = ["name", "slug", "treatment", "is_offered", "amounts", "note", "position"]
    inlines = [AmountInline, RemedyCautionInline]


@admin.register(Nutrient)
class NutrientAdmin(KindAdmin):
    purpose = "Vitamins, minerals and the like that treatments use, with their cautions."
    when_empty = "There is no nutrient yet. Add the first, with its cautions."
    kind = RemedyKind.NUTRIENT
    fields = [
        "name",
        "slug",
        "treatment",
        "is_offered",
        "forms",
        "amounts",
        "pregnancy",
        "note",
        "position",
    ]
    inlines = [AmountInline, RemedyCautionInline]


@admin.register(Acupoint)
class AcupointAdmin(KindAdmin):
    purpose = "Acupuncture points that treatments use, and where each lies on the body."
    when_empty = "There is no point yet. Add the first."
    kind = RemedyKind.ACUPOINT
    form = AcupointForm
    list_display = ["name", "who_code", "pinyin", "treatment", "is_offered"]
    search_fields = ["name", "slug", "who_code", "other_code", "pinyin", "english_name"]
    fields = [
        "name",
        "slug",
        "treatment",
        "is_offered",
        "who_code",
        "other_code",
        "pinyin",
        "english_name",
        "location",
        "level_with",
        "midline_cun",
        "over_lung",
        "tradition",
        "note",
        "position",
    ]
