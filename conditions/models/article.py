"""Articles: what conditions and treatments have in common, and both of them."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import JSONObject
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone

from .red_flag import CareLevel, RedFlag
from .revision import LAST_MOMENT, Review, ReviewScope, Revision
from .source import Source
from .words import ArticleKind, BodyArea

# Small letters alone, since capitals in an address are read as small ones: one page for both.
SLUG = r"^[-a-z0-9_]+$"
ARTICLE_RULES = [
    models.CheckConstraint(
        condition=Q(slug__regex=SLUG),
        name="%(app_label)s_%(class)s_slug_is_one",
        violation_error_code="slug_is_one",
        violation_error_message="Use small letters, digits and hyphens alone.",
    ),
    models.CheckConstraint(
        condition=Q(unpublish_at__isnull=True) | Q(unpublish_at__lt=LAST_MOMENT),
        name="%(app_label)s_%(class)s_ends_in_time",
        violation_error_code="ends_in_time",
        violation_error_message="Choose a time before the year 2200.",
    ),
]


def _not_taken_off(now: datetime, *, live: str) -> Q:
    """Return the articles that nobody took off since the revision at `live` was due."""
    return (
        Q(unpublish_at__isnull=True)
        | Q(unpublish_at__gt=now)
        | Q(unpublish_at__lt=F(f"{live}publish_at"))
    )


_LIVE_TITLE = KeyTextTransform("title", "revisions__document")


class ArticleQuerySet(models.QuerySet[Any]):
    """How articles are read. Public pages use `published`, never the draft's own columns."""

    def published(self, now: datetime) -> Self:
        """Return the articles that are live at `now`, with what lists need, in one query.

        Each carries the live revision's own words as `live_title`, `live_summary`, `live_names`,
        `live_area` and `live_kind` (treatments have none of these three), and `live_revision_id`.
        The draft's title and summary are not for the public.
        """
        return self._live(now).annotate(
            live_revision_id=F("revisions__pk"),
            live_title=_LIVE_TITLE,
            live_summary=KeyTextTransform("summary", "revisions__document"),
            live_names=F("revisions__document__names"),
            live_area=KeyTextTransform("body_area", "revisions__document"),
            live_kind=KeyTextTransform("kind", "revisions__document"),
        )

    def _live(self, now: datetime) -> Self:
        """Return the live articles; what is then asked of `revisions` is of the live one alone."""
        return self.filter(
            _not_taken_off(now, live="revisions__"),
            revisions__pk=Subquery(self._newest(now).values("pk")[:1]),
        )

    def with_live_document(self, now: datetime) -> Self:
        """Add `live_document` to drafts: what the public reads, or None if nothing.

        `live_publish_at` is the newest edition's moment, also of one that was taken off;
        `next_publish_at` that of the edition that appears next.
        """
        newest = self._newest(now)
        to_come = Revision.objects.filter(
            **{self.model.revision_field: OuterRef("pk")},
            publish_at__gt=now,
            withdrawn_at__isnull=True,
        ).order_by("publish_at")
        return self.annotate(
            live_publish_at=Subquery(newest.values("publish_at")[:1]),
            next_publish_at=Subquery(to_come.values("publish_at")[:1]),
            live_document=Case(
                When(
                    _not_taken_off(now, live="live_"),
                    then=Subquery(newest.values("document")[:1]),
                ),
                default=None,
            ),
        )

    def _newest(self, now: datetime) -> models.QuerySet[Revision]:
        """Return the revisions of the outer query's article that are due, newest first."""
        return Revision.objects.filter(
            **{self.model.revision_field: OuterRef("pk")},
            publish_at__lte=now,
            withdrawn_at__isnull=True,
        ).order_by("-publish_at", "-number")

    def with_live(self, now: datetime) -> Self:
        """Add to `published` what an article's own page needs, still in the same query.

        `live` is the frozen document, `live_number`, `live_publish_at` and `live_note` say which
        edition it is, since when, and what changed in it; with what `with_others` and
        `with_review` add.
        """
        return (
            self.published(now)
            .with_others(now)
            .with_review(now)
            .annotate(
                live=F("revisions__document"),
                live_number=F("revisions__number"),
                live_publish_at=F("revisions__publish_at"),
                live_note=F("revisions__note"),
            )
        )

    def with_review(self, at: datetime) -> Self:
        """Add `live_review`, the newest full review by then of an edition that was live, or None.

        It has the reviewer, the `document` that was read, and reviewed_on and next_on as ISO days.
        Drafts have it too. See docs/decisions/0013-the-newest-review-stays.md.
        """
        reviews = Review.objects.filter(
            **{f"revision__{self.model.revision_field}": OuterRef("pk")},
            revision__publish_at__lte=at,
            revision__withdrawn_at__isnull=True,
            scope=ReviewScope.FULL,
            reviewed_on__lte=timezone.localdate(at),
        ).order_by("-reviewed_on", "-pk")
        event = JSONObject(
            reviewer="reviewer",
            reviewed_on="reviewed_on",
            next_on="next_on",
            document="revision__document",
        )
        return self.annotate(live_review=Subquery(reviews.values(event=event)[:1]))

    def with_others(self, now: datetime) -> Self:
        """Add what an article's page shows of other articles; drafts have that too.

        `live_treatments` and `live_conditions` are the slug and title of all that is live.
        """
        entry = JSONObject(slug="slug", title=_LIVE_TITLE)
        return self.annotate(
            live_treatments=ArraySubquery(Treatment.objects.all()._live(now).values(entry=entry)),
            live_conditions=ArraySubquery(Condition.objects.all()._live(now).values(entry=entry)),
        )


class Article(models.Model):
    """A draft that staff work on; the public reads its live `Revision`."""

    revision_field: ClassVar[str]
    """The name of the field by which a revision or an old address points here."""
    url_name: ClassVar[str]
    """The name of the address of its public page."""

    # What `ArticleQuerySet`, `uses_of` and `flags_for_screening` add to what they read.
    live_revision_id: int
    live_title: str
    live_summary: str
    live_names: list[str]
    live_area: str
    live_kind: str
    live_red_flags: list[dict[str, Any]]
    live: dict[str, Any]
    live_number: int
    live_publish_at: datetime
    live_note: str
    live_review: dict[str, Any] | None
    live_treatments: list[dict[str, str]]
    live_conditions: list[dict[str, str]]
    live_document: dict[str, Any] | None
    next_publish_at: datetime | None

    slug = models.SlugField(max_length=80, unique=True, help_text="The last part of the address.")
    title = models.CharField(max_length=120)
    summary = models.CharField(
        max_length=300, blank=True, help_text="One sentence, for lists and search engines."
    )
    lede = models.TextField("first paragraph", blank=True, help_text="Plain text.")
    author = models.CharField(
        "written by",
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text="Shown on the page: Dr. Lisanti.",
    )
    review_due_on = models.DateField(
        "next review by",
        null=True,
        blank=True,
        help_text="By when a clinician checks this page again. Needed to publish.",
    )
    sources = models.ManyToManyField(Source, blank=True)
    replaced_by = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Once this page is off the site, its address leads there.",
    )
    unpublish_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of the article's public page."""
        return reverse(self.url_name, args=[self.slug])

    def clean(self) -> None:
        """Refuse a slug whose address leads elsewhere: to another page or to another article."""
        if self.slug != self.slug.lower():
            words = f"Use small letters: {self.slug.lower()}."
            raise ValidationError({"slug": ValidationError(words, code="capitals")})
        try:
            match = resolve(self.get_absolute_url())
        except NoReverseMatch:
            return  # The field itself says what is wrong with such a slug.
        if match.view_name != self.url_name:
            words = "The site uses this word in an address of its own. Choose another one."
            raise ValidationError({"slug": ValidationError(words, code="reserved")})
        articles: models.Manager[Any] = type(self)._default_manager
        had_it_before = articles.filter(former_slugs__slug=self.slug)
        if had_it_before.exclude(pk=self.pk).exists():
            words = "This is the old address of another page, and leads there. Choose another one."
            raise ValidationError({"slug": ValidationError(words, code="former_slug")})


class Condition(Article):
    """An article about a symptom or condition; not a patient's diagnosis."""

    revision_field = "condition"
    url_name = "conditions:detail"

    kind = models.CharField(max_length=20, choices=ArticleKind, default=ArticleKind.SYMPTOM)
    body_area = models.CharField(
        max_length=20,
        choices=BodyArea,
        default=BodyArea.MUSCLES_NERVES,
        db_default="muscles_nerves",
    )
    no_emergency_reason = models.CharField(
        "why there is no emergency sign",
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="Only for a page with none of its own: a clinical reviewer says why, and signs.",
    )
    no_emergency_signed_by = models.CharField(
        "signed by", max_length=120, blank=True, default="", db_default="", editable=False
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        permissions = [
            ("publish_condition", "Can put conditions on the site and take them off"),
            ("sign_clinical", "Can sign red flags, claims, cautions and reviews"),
        ]
        constraints = [
            *ARTICLE_RULES,
            models.CheckConstraint(
                condition=models.Q(no_emergency_signed_by="") | ~models.Q(no_emergency_reason=""),
                name="%(app_label)s_%(class)s_signs_a_reason",
                violation_error_code="signs_a_reason",
                violation_error_message="Write the reason before it is signed.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ArticleKind.values),
                name="%(app_label)s_%(class)s_kind_is_known",
                violation_error_code="kind_is_known",
                violation_error_message="Choose symptom or condition.",
            ),
            models.CheckConstraint(
                condition=models.Q(body_area__in=BodyArea.values),
                name="%(app_label)s_%(class)s_body_area_is_known",
                violation_error_code="body_area_is_known",
                violation_error_message="Choose one of the body areas.",
            ),
        ]


class ConditionName(models.Model):
    """Another name that people use for a condition, or words that lead to it: charley horse."""

    condition = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=120)
    is_synonym = models.BooleanField(
        "same thing",
        default=True,
        db_default=True,
        help_text="Another name for the same thing: shown on the page. Others only lead to it.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "other name"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["condition", "name"],
                name="%(app_label)s_%(class)s_once",
                violation_error_code="once",
                violation_error_message="This article already has that name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Treatment(Article):
    """An article about a kind of treatment that the clinic offers, such as acupuncture."""

    revision_field = "treatment"
    url_name = "conditions:treatment-detail"

    position = models.PositiveSmallIntegerField(
        default=0, help_text="Order on the treatments page."
    )
    red_flags = models.ManyToManyField(
        RedFlag,
        blank=True,
        limit_choices_to={"level": CareLevel.EMERGENCY},
        related_name="treatments",
        help_text="What is an emergency after it: the page opens with these.",
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title", "pk"]
        permissions = [("publish_treatment", "Can put treatments on the site and take them off")]
        constraints = [*ARTICLE_RULES]
