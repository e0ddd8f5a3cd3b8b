"""What a search can find: the live pages, their remedies, and what to know before taking those."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import (
    SearchQuery,
    SearchRank,
    SearchVector,
    SearchVectorField,
)
from django.db.models import F, Func, JSONField, TextField, Value
from django.db.models.functions import JSONObject

from .cautions import Document, caution_owners, heading_of
from .medicines import Kind, names_in
from .models import Condition, MedicineClass, RemedyKind, Treatment

# What a page says besides its sections. Not what is on every page: the clinic-wide red flags.
_OTHER_WORDS = (
    "$.lede",
    "$.self_care[*].title",
    "$.self_care[*].text",
    "$.may_help[*].label",
    "$.may_help[*].text",
    "$.offers[*].title",
    "$.offers[*].remedies[*].name",
    # The lesser signs belong to many conditions: a fever is none of carpal tunnel.
    '$.red_flags[*] ? (@.is_global == false && @.level == "emergency").statement',
)


@dataclass(frozen=True)
class Result:
    """One line of the results: a live page, or what is found in a part of it."""

    name: str
    place: str
    """The title of the page for a part of it; "" if the result is the page itself."""
    summary: str
    url: str


@dataclass(frozen=True)
class Named:
    """What can be found by its names: a page, or a remedy on it."""

    result: Result
    names: tuple[str, ...]


@dataclass(frozen=True)
class FoundRemedy(Named):
    """A remedy where a treatment describes it or an article names it."""

    slug: str
    codes: tuple[str, ...]
    """What only an exact query means: BL14 is no misspelled BL13."""
    is_elsewhere: bool
    """Whether an article names it that does not describe it."""


@dataclass(frozen=True)
class FoundPage(Named):
    """A live page with what matched: which of the words, and how well."""

    remedies: tuple[FoundRemedy, ...]
    owners: tuple[tuple[str, list[Document]], ...]
    """The cautions of the page, under the name of what each is about."""
    cautions_heading: str
    asked: tuple[str, ...]
    """The stems of the words that count: not "the"."""
    found: tuple[str, ...]
    found_above: tuple[str, ...]
    """Those found in the title, the names or the summary."""
    rank: float

    @property
    def has_all(self) -> bool:
        """Whether all the words that count are somewhere on the page."""
        return 0 < len(self.asked) == len(self.found)

    @property
    def has_some(self) -> bool:
        """Whether enough of them are there; one in the text alone may stand there by chance."""
        return bool(self.found_above) or len(self.found) * 2 > len(self.asked)

    @property
    def is_about(self) -> bool:
        """Whether most of them are in what the page is called, not just mentioned in its text."""
        return len(self.found_above) * 2 > len(self.asked)


def live_pages(words: list[str], *, now: datetime) -> tuple[list[FoundPage], list[Kind]]:
    """Return every live page with how the words match it, and the kinds of medicine that the
    clinic knows, in two queries.

    Those come with the treatments, because without one there is no caution to lead to.
    """
    conditions = _matched(Condition.objects.published(now), words).annotate(
        live_offers=F("revisions__document__offers")
    )
    treatments = _matched(Treatment.objects.published(now), words).annotate(
        live_cautions=F("revisions__document__cautions"),
        live_remedies=F("revisions__document__remedies"),
        medicines=ArraySubquery(
            MedicineClass.objects.values(
                entry=JSONObject(slug="slug", name="name", names="names", part_of="part_of__slug")
            )
        ),
    )
    pages = [
        *(
            _page(
                condition,
                _remedies_of_condition(condition),
                {"offers": condition.live_offers},
            )
            for condition in conditions
        ),
        *(
            _page(
                treatment,
                _remedies_of_treatment(treatment),
                {
                    "title": treatment.live_title,
                    "cautions": treatment.live_cautions,
                    "remedies": treatment.live_remedies,
                },
            )
            for treatment in treatments
        ),
    ]
    known = treatments[0].medicines if treatments else []
    return pages, [
        Kind(kind["slug"], kind["name"], tuple(names_in(kind["names"])), kind["part_of"] or "")
        for kind in known
    ]


def _matched(articles: Any, words: list[str]) -> Any:
    """Add how the words match live articles: which count, which match, which above the text."""
    vector, asked = F("revisions__search"), SearchVector(Value(" ".join(words)), config="english")
    some = " or ".join(word for word in words if word.casefold() != "or")
    others = SearchVector(*map(_in_document, _OTHER_WORDS), config="english")
    return articles.annotate(
        asked=Func(asked, function="tsvector_to_array", output_field=ArrayField(TextField())),
        found=_WordsFound(_Joined(vector, others), asked),
        found_above=_WordsFound(Func(vector, Value("{a,b,c}"), function="ts_filter"), asked),
        rank=SearchRank(vector, SearchQuery(some, config="english", search_type="websearch")),
    ).order_by("live_title", "pk")


class _Joined(Func):
    """The words of two text search vectors in one."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = SearchVectorField()


class _WordsFound(Func):
    """The words of one text search vector that are in another, too."""

    template = "ARRAY(SELECT unnest(tsvector_to_array(%(expressions)s)))"
    arg_joiner = ")) INTERSECT SELECT unnest(tsvector_to_array("
    output_field = ArrayField(TextField())


def _in_document(path: str) -> Func:
    """Return all that a jsonpath finds in the live document, as a list."""
    return Func(
        F("revisions__document"),
        Value(path),
        function="jsonb_path_query_array",
        output_field=JSONField(),
    )


def _page(
    article: Condition | Treatment,
    remedies: Iterable[FoundRemedy],
    cautioned: Document,
) -> FoundPage:
    match: Any = article
    return FoundPage(
        result=Result(
            name=article.live_title,
            place="",
            summary=article.live_summary,
            url=article.get_absolute_url(),
        ),
        names=(article.live_title, *(article.live_names or ())),
        remedies=tuple(remedies),
        owners=tuple(caution_owners(cautioned)),
        cautions_heading=heading_of(cautioned),
        asked=tuple(match.asked),
        found=tuple(match.found),
        found_above=tuple(match.found_above),
        rank=match.rank,
    )


def _remedies_of_treatment(treatment: Any) -> Iterable[FoundRemedy]:
    for facts in treatment.live_remedies:
        names = [facts["name"], facts["pinyin"], facts["latin_name"]]
        codes = [facts["other_code"], facts["who_code"], facts["english_name"]]
        about = [str(RemedyKind(facts["kind"]).label), *codes, facts["latin_name"]]
        yield FoundRemedy(
            slug=facts["slug"],
            is_elsewhere=False,
            result=Result(
                name=f"{facts['name']} ({facts['pinyin']})" if facts["pinyin"] else facts["name"],
                place=treatment.live_title,
                summary=", ".join(filter(None, about)),
                url=f"{treatment.get_absolute_url()}#remedy-{facts['slug']}",
            ),
            names=tuple(filter(None, names)),
            codes=tuple(filter(None, codes)),
        )


def _remedies_of_condition(condition: Any) -> Iterable[FoundRemedy]:
    for offer in condition.live_offers:
        for facts in offer["remedies"]:
            yield FoundRemedy(
                slug=facts["slug"],
                is_elsewhere=True,
                result=Result(
                    name=facts["name"],
                    place=condition.live_title,
                    summary=condition.live_summary,
                    url=condition.get_absolute_url(),
                ),
                names=(facts["name"],),
                codes=(),
            )
