"""Remedies, what is claimed for them, and when to ask first."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from conditions.evidence import EvidenceLevel

from .article import Condition, Treatment
from .source import Source
from .words import CautionAdvice, CautionBasis, CautionKind, RemedyKind


class Remedy(models.Model):
    """An herb, food, nutrient or acupuncture point that a treatment uses."""

    kind = models.CharField(max_length=20, choices=RemedyKind)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    treatment = models.ForeignKey(Treatment, on_delete=models.PROTECT, related_name="remedies")
    is_offered = models.BooleanField(
        "used at the clinic",
        default=True,
        db_default=True,
        help_text="Untick for what an article only warns about, such as kava.",
    )
    latin_name = models.CharField(max_length=120, blank=True)
    part_used = models.CharField(max_length=120, blank=True)
    forms = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text="How it is taken: tea, tincture.",
    )
    pregnancy = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="One short sentence."
    )
    allergy_family = models.CharField(
        max_length=120, blank=True, default="", db_default="", help_text="Daisy family."
    )
    who_code = models.CharField("WHO code", max_length=10, blank=True, help_text="BL13")
    other_code = models.CharField(max_length=10, blank=True, help_text="UB13")
    pinyin = models.CharField(max_length=60, blank=True)
    english_name = models.CharField("English name", max_length=120, blank=True)
    level_with = models.CharField(
        max_length=10, blank=True, help_text="The vertebra: T3, L2. Places it on the drawing."
    )
    midline_cun = models.DecimalField(
        "cun from the midline",
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        help_text="1.5 for the inner bladder line. Needed for the drawing.",
    )
    location = models.CharField(max_length=300, blank=True)
    over_lung = models.CharField(
        max_length=200, blank=True, help_text="Empty, or how near the lung is, in plain words."
    )
    tradition = models.CharField(
        max_length=300, blank=True, help_text="Follows “Traditionally linked with”."
    )
    amounts = models.TextField(
        "amounts, in words", blank=True, help_text="What the rows of amounts can't say. Plain text."
    )
    note = models.TextField(blank=True, help_text="Plain text.")
    no_cautions_signed_by = models.CharField(
        "none known, signed by",
        max_length=120,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Who confirmed that no caution is known.",
    )
    no_cautions_signed_on = models.DateField(null=True, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "remedies"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(no_cautions_signed_by="", no_cautions_signed_on__isnull=True)
                | (
                    ~models.Q(no_cautions_signed_by="")
                    & models.Q(no_cautions_signed_on__isnull=False)
                ),
                name="%(app_label)s_%(class)s_signed_with_day",
                violation_error_code="signed_with_day",
                violation_error_message="A signature has a name and a day.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=RemedyKind.values),
                name="%(app_label)s_%(class)s_kind_is_known",
                violation_error_code="kind_is_known",
                violation_error_message="Choose herb, food, nutrient or acupuncture point.",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=RemedyKind.ACUPOINT) | ~models.Q(who_code=""),
                name="%(app_label)s_%(class)s_point_has_code",
                violation_error_code="point_has_code",
                violation_error_message="An acupuncture point needs its WHO code.",
            ),
            models.CheckConstraint(
                condition=models.Q(midline_cun__isnull=True)
                | models.Q(midline_cun__gte=0, midline_cun__lte=6),
                name="%(app_label)s_%(class)s_midline_on_the_back",
                violation_error_code="midline_on_the_back",
                violation_error_message="Between 0 and 6 cun from the midline.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RemedyOfKind[R: Remedy](models.Manager[R]):
    """Finds the remedies of one kind, for the proxies below."""

    def __init__(self, kind: RemedyKind) -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> models.QuerySet[R]:
        """Return those of the kind alone."""
        return super().get_queryset().filter(kind=self.kind)


class Herb(Remedy):
    """An herb, with a form of its own in the admin."""

    objects: ClassVar = RemedyOfKind["Herb"](RemedyKind.HERB)

    class Meta:
        proxy = True


class Food(Remedy):
    """A food, with a form of its own in the admin."""

    objects: ClassVar = RemedyOfKind["Food"](RemedyKind.FOOD)

    class Meta:
        proxy = True


class Nutrient(Remedy):
    """A mineral or vitamin, with a form of its own in the admin."""

    objects: ClassVar = RemedyOfKind["Nutrient"](RemedyKind.NUTRIENT)

    class Meta:
        proxy = True


class Acupoint(Remedy):
    """An acupuncture point, with a form of its own in the admin."""

    objects: ClassVar = RemedyOfKind["Acupoint"](RemedyKind.ACUPOINT)

    class Meta:
        proxy = True
        verbose_name = "acupuncture point"


class AmountUnit(models.TextChoices):
    """What amounts are counted in."""

    GRAM = "g", "g"
    MILLIGRAM = "mg", "mg"
    MICROGRAM = "mcg", "mcg"


class Amount(models.Model):
    """How much of something a food holds, or a person needs: 310 to 420 mg a day."""

    remedy = models.ForeignKey(Remedy, on_delete=models.CASCADE, related_name="amount_rows")
    label = models.CharField(max_length=60, help_text="What is counted: Magnesium.")
    low = models.DecimalField("amount", max_digits=8, decimal_places=2)
    high = models.DecimalField(
        "up to", max_digits=8, decimal_places=2, null=True, blank=True, help_text="For a range."
    )
    unit = models.CharField(max_length=5, choices=AmountUnit, default=AmountUnit.MILLIGRAM)
    per = models.CharField(max_length=80, help_text="In 1 ounce; a day, for adults.")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="amounts")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(low__gte=0)
                & (models.Q(high__isnull=True) | models.Q(high__gt=models.F("low"))),
                name="%(app_label)s_%(class)s_low_to_high",
                violation_error_code="low_to_high",
                violation_error_message="The second figure is higher than the first.",
            ),
            models.CheckConstraint(
                condition=models.Q(unit__in=AmountUnit.values),
                name="%(app_label)s_%(class)s_unit_is_known",
                violation_error_code="unit_is_known",
                violation_error_message="Choose g, mg or mcg.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}, {self.per}"


class MedicineClass(models.Model):
    """A kind of medicine, with the names by which people know the ones they take."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120, help_text="In plain words: Blood thinners.")
    names = models.TextField(
        blank=True, help_text="One generic or brand name a line: warfarin, then Coumadin."
    )
    part_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        help_text="The wider kind: ACE inhibitors are among the blood pressure medicines. Who names "
        "the wider kind alone is shown the cautions of this one too. The answers on the site change "
        "as soon as you save it, without publishing.",
    )

    class Meta:
        verbose_name = "kind of medicine"
        verbose_name_plural = "kinds of medicine"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(part_of__isnull=True) | ~models.Q(part_of=models.F("pk")),
                name="%(app_label)s_%(class)s_not_part_of_itself",
                violation_error_code="not_part_of_itself",
                violation_error_message="A kind of medicine is no part of itself.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a wider kind that is a part of this one."""
        wider, seen = self.part_of, {self.pk}
        while wider is not None and wider.pk is not None:
            if wider.pk in seen:
                text = f"{self.part_of} is a part of {self} already. Choose another kind, or none."
                raise ValidationError({"part_of": ValidationError(text, code="part_of_its_part")})
            seen.add(wider.pk)
            wider = wider.part_of


class Claim(models.Model):
    """What a treatment or remedy is said to do, with its level of evidence and its sources.

    Either for one condition, shown in that article, or in general under a label, shown on the
    treatment's own page.
    """

    condition = models.ForeignKey(
        Condition, on_delete=models.CASCADE, null=True, blank=True, related_name="claims"
    )
    treatment = models.ForeignKey(Treatment, on_delete=models.PROTECT, related_name="claims")
    remedy = models.ForeignKey(
        Remedy, on_delete=models.PROTECT, null=True, blank=True, related_name="claims"
    )
    label = models.CharField(
        max_length=80, blank=True, help_text="For the treatment's own page: Long-lasting pain."
    )
    text = models.CharField(max_length=600)
    level = models.CharField("evidence", max_length=20, choices=EvidenceLevel)
    sources = models.ManyToManyField(Source, blank=True, related_name="claims")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(condition__isnull=False, label="")
                | (models.Q(condition__isnull=True) & ~models.Q(label="")),
                name="%(app_label)s_%(class)s_condition_or_label",
                violation_error_code="condition_or_label",
                violation_error_message="Give either a condition or a label.",
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=EvidenceLevel.values),
                name="%(app_label)s_%(class)s_level_is_known",
                violation_error_code="level_is_known",
                violation_error_message="Choose one of the evidence levels.",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Caution(models.Model):
    """When to ask first about a remedy or a treatment, and why."""

    remedy = models.ForeignKey(
        Remedy, on_delete=models.CASCADE, null=True, blank=True, related_name="cautions"
    )
    treatment = models.ForeignKey(
        Treatment, on_delete=models.CASCADE, null=True, blank=True, related_name="cautions"
    )
    with_kind = models.CharField("about", max_length=20, choices=CautionKind)
    with_what = models.CharField(max_length=160, help_text="Blood thinners such as warfarin.")
    effect = models.CharField(max_length=300, help_text="What may happen. One sentence.")
    advice = models.CharField(max_length=20, choices=CautionAdvice)
    basis = models.CharField(max_length=20, choices=CautionBasis, blank=True)
    medicine_classes = models.ManyToManyField(
        MedicineClass,
        blank=True,
        related_name="cautions",
        help_text="For a caution about medicines: which kinds it is about.",
    )
    sources = models.ManyToManyField(Source, blank=True, related_name="cautions")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(remedy__isnull=False, treatment__isnull=True)
                | models.Q(remedy__isnull=True, treatment__isnull=False),
                name="%(app_label)s_%(class)s_has_one_owner",
                violation_error_code="has_one_owner",
                violation_error_message="A caution belongs to a remedy or to a treatment.",
            ),
            models.CheckConstraint(
                condition=models.Q(with_kind__in=CautionKind.values),
                name="%(app_label)s_%(class)s_kind_is_known",
                violation_error_code="kind_is_known",
                violation_error_message="Choose what the caution is about.",
            ),
            models.CheckConstraint(
                condition=models.Q(advice__in=CautionAdvice.values),
                name="%(app_label)s_%(class)s_advice_is_known",
                violation_error_code="advice_is_known",
                violation_error_message="Choose avoid, ask first or space doses.",
            ),
            models.CheckConstraint(
                condition=models.Q(basis__in=["", *CautionBasis.values]),
                name="%(app_label)s_%(class)s_basis_is_known",
                violation_error_code="basis_is_known",
                violation_error_message="Choose how this is known.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.with_what}: {self.get_advice_display()}"
