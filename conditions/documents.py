"""How a draft becomes the frozen document of a revision. JSON types only, so it compares equal."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from .medicines import names_in
from .models import (
    Aspect,
    Caution,
    Claim,
    Condition,
    ConditionRedFlag,
    GlossaryTerm,
    Illustration,
    MedicineClass,
    RedFlag,
    Remedy,
    Section,
    Source,
    Treatment,
)
from .rich_text import plain_text

Document = dict[str, Any]

_CLAIMS = Claim.objects.select_related("treatment", "remedy").prefetch_related(
    "sources",
    "treatment__cautions__sources",
    "treatment__cautions__medicine_classes",
    "remedy__cautions__sources",
    "remedy__cautions__medicine_classes",
    "remedy__amount_rows__source",
)


@dataclass(frozen=True)
class ClinicWide:
    """What comes into articles by itself: the clinic-wide red flags, and the words explained."""

    red_flags: Sequence[RedFlag]
    terms: Sequence[GlossaryTerm]

    @classmethod
    def load(cls) -> "ClinicWide":
        """Return what there is now."""
        return cls(
            red_flags=list(RedFlag.objects.clinic_wide().prefetch_related("sources")),
            terms=list(GlossaryTerm.objects.all()),
        )


def with_parts[T: QuerySet[Any]](articles: T) -> T:
    """Add all that `freeze` reads, in a number of queries that does not grow with the articles."""
    articles = articles.prefetch_related("sources", "sections", "illustrations__image")
    if articles.model is Condition:
        links = ConditionRedFlag.objects.select_related("red_flag")
        return articles.prefetch_related(
            "names",
            "self_care_items",
            "related_topics__other",
            Prefetch("red_flag_links", links.prefetch_related("red_flag__sources")),
            Prefetch("claims", _CLAIMS),
        )
    return articles.prefetch_related(
        "red_flags__sources",
        "cautions__sources",
        "cautions__medicine_classes",
        "remedies__cautions__sources",
        "remedies__cautions__medicine_classes",
        "remedies__amount_rows__source",
        Prefetch("claims", _CLAIMS),
    )


def freeze(article: Condition | Treatment) -> Document:
    """Return the complete document of the draft as it stands.

    Fastest on an article that `with_parts` loaded; right on any.
    """
    clinic_wide = ClinicWide.load()
    document = freeze_draft(article, clinic_wide)
    return {**document, "glossary": freeze_glossary(document, clinic_wide.terms)}


def freeze_draft(article: Condition | Treatment, clinic_wide: ClinicWide) -> Document:
    """Return all of `freeze` but the glossary, which follows from the words."""
    if isinstance(article, Condition):
        return _freeze_condition(article, clinic_wide.red_flags)
    return _freeze_treatment(article)


def freeze_glossary(document: Document, terms: Iterable[GlossaryTerm]) -> list[Document]:
    """Return the terms that a reader meets in the text, in the order of the glossary."""
    names = {"names": synonyms(document)} if "names" in document else {}
    text = plain_text(" ".join(_strings({**document, **names}))).casefold()
    return [
        {"term": term.term, "forms": names_in(term.forms), "definition": term.definition}
        for term in terms
        if _uses(text, [term.term, *names_in(term.forms)])
    ]


def _uses(text: str, forms: list[str]) -> bool:
    words = "|".join(re.escape(form.casefold()) for form in forms)
    return re.search(rf"(?<!\w)(?:{words})(?!\w)", text) is not None


# By these, entries are found; a source's title names what it is about, as the page may not.
_UNREAD = frozenset({"code", "key", "slug", "sources", "treatment"})


def _strings(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for name, value in part.items():
            if name not in _UNREAD:
                yield from _strings(value)
    elif isinstance(part, list):
        for value in part:
            yield from _strings(value)


def freeze_red_flag(
    flag: RedFlag, *, qualifier: str = "", own_level: str = "", lowered_by: str = ""
) -> Document:
    """Return one flag as an article freezes it; `own_level` is the article's, if it has one."""
    link = ConditionRedFlag(red_flag=flag, level=own_level, lowered_by=lowered_by)
    return {
        "code": flag.code,
        "label": flag.label,
        "statement": flag.statement,
        "question": flag.question,
        "level": str(link.effective_level),
        "own_level": str(own_level),
        "version": flag.version,
        "qualifier": qualifier,
        "is_global": flag.is_global,
        # Left out where nobody signed, so that editions from before signatures compare equal.
        **({"lowered_by": lowered_by} if lowered_by else {}),
    }


def freeze_clinic_wide(flag: RedFlag) -> Document:
    """Return a clinic-wide flag as it comes into an article that does not link it."""
    # The key is on these alone, so that editions from before them compare equal.
    return {**freeze_red_flag(flag), "is_linked": False}


def is_linked(entry: Document) -> bool:
    """Return whether a frozen flag is the article's own, and stays when it is not clinic-wide."""
    return bool(entry.get("is_linked", True))


def _freeze_red_flags(
    links: Iterable[ConditionRedFlag], clinic_wide: Iterable[RedFlag]
) -> list[Document]:
    """Return the clinic-wide flags that no link names, then those of the links."""
    own = {
        link.red_flag.code: freeze_red_flag(
            link.red_flag,
            qualifier=link.qualifier,
            own_level=link.level,
            lowered_by=link.lowered_by,
        )
        for link in links
    }
    others = [freeze_clinic_wide(flag) for flag in clinic_wide if flag.code not in own]
    return [*others, *own.values()]


def synonyms(document: Mapping[str, Any]) -> list[str]:
    """Return the names that mean the same thing; in editions from before the difference, all."""
    names: list[str] = document.get("synonyms", document["names"])
    return names


def _freeze_condition(condition: Condition, clinic_wide: Sequence[RedFlag]) -> Document:
    links = [link for link in condition.red_flag_links.all() if link.red_flag.is_active]
    claims = list(condition.claims.all())
    names = condition.names.all()
    same = [name.name for name in names if name.is_synonym]
    offers = [
        _freeze_offer(treatment, [claim for claim in claims if claim.treatment_id == treatment.pk])
        for treatment in _treatments_of(claims)
    ]
    cited = [
        *(source for claim in claims for source in claim.sources.all()),
        *(source for claim in claims for source in _sources_behind(claim)),
        *(source for link in links for source in link.red_flag.sources.all()),
        *condition.sources.all(),
        # Last, as in an edition that such a flag came into later.
        *(source for flag in clinic_wide for source in flag.sources.all()),
    ]
    return {
        **_freeze_words(condition),
        "kind": str(condition.kind),
        "body_area": str(condition.body_area),
        "no_emergency": {
            "reason": condition.no_emergency_reason,
            "signed_by": condition.no_emergency_signed_by,
        },
        "related": [
            {
                "slug": topic.other.slug,
                "kind": str(topic.kind),
                "question": topic.question,
                "text": topic.text,
            }
            for topic in condition.related_topics.all()
        ],
        "names": [name.name for name in names],
        # Left out where all are, so that editions from before compare equal.
        **({"synonyms": same} if len(same) < len(names) else {}),
        "red_flags": _freeze_red_flags(links, clinic_wide),
        "self_care": [
            {
                "kind": str(item.kind),
                "title": item.title,
                "text": item.text,
                "level": str(item.level),
            }
            for item in condition.self_care_items.all()
        ],
        "offers": offers,
        "sources": _freeze_sources(cited),
    }


def _freeze_treatment(treatment: Treatment) -> Document:
    claims = [claim for claim in treatment.claims.all() if claim.condition_id is None]
    remedies = [remedy for remedy in treatment.remedies.all() if remedy.is_offered]
    flags = [flag for flag in treatment.red_flags.all() if flag.is_active]
    cautions = [
        *treatment.cautions.all(),
        *(caution for remedy in remedies for caution in remedy.cautions.all()),
    ]
    cited = [
        *(source for claim in claims for source in claim.sources.all()),
        *(source for caution in cautions for source in caution.sources.all()),
        *(row.source for remedy in remedies for row in remedy.amount_rows.all()),
        *(source for flag in flags for source in flag.sources.all()),
        *treatment.sources.all(),
    ]
    return {
        **_freeze_words(treatment),
        "position": treatment.position,
        # Left out where there are none, so that editions from before compare equal.
        **({"red_flags": [freeze_red_flag(flag) for flag in flags]} if flags else {}),
        "may_help": [{"label": claim.label, **_freeze_claim(claim)} for claim in claims],
        "cautions": [freeze_caution(caution) for caution in treatment.cautions.all()],
        "remedies": [freeze_remedy(remedy) for remedy in remedies],
        "sources": _freeze_sources(cited),
    }


def _freeze_words(article: Condition | Treatment) -> Document:
    return {
        "title": article.title,
        "summary": article.summary,
        "lede": article.lede,
        "author": article.author,
        "review_due_on": article.review_due_on.isoformat() if article.review_due_on else "",
        "sections": [_freeze_section(section) for section in article.sections.all()],
        "images": [_freeze_illustration(shown) for shown in article.illustrations.all()],
    }


def _freeze_illustration(shown: Illustration) -> Document:
    return {
        "aspect": str(shown.aspect),
        "name": shown.image.name,
        "width": shown.image.width,
        "height": shown.image.height,
        "alt": shown.alt,
        "is_decorative": shown.is_decorative,
        "caption": shown.caption,
        "credit": shown.image.credit,
    }


def _freeze_section(section: Section) -> Document:
    return {
        "aspect": str(section.aspect),
        "heading": section.heading or str(Aspect(section.aspect).label),
        "body": section.body,
    }


def _treatments_of(claims: Iterable[Claim]) -> list[Treatment]:
    treatments = {claim.treatment_id: claim.treatment for claim in claims}
    return sorted(treatments.values(), key=lambda treatment: (treatment.position, treatment.slug))


def _freeze_offer(treatment: Treatment, claims: list[Claim]) -> Document:
    """Return what one treatment offers for a condition: its own claims, then remedy by remedy."""
    remedies = {claim.remedy_id: claim.remedy for claim in claims if claim.remedy is not None}
    return {
        "treatment": treatment.slug,
        "title": treatment.title,
        "claims": [_freeze_claim(claim) for claim in claims if claim.remedy_id is None],
        "cautions": [freeze_caution(caution) for caution in treatment.cautions.all()],
        "remedies": [
            {
                **freeze_remedy(remedy),
                "claims": [_freeze_claim(claim) for claim in claims if claim.remedy_id == pk],
            }
            for pk, remedy in remedies.items()
        ],
    }


def _freeze_claim(claim: Claim) -> Document:
    return {
        "text": claim.text,
        "level": str(claim.level),
        "sources": [source.key for source in claim.sources.all()],
    }


def freeze_remedy(remedy: Remedy) -> Document:
    """Return what an article freezes of one remedy: its facts, amounts and cautions."""
    words = (
        "kind slug name latin_name part_used forms pregnancy allergy_family who_code other_code "
        "pinyin english_name level_with location over_lung tradition amounts note "
        "no_cautions_signed_by"
    )
    return {
        **{word: str(getattr(remedy, word)) for word in words.split()},
        "is_offered": remedy.is_offered,
        "midline_cun": None if remedy.midline_cun is None else float(remedy.midline_cun),
        "amount_rows": [
            {
                "label": row.label,
                "low": float(row.low),
                "high": None if row.high is None else float(row.high),
                "unit": str(row.unit),
                "per": row.per,
                "sources": [row.source.key],
            }
            for row in remedy.amount_rows.all()
        ],
        "cautions": [freeze_caution(caution) for caution in remedy.cautions.all()],
    }


def freeze_caution(caution: Caution) -> Document:
    """Return what an article freezes of one caution."""
    return {
        "with_kind": str(caution.with_kind),
        "with_what": caution.with_what,
        "effect": caution.effect,
        "advice": str(caution.advice),
        "basis": caution.basis,
        "medicine_classes": [
            freeze_medicine_class(kind) for kind in caution.medicine_classes.all()
        ],
        "sources": [source.key for source in caution.sources.all()],
    }


def freeze_medicine_class(kind: MedicineClass) -> Document:
    """Return what a caution freezes of one kind of medicine."""
    return {"slug": kind.slug, "name": kind.name, "names": names_in(kind.names)}


def _sources_behind(claim: Claim) -> Iterator[Source]:
    """Yield the sources of what a claim rests on: the cautions, and a remedy's amounts."""
    for caution in claim.treatment.cautions.all():
        yield from caution.sources.all()
    if claim.remedy is not None:
        for caution in claim.remedy.cautions.all():
            yield from caution.sources.all()
        yield from (row.source for row in claim.remedy.amount_rows.all())


def _freeze_sources(sources: Iterable[Source]) -> list[Document]:
    """Return each source once, in the order of its first mention."""
    once = {source.key: source for source in sources}
    return [freeze_source(source) for source in once.values()]


def freeze_source(source: Source) -> Document:
    """Return what an article freezes of one source."""
    return {
        "key": source.key,
        "title": source.title,
        "publisher": source.publisher,
        "year": source.year,
        "url": source.url,
        "identifier": source.identifier,
    }
