"""The only writer of revisions: publish, schedule, withdraw, roll back, and refresh shared facts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from psycopg.errors import ProgramLimitExceeded

from .addresses import AnyArticle
from .clinical import clinical_changes, listed
from .documents import ClinicWide, Document, freeze, freeze_draft, freeze_glossary, with_parts
from .gate import Failure, address_problem, failures, lacking
from .history import By, record
from .locks import hold, row_of
from .models import Condition, FormerSlug, RedFlag, Revision, Treatment
from .moments import in_words
from .shared_facts import SharedFact, SharedFacts, is_shown
from .signing import unsigned

READINGS = 4


class NotPublishable(Exception):
    """An article lacks something. `failures` holds all of it, `reasons` the words alone."""

    def __init__(self, article: AnyArticle, failures: Sequence[Failure]) -> None:
        self.article = article
        self.failures = failures
        self.reasons = [failure.text for failure in failures]
        super().__init__(f"{article}: {' '.join(self.reasons)}")


class TooLate(Exception):
    """A scheduled edition appeared, or was withdrawn, before this. Look again what is on the site."""


class AddressTaken(Exception):
    """An article can't have that address; the text says why, in words for staff. Choose another."""


def publish(
    article: AnyArticle,
    *,
    by: By,
    now: datetime,
    publish_at: datetime | None = None,
    note: str = "",
) -> Revision:
    """Freeze the draft and make it what the public reads from `publish_at` on, or from now.

    A draft that is live word for word by then keeps its revision, which is not `is_new` then.
    Raises NotPublishable with all reasons at once.
    """
    with transaction.atomic():
        now = hold(article, now=now)
        at = max(publish_at or now, now)
        locked, document = _settled(article, at)
        live_document = locked.live_document
        _refuse(
            locked,
            [
                *failures(locked, document, at),
                *unsigned(document, live_document, by=by),
                *taken_back(locked, document, at),
            ],
        )
        if live_document == document:
            due: Revision = locked.revisions.filter(publish_at__lte=at, withdrawn_at=None)[0]
            return due
        return _add_revision(locked, document, by=by, now=now, at=at, note=note)


def taken_back(article: AnyArticle, document: Document, at: datetime) -> list[Failure]:
    """Return which editions that appear after `at` have other clinical parts than the document.

    They were frozen from an older draft, and would take back what it brings.
    """
    page = reverse(f"admin:conditions_{article._meta.model_name}_site", args=[article.pk])
    later = article.revisions.filter(publish_at__gt=at, withdrawn_at=None)
    return [
        Failure(
            f"Revision {edition.number} is scheduled, and would take back "
            f"{listed(clinical_changes(document, edition.document))}. Withdraw it first.",
            page,
        )
        for edition in later
        if clinical_changes(document, edition.document)
    ]


def schedule(
    article: AnyArticle, *, by: By, now: datetime, publish_at: datetime, note: str = ""
) -> Revision:
    """Freeze the draft now; it appears at `publish_at` by itself, whatever happens to the draft."""
    return publish(article, by=by, now=now, publish_at=publish_at, note=note)


@transaction.atomic
def withdraw(revision: Revision, *, by: By, now: datetime) -> None:
    """Keep a scheduled edition from appearing. Raises TooLate if it has appeared."""
    article = _article_of(revision)
    now = hold(article, now=now)
    scheduled = Revision.objects.filter(pk=revision.pk, withdrawn_at=None, publish_at__gt=now)
    if not scheduled.update(withdrawn_at=now):
        raise TooLate
    record(article, f"Withdrew revision {revision.number}.", by=by, now=now)


@transaction.atomic
def unpublish(article: AnyArticle, *, by: By, now: datetime, at: datetime | None = None) -> None:
    """Take an article off the site now or at a later time; its revisions and draft stay."""
    now = hold(article, now=now)
    ends_at = max(at or now, now)
    row_of(article).update(unpublish_at=ends_at, updated_at=now)
    words = "Taken off the site."
    if ends_at > now:
        words = f"Comes off the site on {in_words(ends_at)}."
    record(article, words, by=by, now=now)


@transaction.atomic
def stay(article: AnyArticle, *, by: By, now: datetime) -> None:
    """Forget that an article is to be taken off at a later time."""
    leaving = row_of(article).filter(unpublish_at__gt=now)
    if leaving.update(unpublish_at=None, updated_at=now):
        record(article, "Stays on the site after all.", by=by, now=now)


def roll_back(
    article: AnyArticle, *, to: Revision, by: By, now: datetime, note: str = ""
) -> Revision:
    """Publish an older revision's words again, as a new revision. The draft stays as it is.

    The note is for readers, to whom the number of a revision says nothing. What articles share, red flags and cautions above all, is as it is now. The day of the next
    review is the draft's, if that is later. Raises NotPublishable if `to` is another article's, or
    lacks what a page needs by now.
    """
    with transaction.atomic():
        now = hold(article, now=now)
        locked = _present(article, now)
        if getattr(to, f"{locked.revision_field}_id") != locked.pk:
            raise NotPublishable(locked, [Failure("That revision belongs to another article.")])
        _refuse(locked, lacking(locked, to.document))
        document = rolled_back(locked, to)
        reasons = [
            *lacking(locked, document),
            *unsigned(document, locked.live_document, by=by),
        ]
        _refuse(locked, reasons)
        return _add_revision(locked, document, by=by, now=now, at=now, note=note)


def rolled_back(article: AnyArticle, to: Revision) -> Document:
    """Return what `roll_back` publishes; the older document itself if it lacks what a page needs."""
    document: Document = to.document
    if lacking(article, document):
        return document
    return with_review_day(SharedFacts.load().refresh(document, of=article), article)


def move(article: AnyArticle, *, slug: str, by: By, now: datetime) -> None:
    """Give an article another address. The one that visitors know leads there from now on.

    Raises AddressTaken if another article has it, or had it.
    """
    try:
        with transaction.atomic():
            locked = row_of(article).get()
            if slug == locked.slug:
                return
            problem = address_problem(locked, slug)
            if problem:
                raise AddressTaken(problem)
            if locked.revisions.exists():
                FormerSlug.objects.create(slug=locked.slug, **{locked.revision_field: locked})
            locked.former_slugs.filter(slug=slug).delete()
            row_of(article).update(slug=slug, updated_at=now)
            words = f"The address changed from {locked.slug} to {slug}."
            record(article, words, by=by, now=now)
    except IntegrityError as error:  # someone else took it in the meantime
        raise AddressTaken(f"Another page has the address “{slug}”.") from error


def uses_of(row: SharedFact, *, now: datetime) -> list[AnyArticle]:
    """Return the live articles whose published page shows a shared fact, by title."""
    shown = (edition for edition in _live_editions(now) if is_shown(row, edition.document))
    return _articles_of(shown)


def outdated_uses_of(row: SharedFact, *, now: datetime) -> list[AnyArticle]:
    """Return the articles that do not show it as it is now, or are about not to, by title.

    Those are the ones that show it in other words, and for what is clinic-wide the ones that lack it.
    """
    facts = SharedFacts.of(row)
    return _articles_of(edition for edition in editions(now) if _is_outdated(edition, facts))


def outdated_pages(*, now: datetime) -> list[AnyArticle]:
    """Return the articles that do not show some shared fact as it is now, by title."""
    facts = SharedFacts.load()
    return _articles_of(edition for edition in editions(now) if _is_outdated(edition, facts))


def count_uses(*, now: datetime) -> tuple[Counter[str], Counter[str]]:
    """Return by code how many live articles show a flag, and how many not as it is now.

    A clinic-wide flag that an article lacks counts among the latter.
    """
    facts = SharedFacts(red_flags={flag.code: flag for flag in RedFlag.objects.all()})
    shown, outdated = Counter[str](), Counter[str]()
    for articles, refresh in (
        (Condition.objects, facts.refresh_red_flags),
        (Treatment.objects, facts.refresh_linked),
    ):
        documents = articles.published(now).values_list("revisions__document__red_flags")
        for (entries,) in documents:
            frozen = {entry["code"]: entry for entry in entries or []}
            fresh = {entry["code"]: entry for entry in refresh(entries or [])}
            shown.update(list(frozen))
            outdated.update(code for code in frozen | fresh if frozen.get(code) != fresh.get(code))
    return shown, outdated


def republish(articles: Iterable[AnyArticle], *, by: By, now: datetime) -> list[Revision]:
    """Freeze the shared facts of live and scheduled editions again, all of them or none.

    Nothing else changes: unfinished words in a draft stay unpublished. Articles that are already
    up to date, or have no edition, are passed over. Raises NotPublishable if an article would be
    left without what a page needs, or if it takes a clinical reviewer.
    """
    revisions = []
    with transaction.atomic():
        # One order for everyone, so that two people who do this at once wait and don't deadlock.
        by_name = {(article.revision_field, article.pk): article for article in articles}
        chosen = [by_name[name] for name in sorted(by_name)]
        moments = [hold(article, now=now) for article in chosen]
        # Only now: what somebody saved meanwhile counts.
        facts = SharedFacts.load()
        for stale, at in zip(chosen, moments, strict=True):
            article = row_of(stale).get()
            of_article = {article.revision_field: article}
            for edition in editions(at).filter(**of_article).order_by("publish_at", "number"):
                if _is_outdated(edition, facts):
                    revisions.append(_renew(edition, article, facts, by=by, now=at))
    return revisions


def changed_since_published(
    article: AnyArticle, live_document: Document, clinic_wide: ClinicWide | None = None
) -> bool:
    """Return whether the draft differs from what the public reads.

    A list loads what is clinic-wide once and passes it.
    """
    clinic_wide = clinic_wide or ClinicWide.load()
    words = {part: value for part, value in live_document.items() if part != "glossary"}
    draft = freeze_draft(article, clinic_wide)
    if draft != words:
        return True
    glossary = freeze_glossary(draft, clinic_wide.terms)
    return _by_term(glossary) != _by_term(live_document.get("glossary", []))


def scheduled_editions(article: AnyArticle, *, now: datetime) -> QuerySet[Revision]:
    """Return the editions that are going to appear, the next one first."""
    of_article = Revision.objects.filter(**{article.revision_field: article.pk})
    return _scheduled(of_article, now).order_by("publish_at", "number")


def _by_term(glossary: list[Document]) -> dict[str, Document]:
    return {entry["term"]: entry for entry in glossary}


def _scheduled(revisions: QuerySet[Revision], now: datetime) -> QuerySet[Revision]:
    return revisions.filter(publish_at__gt=now, withdrawn_at=None)


def _live_editions(now: datetime) -> QuerySet[Revision]:
    return Revision.objects.select_related("condition", "treatment").filter(_is_live(now))


def editions(now: datetime) -> QuerySet[Revision]:
    """Return what the public reads, and what it is going to."""
    is_scheduled = Q(publish_at__gt=now, withdrawn_at=None)
    return Revision.objects.select_related("condition", "treatment").filter(
        _is_live(now) | is_scheduled
    )


def _is_live(now: datetime) -> Q:
    live = [model.objects.published(now).values("live_revision_id") for model in _ARTICLES]
    return Q(pk__in=live[0]) | Q(pk__in=live[1])


_ARTICLES = (Condition, Treatment)


def _article_of(edition: Revision) -> Any:
    return edition.condition or edition.treatment


def _articles_of(editions: Iterable[Revision]) -> list[AnyArticle]:
    """Return each article once, with the title of its edition as `live_title`."""
    articles: dict[tuple[str, int], Any] = {}
    for edition in editions:
        article = _article_of(edition)
        article.live_title = edition.document["title"]
        articles.setdefault((article.revision_field, article.pk), article)
    return sorted(articles.values(), key=lambda article: (article.live_title, article.pk))


def _is_outdated(edition: Revision, facts: SharedFacts) -> bool:
    document: Document = edition.document
    return facts.refresh(document, of=_article_of(edition)) != document


def _renew(
    edition: Revision, article: AnyArticle, facts: SharedFacts, *, by: By, now: datetime
) -> Revision:
    """Replace an edition by one with the facts of today, at its own time if that is to come."""
    document = with_review_day(facts.refresh(edition.document, of=article), article)
    _refuse(article, [*lacking(article, document), *unsigned(document, edition.document, by=by)])
    if edition.publish_at <= now:
        note = "Warning signs, cautions or sources brought up to date."
        return _add_revision(article, document, by=by, now=now, at=now, note=note)
    withdraw(edition, by=by, now=now)
    at = edition.publish_at
    return _add_revision(article, document, by=by, now=now, at=at, note=edition.note)


def with_review_day(document: Document, article: AnyArticle) -> Document:
    """Return the document with the later day for the next review, its own or the draft's."""
    drafted = article.review_due_on.isoformat() if article.review_due_on else ""
    return {**document, "review_due_on": max(document.get("review_due_on", ""), drafted)}


def _refuse(article: AnyArticle, reasons: list[Failure]) -> None:
    if reasons:
        raise NotPublishable(article, reasons)


def _present(article: AnyArticle, at: datetime) -> Any:
    """Return the article with all that `freeze` reads, and its live document at a moment."""
    articles = type(article).objects.with_live_document(at).filter(pk=article.pk)
    return with_parts(articles).get()


def _settled(article: AnyArticle, at: datetime) -> tuple[Any, Document]:
    """Return the article and its document once two readings in a row are equal.

    One reading is many queries, and holding the article keeps nobody from writing what it shows: a
    document half from before an import and half from after it may lack what makes a caution found.
    """
    document: Document | None = None
    for _ in range(READINGS):
        draft = _present(article, at)
        before, document = document, freeze(draft)
        if document == before:
            return draft, document
    words = "Somebody is changing what it shows at this moment. Publish it again."
    raise NotPublishable(article, [Failure(words)])


def _add_revision(
    article: AnyArticle, document: Document, *, by: By, now: datetime, at: datetime, note: str
) -> Revision:
    """Write the revision; the caller holds the article's row, so that the number is free."""
    newest = article.revisions.order_by("-number").first()
    try:
        with transaction.atomic():
            revision = Revision.objects.create(
                **{article.revision_field: article},
                number=newest.number + 1 if newest else 1,
                document=document,
                publish_at=at,
                created_at=now,
                created_by=None if isinstance(by, str) else by,
                by_name=by if isinstance(by, str) else by.get_username(),
                note=note,
            )
    except IntegrityError as error:
        words = "The database refused it: a part that every page needs is empty or missing."
        raise NotPublishable(article, [Failure(words)]) from error
    except OperationalError as error:
        if not isinstance(error.__cause__, ProgramLimitExceeded):
            raise
        words = "All its sections together are too long for the search. Shorten them."
        raise NotPublishable(article, [Failure(words)]) from error
    revision.is_new = True
    # Whoever publishes now wants to see it; whoever schedules may be bringing a page back.
    is_over = Q(unpublish_at__lte=now) if at == now else Q(unpublish_at=at)
    type(article).objects.filter(is_over, pk=article.pk).update(unpublish_at=None)
    return revision
