"""The only writer of revisions: publish, unpublish, roll back, and refresh shared facts."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from .documents import Document, freeze, freeze_draft, freeze_red_flag, with_parts
from .evidence import NEEDS_SOURCE
from .models import Aspect, CareLevel, Condition, RedFlag, Revision, Treatment
from .rich_text import has_words

type AnyArticle = Condition | Treatment
type By = User | str
"""Who does it: a member of staff, or the name of a program such as "starter content"."""


class NotPublishable(Exception):
    """An article lacks something. `reasons` holds every one of them, in words for staff."""

    def __init__(self, article: AnyArticle, reasons: list[str]) -> None:
        super().__init__(f"{article}: {' '.join(reasons)}")
        self.article = article
        self.reasons = reasons


def publish(article: AnyArticle, *, by: By, now: datetime, note: str = "") -> Revision:
    """Freeze the draft and make it what the public reads from `now` on.

    A draft that is live word for word keeps its revision, and with it its review. Raises
    NotPublishable with all reasons at once.
    """
    with transaction.atomic():
        locked = with_parts(_lock(article).with_live_document(now)).get()
        document = freeze(locked)
        reasons = reasons_against(locked, document, now=now)
        if reasons:
            raise NotPublishable(locked, reasons)
        if locked.live_document == document:
            newest_first = Revision.objects.filter(**{locked.revision_field: locked})
            return newest_first.filter(publish_at__lte=now)[0]
        return _add_revision(locked, document, by=by, now=now, note=note)


def unpublish(article: AnyArticle, *, by: By, now: datetime) -> None:
    """Take an article off the site at `now`; its revisions and its draft stay as they are."""
    _lock(article).update(unpublish_at=now, updated_at=now)


def roll_back(article: AnyArticle, *, to: Revision, by: By, now: datetime) -> Revision:
    """Publish an older revision's document again, as a new revision. The draft stays as it is.

    Raises NotPublishable if `to` is another article's.
    """
    with transaction.atomic():
        locked = _lock(article).get()
        if getattr(to, f"{locked.revision_field}_id") != locked.pk:
            raise NotPublishable(locked, ["That revision belongs to another article."])
        note = f"Back to revision {to.number}."
        return _add_revision(locked, to.document, by=by, now=now, note=note)


def uses_of(red_flag: RedFlag, *, now: datetime) -> list[Condition]:
    """Return the live articles whose published page shows the flag, by title."""
    return list(
        Condition.objects.published(now)
        .annotate(live_red_flags=F("revisions__document__red_flags"))
        .filter(live_red_flags__contains=[{"code": red_flag.code}])
        .order_by("live_title", "pk")
    )


def count_uses(*, now: datetime) -> tuple[Counter[str], Counter[str]]:
    """Return by code how many live articles show a flag, and how many show it as it was before."""
    flags = {flag.code: flag for flag in RedFlag.objects.all()}
    documents = Condition.objects.published(now).values_list("revisions__document__red_flags")
    shown, outdated = Counter[str](), Counter[str]()
    for (entries,) in documents:
        for entry in entries:
            shown[entry["code"]] += 1
            outdated[entry["code"]] += _refreeze(entry, flags) != entry
    return shown, outdated


def outdated_uses_of(red_flag: RedFlag, *, now: datetime) -> list[Condition]:
    """Return those of `uses_of` that show other words or another level than the flag has now."""
    outdated = []
    for condition in uses_of(red_flag, now=now):
        entries = condition.live_red_flags
        if any(_refreeze(entry, {red_flag.code: red_flag}) != entry for entry in entries):
            outdated.append(condition)
    return outdated


def republish(articles: Iterable[Condition], *, by: By, now: datetime) -> list[Revision]:
    """Freeze the shared facts of live articles again, all of them or none.

    Only red flags change: unfinished words in a draft stay unpublished. Articles that are already
    up to date, or no longer live, are passed over. Raises NotPublishable if an article would be
    left without an emergency red flag.
    """
    flags = {flag.code: flag for flag in RedFlag.objects.all()}
    revisions = []
    with transaction.atomic():
        # One order for everyone, so that two people who do this at once wait and don't deadlock.
        for pk in sorted({article.pk for article in articles}):
            _lock(Condition(pk=pk)).get()
            article = Condition.objects.with_live(now).filter(pk=pk).first()
            if article is None:
                continue
            entries = [_refreeze(entry, flags) for entry in article.live["red_flags"]]
            red_flags = [entry for entry in entries if entry is not None]
            if red_flags == article.live["red_flags"]:
                continue
            if not _has_emergency(red_flags):
                raise NotPublishable(article, [_NO_EMERGENCY])
            document = {**article.live, "red_flags": red_flags}
            note = "Red flags brought up to date."
            revisions.append(_add_revision(article, document, by=by, now=now, note=note))
    return revisions


def changed_since_published(article: AnyArticle, live_document: Document) -> bool:
    """Return whether the draft differs from what the public reads."""
    words = {part: value for part, value in live_document.items() if part != "glossary"}
    return freeze_draft(article) != words


_NO_EMERGENCY = "It has no red flag at emergency level."


def reasons_against(article: AnyArticle, document: Document, *, now: datetime) -> list[str]:
    """Return what keeps a document from being published, in words for staff; empty if nothing."""
    reasons = []
    if not has_words(document["title"]):
        reasons.append("It has no title.")
    if not has_words(document["summary"]):
        reasons.append("It has no summary.")
    aspects = {section["aspect"] for section in document["sections"] if has_words(section["body"])}
    if isinstance(article, Condition):
        if Aspect.OVERVIEW not in aspects:
            reasons.append(f"It has no section “{Aspect.OVERVIEW.label}”.")
        if not _has_emergency(document["red_flags"]):
            reasons.append(_NO_EMERGENCY)
        reasons += _drafts_among(document["offers"], now=now)
    elif not aspects & {Aspect.OVERVIEW, Aspect.WHAT_HAPPENS}:
        reasons.append(f"It has no section “{Aspect.WHAT_HAPPENS.label}”.")
    reasons += [
        f"This claim needs a source: {claim['text']}"
        for claim in _claims_of(document)
        if claim["level"] in NEEDS_SOURCE and not claim["sources"]
    ]
    return reasons


def _has_emergency(red_flags: Iterable[Document]) -> bool:
    return any(flag["level"] == CareLevel.EMERGENCY for flag in red_flags)


def _drafts_among(offers: list[Document], *, now: datetime) -> list[str]:
    live = set(Treatment.objects.published(now).values_list("slug", flat=True))
    return [
        f"The treatment “{offer['title']}” is not published yet."
        for offer in offers
        if offer["treatment"] not in live
    ]


def _claims_of(document: Document) -> list[Document]:
    claims = list(document.get("may_help", []))
    for offer in document.get("offers", []):
        claims += offer["claims"]
        claims += [claim for remedy in offer["remedies"] for claim in remedy["claims"]]
    return claims


def _refreeze(entry: Document, flags: dict[str, RedFlag]) -> Document | None:
    """Return a frozen flag in its present words; None if it is no longer in use."""
    flag = flags.get(entry["code"])
    if flag is None:
        return entry
    if not flag.is_active:
        return None
    return freeze_red_flag(flag, qualifier=entry["qualifier"], own_level=entry["own_level"])


def _lock(article: AnyArticle) -> Any:
    """Return the article's row, locked until the transaction ends when it is read."""
    return type(article).objects.select_for_update(no_key=True).filter(pk=article.pk)


def _add_revision(
    article: AnyArticle, document: Document, *, by: By, now: datetime, note: str
) -> Revision:
    """Write the revision; the caller holds the article's row, so that the number is free."""
    newest = article.revisions.order_by("-number").first()
    revision = Revision.objects.create(
        **{article.revision_field: article},
        number=newest.number + 1 if newest else 1,
        document=document,
        publish_at=now,
        created_at=now,
        created_by=None if isinstance(by, str) else by,
        by_name=by if isinstance(by, str) else by.get_username(),
        note=note,
    )
    type(article).objects.filter(pk=article.pk, unpublish_at__lte=now).update(unpublish_at=None)
    return revision
