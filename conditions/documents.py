"""How a draft becomes the frozen document of a revision. JSON types only, so it compares equal."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet

from .models import (
    Aspect,
    Caution,
    Claim,
    Condition,
    ConditionRedFlag,
    RedFlag,
    Remedy,
    Section,
    Source,
    Treatment,
)

Document = dict[str, Any]

_CLAIMS = Claim.objects.select_related("treatment", "remedy").prefetch_related(
    "sources", "treatment__cautions__sources", "remedy__cautions__sources"
)


def with_parts[T: QuerySet[Any]](articles: T) -> T:
    """Add all that `freeze` reads, in a number of queries that does not grow with the articles."""
    articles = articles.prefetch_related("sources", "sections")
    if articles.model is Condition:
        links = ConditionRedFlag.objects.select_related("red_flag")
        return articles.prefetch_related(
            "names",
            "self_care_items",
            Prefetch("red_flag_links", links.prefetch_related("red_flag__sources")),
            Prefetch("claims", _CLAIMS),
        )
    return articles.prefetch_related(
        "cautions__sources", "remedies__cautions__sources", Prefetch("claims", _CLAIMS)
    )


def freeze(article: Condition | Treatment) -> Document:
    """Return the complete document of the draft as it stands.

    Fastest on an article that `with_parts` loaded; right on any.
    """
    if isinstance(article, Condition):
        return _freeze_condition(article)
    return _freeze_treatment(article)


def freeze_red_flag(flag: RedFlag, *, qualifier: str, own_level: str) -> Document:
    """Return one flag as an article freezes it; `own_level` is the article's, if it has one."""
    link = ConditionRedFlag(red_flag=flag, level=own_level)
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
    }


def _freeze_condition(condition: Condition) -> Document:
    links = [link for link in condition.red_flag_links.all() if link.red_flag.is_active]
    claims = list(condition.claims.all())
    offers = [
        _freeze_offer(treatment, [claim for claim in claims if claim.treatment_id == treatment.pk])
        for treatment in _treatments_of(claims)
    ]
    cited = [
        *(source for claim in claims for source in claim.sources.all()),
        *(source for claim in claims for source in _caution_sources(claim)),
        *(source for link in links for source in link.red_flag.sources.all()),
        *condition.sources.all(),
    ]
    return {
        **_freeze_words(condition),
        "kind": str(condition.kind),
        "body_area": str(condition.body_area),
        "names": [name.name for name in condition.names.all()],
        "red_flags": [
            freeze_red_flag(link.red_flag, qualifier=link.qualifier, own_level=link.level)
            for link in links
        ],
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
    remedies = list(treatment.remedies.all())
    cautions = [
        *treatment.cautions.all(),
        *(caution for remedy in remedies for caution in remedy.cautions.all()),
    ]
    cited = [
        *(source for claim in claims for source in claim.sources.all()),
        *(source for caution in cautions for source in caution.sources.all()),
        *treatment.sources.all(),
    ]
    return {
        **_freeze_words(treatment),
        "may_help": [{"label": claim.label, **_freeze_claim(claim)} for claim in claims],
        "cautions": [_freeze_caution(caution) for caution in treatment.cautions.all()],
        "remedies": [_freeze_remedy(remedy) for remedy in remedies],
        "sources": _freeze_sources(cited),
    }


def _freeze_words(article: Condition | Treatment) -> Document:
    return {
        "title": article.title,
        "summary": article.summary,
        "lede": article.lede,
        "sections": [_freeze_section(section) for section in article.sections.all()],
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
        "cautions": [_freeze_caution(caution) for caution in treatment.cautions.all()],
        "remedies": [
            {
                **_freeze_remedy(remedy),
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


def _freeze_remedy(remedy: Remedy) -> Document:
    words = (
        "kind slug name latin_name part_used who_code other_code pinyin english_name level_with "
        "location over_lung tradition amounts note"
    )
    return {
        **{word: str(getattr(remedy, word)) for word in words.split()},
        "midline_cun": None if remedy.midline_cun is None else float(remedy.midline_cun),
        "cautions": [_freeze_caution(caution) for caution in remedy.cautions.all()],
    }


def _freeze_caution(caution: Caution) -> Document:
    return {
        "with_kind": str(caution.with_kind),
        "with_what": caution.with_what,
        "effect": caution.effect,
        "advice": str(caution.advice),
        "basis": caution.basis,
        "sources": [source.key for source in caution.sources.all()],
    }


def _caution_sources(claim: Claim) -> list[Source]:
    owners: list[Treatment | Remedy] = [claim.treatment]
    if claim.remedy is not None:
        owners.append(claim.remedy)
    return [
        source
        for owner in owners
        for caution in owner.cautions.all()
        for source in caution.sources.all()
    ]


def _freeze_sources(sources: Iterable[Source]) -> list[Document]:
    """Return each source once, in the order of its first mention."""
    once = {source.key: source for source in sources}
    return [
        {
            "key": source.key,
            "title": source.title,
            "publisher": source.publisher,
            "year": source.year,
            "url": source.url,
            "identifier": source.identifier,
        }
        for source in once.values()
    ]
