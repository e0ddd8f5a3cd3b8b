"""Revisions and their reviews: what the public reads, and who checked it."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.expressions import CombinedExpression
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from conditions.evidence import NEEDS_SOURCE, EvidenceLevel

from .red_flag import CareLevel
from .words import (
    ArticleKind,
    Aspect,
    BodyArea,
    CautionAdvice,
    CautionBasis,
    CautionKind,
    RelatedKind,
    RemedyKind,
    SelfCareKind,
)

# What Python can still reckon with, in every zone.
LAST_MOMENT = datetime(2200, 1, 1, tzinfo=UTC)

# What every frozen document has, and what only one kind of article's has.
WORDS = ("title", "summary", "lede", "sections", "sources")
CONDITION_PARTS = ("kind", "body_area", "names", "red_flags", "self_care", "offers")
TREATMENT_PARTS = ("may_help", "cautions", "remedies")


_LEVELS = " || ".join(f'@.level == "{level}"' for level in sorted(NEEDS_SOURCE))
_UNSOURCED = f"? (({_LEVELS}) && @.sources.size() == 0)"
_UNCAUTIOUS = r'? (@.cautions.size() == 0 && !(@.no_cautions_signed_by like_regex "\\S"))'


def _list_of(path: str, texts: str, lists: str = "") -> str:
    """Return that there is a list of objects, each with these texts and these lists."""
    wrong = [
        '@.type() != "object"',
        *(f'!(@.{name}.type() == "string")' for name in texts.split()),
        *(f'!(@.{name}.type() == "array")' for name in lists.split()),
    ]
    return f"!exists({path}[*] ? ({' || '.join(wrong)}))"


def _is_list(path: str) -> str:
    return f'{path}.type() == "array"'


def _texts_alone(path: str) -> str:
    return f'!exists({path}[*] ? (@.type() != "string"))'


def _one_of(values: list[str]) -> str:
    return f'like_regex "^({"|".join(values)})$"'


def _words_of(path: str, **words: list[str]) -> str:
    """Return that each of these texts of all objects there is one of its words."""
    wrong = " || ".join(f"!(@.{name} {_one_of(values)})" for name, values in words.items())
    return f"!exists({path}[*] ? ({wrong}))"


_CLAIM = ("text level", "sources")
_CAUTION = ("with_kind with_what effect advice basis", "sources")
_REMEDY = (
    "kind slug name latin_name part_used who_code other_code pinyin english_name level_with",
    "cautions",
)
_PARTS_FOR_ALL = [
    *(_is_list(path) for path in ("$.sections", "$.sources")),
    _list_of("$.sections", "aspect heading body"),
    _list_of("$.sources", "key title publisher url identifier"),
    '($.lede.type() == "string")',
    # What editions of before lack.
    f"(!exists($.glossary) || {_is_list('$.glossary')})",
    _list_of("$.glossary", "term definition", "forms"),
    f"(!exists($.images) || {_is_list('$.images')})",
    _list_of("$.images", "aspect name alt caption credit"),
]
_PARTS_OF_CONDITIONS = [
    *(_is_list(f"$.{name}") for name in ("names", "red_flags", "self_care", "offers")),
    _texts_alone("$.names"),
    _list_of("$.red_flags", "code label statement question level own_level qualifier"),
    _list_of("$.self_care", "kind title text level"),
    _list_of("$.offers", "treatment title", "claims cautions remedies"),
    *(_list_of(f"$.offers[*]{place}.claims", *_CLAIM) for place in ("", ".remedies[*]")),
    *(_list_of(f"$.offers[*]{place}.cautions", *_CAUTION) for place in ("", ".remedies[*]")),
    _list_of("$.offers[*].remedies", _REMEDY[0], f"{_REMEDY[1]} claims"),
    f"(!exists($.related) || {_is_list('$.related')})",
    _list_of("$.related", "slug kind question text"),
]
_PARTS_OF_TREATMENTS = [
    *(_is_list(f"$.{name}") for name in ("may_help", "cautions", "remedies")),
    _list_of("$.may_help", f"label {_CLAIM[0]}", _CLAIM[1]),
    _list_of("$.cautions", *_CAUTION),
    _list_of("$.remedies", *_REMEDY),
    _list_of("$.remedies[*].cautions", *_CAUTION),
]

_CLAIM_WORDS = {"level": EvidenceLevel.values}
_CAUTION_WORDS = {
    "with_kind": CautionKind.values,
    "advice": CautionAdvice.values,
    "basis": ["", *CautionBasis.values],
}
_WORDS_OF_CONDITIONS = [
    f"$.kind {_one_of(ArticleKind.values)}",
    f"$.body_area {_one_of(BodyArea.values)}",
    _words_of("$.red_flags", level=CareLevel.values, own_level=["", *CareLevel.values]),
    _words_of("$.self_care", kind=SelfCareKind.values, level=["", *EvidenceLevel.values]),
    _words_of("$.related", kind=RelatedKind.values),
    _words_of("$.offers[*].remedies", kind=RemedyKind.values),
    *(_words_of(f"$.offers[*]{place}.claims", **_CLAIM_WORDS) for place in ("", ".remedies[*]")),
    *(
        _words_of(f"$.offers[*]{place}.cautions", **_CAUTION_WORDS)
        for place in ("", ".remedies[*]")
    ),
]
_WORDS_OF_TREATMENTS = [
    _words_of("$.may_help", **_CLAIM_WORDS),
    _words_of("$.cautions", **_CAUTION_WORDS),
    _words_of("$.remedies", kind=RemedyKind.values),
    _words_of("$.remedies[*].cautions", **_CAUTION_WORDS),
]

# What PostgreSQL itself demands of every document that is published from now on, as jsonpath.
FOR_ALL = {
    "has_words": r'strict $.title like_regex "\\S" && $.summary like_regex "\\S"',
    "review_is_due": r'strict $.review_due_on like_regex "^\\d{4}-\\d{2}-\\d{2}$"',
    "images_are_described": (
        r'!exists($.images[*] ? (@.is_decorative == false && !(@.alt like_regex "\\S")))'
    ),
    "well_formed": " && ".join(_PARTS_FOR_ALL),
    "words_are_known": " && ".join(
        _words_of(path, aspect=Aspect.values) for path in ("$.sections", "$.images")
    ),
}
FOR_CONDITIONS = {
    "has_overview": r'exists($.sections[*] ? (@.aspect == "overview" && @.body like_regex "(^|>)\\s*[^<\\s]"))',
    "has_self_care": (
        r'exists($.self_care[*] ? (@.text like_regex "\\S"))'
        r' || exists($.sections[*] ? (@.aspect == "self_care" && @.body like_regex "(^|>)\\s*[^<\\s]"))'
    ),
    "has_emergency": (
        r'exists($.red_flags[*] ? (@.level == "emergency"))'
        r' || ($.no_emergency.reason like_regex "\\S" && $.no_emergency.signed_by like_regex "\\S")'
    ),
    "claims_have_sources": (
        f"!exists($.offers[*].claims[*] {_UNSOURCED})"
        f" && !exists($.offers[*].remedies[*].claims[*] {_UNSOURCED})"
    ),
    "remedies_have_cautions": f"!exists($.offers[*].remedies[*] {_UNCAUTIOUS})",
    "well_formed_condition": " && ".join(_PARTS_OF_CONDITIONS),
    "words_of_condition_are_known": " && ".join(_WORDS_OF_CONDITIONS),
}
FOR_TREATMENTS = {
    "may_help_has_sources": f"!exists($.may_help[*] {_UNSOURCED})",
    "uses_have_cautions": f"!exists($.remedies[*] {_UNCAUTIOUS})",
    "well_formed_treatment": " && ".join(_PARTS_OF_TREATMENTS),
    "words_of_treatment_are_known": " && ".join(_WORDS_OF_TREATMENTS),
}


class DocumentHolds(models.Func):
    """Whether a document is as a jsonpath says; false also if it lacks what the path names."""

    function = "jsonb_path_match"
    template = "coalesce(%(function)s(%(expressions)s, '{}', true), false)"
    output_field = models.BooleanField()

    def __init__(self, path: str, **extra: Any) -> None:
        super().__init__("document", models.Value(path), **extra)


def _rules(
    paths: dict[str, str], *, unless: models.Q | None = None
) -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(
            condition=models.Q(DocumentHolds(path)) | unless
            if unless
            else models.Q(DocumentHolds(path)),
            name=f"%(app_label)s_%(class)s_{name}",
            violation_error_code=name,
            violation_error_message="A revision holds all that a page needs.",
        )
        for name, path in paths.items()
    ]


def _searched_words() -> CombinedExpression:
    """Return what the search reads of a document; the title counts most, the text least."""
    bodies = models.Func(
        "document",
        models.Value("$.sections[*].body"),
        function="jsonb_path_query_array",
        output_field=models.JSONField(),
    )
    parts = {
        "A": KeyTextTransform("title", "document"),
        "B": KeyTextTransform("names", "document"),
        "C": KeyTextTransform("summary", "document"),
        "D": Cast(bodies, models.TextField()),
    }
    title, names, summary, text = (
        SearchVector(part, weight=weight, config="english") for weight, part in parts.items()
    )
    return title + names + summary + text


class StoredField(models.GeneratedField):
    """A generated column that is stored, which every PostgreSQL that Django supports can do."""

    def _check_supported(self, databases: Any) -> list[Any]:
        # Django's own check asks a server for its version, and `check` has to work without one.
        return []


class Revision(models.Model):
    """A frozen, published edition of one article; a database trigger refuses any change to it."""

    condition = models.ForeignKey(
        "conditions.Condition",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="revisions",
    )
    treatment = models.ForeignKey(
        "conditions.Treatment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="revisions",
    )
    number = models.PositiveIntegerField()
    document = models.JSONField()
    publish_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    # PROTECT: setting it to null would be a change to the revision. Staff are made inactive instead.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_name = models.CharField(max_length=150)
    note = models.CharField(
        "what changed", max_length=300, blank=True, help_text="One line, shown on the page."
    )
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="A scheduled revision that shall not appear after all."
    )
    search = StoredField(
        expression=_searched_words(),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["-publish_at", "-number"]
        indexes = [
            models.Index(
                fields=["condition", "-publish_at", "-number"], name="conditions_rev_condition_live"
            ),
            models.Index(
                fields=["treatment", "-publish_at", "-number"], name="conditions_rev_treatment_live"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(condition__isnull=False, treatment__isnull=True)
                | models.Q(condition__isnull=True, treatment__isnull=False),
                name="%(app_label)s_%(class)s_has_one_article",
                violation_error_code="has_one_article",
                violation_error_message="A revision belongs to one article.",
            ),
            models.CheckConstraint(
                condition=models.Q(condition__isnull=True)
                | models.Q(document__has_keys=[*WORDS, *CONDITION_PARTS]),
                name="%(app_label)s_%(class)s_condition_is_whole",
                violation_error_code="is_whole",
                violation_error_message="A revision holds the whole article.",
            ),
            models.CheckConstraint(
                condition=models.Q(treatment__isnull=True)
                | models.Q(document__has_keys=[*WORDS, *TREATMENT_PARTS]),
                name="%(app_label)s_%(class)s_treatment_is_whole",
                violation_error_code="is_whole",
                violation_error_message="A revision holds the whole article.",
            ),
            models.UniqueConstraint(
                fields=["condition", "number"],
                name="%(app_label)s_%(class)s_condition_number",
                violation_error_code="number_taken",
                violation_error_message="This article already has a revision with that number.",
            ),
            models.UniqueConstraint(
                fields=["treatment", "number"],
                name="%(app_label)s_%(class)s_treatment_number",
                violation_error_code="number_taken",
                violation_error_message="This article already has a revision with that number.",
            ),
            models.CheckConstraint(
                condition=models.Q(publish_at__lt=LAST_MOMENT),
                name="%(app_label)s_%(class)s_appears_in_time",
                violation_error_code="appears_in_time",
                violation_error_message="Choose a time before the year 2200.",
            ),
            *_rules(FOR_ALL),
            *_rules(FOR_CONDITIONS, unless=models.Q(condition__isnull=True)),
            *_rules(FOR_TREATMENTS, unless=models.Q(treatment__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.document['title']}, revision {self.number}"

    @property
    def made_by(self) -> str:
        """Return the full name of the person who made it, if known, else the name they sign in with."""
        return (self.created_by and self.created_by.get_full_name()) or self.by_name


class ReviewScope(models.TextChoices):
    """Whether the whole article was checked or a part of it."""

    FULL = "full", "The whole article"
    PARTIAL = "partial", "A part of it"


class Review(models.Model):
    """A named person checked one revision on one day, and says when to check again."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.CharField(max_length=120, help_text="Shown on the page: Dr. Lisanti.")
    reviewed_on = models.DateField()
    scope = models.CharField(max_length=20, choices=ReviewScope, default=ReviewScope.FULL)
    next_on = models.DateField("next review by", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="What was checked or changed.")

    class Meta:
        ordering = ["-reviewed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope__in=ReviewScope.values),
                name="%(app_label)s_%(class)s_scope_is_known",
                violation_error_code="scope_is_known",
                violation_error_message="Choose the whole article or a part of it.",
            ),
            models.CheckConstraint(
                condition=models.Q(next_on__isnull=True)
                | models.Q(next_on__gt=models.F("reviewed_on")),
                name="%(app_label)s_%(class)s_next_is_later",
                violation_error_code="next_is_later",
                violation_error_message="The next review comes after this one.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}, {self.reviewed_on}"
