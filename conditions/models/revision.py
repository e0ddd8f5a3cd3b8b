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

from .document_rules import FOR_ALL, FOR_CONDITIONS, FOR_TREATMENTS, Rules, Shape

# What Python can still reckon with, in every zone.
LAST_MOMENT = datetime(2200, 1, 1, tzinfo=UTC)

# What every frozen document has, and what only one kind of article's has.
WORDS = ("title", "summary", "lede", "sections", "sources")
CONDITION_PARTS = ("kind", "body_area", "names", "red_flags", "self_care", "offers")
TREATMENT_PARTS = ("may_help", "cautions", "remedies")


class DocumentHolds(models.Func):
    """Whether a document is as a jsonpath says; false also if it lacks what the path names."""

    function = "jsonb_path_match"
    template = "coalesce(%(function)s(%(expressions)s, '{}', true), false)"
    output_field = models.BooleanField()

    def __init__(self, path: str, **extra: Any) -> None:
        super().__init__("document", models.Value(path), **extra)


class DocumentFits(DocumentHolds):
    """Whether a document has a shape; `document_rules` says what that is.

    Migrations that landed call it: what it makes of a shape must stay.
    """

    def __init__(self, shape: Shape, **extra: Any) -> None:
        super().__init__(f"!{_unlike(shape, '$')}", **extra)


def _unlike(shape: Any, this: str) -> str:
    """Return the jsonpath of `this` not having the shape."""
    if isinstance(shape, str):
        return f"!({shape.replace('this', this)})"
    if isinstance(shape, list):
        return f'(!({this}.type() == "array") || exists({this}[*] ? ({_unlike(shape[0], "@")})))'
    wrong = [f'!({this}.type() == "object")']
    for key, inner in shape.items():
        name = f"{this}.{key.removesuffix('?')}"
        is_there = f"exists({name}) && " if key.endswith("?") else ""
        wrong.append(f"{is_there}{_unlike(inner, name)}")
    return f"({' || '.join(wrong)})"


def _rules(rules: Rules, *, unless: models.Q | None = None) -> list[models.CheckConstraint]:
    # What was withdrawn is never shown, and must be able to be: an edition older than a rule, too.
    unless = models.Q(withdrawn_at__isnull=False) | (unless or models.Q())
    return [
        models.CheckConstraint(
            condition=unless
            | models.Q(DocumentHolds(rule) if isinstance(rule, str) else DocumentFits(rule)),
            name=f"%(app_label)s_%(class)s_{name}",
            violation_error_code=name,
            violation_error_message="A revision holds all that a page needs.",
        )
        for name, rule in rules.items()
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

    is_new = False
    """Whether it was written just now, and not found to say the same already."""

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
