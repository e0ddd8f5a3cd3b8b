"""What staff have to do for the content: one list for each kind of work."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from .addresses import AnyArticle
from .clinical import clinical_changes, listed
from .documents import ClinicWide, with_parts
from .inside_links import Addresses
from .links import Use, live_links
from .models import (
    Condition,
    EmptySearch,
    Feedback,
    LinkCheck,
    Revision,
    Source,
    Treatment,
)
from .moments import in_words
from .pages import next_review_on
from .publishing import changed_since_published, outdated_pages
from .shared_facts import SharedFacts

REVIEW_DUE_WITHIN = timedelta(days=60)
OFTEN_SEARCHED = 3
SEARCHES_LISTED = 50

type Name = tuple[str, int | None]
"""Which article: the field by which a revision points at it, and its key."""
type Scheduled = dict[Name, list[Revision]]


@dataclass(frozen=True)
class Line:
    """One thing to do."""

    what: str
    to_do: str
    url: str
    """Where to do it."""


@dataclass(frozen=True)
class WorkList:
    """All that is to do of one kind, the most pressing first."""

    key: str
    title: str
    lines: list[Line]
    if_empty: str


def content_today(*, now: datetime, may_sign: bool) -> list[WorkList]:
    """Return every list, also the empty ones, in a number of queries that does not grow.

    Only links to pages that moved or are gone add to it, each address once.
    Reviews lead to where they are signed, or to what was signed for those who may not sign.
    """
    drafts: list[AnyArticle] = [
        *with_parts(Condition.objects.with_live_document(now)),
        *with_parts(Treatment.objects.with_live_document(now)),
    ]
    live: list[AnyArticle] = [*Condition.objects.with_live(now), *Treatment.objects.with_live(now)]
    scheduled = _scheduled(now)
    return [
        WorkList(
            key="drafts",
            title="Drafts waiting",
            lines=_never_published(drafts),
            if_empty="No draft waits for its first publication.",
        ),
        WorkList(
            key="changed",
            title="Changed since published",
            lines=[*_changed(drafts, scheduled), *_shared_facts_as_they_were(now)],
            if_empty="Every live page shows its article, and what articles share, as they are now.",
        ),
        WorkList(
            key="scheduled",
            title="Scheduled",
            lines=_coming_and_going(drafts, scheduled, now=now),
            if_empty="Nothing is set to appear or to go at a later time.",
        ),
        WorkList(
            key="reviews",
            title="Reviews due",
            lines=_reviews_due(live, now, may_sign=may_sign),
            if_empty=f"No review is due in the next {REVIEW_DUE_WITHIN.days} days.",
        ),
        WorkList(
            key="changed-since-review",
            title="Changed since their review",
            lines=_changed_since_review(live, may_sign=may_sign),
            if_empty="No live page gives other advice than its newest review read.",
        ),
        WorkList(
            key="links",
            title="Dead links",
            lines=[*_dead_inside_links(live, now), *_dead_links(now)],
            if_empty="No link on a live page is known to be dead.",
        ),
        WorkList(
            key="searches",
            title="Searches that found nothing",
            lines=_empty_searches(),
            if_empty=f"Nothing was looked for in vain {OFTEN_SEARCHED} times or more.",
        ),
        WorkList(
            key="feedback",
            title="What readers said",
            lines=_feedback(),
            if_empty="All feedback from readers is dealt with.",
        ),
    ]


def _never_published(drafts: Iterable[AnyArticle]) -> list[Line]:
    editions = Revision.objects.filter(withdrawn_at__isnull=True)
    published = {_name_of(edition) for edition in editions.only("condition", "treatment")}
    return [
        Line(
            what=f"“{draft.title}” has never been on the site.",
            to_do="Finish and publish it",
            url=_change_url(draft),
        )
        for draft in drafts
        if _name(draft) not in published
    ]


def _scheduled(now: datetime) -> Scheduled:
    """Return the editions that are going to appear, by the names of their articles."""
    scheduled: Scheduled = {}
    for edition in Revision.objects.filter(publish_at__gt=now, withdrawn_at__isnull=True):
        scheduled.setdefault(_name_of(edition), []).append(edition)
    return scheduled


def _changed(drafts: Iterable[AnyArticle], scheduled: Scheduled) -> list[Line]:
    """Return the drafts that neither their live page nor a scheduled edition shows.

    What articles share does not count: an update of the pages brings it.
    """
    clinic_wide, facts = ClinicWide.load(), SharedFacts.load()

    def is_published(draft: AnyArticle) -> bool:
        documents = [edition.document for edition in scheduled.get(_name(draft), [])]
        return any(
            not changed_since_published(draft, facts.refresh(document, of=draft), clinic_wide)
            for document in (draft.live_document, *documents)
        )

    return [
        Line(
            what=f"“{draft.title}” differs from its live page.",
            to_do="Look it over and publish it",
            url=_change_url(draft),
        )
        for draft in drafts
        if draft.live_document is not None and not is_published(draft)
    ]


def _shared_facts_as_they_were(now: datetime) -> list[Line]:
    return [
        Line(
            what=f"“{article.live_title}” shows red flags, remedies, sources or words as they were.",
            to_do="Update the pages",
            url=reverse("admin:conditions_pages"),
        )
        for article in outdated_pages(now=now)
    ]


def _coming_and_going(
    drafts: list[AnyArticle], scheduled: Scheduled, *, now: datetime
) -> list[Line]:
    events = [
        (edition.publish_at, draft, "appears")
        for draft in drafts
        for edition in scheduled.get(_name(draft), [])
    ]
    events += [
        (draft.unpublish_at, draft, "goes off the site")
        for draft in drafts
        if draft.unpublish_at is not None and draft.unpublish_at > now
    ]
    return [
        Line(
            what=f"“{article.title}” {happens} on {in_words(at)}.",
            to_do="Check that it is ready",
            url=_change_url(article),
        )
        for at, article, happens in sorted(events, key=lambda event: event[0])
    ]


def _reviews_due(live: list[AnyArticle], now: datetime, *, may_sign: bool) -> list[Line]:
    today = timezone.localdate(now)
    # What has no day comes first: nobody else would notice.
    due = [
        (next_review_on(article.live_review, article.live) or date.min, article) for article in live
    ]
    return [
        _line_of_review(article, _review_state(due_on, today), may_sign=may_sign)
        for due_on, article in sorted(due, key=lambda pair: pair[0])
        if due_on <= today + REVIEW_DUE_WITHIN
    ]


def _changed_since_review(live: list[AnyArticle], *, may_sign: bool) -> list[Line]:
    lines = []
    for article in live:
        review = article.live_review
        changes = clinical_changes(article.live, review["document"]) if review else []
        if review and changes:
            reviewed_on = date_format(date.fromisoformat(review["reviewed_on"]))
            state = f"{listed(changes)} changed since its review on {reviewed_on}."
            lines.append(_line_of_review(article, state, may_sign=may_sign))
    return lines


def _line_of_review(article: AnyArticle, state: str, *, may_sign: bool) -> Line:
    page, to_do = (
        ("checked", "Read the page, and sign that it is still right")
        if may_sign
        else ("editions", "Ask a clinical reviewer to read the page and sign it")
    )
    return Line(
        what=f"“{article.live_title}”: {state}",
        to_do=to_do,
        url=reverse(f"admin:conditions_{article._meta.model_name}_{page}", args=[article.pk]),
    )


def _review_state(due_on: date, today: date) -> str:
    if due_on == date.min:
        return "no day is set for its next review."
    if due_on < today:
        return f"its review has been overdue since {date_format(due_on)}."
    return f"its next review is due by {date_format(due_on)}."


def _dead_inside_links(live: list[AnyArticle], now: datetime) -> list[Line]:
    addresses = Addresses(now, live)
    return [
        Line(
            what=f"{href} on “{article.live_title}”: This site has no such page, or not that part of it.",
            to_do="Change the link, then publish the page",
            url=_change_url(article),
        )
        for article in live
        for href in dict.fromkeys(link.href for link in addresses.dead_links(article))
    ]


def _dead_links(now: datetime) -> list[Line]:
    dead = list(LinkCheck.objects.filter(is_alive=False))
    reached = LinkCheck.objects.filter(failures=0).count()
    uses = live_links(now=now)
    source_keys = {use.source_key for check in dead for use in uses.get(check.url, [])}
    sources = dict(Source.objects.filter(key__in=source_keys - {None}).values_list("key", "pk"))
    if len(dead) > 1 and not reached:
        return [
            Line(
                what="None of the links could be reached, so the fault may lie with this site’s "
                "own way to the internet.",
                to_do="See what was tried",
                url=reverse("admin:conditions_linkcheck_changelist"),
            )
        ]
    return [
        line
        for check in dead
        for line in _lines_of_dead_link(check, uses.get(check.url, []), sources)
    ]


def _lines_of_dead_link(
    check: LinkCheck, uses: list[Use], sources: dict[str, int]
) -> Iterable[Line]:
    """Yield one line for the source, and one for each article with the link in its text."""
    places: dict[str, tuple[str, list[str]]] = {}
    for use in uses:
        pk = sources.get(use.source_key or "")
        if pk is None:
            place = (_change_url(use.article), "Change the link, then publish the page")
        else:
            url = reverse("admin:conditions_source_change", args=[pk])
            place = (url, "Change the source, then publish the pages")
        places.setdefault(place[0], (place[1], []))[1].append(f"“{use.article.live_title}”")
    for url, (to_do, titles) in places.items():
        shown = ", ".join(dict.fromkeys(titles))
        yield Line(what=f"{check.url} on {shown}: {check.reason}", to_do=to_do, url=url)


def _empty_searches() -> list[Line]:
    searches = EmptySearch.objects.filter(times__gte=OFTEN_SEARCHED)[:SEARCHES_LISTED]
    return [
        Line(
            what=f"“{search.query}”, looked for {search.times} times, last on "
            f"{date_format(search.last_on)}.",
            to_do="Add it to the other names of the article that people mean, or take it off",
            url=reverse("admin:conditions_emptysearch_change", args=[search.pk]),
        )
        for search in searches
    ]


def _feedback() -> list[Line]:
    by_article = (
        Feedback.objects.filter(is_done=False)
        .values("condition_id", "condition__title", "treatment_id", "treatment__title")
        .annotate(
            not_helped=Count("pk", filter=Q(was_helpful=False)),
            helped=Count("pk", filter=Q(was_helpful=True)),
            wrote=Count("pk", filter=~Q(text="")),
        )
        .order_by("-not_helped", "-wrote", "condition__title", "treatment__title")
    )
    return [_line_of_feedback(row) for row in by_article]


def _line_of_feedback(row: Mapping[str, Any]) -> Line:
    field = "condition" if row["condition_id"] else "treatment"
    query = {f"{field}__id__exact": row[f"{field}_id"], "is_done__exact": 0}
    return Line(
        what=f"“{row[f'{field}__title']}”: not helpful for {row['not_helped']}, helpful for "
        f"{row['helped']}; {_count(row['wrote'], 'reader', 'readers')} wrote something.",
        to_do="Read it, and tick what is dealt with",
        url=reverse("admin:conditions_feedback_changelist", query=query),
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _name(article: AnyArticle) -> Name:
    return article.revision_field, article.pk


def _name_of(edition: Revision) -> Name:
    """Return the `_name` of the article that it is an edition of."""
    if edition.condition_id is not None:
        return Condition.revision_field, edition.condition_id
    return Treatment.revision_field, edition.treatment_id


def _change_url(article: AnyArticle) -> str:
    return reverse(f"admin:conditions_{article._meta.model_name}_change", args=[article.pk])
