"""Remedies, what is claimed for them, and when to ask first."""

from django.db import models

from conditions.evidence import EvidenceLevel

from .article import Condition, Treatment
from .source import Source


class RemedyKind(models.TextChoices):
    """What sort of thing a treatment uses."""

    HERB = "herb", "Herb"
    FOOD = "food", "Food"
    NUTRIENT = "nutrient", "Nutrient"
    ACUPOINT = "acupoint", "Acupuncture point"


class Remedy(models.Model):
    """An herb, food, nutrient or acupuncture point that a treatment uses."""

    kind = models.CharField(max_length=20, choices=RemedyKind)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    treatment = models.ForeignKey(Treatment, on_delete=models.PROTECT, related_name="remedies")
    latin_name = models.CharField(max_length=120, blank=True)
    part_used = models.CharField(max_length=120, blank=True)
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
    amounts = models.TextField(blank=True, help_text="Amounts with unit. Plain text.")
    note = models.TextField(blank=True, help_text="Plain text.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "remedies"
        ordering = ["position", "pk"]
        constraints = [
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


class CautionKind(models.TextChoices):
    """What a caution is about, in the order in which people look for themselves."""

    MEDICINE_CLASS = "medicine_class", "A kind of medicine"
    MEDICINE = "medicine", "A medicine"
    CONDITION = "condition", "A health problem"
    PREGNANCY = "pregnancy", "Pregnancy or breastfeeding"
    SURGERY = "surgery", "Surgery"
    ALLERGY = "allergy", "An allergy"
    GENERAL = "general", "Everyone"


class CautionAdvice(models.TextChoices):
    """What to do about it; the label is what the page says."""

    AVOID = "avoid", "Avoid it"
    ASK_FIRST = "ask_first", "Ask first"
    SPACE_DOSES = "space_doses", "Take them at different times"


class CautionBasis(models.TextChoices):
    """How it is known; the label is what the page says."""

    TRIAL = "trial", "Seen in trials."
    CASE_REPORT = "case_report", "Reported in patients."
    LABEL = "label", "Stated in official guidance."
    THEORETICAL = "theoretical", "Expected from how it works, not shown in people."
    TRADITIONAL = "traditional", "Known from tradition."


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
